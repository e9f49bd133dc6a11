"""What the scores of a model make of texts with a true label: the label that each was given, and how often it is right.

All of it is asked for with every key, of up to thousands of texts, of which one has changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from llm_tui.exercises.agreement import LabelAgreement, agreement
from llm_tui.exercises.counts import kind_name
from llm_tui.exercises.samples import Sample
from llm_tui.export.table import Cell
from llm_tui.foundation.labels_job import Labelled
from llm_tui.kept import Rows, kept

Given = tuple[str | None, float | None]
"""The label that a text was given, None where it was given none, and its best score, None where nobody asked."""

NOTHING: Given = None, None


class Judged(NamedTuple):
    """The texts that have a true label and were asked for, in their order: these labels, those that they were given,
    and their kinds; and how each label agrees.
    """

    true: Sequence[str]
    given: Sequence[str | None]
    kinds: Sequence[str]
    agreement: tuple[LabelAgreement, ...]


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
def scored(
    samples: Sequence[Sample],
    scores: Mapping[str, Sequence[float]],
    labels: tuple[str, ...],
    threshold: float,
    template: str,
) -> Sequence[Given]:
    """For each text what the model said of it with this template, by its `scores` in the order of `labels`."""
    of_each = list(map(scores.get, [sample.text for sample in samples]))
    return _rows(of_each, beside=(labels, threshold), of=template)


def _judged(sample: Sample, given: Given, labels: tuple[str, ...]) -> tuple[str, str | None, str] | None:
    label, score = given
    return (sample.label, label, sample.kind) if score is not None and sample.label in labels else None


_judged_rows = Rows(_judged)


@kept
def judged(samples: Sequence[Sample], given: Sequence[Given], labels: tuple[str, ...], template: str) -> Judged:
    """What is counted of texts, of which `given` says what the model said with this template."""
    rows = list(filter(None, _judged_rows(samples, given, beside=(labels,), of=template)))
    true, said, kinds = zip(*rows, strict=True) if rows else ((), (), ())
    return Judged(true, said, kinds, agreement(labels, true, said))


Row = tuple[Cell, ...]

LABEL = 2
"""The place of the true label in a row of the sheet."""


def sheet_rows(
    samples: Sequence[Sample], given: Sequence[Given], doubted: bool, measured: bool, language: str
) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    """The rows of a sheet with their keys, their numbers from 0: number, verdict, true label, the one that was given,
    its score where it was `measured`, text and kind. `doubted` labels, which are not the student's, have a question
    mark.
    """
    keys = _keys(len(samples))
    return keys, _sheet_rows(keys, samples, given, beside=(doubted, measured, language))


@lru_cache(4)
def _keys(count: int) -> tuple[str, ...]:
    """The same objects each time."""
    return tuple(map(str, range(count)))


def _sheet_row(
    key: str, sample: Sample, given: Given, doubted: bool, measured: bool, language: str
) -> tuple[Cell, ...]:
    label, score = given
    verdict = None if score is None or not sample.label else "✓" if sample.label == label else "✗"
    shown = None if score is None else label or "-"
    mark = f"{sample.label} ?" if doubted and sample.label and not sample.is_own else sample.label
    kind = kind_name(sample.kind, language)
    return int(key) + 1, verdict, mark, shown, score if measured else None, sample.text, kind


_sheet_rows = Rows(_sheet_row)
