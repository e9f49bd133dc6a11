"""Where the table, the question and the answer of an exercise stand: the same on every screen of an exercise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static, TextArea

from llm_tui import i18n
from llm_tui.exercises.registry import row
from llm_tui.export.table import Table
from llm_tui.i18n import Text
from llm_tui.visible import visible
from llm_tui.widgets.parts import FRAMED, barred
from llm_tui.widgets.table_editor import TableEditor
from llm_tui.widgets.text_field import TextField
from llm_tui.widgets.zoom import PANEL


class ExercisePanel(VerticalScroll, can_focus=False):
    """`above` stands above the table, `below` between the question and the answer.

    It shows what the screen gives it, and says what a person writes in it: `Edited` with every key in a cell,
    `Answered` with every key in the answer.
    """

    DEFAULT_CLASSES = f"{PANEL} {FRAMED}"

    @dataclass
    class Edited(Message):
        """`row` is the row's key, `column` the column's."""

        row: str
        column: str
        text: str

    @dataclass
    class Answered(Message):
        text: str

    def __init__(self, number: int | str, question: Text, above: Sequence[Widget] = (), below: Sequence[Widget] = ()):
        super().__init__(id="exercise")
        self.border_title = str(row(number).short)
        self._question = question
        self._above = above
        self._below = below

    def compose(self) -> ComposeResult:
        yield from self._above
        yield TableEditor(id="table")
        yield Static(self._question.within(i18n.export_language()), id="question", markup=False)
        yield from self._below
        yield barred(TextField(id="answer"))
        yield Static(id="footer", markup=False)

    @property
    def editor(self) -> TableEditor:
        return self.query_one(TableEditor)

    def show(self, table: Table, more: Text | None = None) -> None:
        """The table, in the language of exports, and below all what has to be said of it, and `more`."""
        language = i18n.export_language()
        self.editor.show(table, language)
        said = (*table.footer, *([more] if more else []))
        footer = " ".join(sentence.within(language) for sentence in said)
        self.query_one("#footer", Static).update(Content(visible(footer)))

    def put(self, answer: str) -> None:
        """Show the answer; nobody has typed it."""
        self.query_one("#answer", TextField).put(answer)

    def on_table_editor_edited(self, message: TableEditor.Edited) -> None:
        message.stop()
        self.post_message(self.Edited(message.row, message.column, message.text))

    def on_text_area_changed(self, message: TextArea.Changed) -> None:
        message.stop()
        self.post_message(self.Answered(message.text_area.text))
