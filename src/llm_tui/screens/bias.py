"""Bias in pairs: the kinds with their differences, the pairs of one, those of the person's own, and what is asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.containers import Vertical, VerticalScroll
from textual.widget import Widget
from textual.widgets import DataTable
from textual.widgets.option_list import Option

from llm_tui import i18n
from llm_tui.exercises import bias, bias_tables, ethics
from llm_tui.exercises.bias import Answers, judged
from llm_tui.exercises.bias_pairs import LANGUAGES, OWN, Pair, first_said, kind_name, known_kind, read_pairs
from llm_tui.foundation.teaching import TEACHING
from llm_tui.i18n import Text, tr
from llm_tui.keys import bindings, spoken
from llm_tui.screens.bias_keys import KEYS, PANES
from llm_tui.screens.cells import SearchesTables
from llm_tui.screens.filling import FillsIn
from llm_tui.screens.why_panes import panes_of
from llm_tui.snippets.snippet import Done
from llm_tui.visible import visible
from llm_tui.widgets.fitted import Fitted
from llm_tui.widgets.form import Field, Form
from llm_tui.widgets.option_list import OptionList
from llm_tui.widgets.pairs import kinds_footer, own_table, pair_content
from llm_tui.widgets.panes import Pane, Panes
from llm_tui.widgets.parts import framed, ruled
from llm_tui.widgets.styles import stylesheet
from llm_tui.widgets.table_editor import TableEditor

if TYPE_CHECKING:
    from llm_tui.widgets.why.pane import WhyPane

FIELDS = tuple(Field(name, label) for name, label in bias.FIELDS.items())

QUESTIONS = tuple((task, language) for task in bias.TASKS for language in LANGUAGES)
"""What can be asked, in which language, a line each."""


class BiasScreen(SearchesTables, FillsIn[Answers]):
    NUMBER = bias.NUMBER
    NOTHING_LEFT = Text("Every kind has been measured.", "Todos los tipos están medidos.")
    CSS_PATH = stylesheet("bias.tcss")
    NAME = Text("Bias in pairs", "Sesgo en pares")
    GUIDE = bias.GUIDE
    DEFINITIONS = bias.DEFINITIONS
    KEYS = KEYS
    BINDINGS = bindings(KEYS)
    AUTO_FOCUS = "#table DataTable"
    ABOUT = Text(
        "Pairs of texts that differ in one thing are asked of a model for moderation or sentiment. Run asks for the "
        "kinds that were not measured yet; stop, and those that are there stay. What is found is evidence for exercise "
        "7, and is handed in with it.",
        "A un modelo de moderación o de sentimiento se le preguntan pares de textos que se diferencian en una cosa. "
        "Ejecutar pregunta por los tipos aún no medidos; al detener, los ya medidos se quedan. Lo hallado es "
        "evidencia para el ejercicio 7, y se entrega con él.",
    )

    def __init__(self) -> None:
        super().__init__(Answers())
        self.came_from = "ethics"
        self._kind = ""

    def body(self) -> Iterable[Widget]:
        values = dict.fromkeys(bias.FIELDS, "")
        questions = OptionList(*map(_question, QUESTIONS), id="questions", markup=False)
        panes = (
            Vertical(TableEditor(id="table"), ruled(VerticalScroll(Fitted(id="footer"), id="said")), id="kinds"),
            framed(OptionList(id="pairs", markup=False)),
            TableEditor(id="own"),
            Vertical(
                framed(questions, tr("What is asked", "Qué se pregunta")),
                framed(Form(FIELDS, values, models=("model",), id="fields"), tr("Of the model", "Al modelo")),
                id="setup",
            ),
        )
        yield Panes([Pane(label, pane) for (_, label), pane in zip(PANES, panes, strict=True)], id="panes")

    def on_mount(self) -> None:
        self.read_answers()
        self.fill()
        self.show()

    # Showing.

    def fill(self) -> None:
        self.query_one("#fields", Form).fill({name: self.answers.said(name) for name in bias.FIELDS})

    def show(self) -> None:
        answers, language = self.answers, i18n.export_language()
        reading = answers.reading
        table = bias_tables.table(answers, reading, language)
        self.query_one("#table", TableEditor).show(table, language)
        self.query_one("#footer", Fitted).fit(lambda room: kinds_footer(answers, table))
        self.query_one("#own", TableEditor).show(own_table(answers, language), language)
        self.query_one("#fields", Form).show_only(bias.FIELDS if answers.question.labels else ("model", "measured"))
        self.query_one("#questions", OptionList).highlighted = QUESTIONS.index((answers.task, answers.language))
        self._show_pairs(self._kind if self._kind in table.keys else next(iter(table.keys), ""))

    def _show_pairs(self, kind: str) -> None:
        """The pairs of a kind, the largest difference first; where it was not measured there is none."""
        self._kind, reading = kind, self.answers.reading
        listed, found = self.query_one("#pairs", OptionList), reading.of(kind) if reading else None
        row = listed.highlighted
        listed.clear_options()
        if reading is None or found is None:
            listed.border_title = tr("Nothing was measured yet", "Aún no se midió nada")
            return
        measure = self.answers.measure(reading)
        listed.border_title = visible(f"{kind_name(kind)} · {measure} (b − a)")
        listed.add_options(Option(pair_content(pair)) for pair in judged(reading, found, measure))
        listed.highlighted = min(row or 0, listed.option_count - 1)

    def on_data_table_cell_highlighted(self, event: DataTable.CellHighlighted) -> None:
        """In the kinds; where a kind that comes in draws the table anew, nobody has chosen one."""
        kind, here = event.cell_key.row_key.value, event.data_table
        chosen = here.has_focus and here is self.query_one("#table DataTable")
        if chosen and kind is not None and kind != self._kind:
            self.query_one("#pairs", OptionList).highlighted = None
            self._show_pairs(kind)

    def on_data_table_cell_selected(self, event: DataTable.CellSelected) -> None:
        self.action_pane("pairs")

    # What was asked: its program, and why.

    def code_jobs(self) -> Sequence[Done]:
        """What gave the scores of the kind."""
        reading = self.answers.reading
        if reading is None or (kind := reading.of(self._kind)) is None:
            return ()
        return [kind.asked(reading.question, self.answers.measure(reading))]

    def why(self) -> Sequence[WhyPane]:
        """Of the pair that the cursor is on; from the kinds, the one with the largest difference."""
        reading = self.answers.reading
        if reading is None or (kind := reading.of(self._kind)) is None:
            return ()
        measure = self.answers.measure(reading)
        pairs, row = judged(reading, kind, measure), self.query_one("#pairs", OptionList).highlighted
        return panes_of(kind.asked_pair(reading.question, measure, pairs[row or 0])) if pairs else ()

    def why_exercise(self) -> int:
        return ethics.NUMBER

    # What a person changes.

    def on_form_changed(self, message: Form.Changed) -> None:
        self.change(self.answers.with_fields(message.form.values), typing="fields")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if event.option_list.id == "questions":
            self.change(self.answers.asked(*QUESTIONS[event.option_index]))
            self.fill()

    def action_next_measure(self) -> None:
        if (reading := self.answers.reading) is None:
            self.notify(tr(f"{spoken('run')} measures first.", f"Antes, {spoken('run')} mide."))
            return
        names = list(reading.measures)
        following = names[(names.index(self.answers.measure(reading)) + 1) % len(names)]
        self.change(self.answers.with_fields({"measured": following}))
        self.fill()

    def stand_ins(self) -> list[tuple[str, Answers]]:
        name = bias.TEACHING[self.answers.task]
        return [(str(TEACHING[name].quality()), self.answers.with_fields({"model": name}))]

    def action_teaching(self) -> None:
        teaching = bias.TEACHING[self.answers.task]
        model = "" if self.answers.said("model").strip() == teaching else teaching
        self.change(self.answers.with_fields({"model": model}))
        self.fill()

    def action_add(self) -> None:
        def second(a: str) -> None:
            self.ask(tr("The other text", "El otro texto"), lambda b: self._take((Pair(OWN, a, b),)), a)

        self.ask(tr("A pair: one text", "Un par: un texto"), second)

    def _take(self, pairs: Iterable[Pair]) -> None:
        before = len(self.answers.own)
        self.change(self.answers.with_own(replace(pair, language=self.answers.language) for pair in pairs))
        fresh = len(self.answers.own) - before
        self.action_pane("own")
        self.notify(tr(f"Pairs added: {fresh}. {spoken('run')} measures them.",
                       f"Pares añadidos: {fresh}. {spoken('run')} los mide."))  # fmt: skip

    def on_table_editor_edited(self, message: TableEditor.Edited) -> None:
        own, text = list(self.answers.own), message.text
        text = known_kind(text) if message.column == "kind" else text
        own[int(message.row)] = replace(own[int(message.row)], **{message.column: text})
        self.change(replace(self.answers, own=tuple(own)), typing=f"{message.column} {message.row}")

    def action_drop(self) -> None:
        if (row := self.query_one("#own", TableEditor).row_key) is not None:
            own = self.answers.own
            self.change(replace(self.answers, own=own[: int(row)] + own[int(row) + 1 :]))

    def action_open(self) -> None:
        language = self.answers.language
        title = tr("Open a file of pairs (CSV, tabs, JSON lines)", "Abrir un archivo de pares (CSV, tabuladores, JSON)")
        self.open_file(title, "~/pares.csv", lambda path: read_pairs(path, language), self._take_file)

    def _take_file(self, pairs: Sequence[Pair]) -> None:
        self._take(pairs)
        self.notify(str(first_said(pairs)), markup=False)

    # What goes out of it.

    def action_back(self) -> None:
        self.host.switch_mode(self.came_from)

    async def action_export(self) -> None:
        if document := self._document():
            await self._save.flush()
            await self.write_export("bias.md", document)

    def action_copy(self) -> None:
        if document := self._document():
            self.host.copy(document)

    def _document(self) -> str:
        """What is shown, in Markdown; empty where nothing was measured, which is said."""
        if self.answers.reading is None:
            self.notify(tr(f"There is nothing to export yet: {spoken('run')} measures.",
                           f"Aún no hay nada que exportar: {spoken('run')} mide."))  # fmt: skip
            return ""
        return bias_tables.document(self.answers, i18n.export_language(), self.answers.reading)


def _question(which: tuple[str, str]) -> Option:
    task, language = which
    return Option(f"{bias.TASKS[task]} · {LANGUAGES[language]}")
