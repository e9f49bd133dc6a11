"""The training screen's way to the scheduler: a sweep is handed over, and seen in list and curves while it is away."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Mapping, Sequence

from llm_tui.classifier.job import Sweep, Training
from llm_tui.errors import UserError
from llm_tui.exercises.batch_sizes import Answers
from llm_tui.i18n import tr
from llm_tui.keys import spoken
from llm_tui.lab.found import SAME
from llm_tui.lab.runs import Point
from llm_tui.lab.sweeps import Sweeping
from llm_tui.launching.launches import question
from llm_tui.screens.exercise import TableScreen
from llm_tui.screens.lab_runs import LabRuns, how_to_stop
from llm_tui.screens.may_be_away import MayBeAway
from llm_tui.widgets.run_panes import RunPanes
from llm_tui.widgets.setup import Setup


class HandsOver(MayBeAway[Answers], TableScreen[Answers]):
    def __init__(self) -> None:
        super().__init__()
        self._starting = False

    @abstractmethod
    def training(self) -> list[Training]:
        """What is trained here now, or waits for it."""

    @abstractmethod
    def begin(self, sweeping: Sweeping) -> None:
        """Show this sweep from now on."""

    @abstractmethod
    def draw(self) -> None:
        """Draw the curves again."""

    async def sweeping(self, sweep: Sweep) -> Sweeping | None:
        """What is left to run of it; None, with a word, where it may not begin, or the runs cannot be read."""
        if said := self._why_not(sweep):
            self.notify(said)
            return None
        self._starting = True
        runs, answers = self.host.lab.runs, self.answers
        try:
            return await asyncio.to_thread(lambda: Sweeping(answers, sweep, runs.all()))
        except UserError as error:
            self.notify(str(error), severity="error", markup=False)
            return None
        finally:
            self._starting = False

    def _why_not(self, sweep: Sweep) -> str:
        if self._starting or self.training():
            how = how_to_stop(self.app)
            return tr(f"A sweep is running: {how}.", f"Hay un barrido en curso: {how}.")
        if self.away(sweep):
            stop = spoken("stop")
            return tr(
                f"The scheduler has this sweep: {stop} cancels it.",
                f"El planificador tiene este barrido: {stop} lo cancela.",
            )
        if self.host.elsewhere.has(self.NUMBER):
            return tr("A sweep is being handed over.", "Se está encargando un barrido.")
        return ""

    async def action_hand_over(self) -> None:
        """What is left of the sweep in the fields; a person is asked before."""
        from llm_tui.screens.dialogs import ConfirmDialog

        sweep = self.query_one(Setup).sweep()
        sweeping = await self.sweeping(sweep) if sweep else None
        if sweeping is None:
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self.run_worker(self._hand_over(sweeping))

        asked = question(len(sweeping.left), self.host.elsewhere.settings)
        self.app.push_screen(ConfirmDialog(asked, tr("Hand over", "Encargar")), answered)

    async def _hand_over(self, sweeping: Sweeping) -> None:
        if await self.host.elsewhere.hand_over(self.NUMBER, sweeping.left):
            self.begin(sweeping)
            if learnt := sweeping.handed_over().learnt:
                self.learn(learnt)

    def away(self, sweep: Sweep) -> bool:
        """Whether a run of this sweep is elsewhere."""
        wanted = {SAME(job) for job in sweep.runs()}
        return any(SAME(run.job) in wanted for run in self.host.elsewhere.away)

    def busy(self, sweep: Sweep) -> bool:
        """Whether something is trained here, or a run of this sweep elsewhere."""
        return bool(self.training()) or self.away(sweep)

    def curves_of(self, sweep: Sweep) -> Mapping[Training, Sequence[Point]]:
        """The curves of its runs that are elsewhere."""
        points = {SAME(run.job): run.points() for run in self.host.elsewhere.away}
        return {job: points[SAME(job)] for job in sweep.runs() if points.get(SAME(job))}

    def know(self) -> None:
        """Show the panes all runs that there are."""
        listed = self.query_one(LabRuns)
        self.query_one(RunPanes).know(
            [*self.host.elsewhere.away, *listed.runs], listed.compared_runs(), self.answers.looks
        )

    def on_lab_runs_away_changed(self) -> None:
        self.show()
        self.refresh_bindings()
        self.know()
        self.draw()
