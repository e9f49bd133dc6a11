"""A `Table` whose editable cells are written in place, and which can be filtered, sorted, and read cell by cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len
from rich.text import Text as Line
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.coordinate import Coordinate
from textual.geometry import Region
from textual.message import Message
from textual.widget import Widget
from textual.widgets import DataTable, Input, Static

from llm_tui.export.listing import View
from llm_tui.export.table import Cell, Column, Table
from llm_tui.i18n import Text, tr
from llm_tui.keys import EDIT, Bar, Key, bindings
from llm_tui.visible import shortened, visible
from llm_tui.widgets.grid import Grid
from llm_tui.widgets.line import ShortInput
from llm_tui.widgets.list_keys import FILTERS, SORT, WHOLE
from llm_tui.widgets.table_sight import WIDEST, TableSight, aligned, alike, short

NOWHERE = Coordinate(-1, -1)

NARROWEST = 24
"""Columns that a field has at the least, where the table is that wide."""


class TableEditor(TableSight, Widget):
    """Shows a table; enter on an editable cell opens a field there, enter or escape closes it.

    What is typed reaches `Edited` with every key, so that leaving in any way loses nothing. Enter says it once more: it
    is what the person means to stand there, be it new or not.

    What is in sight and in which order is a matter of this widget alone: rows are named by their keys. What is edited
    stays where it is until it is sorted or filtered again.
    """

    DEFAULT_CLASSES = "panel"

    NAME = Text("In a table", "En una tabla")
    KEYS = (
        replace(EDIT, help=Text("Edit the cell, or the first of its row that can be edited.",
                                "Edita la celda, o la primera de su fila que se puede editar.")),
        *(
            Key(f"score-{score}", str(score), f"score({score})", Text(f"score {score}", f"nota {score}"), bar=Bar.NEVER,
                help=Text(f"Score {score}, in a cell for scores.", f"Nota {score}, en una celda para notas."))
            for score in range(3)
        ),
        Key("close-cell", "escape", "close", Text("close the cell", "cerrar la celda"),
            Text("Close the cell's field; what was typed stays.", "Cierra el campo de la celda; lo escrito se queda."),
            Bar.FIRST),
        *FILTERS,
        SORT,
        WHOLE,
    )  # fmt: skip
    BINDINGS = bindings(KEYS)

    @dataclass
    class Edited(Message):
        """`row` is the row's key, `column` the column's."""

        editor: TableEditor
        row: str
        column: str
        text: str

    @dataclass
    class WholeAsked(Message):
        """The cell that the cursor is on is to be read in a window."""

        editor: TableEditor

    def __init__(self, *, id: str | None = None):
        super().__init__(id=id)
        self._editing: tuple[str, str] | None = None
        """The keys of the row and of the column of the cell whose field is open."""
        self._said = ""

    def compose(self) -> ComposeResult:
        yield Grid(cursor_type="cell", cell_padding=0)
        field = ShortInput(compact=True, select_on_focus=False)
        field.display = False
        yield field
        said = Static(classes="said", markup=False)
        said.display = False
        yield said

    def on_mount(self) -> None:
        for way in ("scroll_x", "scroll_y"):
            self.watch(self._grid, way, self._follow, init=False)

    @property
    def _field(self) -> Input:
        return self.query_one(Input)

    @property
    def row_key(self) -> str | None:
        """The key of the row that the cursor is on, while it is in the table."""
        row = self._grid.cursor_row
        here = self._table is not None and self._grid.has_focus and 0 <= row < len(self._rows)
        return self._key(row) if here else None

    def row(self) -> tuple[int, Sequence[Sequence[Cell]]] | None:
        """The place of that row among the rows."""
        here = self._table is not None and self.row_key is not None
        return (self._rows[self._grid.cursor_row], self._table.rows) if here and self._table else None

    def show(self, table: Table, language: str) -> None:
        """Show `table`, drawing again only the cells that differ; a field that is open stays open while there is its
        cell.
        """
        before, at = self._table, self._grid.cursor_coordinate
        cell = self._named(at)
        self._table, self._language = table, language
        if before is not None and before.columns == table.columns and before.keys == table.keys:
            self._update(before, table)
            self.compare()
        else:
            self._rebuild(table)
            self._grid.point(*self._placed(cell, at))
            self._follow()
        self.tell()

    def fill(self) -> None:
        """Put into the field that is open what its cell says: it is no longer what was typed."""
        if self._editing is not None and self._field.value != self._cell_text():
            self._said = self._field.value = self._cell_text()
            self._field.cursor_position = len(self._said)

    def go_to_own(self, row: str = "") -> None:
        """The cursor to the first column that can be edited, wherever the table is scrolled to, unless it is in one; to
        the row of this key, where there is one.
        """
        self._grid.hold_first()
        if self._table and row in self._table.keys:
            self._go_to(row)
        at, own = self._grid.cursor_coordinate, self._own_columns()
        if own and at.column not in own:
            self._grid.move_cursor(column=own[0])

    def go_down(self) -> None:
        """The cursor to the next row."""
        self._grid.action_cursor_down()

    def _own_columns(self) -> list[int]:
        return [i for i, column in enumerate(self._table.columns) if column.editable] if self._table else []

    def _rebuild(self, table: Table) -> None:
        cells = zip(*table.rows, strict=True) if table.rows else ([] for _ in table.columns)
        heads = [
            (column.key, Line(self._head(column, room)), max([room, *map(cell_len, _strange(of_column))]) + 1)
            for (column, room), of_column in zip(self._rooms(table), cells, strict=True)
        ]
        self._rows = list(range(len(table.rows)))
        self._grid.fill(heads, table.keys, self._drawn)
        if self._view != View():
            self._bring(table)

    def _drawn(self, row: int) -> list[Line]:
        """The cells of the row at this place of the table, which has come in sight."""
        assert self._table is not None
        return [Line(cell) for cell in _cells(self._table, row, self._widths(self._table))]

    def _update(self, before: Table, table: Table) -> None:
        """Only what differs: there may be thousands of rows, and one is edited."""
        narrow, rows = self._widths(before), self._changed(before, table)
        grid, columns = self._grid, list(zip(table.columns, narrow, self._widths(table), strict=True))
        for row in rows:
            cells = zip(columns, before.rows[row], table.rows[row], strict=True)
            for (column, room_then, room), was, now in cells:
                if room != room_then or (was is not now and not alike((was,), (now,))):
                    grid.update(table.keys[row], column.key, aligned(column, short(column, now), room))

    def on_data_table_cell_highlighted(self, event: DataTable.CellHighlighted) -> None:
        """What the table stands in scrolls along with the cursor."""
        self._grid.hold_first()
        if isinstance(self.parent, VerticalScroll) and self._grid.has_focus:
            row = Region(
                0, self.virtual_region.y + event.coordinate.row, 1, 2
            )  # two lines: the head with the first row
            self.parent.scroll_to_region(row, animate=False)

    def on_data_table_cell_selected(self, event: DataTable.CellSelected) -> None:
        if self._editable():  # else the screen has another use for it
            event.stop()
            self._open(event.coordinate)

    def _open(self, at: Coordinate) -> None:
        own = self._own_columns()
        if not own or not 0 <= at.row < len(self._rows):
            return
        if at.column not in own:  # enter anywhere in a row edits what the row has to edit
            at = Coordinate(at.row, own[0])
        field = self._field
        self._editing = self._named(at)
        self._said = field.value = self._cell_text()  # so that filling the field is no edit
        self._follow()
        # At once, not by a style or a message: what a person types next already belongs to the field.
        field.display = True
        self.screen.set_focus(field)
        field.cursor_position = len(field.value)

    def _follow(self) -> None:
        """The field goes where its cell is; where that is gone, or out of sight, it closes."""
        if self._editing is None:
            return
        at = self._placed(self._editing, NOWHERE)
        if at.row < 0 or at.column not in self._own_columns():
            self._close()
            return
        left = sum(column.get_render_width(self._grid) for column in self._grid.ordered_columns[: at.column])
        left = max(0, min(left - self._grid.scroll_offset.x, self.size.width - NARROWEST))
        self._field.styles.offset = (left, at.row + 1 - self._grid.scroll_offset.y)
        self._field.styles.width = self.size.width - left

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if self._editing is not None and self._field.value != self._said:
            self._say()

    def _say(self) -> None:
        assert self._editing is not None
        self._said = self._field.value
        self.post_message(self.Edited(self, *self._editing, self._said))

    def _cell_text(self) -> str:
        assert self._editing is not None and self._table is not None
        at = self._placed(self._editing, NOWHERE)
        cell = self._table.held.get(self._editing, self._table.rows[self._rows[at.row]][at.column])
        return "" if cell is None else str(cell)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._editing is not None:
            self._say()
        self._close()

    def on_input_blurred(self, event: Input.Blurred) -> None:
        self._close()

    def action_edit(self) -> None:
        self._open(self._grid.cursor_coordinate)

    def _list(self) -> None:
        super()._list()
        self._follow()

    def action_whole(self) -> None:
        self.post_message(self.WholeAsked(self))

    def action_score(self, score: int) -> None:
        at = self._grid.cursor_coordinate
        assert self._table is not None
        self.post_message(self.Edited(self, self._key(at.row), self._table.columns[at.column].key, str(score)))

    def action_close(self) -> None:
        self._close()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case "close":
                return self._editing is not None
            case "score":
                column = self._column
                return self._editing is None and column is not None and (column.most or -1) >= parameters[0]  # type: ignore[operator]
            case "edit":
                return self._editing is None and self._editable() and bool(self._rows)
            case "unfilter":
                return bool(self.wanted or self.typing)
            case "search":
                return self._editing is None
            case "sort" | "whole":
                return self._editing is None and self.row_key is not None
        return True

    @property
    def _column(self) -> Column | None:
        """Of the cell that the cursor is on, while it is in the table."""
        at = self._grid.cursor_coordinate
        here = self.row_key is not None and self._table is not None
        return self._table.columns[at.column] if here and self._table is not None else None

    def _editable(self) -> bool:
        return bool(self._own_columns())

    def _close(self) -> None:
        if self._editing is None:
            return
        if self._field.value != self._said:
            self._say()  # the message of the last key may still be on its way
        self._doubt()
        self._editing = None
        self._field.display = False
        if self.screen.focused is self._field:
            self.screen.set_focus(self._grid)

    def _doubt(self) -> None:
        """What is no score, or none of the labels, stays, as everything typed does, but it counts for nothing, and that
        is said.
        """
        assert self._editing is not None and self._table is not None
        key, typed = self._editing[1], self._field.value.strip()
        column = next((column for column in self._table.columns if column.key == key), None)
        if column is None or not typed or (column.most is None and not column.among):
            return
        if typed in (column.among or map(str, range((column.most or 0) + 1))):
            return
        head, shown, choice = column.head.within(self._language), visible(typed), visible(", ".join(column.among))
        cure = (
            Text(f"write one of {choice}", f"escriba una de {choice}")
            if choice
            else Text(f"write a whole number from 0 to {column.most}", f"escriba un número entero de 0 a {column.most}")
        )
        said = tr(
            f"{head} is “{shown}”, which does not count: {cure.en}.", f"{head} es «{shown}», que no cuenta: {cure.es}."
        )
        self.notify(said, severity="warning", markup=False)


def _strange(cells: Iterable[Cell]) -> Iterator[str]:
    """Texts of which a terminal may make more columns than Unicode counts, as Textual fears; as they are shown."""
    return (shortened(visible(cell), WIDEST) for cell in cells if isinstance(cell, str) and not cell.isascii())


def _cells(table: Table, row: int, widths: Sequence[int]) -> list[str]:
    cells = zip(table.columns, table.rows[row], widths, strict=True)
    return [aligned(column, short(column, cell), room) for column, cell, room in cells]
