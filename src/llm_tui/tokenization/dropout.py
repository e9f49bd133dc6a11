"""A tokenizer of the `tokenizers` library that cuts a text in one way."""

from __future__ import annotations

from typing import Any


def without_dropout(backend: Any) -> Any:
    """BPE-dropout leaves merges out by chance, which is for training a model alone: what is counted would be chance."""
    if getattr(backend.model, "dropout", None):
        backend.model.dropout = None
    return backend
