"""What the exercises that models fill in have in common: the student's material, models that fill it in, the table."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import Any, ClassVar, TypeVar

from textual.widget import Widget
from textual.widgets import TextArea

from llm_tui.engine.job import Job
from llm_tui.exercises.run import Outcome
from llm_tui.exercises.sheet import Sheet
from llm_tui.i18n import Text, tr
from llm_tui.keys import BACK, TEACHING, Key, bindings
from llm_tui.playground import registry
from llm_tui.screens.filling import FillsIn
from llm_tui.screens.handing_sheet import HandsSheetOver
from llm_tui.widgets.exercise_panel import ExercisePanel
from llm_tui.widgets.panes import Pane, Panes

A = TypeVar("A", bound=Sheet)


class SheetScreen(HandsSheetOver[A], FillsIn[A]):
    """A sheet: panes above, below them the exercise's table, its question and the answer.

    A sheet says what its panes are, puts what the student wrote into them (`fill`) and shows what models have made of
    it (`show`, after every change).
    """

    KEYS: ClassVar[tuple[Key, ...]] = (TEACHING, BACK)
    BINDINGS = bindings(KEYS)
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]

    PANES: ClassVar[tuple[tuple[str, Text], ...]]
    """What stands above the table: the id of each pane and its label; a sheet lists a digit for each."""

    def __init__(self) -> None:
        super().__init__()
        self.streams: dict[Job, str] = {}
        """What was written for each job of which nothing has been learnt yet; of servers' some are written together."""

    @abstractmethod
    def panes(self) -> list[Widget]:
        """What stands above the table, in the order of `PANES`."""

    def written(self, job: Any) -> None:
        """There is more of an answer, in `streams`, while it is made."""

    def body(self) -> Iterable[Widget]:
        yield Panes([Pane(label, pane) for (_, label), pane in zip(self.PANES, self.panes(), strict=True)], id="panes")
        yield ExercisePanel(self.NUMBER, self.question())

    # Asking the models.

    def asks(self) -> bool:
        return bool(self._asked)

    async def action_run(self) -> None:
        if self.is_away():
            return
        if not self._asked:
            self.streams.clear()  # what a run that was stopped had written is written again
        await super().action_run()

    def heard(self, job: Job, text: str) -> None:
        self.streams[job] = self.streams.get(job, "") + text
        self.written(job)

    def follow(self, job: Job, outcome: Outcome[A]) -> None:
        if outcome.learnt:
            self.streams.pop(job, None)
        super().follow(job, outcome)

    def stand_ins(self) -> list[tuple[str, A]]:
        """None where the sheet is done with no task of the playground."""
        tasks = registry.of_exercise(self.NUMBER)
        return [(str(task.quality()), self.answers.with_models(task.stand_in.name)) for task in tasks]

    # What a person writes.

    def sheet_text_changed(self, area: TextArea) -> None:
        """One of the sheet's own text areas was written in."""

    def on_text_area_changed(self, message: TextArea.Changed) -> None:
        self.sheet_text_changed(message.text_area)

    # Keys.

    def action_teaching(self) -> None:
        """The teaching model instead of the course's, or the other way round."""
        course = self.answers.with_models(None)
        if not self.stand_ins():
            self.notify(tr("No teaching model does this exercise.", "Ningún modelo didáctico hace este ejercicio."))
            return
        if self.answers != course and self.answers in [answers for _, answers in self.stand_ins()]:
            self.use_other(course)
            return
        said = tr(
            "The whole sheet is asked of it; what another model has made of the sheet gives way.",
            "Se le pregunta por toda la hoja; lo que otro modelo hizo de ella se reemplaza.",
        )
        self.offer_other(tr("The teaching model?", "¿El modelo didáctico?"), said)
