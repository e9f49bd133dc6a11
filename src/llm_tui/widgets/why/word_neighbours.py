"""The words whose trained vectors are nearest to that of one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from llm_tui import i18n
from llm_tui.classifier import explained
from llm_tui.classifier.why_job import Near, Neighbours
from llm_tui.export.table import Table
from llm_tui.i18n import Text, tr
from llm_tui.keys import TEXT, bindings
from llm_tui.widgets.fitted import Fitted
from llm_tui.widgets.line import Line
from llm_tui.widgets.table_view import table_content
from llm_tui.widgets.why.pane import WhyPane
from llm_tui.widgets.why.trained import Trained


class WordNeighbours(WhyPane):
    NAME = Text("Nearest", "Cercanas")
    DEFINITIONS = Text(f"**Nearest words**: {explained.COSINE.en}", f"**Palabras más cercanas**: {explained.COSINE.es}")
    KEYS = (replace(TEXT, action="text", label=Text("word", "palabra")),)
    BINDINGS = bindings(KEYS)

    def __init__(self, trained: Trained):
        super().__init__()
        self._trained = trained
        self._found: Table | None = None

    def body(self) -> Iterable[Widget]:
        with VerticalScroll(classes="told"):  # before the field, which stands above it, for the focus
            yield Fitted()
        yield Line(placeholder=tr(f"{TEXT.shown}, a word, then enter", f"{TEXT.shown}, una palabra y enter"))

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        if word := message.value.strip():
            self.stop()
            self.ask(Neighbours(self._trained.folder, word))

    def came(self, job: Any, result: Near) -> None:
        if result.entry is None:
            self._found = None
            self.say(str(explained.lacks(job.word)))
            self.query_one(Fitted).fit(lambda room: Content(""))
            return
        self.query_one(VerticalScroll).focus()
        table = self._found = explained.nearest(result, job.word)
        self.query_one(Fitted).fit(lambda room: _content(table, room))

    def tables(self) -> Sequence[Table]:
        return [self._found] if self._found else []

    def action_text(self) -> None:
        self.query_one(Line).focus()


def _content(table: Table, room: int) -> Content:
    said = [Content.styled(str(sentence), "$text-muted") for sentence in table.footer]
    title = Content.styled(str(table.title), "bold $accent")
    return Content("\n").join([title, table_content(table, i18n.language(), room), *said])
