"""What the screens of the exercises have in common: the answers, the panel with the table, export and copy."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from llm_tui import i18n
from llm_tui.errors import UserError
from llm_tui.exercises import heats, spent
from llm_tui.exercises.contract import Answers, Beside, Exercise
from llm_tui.exercises.next_step import Step, next_step
from llm_tui.exercises.registry import row
from llm_tui.export.table import Table
from llm_tui.i18n import Text, tr
from llm_tui.keys import ANSWER, TABLE, Key, bindings
from llm_tui.screens.answers import AnswersScreen
from llm_tui.screens.cells import SearchesTables
from llm_tui.screens.why_panes import panes_of
from llm_tui.snippets.snippet import Done, of_row
from llm_tui.widgets.exercise_panel import ExercisePanel
from llm_tui.widgets.next_step import AtHand, NextStep
from llm_tui.widgets.table_editor import TableEditor

if TYPE_CHECKING:
    from llm_tui.widgets.why.pane import WhyPane

A = TypeVar("A", bound=Answers)


class ExerciseScreen(AnswersScreen[A]):
    """The screen on which an exercise is done. How it is handed in stands in its definition."""

    NUMBER: ClassVar[int | str]
    EXERCISE: Exercise[A]

    def __init_subclass__(cls, **settings: Any) -> None:
        super().__init_subclass__(**settings)
        if exercise := cls.__dict__.get("EXERCISE"):
            cls.NUMBER, cls.GUIDE, cls.DEFINITIONS = exercise.number, exercise.guide, exercise.definitions

    def __init__(self) -> None:
        super().__init__(self.EXERCISE.answers())

    def known(self) -> Beside:
        """What the screen knows beside the answers."""
        return Beside()

    def document(self, answers: A, known: Beside) -> str:
        """The exercise as it is handed in, in the language of exports."""
        return self.EXERCISE.document(answers, known, i18n.export_language())

    async def handed_in(self, of: Callable[[], A]) -> str | None:
        """The document of the answers that `of` gives once all is saved, beside what the lab knows then, as in the
        report: what the screen has looked up may not be there yet, or no longer so. None where the lab cannot be read,
        which is said.
        """
        from llm_tui.report.known import known

        await self.host.save()
        lab, answers = self.host.lab, of()
        try:
            return await asyncio.to_thread(lambda: self.document(answers, known(lab)))
        except UserError as error:
            self.notify(str(error), severity="error", markup=False)
            return None

    def code_jobs(self) -> Sequence[Done]:
        """What made that which stands in the exercise."""
        return self.EXERCISE.jobs(self.answers, self.known())

    def why(self) -> Sequence[WhyPane]:
        """Of a text that a model wrote, that text is explained as it stands."""
        jobs = self.code_jobs()
        of = next((of for of in self.EXERCISE.written(self.answers) if jobs and of.job == jobs[0]), None)
        return super().why() if of is None else panes_of(of.asked, of.answered)

    def copied(self) -> A:
        """The answers of which the document is copied."""
        return self.answers

    def lacking(self) -> str:
        """Why there is nothing to export yet, in a sentence; empty where there is something."""
        return ""

    def on_mount(self) -> None:
        self.read_answers()
        self.fill()
        self.show()
        self.stands()
        self.tell_next()

    def stands(self) -> None:
        """The answers stand on the screen for the first time."""

    def become(self, answers: A, keep: bool = True) -> None:
        super().become(answers, keep)
        if row(self.NUMBER).steps:
            self.tell_next()

    def next_step(self) -> Step | None:
        """What is to do next in the exercise; None where there is nothing."""
        return next_step(row(self.NUMBER), self.answers, self.known())

    def tell_next(self) -> None:
        if not row(self.NUMBER).steps:  # what is no exercise of the course holds nothing up
            super().tell_next()
            return
        step = self.next_step()
        self.query_one(NextStep).show(AtHand(row(self.NUMBER), step, here=True) if step else None)

    def working(self) -> bool:
        return self.host.works_for(self) or self.host.elsewhere.has(self.NUMBER)

    async def action_export(self) -> None:
        if said := self.lacking():
            self.notify(said)
            return
        if (document := await self.handed_in(lambda: self.answers)) is None:
            return
        kept, lost = await asyncio.to_thread(heats.readable, self.host.lab, self.NUMBER)
        if lost:
            file = self.host.lab.file(heats.NAME)
            said = tr(f"{file} cannot be read: the export is without heat.", f"No se puede leer {file}: va sin mapas.")
            self.notify(said, severity="warning", markup=False)
        drawn = await asyncio.to_thread(heats.curves, self.host.lab, self.NUMBER)
        language = i18n.export_language()
        document = heats.below(heats.with_curves(document, drawn, language), kept, language)
        await self.write_export(f"{row(self.NUMBER).file}.md", document)

    async def action_copy(self) -> None:
        if (document := await self.handed_in(self.copied)) is not None:
            self.host.copy(document)


class TableScreen(SearchesTables, ExerciseScreen[A]):
    """One that has the panel with table, question and answer."""

    KEYS: ClassVar[tuple[Key, ...]] = (TABLE.goes("table"), ANSWER.goes("go('#answer')"))
    BINDINGS = bindings(KEYS)

    def table(self) -> Table:
        """The exercise's table, of the answers as they stand."""
        return next(iter(self.EXERCISE.tables(self.answers, self.known(), i18n.export_language()).values()))

    @property
    def panel(self) -> ExercisePanel:
        return self.query_one(ExercisePanel)

    def question(self) -> Text:
        """Marked where the course does not ask it."""
        more = Text("", "") if self.EXERCISE.asked_by_course else Text(" (optional)", " (opcional)")
        return Text("", "").join([self.EXERCISE.question, more])

    def fill(self) -> None:
        self.panel.put(self.answers.answer)

    def show(self) -> None:
        self.panel.show(self.table(), spent.said(self.EXERCISE.energy(self.answers, self.known())))

    def on_exercise_panel_answered(self, message: ExercisePanel.Answered) -> None:
        if message.text != self.answers.answer:
            self.change(self.answers.with_answer(message.text), typing="answer")

    def chosen_text(self) -> str:
        """What a model was asked of the part that is chosen above the table; empty where none is."""
        return ""

    def code_jobs(self) -> Sequence[Done]:
        """What made the row of a table first that the cursor is in, else the part that is chosen."""
        jobs = super().code_jobs()
        rows = (editor.row() for editor in self.query(TableEditor))
        return next((of_row(jobs, *row) for row in rows if row), of_row(jobs, 0, [(self.chosen_text(),)]))

    def action_table(self) -> None:
        """To the column of the table that is the student's own, which may be beyond the edge; to the row that is to be
        filled next, where there is one.
        """
        self.action_go("#table DataTable")
        step = self.next_step()
        self.panel.editor.go_to_own(step.row if step and "table" in step.keys else "")
