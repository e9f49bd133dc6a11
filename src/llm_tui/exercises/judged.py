"""What the scores of a model make of texts with a true label: the label that each was given, and how often it is right.

All of it is asked for with every key, of up to thousands of texts, of which one has changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from llm_tui.exercises.agreement import LabelAgreement, Pairs, agreement
from llm_tui.exercises.counts import kind_name
from llm_tui.exercises.samples import Sample, texts_of
from llm_tui.export.table import Cell
from llm_tui.foundation.labels_job import Labelled
from llm_tui.kept import Counts, Rows, kept

Given = tuple[str | None, float | None]
"""The label that a text was given, None where it was given none, and its best score, None where nobody asked."""

NOTHING: Given = None, None


class Judged(NamedTuple):
    """Of the texts that have a true label and were asked for: how often each true label was given each label; errors
    and texts of each kind, in the order in which they come first; and how each label agrees.
    """

    pairs: Pairs
    kinds: Mapping[str, tuple[int, int]]
    agreement: tuple[LabelAgreement, ...]

    @property
    def texts(self) -> int:
        return self.pairs.total()


def _given(scores: Sequence[float] | None, labels: tuple[str, ...], threshold: float) -> Given:
    if not scores:
        return NOTHING
    best, score = Labelled(tuple(scores)).best, max(scores)
    return labels[best] if best is not None and score >= threshold else None, score


_rows = Rows(_given)


@lru_cache(4)
def unasked(count: int) -> Sequence[Given]:
    """Of so many texts; the same object each time."""
    return (NOTHING,) * count


@kept
def _of_each(texts: Sequence[str], scores: Mapping[str, Sequence[float]]) -> Sequence[Sequence[float] | None]:
    return tuple(map(scores.get, texts))


def scored(
    samples: Sequence[Sample],
    scores: Mapping[str, Sequence[float]],
    labels: tuple[str, ...],
    threshold: float,
    template: str,
) -> Sequence[Given]:
    """For each text what the model said of it with this template, by its `scores` in the order of `labels`."""
    return _rows(_of_each(texts_of(samples), scores), beside=(labels, threshold), of=template)


One = tuple[str, str | None, str]
"""The true label of a text, the one that it was given, and its kind."""


def _judged(sample: Sample, given: Given, labels: tuple[str, ...]) -> One | None:
    label, score = given
    return (sample.label, label, sample.kind) if score is not None and sample.label in labels else None


_judged_rows = Rows(_judged)
_counts = Counts[One | None]()


@kept
def judged(samples: Sequence[Sample], given: Sequence[Given], labels: tuple[str, ...], template: str) -> Judged:
    """What is counted of texts, of which `given` says what the model said with this template."""
    rows = _judged_rows(samples, given, beside=(labels,), of=template)
    pairs: Pairs = Counter()
    texts, wrong = Counter[str](), Counter[str]()
    for one, count in _counts(rows, of=template).items():
        if one is not None:
            true, label, kind = one
            pairs[true, label] += count
            texts[kind] += count
            wrong[kind] += count * (true != label)
    kinds = {kind: (wrong[kind], texts[kind]) for kind in _first(rows, len(texts))}
    return Judged(pairs, kinds, agreement(labels, pairs))


def _first(rows: Iterable[One | None], most: int) -> Iterable[str]:
    """So many kinds, in the order in which they come first; no further is looked for them."""
    found: dict[str, None] = {}
    for one in rows:
        if len(found) == most:
            break
        if one is not None:
            found[one[2]] = None
    return found


Row = tuple[Cell, ...]

LABEL = 2
"""The place of the true label in a row of the sheet."""

Held = tuple[tuple[str, str], str]
"""The keys of the row and the column of a cell that shows more than the student wrote, and what they wrote."""


def sheet_rows(
    samples: Sequence[Sample],
    given: Sequence[Given],
    labels: tuple[str, ...],
    doubted: bool,
    measured: bool,
    language: str,
) -> tuple[tuple[str, ...], tuple[Row, ...], Mapping[tuple[str, str], str]]:
    """The rows of a sheet with their keys, their numbers from 0: number, verdict where the true label is one of the
    `labels`, true label, the one that was given, its score where it was `measured`, text and kind; and what is held of
    their cells. `doubted` labels, which are not the student's, have a question mark.
    """
    keys = _keys(len(samples))
    rows = _sheet_rows(keys, samples, given, beside=(labels, doubted, measured, language))
    return keys, rows, dict(filter(None, _held(keys, samples, rows)))


@lru_cache(4)
def _keys(count: int) -> tuple[str, ...]:
    """The same objects each time."""
    return tuple(map(str, range(count)))


def _sheet_row(
    key: str, sample: Sample, given: Given, labels: tuple[str, ...], doubted: bool, measured: bool, language: str
) -> tuple[Cell, ...]:
    label, score = given
    counted = _judged(sample, given, labels)
    verdict = None if counted is None else "✓" if sample.label == label else "✗"
    shown = None if score is None else label or "-"
    mark = f"{sample.label} ?" if doubted and sample.label and not sample.is_own else sample.label
    kind = kind_name(sample.kind, language)
    return int(key) + 1, verdict, mark, shown, score if measured else None, sample.text, kind


_sheet_rows = Rows(_sheet_row)


def _held_one(key: str, sample: Sample, row: Row) -> Held | None:
    return ((key, "label"), sample.label) if row[LABEL] != sample.label else None


_held = Rows(_held_one)
