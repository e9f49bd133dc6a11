"""The folder of a model or a tokenizer. It comes from somebody else: looked at before a library reads it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from llm_tui import files
from llm_tui.errors import UserError, reason
from llm_tui.i18n import tr

LARGEST = 64 * 10**6
"""Bytes of a file that is read whole: vocabularies of 256,000 pieces take half of it, and in memory ten times that."""

READ_WHOLE = (
    "*.json",
    "*.txt",
    "*.model",
    "*.spm",
    "*.jinja",
    "*.tiktoken",
    "*.codes",
    "*.tokenizer",
    "additional_chat_templates/*.jinja",
)
WEIGHTS = ("*.safetensors", "*.bin")

INDEXES = ("model.safetensors.index.json", "pytorch_model.bin.index.json")


def check_tokenizer(folder: Path) -> None:
    """Look at the kind, the size and the first bytes of each file that a library may read, but for weights.

    Raises:
        UserError: one of them is no plain file, too large, or known to be something else, such as a Git LFS pointer.
    """
    for pattern in READ_WHOLE:
        for file in sorted(folder.glob(pattern)):
            _check(file, LARGEST)


def check_model(folder: Path) -> None:
    """As `check_tokenizer`, and the weights too.

    Raises:
        UserError: the same, or a part of the weights is absent.
    """
    check_tokenizer(folder)
    for pattern in WEIGHTS:
        for file in sorted(folder.glob(pattern)):
            _check(file, None)
    for index in INDEXES:
        _check_parts(folder, read_json(folder / index).get("weight_map"))


def size_of(folder: Path) -> int:
    """Bytes of the files in a folder and the folders in it, which may be changing."""
    size = 0
    for root, _, names in os.walk(folder):
        for file in names:
            try:
                size += os.stat(os.path.join(root, file)).st_size
            except FileNotFoundError:
                continue
    return size


def _check(file: Path, most: int | None) -> None:
    try:
        with files.opened(file, most) as opened:
            head = opened.read(files.HEAD)
    except FileNotFoundError:  # a link to nothing, or gone in the meantime
        return
    except OSError as error:
        why = reason(error)
        raise UserError(
            tr(
                f"{file} cannot be read ({why}): fetch its folder again, or use another.",
                f"No se puede leer {file} ({why}): descargue de nuevo su carpeta, o use otra.",
            )
        ) from error
    pickled = file.suffix == ".bin" and head.startswith(b"PK")
    if (what := files.no_data(head)) and not pickled:
        raise UserError(tr(f"{file} is {what.en}.", f"{file} es {what.es}."))


def _check_parts(folder: Path, parts: Any) -> None:
    """The index of weights in parts names files: those of the folder itself, and no path to elsewhere."""
    names = set(map(str, parts.values())) if isinstance(parts, dict) else set()
    strange = next((name for name in sorted(names) if Path(name).name != name or not (folder / name).is_file()), None)
    if strange is not None:
        raise UserError(
            tr(
                f"The weights in {folder} are not whole: there is no file {strange} in it; fetch it again.",
                f"Los pesos de {folder} no están completos: no contiene el archivo {strange}; descárguelos de nuevo.",
            )
        )


def read_json(path: Path) -> dict[str, Any]:
    """A file of settings; empty where it is absent, too large or no JSON object, which a library will word."""
    try:
        content = json.loads(files.read(path, LARGEST))
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
