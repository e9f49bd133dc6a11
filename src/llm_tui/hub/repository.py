"""A repository of the hub: how it is named, and which of its files are wanted."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from huggingface_hub.errors import HFValidationError
from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]

from llm_tui.hub.folder import INDEXES, read_json

TOKENIZER_FILES = [
    "tokenizer*",
    "vocab*",
    "merges.txt",
    "*.model",
    "*.spm",
    "*_map.json",
    "added_tokens.json",
    "config.json",
]
"""What a tokenizer may need of a repository; never weights."""

MODEL_FILES = [*TOKENIZER_FILES, "generation_config.json", "chat_template*", "README.md"]
"""What a model needs beside its weights."""

SAFE_WEIGHTS, PICKLED_WEIGHTS = "model*.safetensors", "pytorch_model*.bin"


def is_id(name: str) -> bool:
    """Whether `name` is spelled as a hub id."""
    try:
        validate_repo_id(name)
    except HFValidationError:
        return False
    return name.isascii() and name.count("/") <= 1  # older versions of the library take any letter


def is_whole(folder: Path) -> bool:
    """Whether a folder has all weights of a model: none of the parts that it names, or links to, is missing."""
    there = weights(folder)
    parts = {str(part) for index in INDEXES for part in _parts(read_json(folder / index))}
    return bool(there) and all(file.is_file() for file in (*there, *(folder / Path(part).name for part in parts)))


def _parts(index: dict[str, Any]) -> Iterable[Any]:
    named = index.get("weight_map")
    return named.values() if isinstance(named, dict) else ()


def weights(folder: Path) -> list[Path]:
    """The files with a model's weights, whole or in parts: safetensors where there are any, else pickled ones."""
    return sorted(folder.glob(SAFE_WEIGHTS)) or sorted(folder.glob(PICKLED_WEIGHTS))
