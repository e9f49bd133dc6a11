"""A curve as a sentence, for those who do not see it: which way it went, how far, by when, and whether it stayed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from llm_tui.i18n import Text

Point = tuple[float, float]

NEAR = 0.05
"""Of the range of a curve: what moves by less has stayed."""

NOISES = 4.0
"""Standard deviations of its noise: likewise. Two draws of the same value seldom lie further apart."""

FEWEST = 8
"""Points, for their noise to be estimated."""

MOST_TURNS = 2
"""That are told one by one."""

LARGEST = 1e12
"""What is larger is no loss, share or count that anybody could have measured."""

STAYED = (3, 0.15)
"""Points, and the share of the x axis, that a curve must have stayed for at least, to be said to have stayed."""

PLAIN = Text("{x}", "{x}")


def curve(points: Sequence[Point], where: Text = PLAIN) -> Text:
    """What (x, y) `points`, x rising, did: "fell from 1.38 to 0.61 by step 200 and stayed there". `where` names a place
    by its `{x}`: "step {x}".

    A curve has *moved* where y has gone by more than the tolerance: a twentieth of its range, or four standard
    deviations of its noise where that is more (`noise`). It *stayed there* when all points from the place that is named
    to the last one lie within the tolerance of the last one, over at least three points and 15 % of the axis. The
    values that are named are those of points.
    """
    kept = [(x, y) for x, y in points if _number(x) and _number(y)]
    lost = [x for x, y in points if _number(x) and not _number(y)]
    if not kept:
        return _no_number(lost, len(points), where) if lost else Text("has no points", "no tiene puntos")
    said = _moved(_Shape.of(kept), where)
    return Text("{said}; {lost}", "{said}; {lost}").format(said=said, lost=_lost(kept, lost, where)) if lost else said


def noise(ys: Sequence[float]) -> float:
    """The standard deviation of `ys` about a curve that is straight from each one to the next but one: from the median
    of its second differences, which a steep beginning or a single jump does not move. 0 where there are too few.
    """
    if len(ys) < FEWEST:
        return 0.0
    off = [abs((a + c) / 2 - b) for a, b, c in zip(ys, ys[1:], ys[2:], strict=False)]
    return math.sqrt(2 / 3) * median(off) / 0.6745


@dataclass(frozen=True, slots=True)
class _Shape:
    """`turns` are the first point, those where the curve turned, and the last one."""

    points: Sequence[Point]
    tolerance: float
    turns: Sequence[Point]

    @classmethod
    def of(cls, points: Sequence[Point]) -> _Shape:
        ys = [y for _, y in points]
        most = max(abs(y) for y in ys)
        tolerance = max(NEAR * (max(ys) - min(ys)), NOISES * noise(ys), 1e-6 * most)
        return cls(points, tolerance, _turns(points, tolerance))

    @property
    def settled(self) -> float:
        """The x from which on it lies within the tolerance of its last value."""
        last, since = self.points[-1][1], self.points[-1][0]
        for x, y in reversed(self.points):
            if abs(y - last) > self.tolerance:
                break
            since = x
        return since

    @property
    def stayed(self) -> bool:
        fewest, share = STAYED
        begin, end = self.points[0][0], self.points[-1][0]
        there = sum(x >= self.settled for x, _ in self.points)
        return there >= fewest and end - self.settled >= share * (end - begin) > 0

    def value(self, y: float) -> str:
        """In as many digits as tell apart what the tolerance tells apart."""
        most = max(abs(y) for _, y in self.points)
        digits = math.ceil(math.log10(most / self.tolerance)) + 1 if self.tolerance else 0
        whole = math.floor(math.log10(most)) + 1 if most else 0
        return f"{y:.{max(3, digits, whole)}g}"


def _turns(points: Sequence[Point], tolerance: float) -> list[Point]:
    """The first point, each extreme that is followed by a way back of more than the tolerance, and the last point."""
    found, extreme, way = [points[0]], points[0], 0
    low = high = points[0]
    for point in points[1:]:
        if not way:
            low, high = min(low, point, key=_y), max(high, point, key=_y)
            if point[1] - low[1] > tolerance or high[1] - point[1] > tolerance:
                way, extreme = (1 if point[1] - low[1] > tolerance else -1), point
        elif (point[1] - extreme[1]) * way > 0:
            extreme = point
        elif (extreme[1] - point[1]) * way > tolerance:
            found.append(extreme)
            way, extreme = -way, point
    while len(found) > 1 and abs(found[-1][1] - points[-1][1]) <= tolerance:
        found.pop()  # it has come back to where it is at the end: that was no move
    return [*found, points[-1]] if len(points) > 1 else found


def _moved(shape: _Shape, where: Text) -> Text:
    (_, first), (x, last) = shape.points[0], shape.points[-1]
    values = [y for _, y in shape.points]
    said = {"first": shape.value(first), "last": shape.value(last), "end": _at(where, x),
            "low": shape.value(min(values)), "high": shape.value(max(values))}  # fmt: skip
    if len(shape.points) == 1:
        return Text("is one point: {last} at {end}", "es un solo punto: {last} en {end}").format(**said)
    if len(shape.turns) - 2 > MOST_TURNS:
        return _swung(shape).format(**said)
    if len(shape.turns) == 2 and abs(last - first) <= shape.tolerance:
        flat = Text("stayed at {last}", "se mantuvo en {last}")
        about = Text("stayed between {low} and {high}, {last} at the end",
                     "se mantuvo entre {low} y {high}, con {last} al final")  # fmt: skip
        return (flat if said["low"] == said["high"] else about).format(**said)
    return _told_in_turn(shape, where)


def _told_in_turn(shape: _Shape, where: Text) -> Text:
    """Each way from one turn to the next; the last one ends where the curve settled."""
    fell = Text("fell from {a} to {b} by {x}", "bajó de {a} a {b} hasta {x}")
    rose = Text("rose from {a} to {b} by {x}", "subió de {a} a {b} hasta {x}")
    then = {fell: Text("fell to {b} by {x}", "bajó a {b} hasta {x}"),
            rose: Text("rose to {b} by {x}", "subió a {b} hasta {x}")}  # fmt: skip
    parts: list[Text] = []
    for number, ((_, a), (x, b)) in enumerate(zip(shape.turns, shape.turns[1:], strict=False)):
        ends = number == len(shape.turns) - 2
        way = fell if b < a else rose
        place = _at(where, shape.settled if ends and shape.stayed else x)
        parts.append((then[way] if parts else way).format(a=shape.value(a), b=shape.value(b), x=place))
    said = Text(", then ", ", luego ").join(parts)
    stays = Text("{said} and stayed there", "{said} y ahí se quedó")
    return stays.format(said=said) if shape.stayed else said


def _swung(shape: _Shape) -> Text:
    """It is said to have gone a way only where that was half of its range at least."""
    (_, first), (_, last) = shape.points[0], shape.points[-1]
    values = [y for _, y in shape.points]
    if abs(last - first) < (max(values) - min(values)) / 2:
        return Text(
            "went up and down between {low} and {high}: {first} at first, {last} by {end}",
            "subió y bajó entre {low} y {high}: {first} al principio, {last} en {end}",
        )
    if last < first:
        return Text(
            "fell from {first} to {last} by {end}, going up and down between {low} and {high}",
            "bajó de {first} a {last} hasta {end}, con subidas y bajadas entre {low} y {high}",
        )
    return Text(
        "rose from {first} to {last} by {end}, going up and down between {low} and {high}",
        "subió de {first} a {last} hasta {end}, con subidas y bajadas entre {low} y {high}",
    )


def _lost(kept: Sequence[Point], lost: Sequence[float], where: Text) -> Text:
    """Where it was no number: from there on, where no number came after it."""
    if lost[0] > kept[-1][0]:
        return Text("from {x} on it was no number", "desde {x} no fue un número").format(x=_at(where, lost[0]))
    return _no_number(lost, len(kept) + len(lost), where)


def _no_number(lost: Sequence[float], of: int, where: Text) -> Text:
    said = Text("it was no number at {n} of {of} points, first at {x}",
                "no fue un número en {n} de {of} puntos, el primero en {x}")  # fmt: skip
    return said.format(n=len(lost), of=of, x=_at(where, lost[0]))


def _at(where: Text, x: float) -> Text:
    return where.format(x=f"{x:.10g}")


def _number(value: float) -> bool:
    return math.isfinite(value) and abs(value) < LARGEST


def _y(point: Point) -> float:
    return point[1]
