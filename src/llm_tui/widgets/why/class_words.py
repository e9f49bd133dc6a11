"""The words that speak most for a class, and against it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Label

from llm_tui import i18n
from llm_tui.classifier import explained
from llm_tui.classifier.why_job import LEAST, Scores
from llm_tui.export.table import Table
from llm_tui.i18n import Text, tr
from llm_tui.keys import AGAINST, TEXT, bindings
from llm_tui.visible import visible
from llm_tui.widgets.fitted import Fitted, flowing
from llm_tui.widgets.line import Line
from llm_tui.widgets.table_view import table_content
from llm_tui.widgets.why.trained import CLASSES, OfTrained, Trained

MOST = 40


class ClassWords(OfTrained):
    NAME = Text("Classes", "Clases")
    DEFINITIONS = Text(
        "**For and against a class**: `W_c · e_i`, what a word would add to the logit of the class if it stood alone, "
        "minus the mean of it over the classes. A number that is the same for all classes changes no answer, and falls "
        "out. On a key, the number without that.\n\n"
        "**Came**: how often the word came in the training rows. A rare word has moved little from the vector that it "
        "was given by chance.",
        "**A favor y en contra de una clase**: `W_c · e_i`, lo que una palabra sumaría al logit de la clase si "
        "estuviera sola, menos su media entre las clases. Un número igual en todas las clases no cambia ninguna "
        "respuesta, y se va. Con una tecla, el número sin eso.\n\n"
        "**Veces**: las que apareció la palabra en las filas de entrenamiento. Una palabra rara se ha movido poco del "
        "vector que le tocó por azar.",
    )
    KEYS = (
        *CLASSES,
        AGAINST,
        replace(TEXT, action="text", label=Text("at least", "al menos"),
                help=Text("How often a word must have come in training.",
                          "Cuántas veces debe haber aparecido una palabra en el entrenamiento.")),
    )  # fmt: skip
    BINDINGS = bindings(KEYS)

    def __init__(self, trained: Trained):
        super().__init__(trained)
        self._of = 0
        self._relative = True

    def body(self) -> Iterable[Widget]:
        with VerticalScroll(classes="told"):
            yield Fitted()
        with Horizontal(classes="line") as least:
            least.display = False
            yield Label(tr("came at least so often in training", "apareció al menos tantas veces en el entrenamiento"))
            yield Line(str(LEAST))

    def draw(self, scores: Scores) -> None:
        self.query_one(".line").display = scores.counts is not None
        self.query_one(Fitted).fit(lambda room: self._content(scores, room))

    def _table(self, scores: Scores) -> Table:
        written = self.query_one(Line).value.strip()
        least = int(written) if written.isdecimal() else 0
        return explained.telling(scores, self.trained.classes, self._of, self._relative, least, MOST)

    def _content(self, scores: Scores, room: int) -> Content:
        names = [
            Content.styled(f"›{visible(name)}", "bold $accent") if i == self._of else Content(visible(name))
            for i, name in enumerate(self.trained.classes)
        ]
        table = self._table(scores)
        said = [Content.styled(str(sentence), "$text-muted") for sentence in table.footer]
        return Content("\n").join([flowing(names, room), table_content(table, i18n.language(), room), *said])

    def tables(self) -> Sequence[Table]:
        return [self._table(self.trained.scores)] if self.trained.scores else []

    def on_input_changed(self, message: Input.Changed) -> None:
        message.stop()
        self.redraw()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        self.query_one(VerticalScroll).focus()

    def action_text(self) -> None:
        self.query_one(Line).focus()

    def action_turn(self, by: int) -> None:
        self._of = (self._of + by) % len(self.trained.classes)
        self.redraw()

    def action_against(self) -> None:
        self._relative = not self._relative
        self.redraw()
