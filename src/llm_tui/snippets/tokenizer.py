"""What a plain program writes to open a tokenizer that this program has opened by its name."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from llm_tui import files
from llm_tui.decoding import decode
from llm_tui.hub import cache
from llm_tui.hub.folder import LARGEST, read_json
from llm_tui.hub.repository import TOKENIZER_FILES, is_id
from llm_tui.snippets.home import at_home
from llm_tui.snippets.literal import Code, literal
from llm_tui.tokenization.job import rebuilt_folder

_COMMIT = re.compile(r"[0-9a-f]{40}")

AS_WRITTEN = frozenset({"pretrained", "tokenizersbackend"})
"""The classes of transformers 5 that open a tokenizer.json as it is written."""

IN_PYTHON = frozenset({
    "bartpho", "bertgeneration", "bertjapanese", "bertweet", "biogpt", "blenderbotsmall", "byt5", "canine", "clvp",
    "cpm", "cpmant", "ctrl", "dia", "esm", "fastspeech2conformer", "flaubert", "fsmt", "gptneoxjapanese", "gptsw3",
    "m2m100", "marian", "mgpstr", "myt5", "perceiver", "phobert", "plbart", "pop2piano", "prophetnet", "rocbert",
    "siglip", "speech2text", "speecht5", "tapas", "vits", "wav2vec2ctc", "wav2vec2phonemectc", "xlm",
})  # fmt: skip
"""Those that are written in Python, and give no positions. All others make the tokenizer anew from its vocabulary."""


def family(said: str) -> str:
    """The class of a tokenizer without what they all have in their names; what config.json calls its model is most
    often the same.
    """
    return re.sub("[-_]|Tokenizer(Fast)?$", "", said).lower()


def made_anew(folder: Path) -> bool:
    """Whether transformers makes the tokenizer of a folder anew from its vocabulary, and leaves aside how its
    tokenizer.json cuts a text. See `tokenization.opening`.
    """
    if not (folder / "tokenizer.json").is_file():
        return False
    own, model = (read_json(folder / name) for name in ("tokenizer_config.json", "config.json"))
    said = own.get("tokenizer_class") or model.get("tokenizer_class") or model.get("model_type")
    return family(str(said)) not in AS_WRITTEN | IN_PYTHON


@dataclass(frozen=True, slots=True)
class Opening:
    """How a tokenizer is opened: `file` and `hub` by the tokenizers library, from the tokenizer.json or by the hub id
    in `place`; `auto` by transformers, from the folder or by the id; `python` is one that tells no positions.
    `revision` is a commit of the hub, where it is known. With `dropout` it cuts by chance, unless that is taken away.
    """

    name: str
    how: Literal["file", "hub", "auto", "python"]
    place: str
    revision: str = ""
    byte_level: bool = False
    dropout: bool = False

    @property
    def in_home(self) -> bool:
        return self.place.startswith("~/")

    @property
    def code(self) -> Code:
        """The expression that opens it."""
        place = f"os.path.expanduser({literal(self.place)})" if self.in_home else literal(self.place)
        revision = f", revision={literal(self.revision)}" if self.revision else ""
        return Code(f"{_CALLS[self.how]}({place}{revision})")


_CALLS = {
    "file": "Tokenizer.from_file",
    "hub": "Tokenizer.from_pretrained",
    "auto": "AutoTokenizer.from_pretrained",
    "python": "AutoTokenizer.from_pretrained",
}


def opening(name: str) -> Opening:
    """The way to open a tokenizer so that it cuts as its tokenizer.json says, where it has one."""
    found = _located(name)
    if found is None:
        return Opening(name, "auto", name)
    folder, of_hub = found
    revision = folder.name if of_hub and _COMMIT.fullmatch(folder.name) else ""
    place = name if of_hub else at_home(folder)
    if _in_python(folder):
        return Opening(name, "python", place)
    file = folder / "tokenizer.json"
    try:
        content = files.read(file, LARGEST)
    except OSError:  # there is none, or nothing that is one
        return Opening(name, "auto", place, revision)
    byte_level, dropout = b'"ByteLevel"' in content, _dropout(content)
    return Opening(name, "hub" if of_hub else "file", name if of_hub else at_home(file), revision, byte_level, dropout)


def by_transformers(name: str) -> Opening:
    """The way to open it by transformers, whatever is in its folder, unless that cuts otherwise than its tokenizer.json
    says, or by chance.
    """
    found = _located(name)
    if found is None:
        return Opening(name, "auto", name)
    folder, of_hub = found
    if (own := opening(name)).dropout or made_anew(folder):
        return own
    revision = folder.name if of_hub and _COMMIT.fullmatch(folder.name) else ""
    return Opening(name, "auto", name if of_hub else at_home(folder), revision)


def _located(name: str) -> tuple[Path, bool] | None:
    """The folder of a tokenizer that is on this machine, and whether the hub's libraries find it by its id."""
    if os.path.isdir(name):
        return Path(name), False
    if not is_id(name):
        return None
    if folder := cache.cached(name, TOKENIZER_FILES):
        return folder, folder.is_relative_to(cache.hub_cache())
    folder = rebuilt_folder(name)
    return (folder, False) if folder.is_dir() else None


class _Merging(msgspec.Struct):
    dropout: float | None = None


class _File(msgspec.Struct):
    model: _Merging = msgspec.field(default_factory=_Merging)


def _dropout(content: bytes) -> bool:
    try:
        return bool(decode(content, _File).model.dropout)
    except msgspec.DecodeError:
        return False


class _Truncation(msgspec.Struct):
    direction: str = ""


class _Truncating(msgspec.Struct):
    truncation: _Truncation | None = None


def leaves_out_the_beginning(folder: Path) -> bool:
    """Whether the tokenizer of a folder would leave out the beginning of a text that is too long."""
    if side := read_json(folder / "tokenizer_config.json").get("truncation_side"):
        return bool(side == "left")
    try:
        said = decode(files.read(folder / "tokenizer.json", LARGEST), _Truncating).truncation
    except (OSError, msgspec.DecodeError):
        return False
    return said is not None and said.direction == "Left"


class _Config(msgspec.Struct):
    tokenizer_class: str | None = None


def _in_python(folder: Path) -> bool:
    """Marian's and others, and a lone sentencepiece model."""
    config = folder / "tokenizer_config.json"
    if not config.is_file():
        return not (folder / "tokenizer.json").is_file() and any(folder.glob("*.model"))
    try:
        said = decode(files.read(config, LARGEST), _Config).tokenizer_class
    except (OSError, msgspec.DecodeError):
        return False
    return said is not None and family(said) in IN_PYTHON
