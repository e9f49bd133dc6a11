"""A matrix of shares as a map of shades: a cell for each pair, with a cursor that goes from cell to cell."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.events import Click, Resize
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from llm_tui.export.shades import STEPS, step_of
from llm_tui.i18n import Text
from llm_tui.keys import Bar, Key, bindings
from llm_tui.visible import shortened, visible, width

SHADES = " ░▒▓█"
CURSOR = "[]"
CELL = 2
"""Columns of a cell, which is as high as it is wide then."""

PLACE = 9
"""Columns that it takes to say which part of a matrix is seen."""

LONGEST_HEAD = 6
"""Letters of the name of a column, which stand one below another."""

FAR = 10**9


def shade(value: float) -> str:
    """What is no number has no shade."""
    return SHADES[step_of(value)]


def legend() -> str:
    """From which percentage on there is which shade."""
    return "  ".join(f"{sign} {step * 100:g} %" for sign, step in zip(SHADES[1:], STEPS, strict=True))


class _Layout(NamedTuple):
    """Columns of the names of rows, lines of those of columns, and how many rows and columns of the matrix are seen."""

    gutter: int
    head: int
    rows: int
    columns: int


class MatrixView(Widget, can_focus=True):
    """Draws what is seen alone, however large the matrix is. Names stand beside rows and above columns; those of
    the row and the column of the cursor are set off.
    """

    COMPONENT_CLASSES = {"matrix--name", "matrix--here", "matrix--cell", "matrix--cursor"}
    NAME = Text("In the matrix", "En la matriz")
    KEYS = (
        Key("row-up", "up", "step(-1, 0)", Text("a row up", "una fila arriba"), bar=Bar.NEVER),
        Key("row-down", "down", "step(1, 0)", Text("a row down", "una fila abajo"), bar=Bar.NEVER),
        Key("column-left", "left", "step(0, -1)", Text("a column to the left", "una columna a la izquierda"),
            bar=Bar.NEVER),
        Key("column-right", "right", "step(0, 1)", Text("a column to the right", "una columna a la derecha"),
            bar=Bar.NEVER),
        Key("rows-up", "pageup", "page(-1)", Text("a page up", "una página arriba"), bar=Bar.NEVER),
        Key("rows-down", "pagedown", "page(1)", Text("a page down", "una página abajo"), bar=Bar.NEVER),
        Key("first-column", "home", f"step(0, -{FAR})", Text("the first column", "la primera columna"), bar=Bar.NEVER),
        Key("last-column", "end", f"step(0, {FAR})", Text("the last column", "la última columna"), bar=Bar.NEVER),
    )  # fmt: skip
    BINDINGS = bindings(KEYS)

    @dataclass
    class Moved(Message):
        """The cursor is on this cell, or other values came to it."""

        row: int
        column: int

    def __init__(self, *, id: str | None = None):
        super().__init__(id=id)
        self._rows: list[str] = []
        self._columns: list[str] = []
        self._values: Sequence[float] = ()
        self._row = self._column = self._top = self._left = 0

    def show(self, rows: Sequence[str], columns: Sequence[str], values: Sequence[float]) -> None:
        """Show another matrix, its `values` row by row. The cursor stays where it is, where that is in it."""
        if len(values) != len(rows) * len(columns):
            raise ValueError(f"{len(values)} values are no matrix of {len(rows)} by {len(columns)}")
        self._rows, self._columns = list(map(visible, rows)), list(map(visible, columns))
        self._values = values
        self.action_step(0, 0)

    @property
    def cursor(self) -> tuple[int, int]:
        """Its row and column."""
        return self._row, self._column

    # Moving.

    def to(self, row: int, column: int) -> None:
        """Put the cursor there, or as near as there are rows and columns."""
        self.action_step(row - self._row, column - self._column)

    def action_step(self, down: int, right: int) -> None:
        self._row = max(0, min(self._row + down, len(self._rows) - 1))
        self._column = max(0, min(self._column + right, len(self._columns) - 1))
        self._reveal()
        if self._values:
            self.post_message(self.Moved(self._row, self._column))

    def action_page(self, by: int) -> None:
        self.action_step(by * max(1, self._layout().rows - 1), 0)

    def on_click(self, event: Click) -> None:
        layout, at = self._layout(), event.get_content_offset(self)
        if at is None or at.y < layout.head or at.x < layout.gutter:
            return
        row, column = self._top + at.y - layout.head, self._left + (at.x - layout.gutter) // CELL
        if row < len(self._rows) and column < len(self._columns):
            self.to(row, column)

    def on_resize(self, event: Resize) -> None:
        self._reveal()

    def _reveal(self) -> None:
        layout = self._layout()
        self._top = _within(self._top, self._row, layout.rows, len(self._rows))
        self._left = _within(self._left, self._column, layout.columns, len(self._columns))
        self.refresh()

    # Drawing.

    def _layout(self) -> _Layout:
        wide, high = self.size
        longest = max(map(width, self._rows), default=0)
        larger = len(self._rows) > high or len(self._columns) * CELL > wide
        gutter = max(2, min(max(longest + 2, PLACE * larger), max(PLACE, wide // 4), wide - CELL))
        head = max(1, min(max(map(len, self._columns), default=1), LONGEST_HEAD, high // 3))
        return _Layout(gutter, head, max(1, high - head), max(1, (wide - gutter) // CELL))

    def render_line(self, y: int) -> Strip:
        layout = self._layout()
        row = self._top + y - layout.head
        if not self._values or row >= len(self._rows):
            segments = []
        elif y < layout.head:
            segments = self._head(layout, y)
        else:
            segments = self._line(layout, row)
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)

    def _seen(self, layout: _Layout) -> range:
        return range(self._left, min(self._left + layout.columns, len(self._columns)))

    def _head(self, layout: _Layout, y: int) -> list[Segment]:
        """A line of the names of columns, which end where the cells begin; how much is seen stands in the corner."""
        parts = [Segment(_fitted(self._corner(layout, y), layout.gutter), self._style("name"))]
        for column in self._seen(layout):
            letters = _letters(self._columns[column], layout.head)
            place = y - (layout.head - len(letters))
            letter = letters[place] if place >= 0 else ""
            parts.append(
                Segment(set_cell_size(letter, CELL), self._style("here" if column == self._column else "name"))
            )
        return parts

    def _corner(self, layout: _Layout, y: int) -> str:
        if y == layout.head - 1 and len(self._rows) > layout.rows:
            return f"↓{self._top + 1}/{len(self._rows)}"
        if y == layout.head - 2 and len(self._columns) > layout.columns:
            return f"→{self._left + 1}/{len(self._columns)}"
        return ""

    def _line(self, layout: _Layout, row: int) -> list[Segment]:
        here = row == self._row
        name = _fitted(self._rows[row], layout.gutter - 2)
        sign = "▸ " if here else "  "
        seen, first = self._seen(layout), row * len(self._columns)
        cells = [shade(self._values[first + column]) * CELL for column in seen]
        parts = [Segment(name, self._style("here" if here else "name")), Segment(sign, self._style("name"))]
        if not here:
            return [*parts, Segment("".join(cells), self._style("cell"))]
        at = self._column - seen.start
        return [
            *parts,
            Segment("".join(cells[:at]), self._style("cell")),
            Segment(CURSOR, self._style("cursor")),
            Segment("".join(cells[at + 1 :]), self._style("cell")),
        ]

    def _style(self, part: str) -> Style:
        return self.get_component_rich_style(f"matrix--{part}")


def _fitted(name: str, room: int) -> str:
    return set_cell_size(shortened(name, room), room)


def _within(first: int, at: int, room: int, length: int) -> int:
    """The first of `room` places of which `at` is one, as near to `first` as can be."""
    return max(0, min(max(first, at - room + 1), at, length - room) if length > room else 0)


def _letters(name: str, most: int) -> list[str]:
    """The letters of a name with the marks on them; where there are more than `most`, the last is an ellipsis."""
    letters: list[str] = []
    for char in name:
        if letters and (unicodedata.combining(char) or width(char) == 0):
            letters[-1] += char
        else:
            letters.append(char)
    return letters if len(letters) <= most else [*letters[: most - 1], "…"]
