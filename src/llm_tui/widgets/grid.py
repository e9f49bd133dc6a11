"""A `DataTable` that says where its lines go on, and shows those of its rows that are wanted, in any order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate

from rich.cells import cell_len
from rich.segment import Segment
from rich.text import Text
from textual._two_way_dict import TwoWayDict
from textual.coordinate import Coordinate
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widgets import DataTable
from textual.widgets.data_table import ColumnKey, Row, RowKey

from llm_tui.visible import width

CUT_NUMBER = re.compile(r"(?<![\d.,])[.,]*(\d[\d.,]*)$")
"""A number at the edge is left away whole: its beginning is another number."""


CUT_HEAD = re.compile(r"[\d.,]+")

MANY = 1000
"""Rows from which on a column does not become narrower when a cell does: Textual would measure all of it each time."""

HELD = 3
"""What part of a table its first column may take to be held."""


Cells = Sequence[Text]
"""Those of a row, in the order of the columns."""


class _Drawn(dict[ColumnKey, Text]):
    """The cells of a row, drawn when they are first seen."""

    def __init__(self, columns: Sequence[ColumnKey], draw: Callable[[int], Cells], place: int):
        super().__init__()
        self._how = columns, draw, place

    def __missing__(self, column: ColumnKey) -> Text:
        columns, draw, place = self._how
        self.update(zip(columns, draw(place), strict=True))
        return self[column]


class Grid(DataTable[Text]):
    """An ellipsis stands at the edge of a line beyond which more of it is written: there is no bar below the table."""

    class Scrolled(Message):
        """Other columns are in sight than before."""

    _every: Mapping[str, Row] = {}
    _outside = (0, 0)
    _listed: tuple[object, list[Row], list[tuple[RowKey, int]]] = None, [], []

    def fill(self, heads: Iterable[tuple[str, Text, int]], keys: Iterable[str], draw: Callable[[int], Cells]) -> None:
        """Other columns, each with its key and the width of what is in it, and other rows by their keys; `draw` gives
        the cells of the row at a place, when it comes in sight. It stays scrolled as it is; `point` then says where the
        cursor is.

        Textual would measure each cell with Rich: with thousands of rows that takes seconds.
        """
        left, top = self.scroll_offset
        self.clear(columns=True)
        for key, head, wide in heads:
            column = self.columns[self.add_column(head, key=key)]
            column.content_width = max(column.content_width, wide)
        columns = [column.key for column in self.ordered_columns]
        self._every = {key: Row(RowKey(key), height=1) for key in keys}
        self._data = {row.key: _Drawn(columns, draw, place) for place, row in enumerate(self._every.values())}
        self.bring(self._every)
        self.scroll_to(left, top, animate=False, force=True, immediate=True)

    def bring(self, keys: Iterable[str]) -> None:
        """Show the rows of these keys alone, in this order; the others keep their cells, and may be updated."""
        listed = [self._every[key] for key in keys]
        self.rows = {row.key: row for row in listed}
        self._row_locations = TwoWayDict({row.key: place for place, row in enumerate(listed)})
        self._update_count += 1
        self._clear_caches()
        self._require_update_dimensions = True
        self.check_idle()
        self.refresh(layout=True)

    # Each row is a line. Textual, whose rows may be of any height, goes through all of them after every change of a
    # cell, and through those above the cursor with every key.

    @property
    def ordered_rows(self) -> list[Row]:
        self._list()
        return self._listed[1]

    @property
    def _y_offsets(self) -> list[tuple[RowKey, int]]:
        self._list()
        return self._listed[2]

    def _list(self) -> None:
        of, listed, _ = self._listed
        if of is not self.rows or len(listed) != len(self.rows):
            self._listed = self.rows, list(self.rows.values()), [(key, 0) for key in self.rows]

    def _get_cell_region(self, coordinate: Coordinate) -> Region:
        row, column = coordinate
        if not self.is_valid_row_index(row):
            return Region()
        return super()._get_cell_region(Coordinate(0, column)).translate((0, row))

    def _get_row_region(self, row_index: int) -> Region:
        if not self.is_valid_row_index(row_index):
            return Region()
        return super()._get_row_region(0).translate((0, row_index))

    def point(self, row: int, column: int) -> None:
        """The cursor to a cell; another row may stand in its place than did, which Textual would not tell."""
        self.move_cursor(row=row, column=column, animate=False)
        self._highlight_coordinate(self.cursor_coordinate)

    def check_consume_key(self, key: str, character: str | None = None) -> bool:
        """What it stands in may take letters: into a filter."""
        return self.parent is not None and self.parent.check_consume_key(key, character)

    def update(self, row: str, column: str, text: str) -> None:
        """Another text in a cell, be its row in sight or not. What nobody has seen yet is drawn when it is seen."""
        cells, few = self._data[RowKey(row)], self.row_count < MANY
        wider = cell_len(text) > self.columns[ColumnKey(column)].content_width
        if RowKey(row) in self.rows and (cells or wider or few):
            self.update_cell(row, column, Text(text), update_width=wider or few)
        elif cells:
            cells[ColumnKey(column)] = Text(text)

    def heads(self, heads: Iterable[tuple[str, Text]]) -> None:
        """Other heads of the same widths, each with the key of its column."""
        for column, head in heads:
            self.columns[ColumnKey(column)].label = head
        self._update_count += 1
        self._clear_caches()
        self.refresh()

    def outside(self) -> tuple[int, int]:
        """How many columns are out of sight, or not whole, on the left and on the right."""
        starts, left = self._starts(), self.scroll_offset.x
        room, held = self.scrollable_content_region.width, self._get_fixed_offset().left
        if not room:
            return 0, 0
        written = self._written()
        before = sum(start < left + held for start in starts[self.fixed_columns : -1])
        after = sum(
            start + wide > left + room for start, wide in zip(starts[:-1], written, strict=True) if start >= left + held
        )
        return before, after

    def _written(self) -> list[int]:
        """The widths of the columns without the space behind them."""
        return [max(0, column.get_render_width(self) - 1) for column in self.ordered_columns]

    def render_lines(self, crop: Region) -> list[Strip]:
        if (outside := self.outside()) != self._outside:
            self._outside = outside
            self.post_message(self.Scrolled())
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        strip = super().render_line(y)
        room, left = self.scrollable_content_region.width, self.scroll_offset.x
        end = self._end(y)
        if room and end > left + room:
            number = CUT_NUMBER.search(strip.text[:room])
            at = number.start(1) if number else room - 1
            strip = Strip.join([strip.crop(0, at), _ellipsis(strip.crop(at, room)), strip.crop(room)])
        held = self._get_fixed_offset().left
        if room and end and left and left + held not in self._starts():
            cut = CUT_HEAD.match(strip.text[held:])
            end = held + (cut.end() if cut else 1)
            strip = Strip.join([strip.crop(0, held), _ellipsis(strip.crop(held, end)), strip.crop(end)])
        return strip

    def action_select_cursor(self) -> None:
        """Textual looks for the cell even where there is none."""
        if self.row_count:
            super().action_select_cursor()

    def hold_first(self) -> None:
        """Keep the first column, which names the rows, in sight while the others scroll: where it leaves them room."""
        columns = self.ordered_columns
        first = columns[0].get_render_width(self) if len(columns) > 1 else 0
        self.fixed_columns = int(0 < first * HELD <= self.size.width)

    def _starts(self) -> list[int]:
        widths = (column.get_render_width(self) for column in self.ordered_columns)
        return list(accumulate(widths, initial=0))

    def _end(self, y: int) -> int:
        """The column after the last letter of a line, wherever the table is scrolled to."""
        row = y - self.header_height + self.scroll_offset.y
        if y < self.header_height:
            cells = [column.label for column in self.ordered_columns]
        elif row < self.row_count:
            cells = self.get_row_at(row)
        else:
            return 0
        written = (width(cell.plain.rstrip()) for cell in cells)
        return max((start + end for start, end in zip(self._starts(), written, strict=False) if end), default=0)


def _ellipsis(place: Strip) -> Strip:
    style = next(iter(place)).style if place else None
    return Strip([Segment("…".ljust(place.cell_length), style)])
