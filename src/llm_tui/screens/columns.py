"""A window that asks which column of a person's table is which, over the table's first rows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import Screen
from textual.widgets import Input, Label, Static

from llm_tui.i18n import Text, tr
from llm_tui.keys import CLOSE, Key, bindings
from llm_tui.labelled.columns import Choice, Doubt
from llm_tui.labelled.reader import Rules, first_rows
from llm_tui.screens.leaving import Dialog
from llm_tui.visible import padded, shortened, visible, width
from llm_tui.widgets.line import Line

MOST_COLUMNS = 12
WIDEST = 28
"""Columns of a cell that are shown."""


class ColumnsDialog(Dialog[Choice | None]):
    """Two fields, as on the command line: a name or a number for the labels, and for the texts. Enter in the last one
    gives the choice, escape None.
    """

    KEYS = (
        CLOSE,
        Key("field-before", "up", "app.focus_previous", Text("the field before", "el campo anterior")),
        Key("next-field", "down", "app.focus_next", Text("the next field", "el campo siguiente")),
    )
    BINDINGS = bindings(KEYS)

    def __init__(self, why: str, rows: Sequence[Sequence[str]]):
        super().__init__()
        self._why = why
        self._rows = rows

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog wide") as box:
            box.border_title = tr("Which column is which?", "¿Qué columna es cuál?")
            box.border_subtitle = tr(
                f"a name or a number; enter, {CLOSE.shown}", f"un nombre o un número; enter, {CLOSE.shown}"
            )
            yield Static(visible(self._why), markup=False)
            with VerticalScroll(id="preview", can_focus=False):
                yield Static(preview(self._rows), markup=False)
            for name, text in (("label", tr("labels", "etiquetas")), ("text", tr("texts", "textos"))):
                with Horizontal(classes="field"):
                    yield Label(text, markup=False)
                    yield Line(id=name, placeholder=tr("column", "columna"))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        text, label = (self.query_one(f"#{name}", Line).value.strip() for name in ("text", "label"))
        if text and label:
            self.dismiss(Choice(text, label))
        else:
            self.focus_next()


def preview(rows: Sequence[Sequence[str]]) -> str:
    """The rows in columns under their numbers."""
    columns = max(map(len, rows), default=0)
    numbered = [[str(i + 1) for i in range(columns)], *rows]
    cells = [[shortened(visible(cell), WIDEST) for cell in row[:MOST_COLUMNS]] for row in numbered]
    widths = [max(width(row[i]) for row in cells if i < len(row)) for i in range(min(columns, MOST_COLUMNS))]
    return "\n".join("  ".join(padded(cell, widths[i]) for i, cell in enumerate(row)).rstrip() for row in cells)


async def ask_columns(
    screen: Screen[Any], doubt: str, path: Path, rules: Rules, then: Callable[[Choice], object]
) -> None:
    """Show the first rows of the file and give what the person chooses to `then`; a way out of a `Doubt`."""
    rows = await asyncio.to_thread(first_rows, path, rules)

    def chosen(choice: Choice | None) -> None:
        if choice:
            then(choice)

    screen.app.push_screen(ColumnsDialog(Doubt.without_way_out(doubt), rows), chosen)
