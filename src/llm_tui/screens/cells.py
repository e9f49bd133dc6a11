"""A cell of a table in a window, whole."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from llm_tui.i18n import Text, tr
from llm_tui.keys import BEFORE, CLOSE, NEXT, Key, bindings, common
from llm_tui.screens.leaving import Dialog
from llm_tui.visible import visible
from llm_tui.widgets.host import host


class CellDialog(Dialog[None]):
    """The cell that the cursor of a table is on; from here the cursor goes on, too."""

    NAME = Text("A cell", "Una celda")
    KEYS = (
        replace(NEXT, action="move(1, 0)", label=Text("next row", "fila siguiente")),
        replace(BEFORE, action="move(-1, 0)", label=Text("row before", "fila anterior")),
        Key("column-before", "left", "move(0, -1)", Text("column before", "columna anterior")),
        Key("next-column", "right", "move(0, 1)", Text("next column", "columna siguiente")),
        replace(common("copy"), help=Text("Copy the cell.", "Copia la celda.")),
        replace(CLOSE, label=Text("close", "cerrar")),
    )  # fmt: skip
    BINDINGS = bindings(KEYS)

    def __init__(self, editor: TableEditor):
        super().__init__()
        self._editor = editor
        self._text = ""

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog wide"):
            yield Static(markup=False)

    def on_mount(self) -> None:
        self.action_move(0, 0)

    def action_move(self, rows: int, columns: int) -> None:
        if (found := self._editor.cell(rows, columns)) is None:  # another program has emptied the table
            self.dismiss()
            return
        where, head, self._text = found
        box = self.query_one(VerticalScroll)
        box.border_title = Content(f"{visible(head)} · {where}")
        box.border_subtitle = tr(
            f"{BEFORE.shown} {NEXT.shown} rows, ← → columns, {common('copy').shown} copies, {CLOSE.shown} closes",
            f"{BEFORE.shown} {NEXT.shown} filas, ← → columnas, {common('copy').shown} copia, {CLOSE.shown} cierra",
        )
        said = visible(self._text, keep_newlines=True) or tr("(empty)", "(vacía)")
        self.query_one(Static).update(Content(said))
        box.scroll_home(animate=False)

    def action_copy(self) -> None:
        host(self).copy(self._text)


if TYPE_CHECKING:
    from textual.widget import Widget as _Base

    from llm_tui.widgets.table_editor import TableEditor
else:

    class _Base:
        pass


class OpensCells:
    """Of a screen: a cell of one of its tables is opened."""

    def on_table_editor_whole_asked(self, message: TableEditor.WholeAsked) -> None:
        message.editor.app.push_screen(CellDialog(message.editor))


class SearchesTables(_Base):
    """Of a main screen whose lists are tables: a search goes into the one that is in front."""

    def action_search(self) -> None:
        from llm_tui.widgets.table_editor import TableEditor

        shown = [
            editor for editor in self.query(TableEditor) if all(node.display for node in editor.ancestors_with_self)
        ]
        if shown:
            shown[0].action_search()
