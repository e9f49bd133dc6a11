"""Tokenizers by hub id or folder: found, opened once, and made to cut lines in one way, whatever their kind."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray
from transformers.convert_slow_tokenizer import bytes_to_unicode

from llm_tui import files
from llm_tui.decoding import decode
from llm_tui.engine.job import Context
from llm_tui.errors import UserError
from llm_tui.hub.cache import cached_where
from llm_tui.hub.fetching import fetch_tokenizer
from llm_tui.hub.folder import check_tokenizer
from llm_tui.hub.repository import TOKENIZER_FILES, is_id
from llm_tui.i18n import Text, tr
from llm_tui.serving.address import is_address, short
from llm_tui.tokenization.alignment import align
from llm_tui.tokenization.job import MOST_TOKENIZERS
from llm_tui.tokenization.opening import LEFT_ASIDE, open_tokenizer
from llm_tui.tokenization.vocabularies import SOURCE, rebuilt
from llm_tui.visible import visible

Ints = NDArray[np.int32]


class Encoded(NamedTuple):
    """The pieces of some lines, one after the other: `counts[i]` of them belong to line i. `ids` and `spans`, shape
    (pieces, 2), have one entry for each piece; a span is its start and end in its line, in characters.
    """

    ids: Ints
    spans: Ints
    counts: Ints


class Cutter(Protocol):
    """What there is to know of an open tokenizer, and cutting with it, without special tokens.

    `raw` is the vocabulary's spelling of an id, `shown` makes of it that for a person, and `blank` says that it is
    white space alone. `around` is how many special tokens a model is given around a text. `by_text` tokenizers give no
    offsets.
    """

    model: str
    vocabulary: int
    by_text: bool
    unknown: frozenset[int]
    special: frozenset[int]
    around: int

    def encode(self, lines: Sequence[str]) -> Encoded: ...

    def raw(self, id: int) -> str: ...

    def shown(self, id: int, raw: str) -> str: ...

    def blank(self, id: int, raw: str) -> bool: ...


class FastCutter:
    """A tokenizer of the `tokenizers` library, with truncation and padding off."""

    by_text = False

    def __init__(self, tokenizer: Any):
        backend = self._backend = tokenizer.backend_tokenizer
        backend.no_truncation()
        backend.no_padding()
        self._byte_level = any(b'"ByteLevel"' in part.__getstate__() for part in _parts(backend))
        self.model = ("byte-level " if self._byte_level else "") + type(backend.model).__name__
        self.vocabulary = backend.get_vocab_size(with_added_tokens=True)
        self.unknown = frozenset(_unknown_ids(backend))
        self.special = _special_ids(tokenizer)
        self.around = backend.num_special_tokens_to_add(False)
        self._added = frozenset(tokenizer.added_tokens_decoder)

    def encode(self, lines: Sequence[str]) -> Encoded:
        encodings = self._backend.encode_batch(lines, add_special_tokens=False)
        counts = np.fromiter(map(len, encodings), np.int32, len(lines))
        total = int(counts.sum())
        ids = np.fromiter(chain.from_iterable(e.ids for e in encodings), np.int32, total)
        offsets = chain.from_iterable(chain.from_iterable(e.offsets for e in encodings))
        return Encoded(ids, np.fromiter(offsets, np.int32, 2 * total).reshape(-1, 2), counts)

    def raw(self, id: int) -> str:
        return str(self._backend.id_to_token(id))

    def shown(self, id: int, raw: str) -> str:
        return visible(self._text(id, raw))

    def blank(self, id: int, raw: str) -> bool:
        return _is_blank(self._text(id, raw), _BYTE_SIGNS if self._byte_level else "")

    def _text(self, id: int, raw: str) -> str:
        """Added tokens stand in the vocabulary as they are written, in a byte-level one too."""
        return _characters(raw) if self._byte_level and id not in self._added else raw


class PlainCutter:
    """A tokenizer in Python, such as Marian's: it gives no offsets, and pieces are found again by their text."""

    by_text = True

    def __init__(self, tokenizer: Any):
        self._tokenizer = tokenizer
        self.model = type(tokenizer).__name__
        self.vocabulary = len(tokenizer)
        self.unknown = frozenset({tokenizer.unk_token_id} - {None})
        self.special = _special_ids(tokenizer)
        self.around = tokenizer.num_special_tokens_to_add()

    def encode(self, lines: Sequence[str]) -> Encoded:
        pieces = [self._tokenizer.tokenize(line) for line in lines]
        ids = chain.from_iterable(map(self._tokenizer.convert_tokens_to_ids, pieces))
        return _aligned(lines, pieces, ids)

    def raw(self, id: int) -> str:
        return str(self._tokenizer.convert_ids_to_tokens(id))

    def shown(self, id: int, raw: str) -> str:
        return visible(raw)

    def blank(self, id: int, raw: str) -> bool:
        return _is_blank(raw)


class SentencePieceCutter:
    """A lone sentencepiece model, without a word on the tokenizer that it was made for: its own pieces and ids."""

    by_text = True

    def __init__(self, file: Path):
        from sentencepiece import SentencePieceProcessor

        self._processor = SentencePieceProcessor(model_file=str(file))
        self.model = "sentencepiece"
        self.vocabulary = self._processor.get_piece_size()
        self.unknown = frozenset({self._processor.unk_id()})
        self.special = frozenset(id for id in range(self.vocabulary) if self._processor.is_control(id))
        self.around = 0

    def encode(self, lines: Sequence[str]) -> Encoded:
        pieces = [self._processor.encode(line, out_type=str) for line in lines]
        return _aligned(lines, pieces, chain.from_iterable(map(self._processor.piece_to_id, pieces)))

    def raw(self, id: int) -> str:
        return str(self._processor.id_to_piece(id))

    def shown(self, id: int, raw: str) -> str:
        return visible(raw)

    def blank(self, id: int, raw: str) -> bool:
        return _is_blank(raw)


def cutter_of(tokenizer: Any) -> Cutter:
    """An open tokenizer of transformers, to cut with."""
    return FastCutter(tokenizer) if tokenizer.is_fast else PlainCutter(tokenizer)


def _aligned(lines: Sequence[str], pieces: Sequence[Sequence[str]], ids: Iterator[int]) -> Encoded:
    spans = chain.from_iterable(chain.from_iterable(map(align, lines, pieces)))
    counts = np.fromiter(map(len, pieces), np.int32, len(lines))
    return Encoded(np.fromiter(ids, np.int32, int(counts.sum())), np.fromiter(spans, np.int32).reshape(-1, 2), counts)


def _parts(backend: Any) -> Iterator[Any]:
    return (part for part in (backend.pre_tokenizer, backend.decoder) if part is not None)


class _Unigram(msgspec.Struct):
    unk_id: int | None = None


def _unknown_ids(backend: Any) -> Iterator[int]:
    """The id that the model itself gives to what it does not know.

    The tokenizer's `unk_token` may be another one, which stands for nothing: GPT-2's is its end of text.
    """
    name = getattr(backend.model, "unk_token", None)
    id = backend.token_to_id(name) if name else None
    if type(backend.model).__name__ == "Unigram":
        id = decode(backend.model.__getstate__(), _Unigram).unk_id
    if id is not None:
        yield id


def _special_ids(tokenizer: Any) -> frozenset[int]:
    added = {id for id, token in tokenizer.added_tokens_decoder.items() if token.special}
    return frozenset(added | set(tokenizer.all_special_ids))


def _is_blank(text: str, signs: str = "") -> bool:
    """Whether a piece is white space alone; `signs` stand for white space, as sentencepiece's does."""
    return text != "" and all(char.isspace() or char == "▁" or char in signs for char in text)


_BYTES: dict[str, int] = {char: byte for byte, char in bytes_to_unicode().items()}  # type: ignore[no-untyped-call]


def _characters(raw: str) -> str:
    """A piece of a byte-level vocabulary as the characters that its bytes make; white space keeps the vocabulary's
    sign (Ġ for a space), and bytes that make no character are written as `\\xc3`.
    """
    if not all(char in _BYTES for char in raw):
        return raw
    text = bytes(_BYTES[char] for char in raw).decode("utf-8", "backslashreplace")
    return "".join(_SIGNS.get(char, char) for char in text)


_SIGNS = {chr(byte): char for char, byte in _BYTES.items() if byte <= 0x20}
_BYTE_SIGNS = "".join(sign for char, sign in _SIGNS.items() if char.isspace())


@dataclass(frozen=True, slots=True)
class Found:
    """The folder of a tokenizer, and in a few words where it came from."""

    folder: Path
    source: Text


def load(name: str, context: Context) -> tuple[Cutter, Text]:
    """The tokenizer of a hub id or a folder, ready to cut, and where it came from.

    Raises:
        UserError: there is none, it cannot be fetched, or it is none.
    """
    found = locate(name, context)
    context.progress(0, 0, tr(f"opening {visible(name)}", f"abriendo {visible(name)}"))
    key = ("tokenizer", found.folder, files.stamp_of(found.folder))
    opened: tuple[Cutter, bool] | None = context.models.find(key)
    if opened is None:
        opened = _open(found.folder, name)
        context.models.keep(key, opened, MOST_TOKENIZERS)
    cutter, left_aside = opened
    return cutter, _as_the_file_says(found.source) if left_aside else found.source


def _as_the_file_says(source: Text) -> Text:
    return Text(f"{source.en}, {LEFT_ASIDE.en}", f"{source.es}, {LEFT_ASIDE.es}")


def locate(name: str, context: Context) -> Found:
    """Where the tokenizer of a hub id or a folder lies on this machine, fetched if need be: a folder; else the hub's
    cache; else a tokenizer that can be rebuilt here; else the hub itself.

    Raises:
        UserError: there is none, or it cannot be fetched.
    """
    if is_address(name):
        raise UserError(
            tr(
                f"A server shows no tokenizer: give the hub id of {short(name)}'s, or a folder with it.",
                f"Un servidor no muestra su tokenizador: indique el id del hub del de {short(name)}, o una carpeta con "
                "él.",
            )
        )
    if os.path.isdir(name):
        return Found(Path(name), Text("folder", "carpeta"))
    if not is_id(name):
        raise UserError(
            tr(
                f"There is no folder {name}, and it is no hub id either: give a folder with a tokenizer, or an id such "
                "as xlm-roberta-base.",
                f"No existe la carpeta {name}, y tampoco es un id del hub: indique una carpeta con un tokenizador, o "
                "un id como xlm-roberta-base.",
            )
        )
    if snapshot := cached_where(_has_tokenizer, name, TOKENIZER_FILES):
        return _of_hub(snapshot)
    if folder := rebuilt(name, context.check):
        return Found(folder, Text(f"rebuilt from {SOURCE}", f"reconstruido a partir de {SOURCE}"))
    return _of_hub(fetch_tokenizer(name, context))


def _of_hub(snapshot: Path) -> Found:
    revision = snapshot.name[:7]
    return Found(snapshot, Text(f"hub, revision {revision}", f"hub, revisión {revision}"))


def _has_tokenizer(folder: Path) -> bool:
    patterns = ("tokenizer.json", "vocab.*", "*.model", "*.spm")
    return any(next(folder.glob(pattern), None) for pattern in patterns)


def _open(folder: Path, name: str) -> tuple[Cutter, bool]:
    """The cutter, and whether its class would have left aside what the file says."""
    check_tokenizer(folder)
    try:
        opened = open_tokenizer(folder)
        return cutter_of(opened.tokenizer), opened.left_aside
    except Exception as error:  # whatever is in the folder
        lone = sorted(folder.glob("*.model"))
        if len(lone) == 1 and not (folder / "tokenizer_config.json").exists():
            try:
                return SentencePieceCutter(lone[0]), False
            except (OSError, RuntimeError):
                pass
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise UserError(
            tr(
                f"The tokenizer {name} could not be opened ({first}): its folder needs a tokenizer.json, or a "
                "vocabulary with a tokenizer_config.json that names its class.",
                f"No se pudo abrir el tokenizador {name} ({first}): su carpeta necesita un tokenizer.json, o un "
                "vocabulario con un tokenizer_config.json que nombre su clase.",
            )
        ) from error
