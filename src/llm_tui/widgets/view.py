"""How curves are looked at: through which window, on which scales, how much smoothed."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from llm_tui.i18n import Text
from llm_tui.widgets.axis import short

Point = tuple[float, float]

SMOOTHINGS = (0.0, 0.3, 0.6, 0.8, 0.9, 0.95, 0.99)
"""Weights of what came before; 0.6 is where TensorBoard begins."""

NARROWEST = 1 / 1000
"""Of the whole axis: a window is no smaller."""


@dataclass(frozen=True, slots=True)
class View:
    """`window` is the part of the x axis that is shown; None is all of it."""

    window: tuple[float, float] | None = None
    log_x: bool = False
    log_y: bool = False
    smoothing: float = 0.0

    def zoomed(self, factor: float, around: float, whole: float) -> View:
        """With a window `factor` times as wide about `around`, which stays where it is in it."""
        begin, end = self.window or (0.0, whole)
        width = (end - begin) * factor
        if width >= whole or whole <= 0:
            return replace(self, window=None)
        width = max(width, whole * NARROWEST)
        start = around - (around - begin) / (end - begin) * width
        return self._at(start, width, whole)

    def panned(self, share: float, whole: float) -> View:
        """With its window moved by a `share` of its width."""
        if self.window is None:
            return self
        begin, end = self.window
        return self._at(begin + share * (end - begin), end - begin, whole)

    def _at(self, begin: float, width: float, whole: float) -> View:
        start = min(max(0.0, begin), whole - width)
        return replace(self, window=(start, start + width))

    def smoother(self, by: int) -> View:
        place = SMOOTHINGS.index(self.smoothing) + by
        return replace(self, smoothing=SMOOTHINGS[min(max(0, place), len(SMOOTHINGS) - 1)])

    def said(self, unit: Text) -> Text:
        """All that is not as it stands at first, for a border and for the title of a picture."""
        parts = []
        if self.log_y:
            parts.append(Text("log y", "y log"))
        if self.log_x:
            parts.append(Text("log x", "x log"))
        if self.smoothing:
            parts.append(Text("smoothing {w}", "suavizado {w}").format(w=f"{self.smoothing:g}"))
        if self.window:
            begin, end = (short(round(edge, 3)) for edge in self.window)
            parts.append(Text("{unit} {begin}-{end}", "{unit} {begin}-{end}").format(unit=unit, begin=begin, end=end))
        return Text(" · ", " · ").join(parts)


@dataclass
class Smoothed:
    """A curve that grows, smoothed as it grows: an exponential moving average whose beginning is not drawn to 0, as
    TensorBoard's scalars have it (each value divided by the sum of the weights that went into it). What is no number
    stays so, and is left out of the mean.
    """

    weight: float
    points: list[Point] = field(default_factory=list)
    _mean: float = 0.0
    _weights: float = 0.0

    def follow(self, source: Sequence[Point]) -> list[Point]:
        for x, y in source[len(self.points) :]:
            if math.isfinite(y):
                self._mean = self._mean * self.weight + (1 - self.weight) * y
                self._weights = self._weights * self.weight + (1 - self.weight)
                y = self._mean / self._weights
            self.points.append((x, y))
        return self.points


def within(points: Sequence[Point], window: tuple[float, float], most: int) -> list[Point]:
    """The points in a window, thinned to `most` about, with where the curve crosses its edges."""
    begin, end = window
    first, last = bisect_left(points, begin, key=_x), bisect_right(points, end, key=_x)
    inside = thinned(points, most, first, last)
    before = [_between(points[first - 1], points[first], begin)] if 0 < first < len(points) else []
    after = [_between(points[last - 1], points[last], end)] if 0 < last < len(points) else []
    return [*before, *inside, *after]


def thinned(points: Sequence[Point], most: int, first: int = 0, last: int | None = None) -> list[Point]:
    """Every second, fourth, ... of those from `first` to before `last`, so that those drawn once stay; the last one
    always.
    """
    end = len(points) if last is None else last
    count = end - first
    if count <= 0:
        return []
    stride = 1 << (count // max(most, 1)).bit_length() if count > most else 1
    return [*points[first : end - 1 : stride], points[end - 1]]


def at_or_before(points: Sequence[Point], x: float) -> Point | None:
    """The last point that is no further right than `x`."""
    place = bisect_right(points, x, key=_x)
    return points[place - 1] if place else None


def _between(left: Point, right: Point, x: float) -> Point:
    (x0, y0), (x1, y1) = left, right
    return x, y1 if x1 == x0 else y0 + (y1 - y0) * (x - x0) / (x1 - x0)


def _x(point: Point) -> float:
    return point[0]
