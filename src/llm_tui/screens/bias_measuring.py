"""Measuring pairs on their screen: kind after kind, each kept as it comes."""

from __future__ import annotations

from llm_tui.bias.job import Compare
from llm_tui.errors import UserError
from llm_tui.exercises import bias
from llm_tui.exercises.bias import Answers
from llm_tui.exercises.run import Ending, Filling
from llm_tui.foundation.teaching import TEACHING
from llm_tui.i18n import tr
from llm_tui.screens.answers import AnswersScreen
from llm_tui.screens.mode import absent
from llm_tui.widgets.host import JobEvents


class MeasuresPairs(AnswersScreen[Answers]):
    NUMBER = bias.NUMBER

    def __init__(self) -> None:
        super().__init__(Answers())
        self._asked: dict[int, Compare] = {}
        self._filling: Filling[Answers] = Filling()

    async def action_run(self) -> None:
        try:
            self._filling.start(await self.asking())
        except UserError as error:
            self.notify(str(error), severity="error", markup=False)
            return
        if not self._go_on() and not self._asked:
            self.notify(tr("Every kind has been measured.", "Todos los tipos están medidos."))

    def _go_on(self) -> bool:
        """Submit what is due; False where that is nothing."""
        try:
            due = self._filling.due(self.answers)
        except UserError as error:
            self.notify(str(error), severity="error", markup=False)
            return True
        for job in due:
            if isinstance(job, Compare):
                self._asked[self.host.submit(job, self)] = job
        return bool(due)

    def on_job_events(self, message: JobEvents) -> None:
        for event in message.events:
            if not isinstance(event, Ending) or (job := self._asked.pop(event.job_id, None)) is None:
                continue
            outcome = self._filling.ended(job, event, self.answers)
            if outcome.learnt:
                self.learn(outcome.learnt)
            if outcome.over and self._asked:  # without names the engine would stop everybody's
                self.host.engine.cancel(*self._asked)
            if outcome.absent:
                self._offer(outcome.said)
            elif outcome.said:
                self.notify(outcome.said, severity="error", markup=False)
            self._go_on()

    def _offer(self, said: str) -> None:
        """The teaching model, where the model is not here."""
        name = bias.TEACHING[self.answers.task]

        def use(row: int) -> None:
            self.change(self.answers.with_fields({"model": name}))
            self.fill()
            self.run_worker(self.action_run())

        self.offer(absent(), said, [str(TEACHING[name].quality())], use)
