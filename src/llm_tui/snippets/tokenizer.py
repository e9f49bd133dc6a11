"""What a plain program writes to open a tokenizer that this program has opened by its name."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from llm_tui import files
from llm_tui.hub import cache
from llm_tui.hub.folder import LARGEST
from llm_tui.hub.repository import TOKENIZER_FILES, is_id
from llm_tui.tokenization.job import rebuilt_folder


def tokenizer_place(name: str) -> str:
    """A folder; a hub id, which transformers finds in its cache or fetches; or the folder of one rebuilt here."""
    if os.path.isdir(name) or not is_id(name) or cache.cached(name, TOKENIZER_FILES):
        return name
    folder = rebuilt_folder(name)
    return str(folder) if folder.is_dir() else name


@dataclass(frozen=True, slots=True)
class Opening:
    """How a tokenizer is opened: `file` and `hub` by the tokenizers library, from a tokenizer.json or by its hub id;
    `auto` by transformers, from the folder or by the id in `place`; `python` is one that tells no positions.
    """

    name: str
    how: Literal["file", "hub", "auto", "python"]
    place: str
    byte_level: bool = False


def opening(name: str) -> Opening:
    """The way to open a tokenizer so that it cuts as its tokenizer.json says, where it has one."""
    place = tokenizer_place(name)
    folder = Path(place) if os.path.isdir(place) else cache.cached(name, TOKENIZER_FILES) if is_id(name) else None
    if folder is None:
        return Opening(name, "auto", place)
    if _in_python(folder):
        return Opening(name, "python", place)
    file = folder / "tokenizer.json"
    if not file.is_file():
        return Opening(name, "auto", place)
    byte_level = b'"ByteLevel"' in files.read(file, LARGEST)
    own = os.path.isdir(place)
    return Opening(name, "file" if own else "hub", str(Path(place) / file.name) if own else place, byte_level)


class _Config(msgspec.Struct):
    tokenizer_class: str | None = None


def _in_python(folder: Path) -> bool:
    """Marian's, and a lone sentencepiece model."""
    config = folder / "tokenizer_config.json"
    if not config.is_file():
        return not (folder / "tokenizer.json").is_file() and any(folder.glob("*.model"))
    try:
        said = msgspec.json.decode(files.read(config, LARGEST), type=_Config).tokenizer_class
    except (OSError, msgspec.DecodeError):
        return False
    return said is not None and said.startswith("Marian")
