"""How a person's table was read, over its first rows, before it is taken, with the columns to be changed there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import Screen
from textual.widgets import Input, Label, Static

from llm_tui.errors import UserError
from llm_tui.i18n import Text, tr
from llm_tui.keys import CLOSE, FIELD_KEYS, bindings
from llm_tui.labelled.columns import NO_CHOICE, Choice, Columns, Doubt
from llm_tui.labelled.lines import encoding
from llm_tui.labelled.reader import Rules, first_rows, look_at
from llm_tui.paths import recent
from llm_tui.screens.leaving import Dialog
from llm_tui.visible import padded, shortened, visible, width
from llm_tui.widgets.host import host
from llm_tui.widgets.line import Line

T = TypeVar("T")

MOST_COLUMNS = 12
WIDEST = 28
"""Columns of a cell that are shown."""


class ColumnsDialog(Dialog[Choice | None]):
    """What was understood, or why nothing could be, over two fields as on the command line: a name or a number for the
    labels, and for the texts. Enter where both are filled gives the choice, escape None. `read` are the columns as they
    were read by `choice`: who leaves them gives that choice again.
    """

    KEYS = (CLOSE, *FIELD_KEYS)
    BINDINGS = bindings(KEYS)

    def __init__(
        self,
        said: str,
        rows: Sequence[Sequence[str]],
        read: Columns | None = None,
        choice: Choice = NO_CHOICE,
    ):
        super().__init__()
        self._said = said
        self._rows = rows
        self._read = read
        self._choice = choice
        self._shown = choice if read is None else _by_number(read)

    def compose(self) -> ComposeResult:
        roles = {} if self._read is None else _roles(self._read)
        with Vertical(classes="dialog wide") as box:
            if self._read is None:
                box.border_title = tr("Which column is which?", "¿Qué columna es cuál?")
                box.border_subtitle = tr(
                    f"a name or a number; enter, {CLOSE.shown}", f"un nombre o un número; enter, {CLOSE.shown}"
                )
            else:
                box.border_title = tr("How the file was read", "Cómo se leyó el archivo")
                box.border_subtitle = tr(
                    f"enter takes it, or reads it by other columns; {CLOSE.shown}: leave",
                    f"enter lo toma, o lo lee con otras columnas; {CLOSE.shown}: dejarlo",
                )
            with VerticalScroll(id="understood", can_focus=False):
                yield Static(visible(self._said, keep_newlines=True), markup=False)
            with VerticalScroll(id="preview", can_focus=False):
                yield Static(preview(self._rows, roles), markup=False)
            for name, label, text in (
                ("label", tr("labels", "etiquetas"), self._shown.label),
                ("text", tr("texts", "textos"), self._shown.text),
            ):
                with Horizontal(classes="field"):
                    yield Label(label, markup=False)
                    yield Line(text, id=name, placeholder=tr("column", "columna"))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        text, label = (self.query_one(f"#{name}", Line).value.strip() for name in ("text", "label"))
        if not (text and label):
            self.focus_next()
        elif Choice(text, label) == self._shown:
            self.dismiss(self._choice)
        else:
            self.dismiss(Choice(text, label))


def _by_number(columns: Columns) -> Choice:
    return Choice(",".join(str(i + 1) for i in columns.texts), str(columns.label + 1))


def _roles(columns: Columns) -> dict[int, str]:
    """What each column that was read is, by its index."""
    kind = {} if columns.kind is None else {columns.kind: tr("kind", "tipo")}
    return {**dict.fromkeys(columns.texts, tr("text", "texto")), **kind, columns.label: tr("label", "etiqueta")}


def preview(rows: Sequence[Sequence[str]], roles: Mapping[int, str] | None = None) -> str:
    """The rows in columns under their numbers, and what they are by `roles`."""
    columns, roles = max(map(len, rows), default=0), roles or {}
    numbered = [[f"{i + 1} {roles.get(i, '')}".strip() for i in range(columns)], *rows]
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

    host(screen).open_late(ColumnsDialog(Doubt.without_way_out(doubt), rows), chosen)


class Opened(NamedTuple):
    """A table that a person named: the file, what its rows are, and under which kind it is among the recent ones, as
    what they wrote.
    """

    path: Path
    rules: Rules
    kind: str
    written: str


async def take_table(
    screen: Screen[Any],
    table: Opened,
    read: Callable[[Choice], tuple[T, Sequence[Text]]],
    take: Callable[[T, Choice], object],
    choice: Choice = NO_CHOICE,
) -> None:
    """Read a table on a thread and show how, until the person takes it, or leaves it. `read` gives what it is made of,
    and what is to be said of it; `take` gets the first, and the columns that the person named.
    """

    def look() -> tuple[T | None, Columns | None, str, list[list[str]]]:
        try:
            found, said = read(choice)
        except Doubt as doubt:
            return None, None, Doubt.without_way_out(str(doubt)), first_rows(table.path, table.rules)
        except UserError as error:
            if choice == NO_CHOICE:
                raise
            return None, None, str(error), first_rows(table.path, table.rules)
        columns = look_at(table.path, table.rules, choice).columns
        told = "\n".join([*map(str, said), encoding(table.path)])
        return found, columns, told, first_rows(table.path, table.rules)

    try:
        found, columns, said, rows = await asyncio.to_thread(look)
    except UserError as error:
        screen.notify(str(error), severity="error", markup=False)
        return

    def chosen(new: Choice | None) -> None:
        if new is None:
            return
        if found is not None and new == choice:
            recent.remember(table.kind, table.written)
            take(found, choice)
        else:
            screen.run_worker(take_table(screen, table, read, take, new))

    screen.app.push_screen(ColumnsDialog(said, rows, columns, choice), chosen)
