"""What of a table is in sight, and in which order: filtered, sorted, scrolled, read cell by cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rich.text import Text as Line
from textual.coordinate import Coordinate
from textual.events import DescendantBlur
from textual.widgets import DataTable, Static

from llm_tui.export.listing import View, searched, searched_row
from llm_tui.export.table import Cell, Column, Table
from llm_tui.i18n import tr
from llm_tui.kept import differing
from llm_tui.visible import padded, shortened, visible, width
from llm_tui.widgets.filtering import Filtering
from llm_tui.widgets.grid import Grid

WIDEST = 60
"""Columns that a text takes in a cell; more of it is in the window of the cell."""


class TableSight(Filtering):
    """Of a widget with a `Grid` that shows a `Table`, row by row or not: `_rows` are the places of those in sight.

    It is a view: rows are named by their keys, and what is edited stays where it is until it is sorted or filtered
    again.
    """

    _table: Table | None = None
    _language = "es"
    _view = View()
    _rows: list[int] = []
    _stale = False
    _searched: tuple[Table | None, list[str]] = None, []
    _measured: tuple[Table | None, list[int]] = None, []

    @property
    def _grid(self) -> Grid:
        return self.query_one(Grid)

    def _key(self, row: int) -> str:
        """Of the row that is the `row`th in sight."""
        assert self._table is not None
        return self._table.keys[self._rows[row]]

    def _named(self, at: Coordinate) -> tuple[str, str]:
        """The keys of the row and of the column of a cell in sight; empty where there is none."""
        if self._table is None or not 0 <= at.row < len(self._rows):
            return "", ""
        return self._key(at.row), self._table.columns[at.column].key

    def _placed(self, cell: tuple[str, str], otherwise: Coordinate) -> Coordinate:
        """Where the cell of these keys is; its row, or its column, is that of `otherwise` where it is not in sight."""
        assert self._table is not None
        rows = [self._table.keys[row] for row in self._rows]
        columns = [column.key for column in self._table.columns]
        row, column = cell
        return Coordinate(
            rows.index(row) if row in rows else otherwise.row,
            columns.index(column) if column in columns else otherwise.column,
        )

    def _rooms(self, table: Table) -> Iterator[tuple[Column, int]]:
        return zip(table.columns, self._widths(table), strict=True)

    def _head(self, column: Column, room: int) -> str:
        """Its sign stands where the space behind it would: the column is as wide as before."""
        head = aligned(column, column.head.within(self._language), room)
        return head if column.key != self._view.by else f"{head[:-1]}{self._sign()}"

    def _widths(self, table: Table) -> list[int]:
        """Of the head and the cells; numbers are filled up to it from the left, for DataTable knows no alignment."""
        if self._measured[0] is table:
            return self._measured[1]
        cells = zip(*table.rows, strict=True) if table.rows else ([] for _ in table.columns)
        widths = [
            max(width(column.head.within(self._language)), *(width(short(column, cell)) for cell in of_column), 0)
            for column, of_column in zip(table.columns, cells, strict=True)
        ]
        self._measured = table, widths
        return widths

    def _changed(self, before: Table, table: Table) -> Sequence[int]:
        """The rows that are not as before, or all where a number needs more room. What is known of the others stays."""
        rows = [row for row in differing(before.rows, table.rows) if not alike(before.rows[row], table.rows[row])]
        widths = self._widths(before)
        numbers = [i for i, column in enumerate(table.columns) if column.numeric]
        if any(width(short(table.columns[i], table.rows[row][i])) > widths[i] for row in rows for i in numbers):
            return range(len(table.rows))
        self._measured = table, widths
        if self._searched[0] is before:
            texts = self._searched[1]
            for row in rows:
                texts[row] = searched_row(table, row)
            self._searched = table, texts
        return rows

    def _wanted_rows(self) -> list[int]:
        assert self._table is not None
        if self._view.wanted and self._searched[0] is not self._table:
            self._searched = self._table, searched(self._table)
        return self._view.rows(self._table, self._searched[1])

    def _list(self) -> None:
        """The rows anew; the cursor stays on its row where that is in sight."""
        if self._table is None:
            return
        at = self._grid.cursor_coordinate
        cell = self._named(at)
        self._bring(self._table)
        self._grid.point(*self._placed(cell, Coordinate(0, at.column)))

    def _bring(self, table: Table) -> None:
        """The rows that are wanted, in their order."""
        self._rows, self._stale = self._wanted_rows(), False
        self._grid.bring(map(table.keys.__getitem__, self._rows))
        self._grid.heads((column.key, Line(self._head(column, room))) for column, room in self._rooms(table))

    def _go_to(self, key: str) -> None:
        """The cursor to a row; where the filter hides it, the filter goes."""
        assert self._table is not None
        place = self._table.keys.index(key)
        if place not in self._rows:
            self.action_unfilter()
        self._grid.move_cursor(row=self._rows.index(place))

    def filter(self) -> None:
        self._view = replace(self._view, wanted=self.wanted)
        self._list()

    def counted(self) -> tuple[int, int]:
        return len(self._rows), len(self._table.rows) if self._table else 0

    def compare(self) -> None:
        """See whether the rows still are where they belong: cells have changed."""
        self._stale = self._view != View() and self._rows != self._wanted_rows()

    def tell(self) -> None:
        """In the border around, where there is one, else in a line below: as much of it as there is room for."""
        if self._table is None:
            return
        edge = self.room()
        said = self._sight(edge or self.size.width)
        if edge:
            self.say(said)
        below = self.query_one(".said", Static)
        below.update(said)
        below.display = bool(said) and not edge

    def _sight(self, room: int) -> str:
        assert self._table is not None
        heads = (column.head.within(self._language) for column in self._table.columns if column.key == self._view.by)
        view = [*self.filter_said(), *(f"{head} {self._sign()}" for head in heads)]
        if view and self._stale:
            view.append(tr("as it was then", "como estaba entonces"))
        left, right = self._grid.outside()
        more = tr("1 more column →" if right == 1 else f"{right} more columns →",
                  "1 columna más →" if right == 1 else f"{right} columnas más →")  # fmt: skip
        before, after, brief = (
            [said] * bool(n) for said, n in ((f"← {left}", left), (more, right), (f"{right} →", right))
        )
        only = [tr("on screen only", "solo en pantalla")] * bool(view)
        ways = ((*view, *only, *before, *after), (*view, *before, *after), (*view, *before, *brief))
        said = (" · ".join(way) for way in ways)
        return next((line for line in said if width(line) <= room), " · ".join(ways[-1]))

    def _sign(self) -> str:
        return "▼" if self._view.descending else "▲"

    def on_grid_scrolled(self) -> None:
        self.tell()

    def action_search(self) -> None:
        self._grid.focus()
        super().action_search()

    def on_descendant_blur(self, event: DescendantBlur) -> None:
        self.stop_typing()

    def on_data_table_header_selected(self, event: DataTable.HeaderSelected) -> None:
        """A click on a head sorts, too."""
        event.stop()
        if self._rows:
            self._grid.move_cursor(column=event.column_index, animate=False)
            self.action_sort()

    def action_sort(self) -> None:
        assert self._table is not None
        self._view = self._view.sorted_by(self._table.columns[self._grid.cursor_column].key)
        self._list()
        self.tell()

    def cell(self, rows: int = 0, columns: int = 0) -> tuple[str, str, str] | None:
        """Where the cell is that the cursor is on, its head, and all that is in it; first the cursor goes so far. None
        where there is no row any more.
        """
        assert self._table is not None
        if not self._rows:
            return None
        at = self._grid.cursor_coordinate
        self._grid.move_cursor(row=at.row + rows, column=at.column + columns, animate=False)
        at = self._grid.cursor_coordinate
        column, place = self._table.columns[at.column], self._rows[at.row]
        where = tr(f"row {at.row + 1} of {len(self._rows)}", f"fila {at.row + 1} de {len(self._rows)}")
        if at.column:  # what names the row
            where = f"{where}: {shortened(short(self._table.columns[0], self._table.rows[place][0]), 24)}"
        return where, column.head.within(self._language), column.show(self._table.rows[place][at.column])


def alike(old: Sequence[Cell], new: Sequence[Cell]) -> bool:
    """1 and 1.0 are equal, and look otherwise."""
    return old == new and [*map(type, old)] == [*map(type, new)]


def short(column: Column, cell: Cell) -> str:
    """A number is never shortened."""
    shown = visible(column.show(cell))
    return shown if column.numeric else shortened(shown, WIDEST)


def aligned(column: Column, text: str, room: int) -> str:
    """With a space behind it: DataTable's own padding takes two columns for each, which is much at 80."""
    return f"{padded(text, room, right=True) if column.numeric else text} "
