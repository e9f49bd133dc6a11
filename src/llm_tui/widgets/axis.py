"""An axis of a plot, level or upright: where a value stands on it, and what is written beside it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

ZERO = 4.0
"""On a logarithmic axis 0 stands where the least value divided by this would."""

GAP = 2
"""Columns between two numbers below."""

UNITS = ((1e6, "M"), (1e3, "k"))
"""What stands behind a large number, from 10k on."""


@dataclass(frozen=True, slots=True)
class Axis:
    """From `begin` to `end`. With a `least` value above 0 it is logarithmic; where it begins at 0, 0 stands at its left
    end and the rest from `least` on. `name`, its unit, is written behind its last number.
    """

    end: float
    least: float = 0.0
    name: str = ""
    begin: float = 0.0

    @classmethod
    def over(cls, end: float, xs: Iterable[float], log: bool = False, name: str = "") -> Axis:
        """The axis for these values; `log` has no meaning where none of them is above 0."""
        least = min((x for x in xs if x > 0), default=0.0) if log else 0.0
        return cls(end, least if 0 < least <= end else 0.0, name)

    @property
    def _start(self) -> float:
        return self.begin if self.begin > 0 else self.least / ZERO

    def share(self, x: float) -> float:
        """Where `x` stands, 0 at the left end and 1 at the right."""
        if self.end <= self.begin:
            return 0.0
        if not self.least:
            where = (x - self.begin) / (self.end - self.begin)
        else:
            where = math.log(max(x, self._start) / self._start) / math.log(self.end / self._start)
        return min(max(0.0, where), 1.0)

    def at(self, share: float) -> float:
        """The value that stands there."""
        if not self.least:
            return self.begin + (self.end - self.begin) * share
        return self.begin if share <= 0 else self._start * (self.end / self._start) ** share

    def labels(self, columns: int) -> Iterator[tuple[int, str]]:
        """What is written below, each with its first column: both ends, then round numbers between them that have
        room.
        """
        first, last = short(self.begin), short(self.end)
        end = f"{last} {self.name}".rstrip()
        if len(first) + GAP + len(end) > columns:
            end = last
        yield 0, first
        yield columns - len(end), end
        free, until = len(first) + GAP, columns - len(end) - GAP
        for x in self.ticks(max(1, columns // 8)):
            label = short(x)
            start = round(self.share(x) * (columns - 1))
            if start >= free and start + len(label) <= until:
                free = start + len(label) + GAP
                yield start, label

    def ticks(self, most: int) -> list[float]:
        """Round numbers between the ends, some `most` of them: powers of ten where the axis is logarithmic, with their
        double and fivefold where it spans no two of them.
        """
        if self.end <= self.begin:
            return []
        return self._powers() if self.least else self._steps(most)

    def _steps(self, most: int) -> list[float]:
        rough = (self.end - self.begin) / (most + 1)
        power = 10.0 ** math.floor(math.log10(rough)) if rough > 0 else 1.0
        step = power * next(m for m in (1, 2, 5, 10) if m * power >= rough * 0.999)
        first = math.floor(self.begin / step) + 1
        found = (round(i * step, 12) for i in range(first, first + most + 2))
        return [x for x in found if self.begin < x < self.end]

    def _powers(self) -> list[float]:
        begin = self.begin or self.least
        powers = range(math.floor(math.log10(begin)), math.floor(math.log10(self.end)) + 1)
        tens = [ten for power in powers if begin <= (ten := 10.0**power) < self.end]
        if len(tens) > 1:
            return tens
        finer = (m * 10.0**power for power in powers for m in (1, 2, 5))
        return [x for x in finer if begin < x < self.end]


def short(value: float) -> str:
    """A number of an axis; thousands from 10k on, millions."""
    for size, sign in UNITS:
        if abs(value) >= max(size, 1e4):
            return f"{value / size:.4g}{sign}"
    return f"{round(value)}" if abs(value) >= 100 else f"{value:.4g}"


def upright(values: Sequence[float], room: int) -> list[str]:
    """Numbers beside an upright axis, in `room` columns; in the last of them only where they would be rounded too far
    without it. One that reads as another before it is empty.
    """
    said = [_rounded(value, 3, room - 1) for value in values]
    if "" in said or len({*said}) < len(said):
        finest = [[_rounded(value, digits, room) for digits in (4, 3, 2)] for value in values]
        said = [next(filter(None, each), _written(value, ".0e")) for each, value in zip(finest, values, strict=True)]
    return [text if text not in said[:i] else "" for i, text in enumerate(said)]


def _rounded(value: float, digits: int, room: int) -> str:
    """With so many digits; empty where these have no room."""
    size, sign = next((unit for unit in UNITS if abs(value) >= max(unit[0], 1e4)), (1.0, ""))
    shown = value / size
    said = (f"{shown:.0f}" if abs(shown) >= 100 else _written(shown, f".{digits}g")) + sign
    if len(said) > room and abs(shown) < 1:
        said = said.replace("0.", ".", 1)
    return said if len(said) <= room else ""


def _written(value: float, form: str) -> str:
    """As Python writes it, without what an exponent has no need of."""
    return re.sub(r"e([-+])0*", lambda found: "e" + found[1].strip("+"), format(value, form))
