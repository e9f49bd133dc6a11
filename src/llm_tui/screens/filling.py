"""What the screens have in common on which models fill something in: it is asked, kept as it comes, and may be asked of
another model.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar, TypeVar

from llm_tui.engine.events import Cancelled, Failed, Finished, Token
from llm_tui.engine.job import Job
from llm_tui.errors import UserError
from llm_tui.exercises.run import Filling, Outcome
from llm_tui.exercises.sheet import Fillable
from llm_tui.i18n import Text
from llm_tui.screens.answers import AnswersScreen
from llm_tui.screens.mode import absent
from llm_tui.widgets.host import JobEvents

S = TypeVar("S", bound=Fillable)


class FillsIn(AnswersScreen[S]):
    NOTHING_LEFT: ClassVar[Text] = Text("Everything has been asked already.", "Ya está todo preguntado.")

    def __init__(self, answers: S):
        super().__init__(answers)
        self._asked: dict[int, Job] = {}
        self._filling: Filling[S] = Filling()

    async def action_run(self) -> None:
        try:
            self._filling.start(await self.asking())
        except UserError as error:
            self.notify(str(error), severity="error", markup=False)
            return
        if not self._go_on() and not self._asked:
            self.notify(str(self.NOTHING_LEFT))

    def _go_on(self) -> bool:
        """Submit what is due; False where that is nothing."""
        try:
            due = self._filling.due(self.answers)
        except UserError as error:
            self.notify(str(error), severity="error", markup=False)
            return True
        for job in due:
            self._asked[self.host.submit(job, self)] = job
        return bool(due)

    def on_job_events(self, message: JobEvents) -> None:
        for event in message.events:
            match event:
                case Token() if job := self._asked.get(event.job_id):
                    self.heard(job, event.text)
                case Finished() | Failed() | Cancelled() if job := self._asked.pop(event.job_id, None):
                    self.follow(job, self._filling.ended(job, event, self.answers))

    def on_jobs_stopping(self) -> None:
        self._filling.stop()

    def heard(self, job: Job, text: str) -> None:
        """There is more of an answer, while it is made."""

    def follow(self, job: Job, outcome: Outcome[S]) -> None:
        """Do what follows from the end of a job."""
        if outcome.learnt:
            self.learn(outcome.learnt)
        if outcome.over and self._asked:  # without names the engine would stop everybody's
            self.host.engine.cancel(*self._asked)
        if outcome.absent:
            self.offer_other(absent(), outcome.said)
        elif outcome.said:
            self.notify(outcome.said, severity="error", markup=False)
        self._go_on()

    # Another model.

    @abstractmethod
    def stand_ins(self) -> list[tuple[str, S]]:
        """What can be asked where the models cannot: in words, and the answers that ask it."""

    def offer_other(self, title: str, said: str) -> None:
        choices = self.stand_ins()
        if not choices:
            self.notify(said, severity="error", markup=False)
            return

        def use(row: int) -> None:
            self.use_other(self.stand_ins()[row][1])  # of the answers as they are by now
            self.run_worker(self.action_run())

        self.offer(title, said, [words for words, _ in choices], use)

    def use_other(self, answers: S) -> None:
        """The same with other models."""
        self.change(answers)
        self.fill()
