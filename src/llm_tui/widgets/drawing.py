"""Curves as cells: one cell holds two by four braille dots; each curve ends in its mark and its label."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from llm_tui.visible import width
from llm_tui.widgets.axis import Axis, upright

_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_BLANK = 0x2800
AXIS = 5
"""Columns to the left of the curves, for the labels of the y axis."""

COLOURS = 6
FAINT = 1000
"""Added to a colour: the same, faint."""

MARKS = "●▲■◆▼★"
"""What tells curves apart where colours do not."""

Cell = tuple[str, int]
"""A character and the number of its colour; -1 is that of the axes, -2 the cursor's."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Series:
    """One curve: `points` are (x, y) with x rising; curves of one `colour` belong together. `spans` are upright lines,
    (x, low, high) each: within what a value may lie. `behind` are the points before they were smoothed.
    """

    label: str
    points: Sequence[Point]
    colour: int
    spans: Sequence[tuple[float, float, float]] = ()
    behind: Sequence[Point] = ()

    @property
    def marked(self) -> str:
        """Its label behind its mark; with a colour again, it has another mark."""
        return MARKS[(self.colour + self.colour // COLOURS) % len(MARKS)] + self.label if self.label else ""


def y_axis(series: Sequence[Series], bounds: tuple[float | None, float | None], log: bool, fit: bool) -> Axis:
    """The upright axis: to the bounds where given, unless it shall `fit` what is seen of the curves."""
    values = [y for one in series for _, *ys in (*one.points, *one.spans, *one.behind) for y in ys if math.isfinite(y)]
    above = [y for y in values if y > 0]
    if log and above:
        low, high = _decade(min(above), down=True), _decade(max(above), down=False)
        return Axis(high if high > low else low * 10, low, begin=low)
    low, high = _fitted(values) if fit and values else y_range(values, bounds)
    return Axis(high, begin=low)


def y_range(values: Sequence[float], bounds: tuple[float | None, float | None]) -> tuple[float, float]:
    """The range of the y axis: the bounds where given, else rounded outwards so that it seldom changes."""
    low = bounds[0] if bounds[0] is not None else _round(min(values, default=0.0), down=True)
    high = bounds[1] if bounds[1] is not None else _round(max(values, default=1.0), down=False)
    return (low, high) if high > low else (low, low + 1.0)


def _round(value: float, down: bool) -> float:
    """To a multiple of a fifth, or of a power of ten for large values."""
    step = 0.2
    while abs(value) > step * 20:
        step *= 10
    return round((value // step if down else -(-value // step)) * step, 9)


def _fitted(values: Sequence[float]) -> tuple[float, float]:
    """A little more than they span, to round numbers."""
    low, high = min(values), max(values)
    span = high - low if high - low > 1e-9 * max(abs(low), abs(high), 1e-9) else max(abs(high), 1e-9)
    step = 10.0 ** math.floor(math.log10(span)) / 5
    return round(math.floor(low / step) * step, 12), round((math.floor(high / step) + 1) * step, 12)


def _decade(value: float, down: bool) -> float:
    """To one, two or five of a power of ten."""
    power = 10.0 ** math.floor(math.log10(value))
    steps = [m * power for m in (1, 2, 5, 10)]
    near = 1e-9 * value
    return max(s for s in steps if s <= value + near) if down else min(s for s in steps if s >= value - near)


def draw(
    series: Sequence[Series], across: Axis, up: Axis, width: int, height: int, cursor: int | None = None
) -> list[list[Cell]]:
    """The cells of a plot of `width` by `height`; the last row and the first columns are the axes."""
    if width <= AXIS or height < 2:
        return [[(" ", -1)] * width for _ in range(height)]
    canvas = _Canvas(across, up, width - AXIS, height - 1)
    for one in series:
        canvas.trace(one.behind, one.colour + FAINT)
    ends = []
    for one in series:
        last = canvas.trace(one.points, one.colour)
        canvas.upright(one.spans, one.colour)
        if last and one.label:
            ends.append((*last, one))
    rows = canvas.rows()
    _label(rows, canvas, ends)
    if cursor is not None:
        place = min(cursor, canvas.columns - 1)
        for row in rows:
            row[place] = ("│", -2) if row[place][0] == " " else row[place]
    return _with_axes(rows, across, up, canvas.columns)


class _Canvas:
    """`columns` by `lines` cells of dots, the first at the upper left; the colour of a cell is that of its last dot."""

    def __init__(self, across: Axis, up: Axis, columns: int, lines: int):
        self.columns, self.lines = columns, lines
        self._across, self._up = across, up
        self.dots = [[0] * columns for _ in range(lines)]
        self._colours = [[-1] * columns for _ in range(lines)]

    def trace(self, points: Sequence[Point], colour: int) -> tuple[int, int] | None:
        """Straight lines from point to point; where one is no number, or not on the axis, the line is broken. Returns
        the cell where it ends.
        """
        before = last = None
        for x, y in points:
            here = self._dot(x, y) if self._on(x) and self._on(y, self._up) else None
            if here is not None:
                self._line(before or here, here, colour)
                last = here
            before = here
        return (last[0] // 2, last[1] // 4) if last else None

    def upright(self, spans: Sequence[tuple[float, float, float]], colour: int) -> None:
        for x, low, high in spans:
            if all(self._on(value) for value in (x, low, high)):
                self._line(self._dot(x, low), self._dot(x, high), colour)

    def row_of(self, y: float) -> int:
        return self._dot(self._across.begin, y)[1] // 4

    def rows(self) -> list[list[Cell]]:
        return [
            [(chr(_BLANK + bits) if bits else " ", colour) for bits, colour in zip(*pair, strict=True)]
            for pair in zip(self.dots, self._colours, strict=True)
        ]

    @staticmethod
    def _on(value: float, axis: Axis | None = None) -> bool:
        return math.isfinite(value) and (axis is None or not axis.least or value > 0)

    def _dot(self, x: float, y: float) -> tuple[int, int]:
        across, up = self._across.share(x), self._up.share(y)
        return round(across * (self.columns * 2 - 1)), round((1 - up) * (self.lines * 4 - 1))

    def _line(self, start: tuple[int, int], end: tuple[int, int], colour: int) -> None:
        (x0, y0), (x1, y1) = start, end
        steps = max(abs(x1 - x0), abs(y1 - y0), 1)
        for i in range(steps + 1):
            x, y = round(x0 + (x1 - x0) * i / steps), round(y0 + (y1 - y0) * i / steps)
            self.dots[y // 4][x // 2] |= _DOTS[y % 4][x % 2]
            self._colours[y // 4][x // 2] = colour


def _label(rows: list[list[Cell]], canvas: _Canvas, ends: Sequence[tuple[int, int, Series]]) -> None:
    """Each curve's mark at its end, and its mark and label in the row nearest to it where they cover no other label and
    least of the curves. Those that find no room are read with the cursor.
    """
    taken: set[tuple[int, int]] = set()
    placed: list[tuple[int, int, Series]] = []
    for x, y, one in sorted(ends, key=lambda end: end[1]):
        text = one.marked
        start = max(0, min(x, canvas.columns - width(text)))
        cells = range(start, min(start + width(text), canvas.columns))
        free = [row for row in range(canvas.lines) if not any((row, column) in taken for column in cells)]
        if free:
            cost = [
                (sum(bool(canvas.dots[row][c]) for c in cells) + 1.5 * abs(row - y) + 0.1 * (row < y), row)
                for row in free
            ]
            row = min(cost)[1]
            taken |= {(row, column) for column in cells}
            placed.append((start, row, one))
    for x, y, one in ends:
        if (y, x) not in taken:
            _write(rows[y], x, one.marked[0], one.colour)
    for start, row, one in placed:
        _write(rows[row], start, one.marked, one.colour)


def _write(row: list[Cell], x: int, text: str, colour: int) -> None:
    """Behind a wide character its second cell is empty; a mark stands in the cell of what it belongs to."""
    for char in text:
        wide = width(char)
        if x >= 0 and x + wide <= len(row):
            if wide:
                row[x : x + wide] = [(char, colour), ("", colour)][:wide]
            elif x:
                row[x - 1] = (row[x - 1][0] + char, colour)
        x += wide


def _with_axes(rows: list[list[Cell]], across: Axis, up: Axis, columns: int) -> list[list[Cell]]:
    framed: list[list[Cell]] = [[*([(" ", -1)] * AXIS), *row] for row in rows]
    last = len(rows) - 1
    labels = {0: up.end, last: up.begin}
    for tick in up.ticks(min(max(len(rows) // 3, 0), 4)) if len(rows) > 3 else ():
        row = round((1 - up.share(tick)) * (len(rows) * 4 - 1)) // 4
        if all(abs(row - other) > 1 for other in labels):
            labels[row] = tick
    for row, said in zip(labels, upright(list(labels.values()), AXIS), strict=True):
        _write(framed[row], 0, said.rjust(AXIS - 1), -1)
    bottom: list[Cell] = [(" ", -1)] * (AXIS + columns)
    for start, label in across.labels(columns):
        _write(bottom, AXIS + start, label, -1)
    return [*framed, bottom]


def over(axis: Axis, window: tuple[float, float] | None) -> Axis:
    """What is seen of an axis through a window."""
    if window is None:
        return axis
    begin, end = window
    return replace(axis, begin=begin, end=end, least=min(axis.least, end) if begin <= 0 else begin * bool(axis.least))


def changes(old: list[list[Cell]], new: list[list[Cell]]) -> Iterator[tuple[int, int, int]]:
    """The span of each row in which cells differ: its row, its first column, its width."""
    for y, pair in enumerate(zip(old, new, strict=True)):
        different = [x for x, cells in enumerate(zip(*pair, strict=True)) if cells[0] != cells[1]]
        if different:
            end = different[-1] + 1
            end += any(cell[0] == "" for row in pair for cell in row[end : end + 1])  # half of a wide character
            yield y, different[0], end - different[0]
