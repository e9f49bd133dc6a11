"""How the labels that a classifier gave agree with the true ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt


def wilson(hits: float, rows: int) -> tuple[float, float] | None:
    """The 95 % score interval of the proportion hits / rows, within 0 and 1; None of no rows.

    Wilson 1927, Probable Inference, the Law of Succession, and Statistical Inference, JASA 22:209.
    """
    if not rows:
        return None
    z = 1.959963984540054
    share = hits / rows
    centre = share + z * z / (2 * rows)
    half = z * sqrt(share * (1 - share) / rows + z * z / (4 * rows * rows))
    scale = 1 + z * z / rows
    # Rounding can put an end just outside, which would be shown as -0.00.
    return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)


@dataclass(frozen=True, slots=True)
class LabelAgreement:
    """One label against all others, counted over texts: true positives, false positives, false negatives and true
    negatives.
    """

    label: str
    tp: int
    fp: int
    fn: int
    tn: int

    @property
    def precision(self) -> float | None:
        """TP / (TP + FP): of the texts that were given the label, the share that have it; None where none was."""
        return _share(self.tp, self.tp + self.fp)

    @property
    def recall(self) -> float | None:
        """TP / (TP + FN): of the texts that have the label, the share that were given it; None where none has."""
        return _share(self.tp, self.tp + self.fn)

    @property
    def f1(self) -> float | None:
        """2 TP / (2 TP + FP + FN), the harmonic mean of precision and recall where both are defined.

        None where no text has the label or was given it; 0 where only one of the two is so.
        """
        return _share(2 * self.tp, 2 * self.tp + self.fp + self.fn)

    @property
    def precision_interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the precision; see `wilson`."""
        return wilson(self.tp, self.tp + self.fp)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


Pairs = Counter[tuple[str, str | None]]
"""How often each true label comes with each that was given; None where none was given."""


def confusion(labels: Sequence[str], pairs: Pairs) -> tuple[tuple[int, ...], ...]:
    """How many texts of each true label (rows) were given each label (columns), both in the order of `labels`.

    There is always one column more than labels, the last: the texts that were given no label. KeyError for a label
    that is not one of `labels`.
    """
    column = {label: i for i, label in enumerate((*labels, None))}
    counts = [[0] * len(column) for _ in labels]
    row = dict(zip(labels, counts, strict=True))
    for (label, given), texts in pairs.items():
        row[label][column[given]] += texts
    return tuple(map(tuple, counts))


def agreement(labels: Sequence[str], pairs: Pairs) -> tuple[LabelAgreement, ...]:
    """Each of `labels` against all others, in their order. Arguments and errors are those of `confusion`; a text that
    was given no label is a false negative of its true one.
    """
    matrix = confusion(labels, pairs)
    rows = [sum(row) for row in matrix]
    columns = [sum(column) for column in zip(*matrix, strict=True)]
    found = []
    for i, label in enumerate(labels):
        tp = matrix[i][i]
        fp, fn = columns[i] - tp, rows[i] - tp
        found.append(LabelAgreement(label, tp, fp, fn, tn=pairs.total() - tp - fp - fn))
    return tuple(found)
