"""Why a trained classifier answers as it does: what can be asked of it, and the sums that need no model. Light.

The logit of class c for a text of n words is bias_c + the sum over its words of W_c · e_i / n: the model is a mean and
a linear layer, and so the share of each word is exact. `W_c · e_i` of every word with every class is a small table;
with it a changed text is a few additions.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Protocol

import regex

from llm_tui.i18n import Text, tr
from llm_tui.marks import Name
from llm_tui.tokenization.word_pattern import WORD

MOST_NEIGHBOURS = 10
MOST_FREQUENT = 200
"""Words that are drawn by their directions."""

_WORD = regex.compile(WORD)


@dataclass(frozen=True, slots=True)
class Weigh:
    """What every word of a trained classifier adds to each logit. `folder` holds the run's model files."""

    kind: ClassVar[str] = "word shares"
    name: ClassVar[Text] = Text("shares of the words", "aportes de las palabras")
    runner: ClassVar[str] = "llm_tui.classifier.shares:weigh"
    imports: ClassVar[tuple[str, ...]] = ("torch",)

    folder: Name

    def title(self) -> str:
        return tr("reading the shares of the words", "leyendo los aportes de las palabras")


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The words whose vectors are nearest to that of `word`, by their cosine."""

    kind: ClassVar[str] = "word neighbours"
    name: ClassVar[Text] = Text("nearest words", "palabras más cercanas")
    runner: ClassVar[str] = "llm_tui.classifier.shares:neighbours"
    imports: ClassVar[tuple[str, ...]] = ("torch",)

    folder: Name
    word: str
    most: int = MOST_NEIGHBOURS

    def title(self) -> str:
        return tr("looking for the nearest words", "buscando las palabras más cercanas")


@dataclass(frozen=True, slots=True)
class Directions:
    """The most frequent words of a trained classifier by the first two principal directions of their vectors."""

    kind: ClassVar[str] = "word directions"
    name: ClassVar[Text] = Text("directions of the vectors", "direcciones de los vectores")
    runner: ClassVar[str] = "llm_tui.classifier.shares:directions"
    imports: ClassVar[tuple[str, ...]] = ("torch",)

    folder: Name

    def title(self) -> str:
        return tr("drawing the word vectors", "dibujando los vectores de las palabras")


@dataclass(frozen=True, slots=True)
class Neighbour:
    """`cosine` is that of its vector with the one of the word asked for; `count` how often it came in training, where
    that is known.
    """

    word: str
    cosine: float
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Near:
    """`entry` is the word as the vocabulary has it, None where it has not; the nearest first."""

    entry: str | None
    count: int | None = None
    nearest: tuple[Neighbour, ...] = ()


@dataclass(frozen=True, slots=True)
class Plane:
    """Words by the first two principal directions of their vectors, the most frequent first.

    `points` has (x, y) of each word; `speaks_for` the class for which each speaks most; `shown` is the share of the
    vectors' variance in the two directions.
    """

    words: tuple[str, ...]
    points: tuple[tuple[float, float], ...]
    speaks_for: tuple[int, ...]
    shown: float
    step: int | None = None
    steps: int | None = None


class Cutter(Protocol):
    """An encoder, of which only this is asked: it is plain Python, or `tokenizers` that the job has imported."""

    def cut(self, text: str) -> list[tuple[int, int, int]]: ...


@dataclass(frozen=True, slots=True)
class Place:
    """A word where it stands in a text: the ids that it was counted as, which add up to `shares`, one a class."""

    start: int
    end: int
    ids: tuple[int, ...]
    shares: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class WordShare:
    """A word of a text, as often as it comes. `shares` are those of all its places together, one a class."""

    word: str
    times: int
    shares: tuple[float, ...]
    unknown: bool
    untrained: bool
    """Whether no vector of it ever moved in training: its share is as it was drawn, by chance."""


@dataclass(frozen=True)
class Explained:
    """A text as the model counts it. `pieces` is n, what the mean is taken over; `logits` are `bias` + the shares."""

    text: str
    places: tuple[Place, ...]
    words: tuple[WordShare, ...]
    pieces: int
    bias: tuple[float, ...]
    logits: tuple[float, ...]

    @cached_property
    def probabilities(self) -> tuple[float, ...]:
        most = max(self.logits)
        powers = [math.exp(logit - most) for logit in self.logits]
        return tuple(power / math.fsum(powers) for power in powers)

    @property
    def predicted(self) -> int:
        return self.logits.index(max(self.logits))

    def rival(self, of: int) -> int | None:
        """The best class but this one; None where there is no other."""
        others = [i for i in range(len(self.logits)) if i != of]
        return max(others, key=self.logits.__getitem__, default=None)


@dataclass(frozen=True, slots=True)
class Telling:
    """A word of the vocabulary and what it says of a class: `raw` is W_c · e_i, `relative` that minus the mean of it
    over the classes.
    """

    word: str
    raw: float
    relative: float
    count: int | None


@dataclass(frozen=True)
class Scores:
    """What every word of a vocabulary adds to each logit.

    `table` is flat, (entries, classes), float64: W_c · e_i. `counts` is how often each entry came in training; None for
    a run that did not keep them. `words` says that the entries are words rather than pieces.
    """

    entries: Sequence[str]
    table: array[float]
    bias: tuple[float, ...]
    counts: Sequence[int] | None
    unknown_id: int | None
    words: bool
    cutter: Cutter

    def of(self, entry: int) -> Sequence[float]:
        """One number a class."""
        width = len(self.bias)
        return self.table[entry * width : (entry + 1) * width]

    def untrained(self, entry: int) -> bool:
        """Whether the vector is known to be as it was drawn. The words of `basic_english` are those of the training
        texts, or of more: the one that stands for what is unknown never comes there.
        """
        if self.counts is not None:
            return not self.counts[entry]
        return self.words and entry == self.unknown_id

    def explain(self, text: str) -> Explained:
        """The exact share of each word of a text; where the entries are pieces, of the pieces of each word."""
        cut = self.cutter.cut(text)
        n = len(cut)
        places = tuple(self._placed(text, cut, n))
        grouped: dict[tuple[tuple[int, ...], str], list[Place]] = {}
        for place in places:
            said = text[place.start : place.end]
            unknown = self.unknown_id in place.ids
            name = said if unknown or not self.words else self.entries[place.ids[0]]
            grouped.setdefault((place.ids, name), []).append(place)
        each = [math.fsum(place.shares[c] for place in places) for c in range(len(self.bias))]
        return Explained(
            text=text,
            places=places,
            words=tuple(self._together(name, ids, same) for (ids, name), same in grouped.items()),
            pieces=n,
            bias=self.bias,
            logits=tuple(b + share for b, share in zip(self.bias, each, strict=True)),
        )

    def _placed(self, text: str, cut: Sequence[tuple[int, int, int]], n: int) -> Iterator[Place]:
        for start, end, ids in [(a, b, (i,)) for i, a, b in cut] if self.words else _in_words(text, cut):
            rows = [self.of(i) for i in ids]
            yield Place(start, end, ids, tuple(math.fsum(row[c] for row in rows) / n for c in range(len(self.bias))))

    def _together(self, name: str, ids: tuple[int, ...], same: Sequence[Place]) -> WordShare:
        shares = tuple(math.fsum(place.shares[c] for place in same) for c in range(len(self.bias)))
        return WordShare(name, len(same), shares, self.unknown_id in ids, all(map(self.untrained, ids)))

    def telling(self, of: int, least: int = 0) -> list[Telling]:
        """All words that came at least `least` times in training, those that speak most for a class first. A gap in
        the ids is no word.
        """
        width = len(self.bias)
        found = []
        for i, word in enumerate(self.entries):
            count = None if self.counts is None else self.counts[i]
            if not word or (count or 0) < least:
                continue
            row = self.table[i * width : (i + 1) * width]
            found.append(Telling(word, row[of], row[of] - math.fsum(row) / width, count))
        return sorted(found, key=lambda one: -one.relative)


def _in_words(text: str, cut: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, tuple[int, ...]]]:
    """Pieces by the words that they belong to: that of their first letter; what is in no word stands for itself. A
    piece without a letter, as a space that has one, goes with what comes after it.

    A piece of a byte-level tokenizer may be a part of a character: those of the same character are one. What comes out
    does not overlap.
    """
    words = [(match.start(), match.end()) for match in _WORD.finditer(text)]
    groups: list[tuple[int, int, tuple[int, ...]]] = []
    before: tuple[int, ...] = ()
    word = 0
    for i, start, end in cut:
        while start < end and text[start].isspace():
            start += 1
        if start == end:
            before = (*before, i)
            continue
        while word < len(words) and words[word][1] <= start:
            word += 1
        begin = words[word][0] if word < len(words) and words[word][0] <= start else start
        if groups and begin < groups[-1][1]:
            first, last, ids = groups[-1]
            groups[-1] = (first, max(last, end), (*ids, *before, i))
        else:
            groups.append((start, end, (*before, i)))
        before = ()
    if before:
        first, last, ids = groups.pop() if groups else (0, len(text), ())
        groups.append((first, last, (*ids, *before)))
    return groups
