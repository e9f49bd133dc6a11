"""Curves in a terminal: one cell holds two by four braille dots.

Only the cells that have changed are drawn again, which matters over a slow line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.segment import Segment
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from llm_tui.i18n import Text
from llm_tui.keys import Bar, Key, bindings
from llm_tui.widgets.axis import Axis

_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_BLANK = 0x2800
AXIS = 5
"""Columns to the left of the curves, for the labels of the y axis."""

COLOURS = 6


@dataclass(frozen=True, slots=True)
class Series:
    """One curve: `points` are (x, y) with x rising; curves of one `colour` belong together. `spans` are upright lines,
    (x, low, high) each: within what a value may lie.
    """

    label: str
    points: Sequence[tuple[float, float]]
    colour: int
    spans: Sequence[tuple[float, float, float]] = ()


Cell = tuple[str, int]
"""A character and the number of its colour; -1 is that of the axes, -2 the cursor's."""


class Plot(Widget, can_focus=True):
    """Curves over a common x axis from 0 to `x_end`, with a cursor that the arrow keys move. With `log_x` the axis is
    logarithmic from the least x above 0 on, and 0 stands apart at its left end.

    Colour is not the only sign: each curve carries its label at its end.
    """

    NAME = Text("In the curves", "En las curvas")
    KEYS = (
        Key("cursor-left", "left", "move(-1)", Text("cursor to the left", "cursor a la izquierda"), bar=Bar.NEVER),
        Key("cursor-right", "right", "move(1)", Text("cursor to the right", "cursor a la derecha"), bar=Bar.NEVER),
        Key("no-cursor", "home,escape", "drop_cursor", Text("no cursor", "sin cursor")),
    )
    BINDINGS = bindings(KEYS)
    COMPONENT_CLASSES = {"plot--axis", "plot--cursor", *(f"plot--{i}" for i in range(COLOURS))}

    cursor: reactive[int | None] = reactive(None)

    @dataclass
    class CursorMoved(Message):
        """`x` is where the cursor stands, in units of the x axis; None when it has gone."""

        plot: Plot
        x: float | None

    def __init__(
        self,
        title: str,
        *,
        low: float | None = None,
        high: float | None = None,
        log_x: bool = False,
        id: str | None = None,
    ):
        super().__init__(id=id)
        self.border_title = title
        self._bounds = low, high
        self._log_x = log_x
        self._series: Sequence[Series] = ()
        self._axis = Axis(0.0)
        self._rows: list[list[Cell]] = []

    def show(self, series: Sequence[Series], x_end: float, x_name: str = "") -> None:
        """Draw these curves; cells that stay as they are, are not sent again."""
        self._series = series
        self._axis = Axis.over(x_end, (x for one in series for x, _ in one.points), self._log_x, x_name)
        self._redraw()

    def on_resize(self) -> None:
        self._redraw()

    def watch_cursor(self) -> None:
        self._redraw()
        self.post_message(self.CursorMoved(self, self._cursor_x()))

    def action_move(self, columns: int) -> None:
        width = max(1, self.size.width - AXIS)
        start = width - 1 if self.cursor is None else self.cursor + columns
        self.cursor = min(max(0, start), width - 1)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.cursor is not None if action == "drop_cursor" else True

    def action_drop_cursor(self) -> None:
        self.cursor = None

    def _cursor_x(self) -> float | None:
        if self.cursor is None:
            return None
        return self._axis.at(self.cursor / max(1, self.size.width - AXIS - 1))

    def _redraw(self) -> None:
        width, height = self.size
        rows = draw(self._series, self._axis, self._bounds, width, height, self.cursor)
        if len(rows) != len(self._rows) or (rows and len(rows[0]) != len(self._rows[0])):
            self._rows = rows
            self.refresh()
            return
        changed = [region for y, pair in enumerate(zip(self._rows, rows, strict=True)) for region in _changes(y, *pair)]
        self._rows = rows
        if changed:
            self.refresh(*changed)

    def render_line(self, y: int) -> Strip:
        if y >= len(self._rows):
            return Strip.blank(self.size.width, self.rich_style)
        segments = [
            Segment("".join(char for char, _ in run), self._style(colour)) for colour, run in _runs(self._rows[y])
        ]
        return Strip(segments, self.size.width)

    def _style(self, colour: int):  # type: ignore[no-untyped-def]
        name = {-1: "plot--axis", -2: "plot--cursor"}.get(colour, f"plot--{colour % COLOURS}")
        return self.get_component_rich_style(name)


def _changes(y: int, old: list[Cell], new: list[Cell]) -> Iterator[Region]:
    """The span of a row in which cells differ, if any."""
    different = [x for x, pair in enumerate(zip(old, new, strict=True)) if pair[0] != pair[1]]
    if different:
        yield Region(different[0], y, different[-1] - different[0] + 1, 1)


def _runs(row: list[Cell]) -> Iterator[tuple[int, list[Cell]]]:
    start = 0
    for x in range(1, len(row) + 1):
        if x == len(row) or row[x][1] != row[start][1]:
            yield row[start][1], row[start:x]
            start = x


def draw(
    series: Sequence[Series],
    axis: Axis,
    bounds: tuple[float | None, float | None],
    width: int,
    height: int,
    cursor: int | None = None,
) -> list[list[Cell]]:
    """The cells of a plot of `width` by `height`; the last row and the first columns are the axes."""
    if width <= AXIS or height < 2:
        return [[(" ", -1)] * width for _ in range(height)]
    columns, lines = width - AXIS, height - 1
    low, high = y_range(series, bounds)
    dots = [[0] * columns for _ in range(lines)]
    colours = [[-1] * columns for _ in range(lines)]
    labels: list[tuple[int, int, int, str]] = []
    for one in series:
        last = (0, 0)
        scale = _Scale(axis, low, high, columns * 2, lines * 4)
        for x, y in (*_upright(one.spans, scale), *_trace(one.points, scale)):
            dots[y // 4][x // 2] |= _DOTS[y % 4][x % 2]
            colours[y // 4][x // 2] = one.colour
            last = (x // 2, y // 4)
        if one.points:
            labels.append((*last, one.colour, one.label))
    rows = [
        [(chr(_BLANK + bits) if bits else " ", colour) for bits, colour in zip(*pair, strict=True)]
        for pair in zip(dots, colours, strict=True)
    ]
    for x, y, colour, label in labels:
        _write(rows[y], min(x + 1, columns - len(label)), label, colour)
    if cursor is not None:
        for row in rows:
            char, colour = row[min(cursor, columns - 1)]
            row[min(cursor, columns - 1)] = ("│" if char == " " else char, -2 if char == " " else colour)
    return _with_axes(rows, low, high, axis, columns)


def y_range(series: Sequence[Series], bounds: tuple[float | None, float | None]) -> tuple[float, float]:
    """The range of the y axis: the bounds where given, else rounded outwards so that it seldom changes."""
    values = [y for one in series for _, *ys in (*one.points, *one.spans) for y in ys]
    low = bounds[0] if bounds[0] is not None else _round(min(values, default=0.0), down=True)
    high = bounds[1] if bounds[1] is not None else _round(max(values, default=1.0), down=False)
    return (low, high) if high > low else (low, low + 1.0)


def _round(value: float, down: bool) -> float:
    """To a multiple of a fifth, or of a power of ten for large values."""
    step = 0.2
    while abs(value) > step * 20:
        step *= 10
    multiple = value // step if down else -(-value // step)
    return round(multiple * step, 9)


@dataclass(frozen=True, slots=True)
class _Scale:
    """From values to dots: `width` by `height` of them, the first at the upper left."""

    axis: Axis
    low: float
    high: float
    width: int
    height: int

    def dot(self, x: float, y: float) -> tuple[int, int]:
        share = (min(max(y, self.low), self.high) - self.low) / (self.high - self.low)
        return round(self.axis.share(x) * (self.width - 1)), round((1 - share) * (self.height - 1))


def _trace(points: Sequence[tuple[float, float]], scale: _Scale) -> Iterator[tuple[int, int]]:
    """The dots of a curve, with straight lines between its points."""
    before: tuple[int, int] | None = None
    for x, y in points:
        here = scale.dot(x, y)
        yield from _line(before or here, here)
        before = here


def _upright(spans: Sequence[tuple[float, float, float]], scale: _Scale) -> Iterator[tuple[int, int]]:
    for x, low, high in spans:
        yield from _line(scale.dot(x, low), scale.dot(x, high))


def _line(start: tuple[int, int], end: tuple[int, int]) -> Iterator[tuple[int, int]]:
    (x0, y0), (x1, y1) = start, end
    steps = max(abs(x1 - x0), abs(y1 - y0), 1)
    for i in range(steps + 1):
        yield round(x0 + (x1 - x0) * i / steps), round(y0 + (y1 - y0) * i / steps)


def _write(row: list[Cell], x: int, text: str, colour: int) -> None:
    for i, char in enumerate(text):
        if 0 <= x + i < len(row):
            row[x + i] = (char, colour)


def _with_axes(rows: list[list[Cell]], low: float, high: float, axis: Axis, columns: int) -> list[list[Cell]]:
    blank: list[Cell] = [(" ", -1)] * AXIS
    framed = [[*blank, *row] for row in rows]
    _write(framed[0], 0, f"{high:.3g}"[:AXIS].rjust(AXIS - 1), -1)
    _write(framed[-1], 0, f"{low:.3g}"[:AXIS].rjust(AXIS - 1), -1)
    bottom: list[Cell] = [*blank, *([(" ", -1)] * columns)]
    for start, label in axis.labels(columns):
        _write(bottom, AXIS + start, label, -1)
    return [*framed, bottom]
