"""A repository of the hub: how it is named, and which of its files are wanted."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from huggingface_hub.errors import HFValidationError
from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]

from llm_tui.errors import UserError
from llm_tui.hub.folder import INDEXES, read_json
from llm_tui.i18n import tr

TOKENIZER_FILES = [
    "tokenizer*",
    "vocab*",
    "merges.txt",
    "*.model",
    "*.spm",
    "*_map.json",
    "*_maps.json",
    "*_vocab.json",
    "word_*.json",
    "emoji.json",
    "tekken.json",
    "dict.txt",
    "*.codes",
    "*.tokenizer",
    "*.tiktoken",
    "added_tokens.json",
    "config.json",
]
"""What a tokenizer may need of a repository; never weights."""

MODEL_FILES = [*TOKENIZER_FILES, "generation_config.json", "chat_template*", "README.md"]
"""What a model needs beside its weights."""

SAFE_WEIGHTS, PICKLED_WEIGHTS = "model*.safetensors", "pytorch_model*.bin"


def check_whole_model(files: Collection[str], name: str, base: str = "") -> None:
    """That these are not the files of something which no fetching makes a model of. `base` is an adapter's, as far as
    it is known.

    Raises:
        UserError: they are an adapter's, or GGUF alone.
    """
    if any(fnmatch(file, pattern) for file in files for pattern in (SAFE_WEIGHTS, PICKLED_WEIGHTS)):
        return
    if "adapter_config.json" in files:
        raise UserError(
            tr(
                f"{name} is an adapter (LoRA) and no model of its own: name its base model{base and f', {base}'}, or "
                "one that it was merged into.",
                f"{name} es un adaptador (LoRA) y no un modelo propio: indique su modelo base{base and f', {base}'}, o "
                "uno al que se haya fusionado.",
            )
        )
    if any(file.endswith(".gguf") for file in files):
        raise UserError(
            tr(
                f"{name} has its weights as GGUF alone, which servers read: serve it (llama.cpp, Ollama) and name its "
                "address, or choose the model with safetensors that it was made of.",
                f"{name} solo tiene sus pesos en GGUF, que leen los servidores: sírvalo (llama.cpp, Ollama) e indique "
                "su dirección, o elija el modelo con safetensors del que se hizo.",
            )
        )


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
