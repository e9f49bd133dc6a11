"""The answer to what was asked of a model, and beside it another one to compare it with."""

from __future__ import annotations

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from llm_tui.foundation.job import Generated
from llm_tui.foundation.tables import energy_of
from llm_tui.i18n import tr
from llm_tui.playground.session import Asked
from llm_tui.playground.task import Span, Style
from llm_tui.visible import visible
from llm_tui.widgets.parts import framed
from llm_tui.widgets.piece_strip import PieceStrip

STYLES: dict[Style, str] = {"": "", "strong": "bold", "accent": "bold $accent", "muted": "$text-muted"}


def content(spans: Iterable[Span]) -> Content:
    """An answer as its task shows it."""
    return Content.assemble(*((text, STYLES[style]) for text, style in spans))


class AnswerPane(Horizontal):
    """Has the text of an answer while it is written, then the whole answer with one line on what made it."""

    def compose(self) -> ComposeResult:
        with framed(VerticalScroll(id="pinned"), tr("Kept beside", "Al lado")):
            yield Static(id="other", markup=False)
        with framed(VerticalScroll(id="output"), tr("Answer", "Respuesta")):
            yield Static(id="answer", markup=False)
            strip = PieceStrip(id="pieces")
            strip.can_focus = False
            yield strip
            yield Static(id="line", markup=False)

    def show(self, asked: Asked) -> None:
        """Another task may have been chosen since: an answer is never taken for that one's."""
        title = tr(f"Answer: {asked.task.title}", f"Respuesta: {asked.task.title}")
        self.query_one("#output").border_title = title
        answer, line = _shown(asked)
        self.query_one("#answer", Static).update(answer)
        self.query_one("#line", Static).update(Content(visible(line)))
        strip, made = self.query_one(PieceStrip), asked.result
        strip.display = isinstance(made, Generated) and bool(made.pieces)
        if isinstance(made, Generated):
            strip.show(made.pieces, made.answers[0].text)

    def keep(self, asked: Asked) -> None:
        """Keep an answer beside those that come, until it is dropped."""
        answer, line = _shown(asked)
        question = Content.styled(f"\n\n{asked.question()}\n{visible(line)}", "$text-muted")
        self.query_one("#other", Static).update(answer + question)
        self.query_one("#pinned").add_class("wanted")

    def drop(self) -> bool:
        """Whether there was one to drop."""
        pinned = self.query_one("#pinned")
        kept = pinned.has_class("wanted")
        pinned.remove_class("wanted")
        return kept


def _said(asked: Asked) -> str:
    """The line on what made an answer, with what it took."""
    said, by = asked.task.said(asked.job, asked.result), getattr(asked.result, "made_by", None)
    energy = energy_of(by) if by else None
    return said if energy is None else f"{said} {energy}"


def _shown(asked: Asked) -> tuple[Content, str]:
    if asked.answered:
        return content(asked.task.shown(asked.job, asked.result)), _said(asked)
    if asked.ending and not asked.written:  # there is room for the whole sentence
        return Content(visible(asked.ending)), ""
    return Content(visible(asked.written, keep_newlines=True)), asked.ending or tr("asking…", "preguntando…")
