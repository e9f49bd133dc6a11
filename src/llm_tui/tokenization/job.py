"""What can be asked of the tokenizers, and what comes back. Light: no torch and no numpy before a job runs."""

from __future__ import annotations

import os
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from platformdirs import user_cache_path

from llm_tui.errors import UserError
from llm_tui.i18n import Text, tr
from llm_tui.marks import Name
from llm_tui.tokenization.measures import Measures

DEFAULT_TOKENIZERS = ("bert-base-multilingual-cased", "xlm-roberta-base")
MOST_TOKENIZERS = 6

WORD = Text(
    "A word is a segment of Unicode's default word boundaries (UAX #29) that has a letter or a digit in it; a piece "
    "belongs to the first word of which it covers a character, by its offsets, and one that is white space alone to "
    "what follows it.",
    "Una palabra es un segmento de los límites de palabra de Unicode (UAX n.º 29) que tiene alguna letra o cifra; una "
    "pieza pertenece a la primera palabra de la que cubre un carácter, según sus posiciones, y una que es solo espacio "
    "a lo que le sigue.",
)
"""The definition of a word as a person reads it; the rules themselves are in `words`."""

_LABELS = {"bert-base-multilingual-cased": "BERT-m-cased", "xlm-roberta-base": "XLM-R-base"}


def label(name: str) -> str:
    """A tokenizer's short name: the course's for its two, else the last part of the hub id or the path."""
    last = Path(name).name
    return _LABELS.get(last, last)


def rebuilt_folder(name: str) -> Path:
    """Where the tokenizer of this hub id is kept, if it is one that is rebuilt here."""
    return user_cache_path("llm-tui") / "tokenizers" / name.rpartition("/")[2]


def labels(names: Sequence[str]) -> list[str]:
    """The short names of several tokenizers, each its own: of two alike the second gets a number."""
    short = [label(name) for name in names]
    place = [short[: i + 1].count(name) for i, name in enumerate(short)]
    return [name if nth == 1 else f"{name} ({nth})" for name, nth in zip(short, place, strict=True)]


@dataclass(frozen=True, slots=True)
class Cut:
    """How one tokenizer cuts one word or phrase.

    For each piece: `pieces` as a person reads it, `ids`, `spans` (start and end in characters, counted from the start
    of the word or phrase), and whether it is `unknown`. `lost` are the characters that no piece stands for.
    """

    pieces: tuple[str, ...]
    ids: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]
    unknown: tuple[bool, ...]
    lost: str

    def __post_init__(self) -> None:
        """
        Raises:
            ValueError: the parts are not of the same pieces.
        """
        if not len(self.pieces) == len(self.ids) == len(self.spans) == len(self.unknown):
            raise ValueError("pieces, ids, spans and unknown are not equally many")

    def __len__(self) -> int:
        return len(self.pieces)


@dataclass(frozen=True, slots=True, eq=False)
class Tokenized:
    """The pieces of a text from one tokenizer.

    The pieces of unit u are those from `begin[u]` up to `begin[u + 1]`; `ids`, and `starts` and `ends` in characters
    of the whole text, have one entry for each piece. `shown` gives the spelling of each id that occurs, `raw` the
    vocabulary's own. `by_text` says that the tokenizer gave no offsets, and its pieces were found again by their
    text. `source` says where the tokenizer came from.
    """

    name: str
    source: Text
    model: str
    vocabulary: int
    by_text: bool
    begin: array[int]
    ids: array[int]
    starts: array[int]
    ends: array[int]
    shown: dict[int, str]
    raw: dict[int, str]
    unknown: frozenset[int]
    special: frozenset[int]
    measures: Measures

    @property
    def label(self) -> str:
        return label(self.name)

    def pieces(self, unit: int) -> range:
        """The numbers of the pieces of a unit."""
        return range(self.begin[unit], self.begin[unit + 1])


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """One text, and how each tokenizer cuts it; the `translation` is what its premium is over.

    The text is parted into units: words, what stands between two words, and line ends. Unit u goes from `starts[u]`
    to `ends[u]`, in characters; `words` are the numbers of those units that are words, `lines` of those that end a
    line. `different[u]` is 1 where the tokenizers cut a word differently. If all stood on one row of a terminal, unit u
    would go from column `columns[u]` to `columns[u + 1]`: as wide as its widest cut, with a column between two pieces,
    and for a word one for a mark before it and one for a space behind it. `proposals` are the words in which the
    tokenizers differ most, `alone` the cuts of the phrases that were asked for, each taken as a text of its own.
    """

    text: str
    starts: array[int]
    ends: array[int]
    words: array[int]
    lines: array[int]
    different: bytes
    columns: array[int]
    tokenized: tuple[Tokenized, ...]
    proposals: tuple[str, ...] = ()
    alone: dict[str, tuple[Cut, ...]] = field(default_factory=dict)
    translation: str = ""

    def unit_text(self, unit: int) -> str:
        return self.text[self.starts[unit] : self.ends[unit]]

    def cut(self, tokenized: Tokenized, first: int, last: int) -> Cut:
        """The pieces of the units from `first` to `last`, both included."""
        numbers = range(tokenized.begin[first], tokenized.begin[last + 1])
        start, end = self.starts[first], self.ends[last]
        ids = tuple(tokenized.ids[i] for i in numbers)
        spans = (self._inked(max(tokenized.starts[i], start), min(tokenized.ends[i], end)) for i in numbers)
        return Cut(
            tuple(tokenized.shown[i] for i in ids),
            ids,
            tuple((a - start, b - start) for a, b in spans),
            tuple(i in tokenized.unknown for i in ids),
            self._lost(tokenized, first, last),
        )

    def _inked(self, start: int, end: int) -> tuple[int, int]:
        """The span without the white space around it, which tokenizers count to one piece or another."""
        while start < end and self.text[start].isspace():
            start += 1
        while start < end and self.text[end - 1].isspace():
            end -= 1
        return start, end

    def _lost(self, tokenized: Tokenized, first: int, last: int) -> str:
        """Characters of these units that no known piece covers, be it theirs or one that belongs to the word before
        or behind; white space is not missed.
        """
        start, end = self.starts[first], self.ends[last]
        begin, behind = tokenized.begin[first], tokenized.begin[last + 1]
        while begin > 0 and tokenized.ends[begin - 1] > start:
            begin -= 1
        while behind < len(tokenized.ids) and tokenized.starts[behind] < end:
            behind += 1
        known = (i for i in range(begin, behind) if tokenized.ids[i] not in tokenized.unknown)
        kept = {at for i in known for at in range(max(tokenized.starts[i], start), min(tokenized.ends[i], end))}
        return "".join(self.text[i] for i in range(start, end) if i not in kept and not self.text[i].isspace())

    def find(self, phrase: str) -> tuple[int, int] | None:
        """First and last unit of the first place where the words of `phrase` stand in the text."""
        at = self.text.find(phrase)
        while phrase and at >= 0:
            first = bisect_right(self.starts, at) - 1
            last = bisect_left(self.ends, at + len(phrase))
            if self.starts[first] == at and last < len(self.ends) and self.ends[last] == at + len(phrase):
                return first, last
            at = self.text.find(phrase, at + 1)
        return None

    def cuts(self, phrase: str) -> tuple[Cut, ...] | None:
        """How each tokenizer cuts `phrase`: in the text where it stands there, else alone; None if nobody asked."""
        if found := self.find(phrase):
            return tuple(self.cut(tokenized, *found) for tokenized in self.tokenized)
        return self.alone.get(phrase)


@dataclass(frozen=True, slots=True)
class Compare:
    """Cut one text with several tokenizers.

    Each of `tokenizers` is a hub id or a local folder. Each line of the text is given to them on its own, without
    its end. `translation` is the same text in English, for the premium; `phrases` are also cut alone.
    """

    kind: ClassVar[str] = "tokens"
    name: ClassVar[Text] = Text("comparison of tokenizers", "comparación de tokenizadores")
    runner: ClassVar[str] = "llm_tui.tokenization.compare:compare"
    imports: ClassVar[tuple[str, ...]] = ("torch", "transformers")
    only_looks: ClassVar[bool] = True

    text: str
    tokenizers: tuple[Name, ...] = DEFAULT_TOKENIZERS
    translation: str = ""
    phrases: tuple[str, ...] = ()

    def title(self) -> str:
        return tr(f"comparing {len(self.tokenizers)} tokenizers", f"comparando {len(self.tokenizers)} tokenizadores")


def tokenizer_names(names: Iterable[str]) -> tuple[str, ...]:
    """The tokenizers that a person named, each once; a folder by its absolute path, for a job may run elsewhere.

    Raises:
        UserError: there is none, or there are too many.
    """
    given = [os.path.expanduser(name.strip()) for name in names if name.strip()]
    wanted = tuple(dict.fromkeys(os.path.abspath(name) if os.path.isdir(name) else name for name in given))
    if not wanted:
        raise UserError(
            tr(
                "No tokenizer is named: give a hub id such as xlm-roberta-base, or a local folder.",
                "No se indicó ningún tokenizador: dé un id del hub como xlm-roberta-base, o una carpeta local.",
            )
        )
    if len(wanted) > MOST_TOKENIZERS:
        raise UserError(
            tr(
                f"{len(wanted)} tokenizers are named: compare at most {MOST_TOKENIZERS} at a time.",
                f"Se indicaron {len(wanted)} tokenizadores: compare como máximo {MOST_TOKENIZERS} a la vez.",
            )
        )
    return wanted
