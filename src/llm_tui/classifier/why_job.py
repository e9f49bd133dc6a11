"""Why a trained classifier answers as it does: what can be asked of it, and the sums that need no model. Light.

The logit of class c for a text of n words, or pieces of a tokenizer, is bias_c + the sum over them of W_c · e_i / n:
the model is a mean and a linear layer, and so the share of each is exact. `W_c · e_i` of each with every class is a
small table; with it a changed text is a few additions.
"""

from __future__ import annotations

import heapq
import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Protocol

from llm_tui.i18n import Text, tr
from llm_tui.marks import Name
from llm_tui.tokenization.word_pattern import WORD

MOST_NEIGHBOURS = 10
LEAST = 5
"""Times that a word came in training, where a person says nothing else: what a rarer one says is mostly chance."""

MOST_FREQUENT = 200
"""Words that are drawn by their directions."""


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
    """The words whose vectors are nearest to that of `word`, by their cosine, among those that came at least `least`
    times in training, where that is known: a vector that hardly moved is near by chance.
    """

    kind: ClassVar[str] = "word neighbours"
    name: ClassVar[Text] = Text("nearest words", "palabras más cercanas")
    runner: ClassVar[str] = "llm_tui.classifier.shares:neighbours"
    imports: ClassVar[tuple[str, ...]] = ("torch",)

    folder: Name
    word: str
    most: int = MOST_NEIGHBOURS
    least: int = LEAST

    def title(self) -> str:
        return tr("looking for the nearest words", "buscando las palabras más cercanas")


@dataclass(frozen=True, slots=True)
class Directions:
    """The most frequent words of a trained classifier by the first two principal directions of their vectors."""

    kind: ClassVar[str] = "word directions"
    name: ClassVar[Text] = Text("directions of the vectors", "direcciones de los vectores")
    runner: ClassVar[str] = "llm_tui.classifier.shares:directions"
    imports: ClassVar[tuple[str, ...]] = ("torch",)
    only_looks: ClassVar[bool] = True

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
    """`entry` is the word as the vocabulary has it, None where it has not; the nearest first, of `among` vectors of
    `dimensions` numbers.
    """

    entry: str | None
    count: int | None = None
    nearest: tuple[Neighbour, ...] = ()
    among: int = 0
    dimensions: int = 1

    @property
    def by_chance(self) -> float | None:
        """The cosine that the nearest of so many vectors would have about, if all were drawn by chance: the one that is
        passed once in so many draws. None below three dimensions, where it says nothing.
        """
        if self.among < 2 or self.dimensions < 3:
            return None
        low, high = 0.0, 1.0
        while high - low > 1e-5:
            middle = (low + high) / 2
            low, high = (middle, high) if _passed(middle, self.dimensions) * self.among > 1 else (low, middle)
        return low


def _passed(cosine: float, dimensions: int) -> float:
    """The probability that two vectors drawn by chance have a larger cosine: the integral of sin^(dimensions - 2) from
    0 to the angle, as a share of that from 0 to pi, by parts down to one dimension or two.
    """
    sine = math.sqrt(1 - cosine * cosine)
    found = 0.5 if dimensions % 2 else math.acos(cosine) / math.pi
    for n in range(4 - dimensions % 2, dimensions + 1, 2):
        log = math.lgamma(n / 2 - 1) - math.lgamma((n - 1) / 2)
        found -= cosine * sine ** (n - 3) * math.exp(log) / (2 * math.sqrt(math.pi))
    return found


@dataclass(frozen=True, slots=True)
class Plane:
    """Words by the first two principal directions of their vectors, the most frequent first.

    `points` has (x, y) of each word; `speaks_for` the class for which each speaks most;
    `shown` is the share of the vectors' variance in the two directions. One of a training that goes on has its step,
    and the names of the classes.
    """

    words: tuple[str, ...]
    points: tuple[tuple[float, float], ...]
    speaks_for: tuple[int, ...]
    shown: float
    step: int | None = None
    steps: int | None = None
    classes: tuple[str, ...] = ()


class Cutter(Protocol):
    """An encoder, of which only this is asked: it is plain Python, or `tokenizers` that the job has imported."""

    def cut(self, text: str) -> list[tuple[int, int, int]]: ...


@dataclass(frozen=True, slots=True)
class Place:
    """A word where it stands in a text: the ids that it was counted as, which add up to `shares`, one a class. `word`
    is its number among the words of the text.
    """

    start: int
    end: int
    ids: tuple[int, ...]
    shares: tuple[float, ...]
    word: int


@dataclass(frozen=True, slots=True)
class WordShare:
    """A word of a text, as often as it comes. `shares` are those of all its places together, one a class."""

    word: str
    times: int
    shares: tuple[float, ...]
    unknown: bool
    """Whether it was counted, in part at least, as the entry for what is unknown."""
    untrained: bool
    """Whether no vector of it ever moved in training: its share is as it was drawn, by chance."""


@dataclass(frozen=True)
class Explained:
    """A text as the model counts it. `pieces` is n, what the mean is taken over; `logits` are `bias` + the shares.
    `unknown_as` is the entry that stands for what is unknown.
    """

    text: str
    places: tuple[Place, ...]
    words: tuple[WordShare, ...]
    pieces: int
    bias: tuple[float, ...]
    logits: tuple[float, ...]
    unknown_as: str = ""

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
    """A word of the vocabulary and what it says of a class; `count` is how often it came in training."""

    word: str
    value: float
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
        width = len(self.bias)
        numbers: dict[tuple[tuple[int, ...], str], int] = {}
        places = []
        for start, end, ids in [(a, b, (i,)) for i, a, b in cut] if self.words else _in_words(text, cut):
            rows = [self.of(i) for i in ids]
            shares = tuple(math.fsum(row[c] for row in rows) / len(cut) for c in range(width))
            number = numbers.setdefault((ids, self._name(ids, text[start:end])), len(numbers))
            places.append(Place(start, end, ids, shares, number))
        together: list[list[Place]] = [[] for _ in numbers]
        for place in places:
            together[place.word].append(place)
        return Explained(
            text=text,
            places=tuple(places),
            words=tuple(self._word(name, ids, together[i]) for i, (ids, name) in enumerate(numbers)),
            pieces=len(cut),
            bias=self.bias,
            logits=tuple(
                bias + share for bias, share in zip(self.bias, _sums([p.shares for p in places], width), strict=True)
            ),
            unknown_as="" if self.unknown_id is None else self.entries[self.unknown_id],
        )

    def _name(self, ids: tuple[int, ...], written: str) -> str:
        """As the vocabulary has it, where it is one word of it; else as it is written."""
        return self.entries[ids[0]] if self.words and ids[0] != self.unknown_id else written

    def _word(self, name: str, ids: tuple[int, ...], places: Sequence[Place]) -> WordShare:
        shares = _sums([place.shares for place in places], len(self.bias))
        return WordShare(name, len(places), shares, self.unknown_id in ids, all(map(self.untrained, ids)))

    def telling(self, of: int, relative: bool, least: int, most: int) -> tuple[list[Telling], list[Telling]]:
        """The `most` words that speak most for a class, and those that speak most against it, of those that came at
        least `least` times in training. A gap in the ids is no word.
        """
        raw = self.table[of :: len(self.bias)]
        values = [one - mean for one, mean in zip(raw, self._means, strict=True)] if relative else raw
        counts = self.counts
        among = [i for i, word in enumerate(self.entries) if word and (counts is None or counts[i] >= least)]

        def told(ids: Sequence[int]) -> list[Telling]:
            return [Telling(self.entries[i], values[i], None if counts is None else counts[i]) for i in ids]

        best = heapq.nlargest(most, among, key=values.__getitem__)
        return told(best), told(heapq.nsmallest(most, among, key=values.__getitem__))

    @cached_property
    def _means(self) -> list[float]:
        """Of each entry over the classes."""
        width = len(self.bias)
        return [sum(each) / width for each in zip(*(self.table[c::width] for c in range(width)), strict=True)]


def _sums(rows: Sequence[Sequence[float]], width: int) -> tuple[float, ...]:
    """Of each column."""
    return tuple(math.fsum(row[c] for row in rows) for c in range(width))


def _in_words(text: str, cut: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, tuple[int, ...]]]:
    """Pieces by the words that they belong to: that of their first letter; what is in no word stands for itself. A
    piece without a letter, as a space that has one, goes with what comes after it.

    A piece of a byte-level tokenizer may be a part of a character: those of the same character are one. What comes out
    does not overlap.
    """
    import regex  # not at the top: home does without its 1.5 MB

    words = [match.span() for match in regex.finditer(WORD, text)]
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
