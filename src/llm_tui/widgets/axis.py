"""The x axis of a plot: where a value stands on it, and what is written below."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

ZERO = 4.0
"""On a logarithmic axis 0 stands where the least value divided by this would."""


@dataclass(frozen=True, slots=True)
class Axis:
    """From 0 to `end`. With a `least` value above 0 it is logarithmic from there on, and 0 stands at its left end.
    `name` is written in its middle.
    """

    end: float
    least: float = 0.0
    name: str = ""

    @classmethod
    def over(cls, end: float, xs: Iterable[float], log: bool = False, name: str = "") -> Axis:
        """The axis for these values; `log` has no meaning where none of them is above 0."""
        least = min((x for x in xs if x > 0), default=0.0) if log else 0.0
        return cls(end, least if 0 < least <= end else 0.0, name)

    @property
    def _start(self) -> float:
        return self.least / ZERO

    def share(self, x: float) -> float:
        """Where `x` stands, 0 at the left end and 1 at the right."""
        if not self.end:
            return 0.0
        if not self.least:
            where = x / self.end
        else:
            where = math.log(max(x, self._start) / self._start) / math.log(self.end / self._start)
        return min(max(0.0, where), 1.0)

    def at(self, share: float) -> float:
        """The value that stands there."""
        if not self.least:
            return self.end * share
        return 0.0 if share <= 0 else self._start * (self.end / self._start) ** share

    def labels(self, columns: int) -> Iterator[tuple[int, str]]:
        """What is written below, each with its first column: both ends, then what has room between them."""
        end = f"{self.end:.0f}"
        taken = [(0, 1), (columns - len(end), columns)]
        yield 0, "0"
        yield columns - len(end), end
        between = [(round(self.share(x) * (columns - 1)), f"{x:g}") for x in self._powers()]
        if self.name:
            between.insert(0, ((1 + columns - len(end) - len(self.name)) // 2, self.name))
        for start, label in between:
            if all(start + len(label) < first or last < start for first, last in taken):
                taken.append((start, start + len(label)))
                yield start, label

    def _powers(self) -> Iterator[float]:
        """The powers of ten on a logarithmic axis."""
        if self.least:
            for power in range(math.ceil(math.log10(self.least)), math.floor(math.log10(self.end)) + 1):
                yield 10.0**power
