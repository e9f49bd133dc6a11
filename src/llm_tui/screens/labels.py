"""The labels curve on the screen of the two flows: its points are asked one after the other, and kept as they come."""

from __future__ import annotations

from dataclasses import replace

from llm_tui.engine.events import Event
from llm_tui.engine.job import Job
from llm_tui.errors import UserError
from llm_tui.exercises import labels
from llm_tui.exercises.flows import Answers
from llm_tui.exercises.labels import Curve
from llm_tui.exercises.run import Ending, Filling
from llm_tui.i18n import tr
from llm_tui.screens.exercise import TableScreen
from llm_tui.widgets.form import Form
from llm_tui.widgets.labels_pane import LabelsPane

LABELS = "labels"


class DrawsLabels(TableScreen[Answers]):
    def __init__(self) -> None:
        super().__init__()
        self._points: dict[int, tuple[Job, Curve]] = {}
        self._of = Curve()
        self._filling: Filling[Curve] = Filling()

    def fill(self) -> None:
        super().fill()
        self.query_one("#labels-fields", Form).fill({**labels.DEFAULTS, **self.answers.setup})

    def show(self) -> None:
        super().show()
        self.query_one(LabelsPane).show(self.answers.curve)

    async def run_curve(self) -> None:
        """What is lacking of the curve that the fields describe; another one begins anew, and undo brings it back."""
        if self._filling.under_way:
            return
        try:
            setup = labels.parse(self.answers.setup, self.answers.model, self.answers.template)
            curve = labels.begun(self.answers.curve, setup)
            asking = await self.asking()
            lacking = next(iter(curve.pending(asking)), None)
        except UserError as error:
            self.notify(str(error), severity="error", markup=False)
            return
        if lacking is None:
            self.notify(tr("Every point of this curve is there.", "Ya están todos los puntos de esta curva."))
            return
        self.change(replace(self.answers, curve=curve))
        self._of = curve
        self._filling.start(asking)
        self._ask()

    def _ask(self) -> None:
        """The next point, unless undo has brought another curve back."""
        if (curve := self.answers.curve) is None or not curve.continues(self._of):
            return
        for job in self._filling.due(curve, most=1):
            self._points[self.host.submit(job, self)] = job, curve

    def on_jobs_stopping(self) -> None:
        self._filling.stop()

    def point_ended(self, ending: Event) -> bool:
        """Whether it was a point that ended; then the next is asked."""
        if not isinstance(ending, Ending) or (point := self._points.pop(ending.job_id, None)) is None:
            return False
        job, of = point
        outcome = self._filling.ended(job, ending, of)
        if learnt := outcome.learnt:
            self.learn(
                lambda answers: (
                    replace(answers, curve=learnt(answers.curve))
                    if answers.curve and answers.curve.continues(of)
                    else answers
                )
            )
        if outcome.said:
            self.notify(outcome.said, severity="error", markup=False)
        self._ask()
        return True
