"""Training: exercise 1 from its setup to its table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from llm_tui.classifier.job import Sweep, Training
from llm_tui.engine.events import Event, Failed
from llm_tui.errors import UserError
from llm_tui.exercises import batch_sizes, stability
from llm_tui.exercises.batch_sizes import Answers, Attempt, Find
from llm_tui.exercises.contract import Beside
from llm_tui.i18n import Text, tr
from llm_tui.keys import bindings, spoken
from llm_tui.lab import sweeps
from llm_tui.lab.found import RunIndex
from llm_tui.lab.sweeps import Sweeping
from llm_tui.labelled.columns import Doubt
from llm_tui.screens.card import CardDialog
from llm_tui.screens.lab_runs import LabRuns
from llm_tui.screens.showing_curves import ShowsCurves
from llm_tui.screens.training_keys import ABOUT, KEYS
from llm_tui.snippets.snippet import Done
from llm_tui.widgets.exercise_panel import ExercisePanel
from llm_tui.widgets.host import JobEvents
from llm_tui.widgets.live import LiveRuns
from llm_tui.widgets.offers import Offers
from llm_tui.widgets.run_list import RunList
from llm_tui.widgets.run_panes import RunPanes
from llm_tui.widgets.setup import Setup
from llm_tui.widgets.styles import stylesheet
from llm_tui.widgets.why.pane import WhyPane


class TrainingScreen(ShowsCurves):
    CSS_PATH = [stylesheet("exercise.tcss"), stylesheet("training.tcss")]
    NAME = Text("Training", "Entrenamiento")
    KEYS = KEYS
    BINDINGS = bindings(KEYS)
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]
    AUTO_FOCUS = "#runs OptionList"
    EXERCISE = batch_sizes.EXERCISE
    ABOUT = ABOUT

    def __init__(self) -> None:
        super().__init__()
        self._live = LiveRuns({})
        self._sweeping: Sweeping | None = None
        self._steady_of: object = None

    def body(self) -> Iterable[Widget]:
        with Horizontal():
            with Vertical(id="left"):
                yield Setup()
                yield LabRuns(lambda: self._latest, self.training, lambda: self.answers.runs, id="runs")
            with Vertical(id="right"):
                yield RunPanes()
                yield ExercisePanel(self.NUMBER, self.question(), above=[Offers()])

    def stands(self) -> None:
        self._list.load()

    @property
    def _latest(self) -> Attempt:
        """The sweep whose curves are shown: the one that runs, else the one that was begun last."""
        return (self._sweeping and self._sweeping.attempt) or sweeps.latest(self.answers) or Attempt(Sweep(Training()))

    def training(self) -> list[Training]:
        """What is trained now, or waits for it, here or in another program."""
        return [*self._live.unfinished().values(), *self._list.growing]

    @property
    def _list(self) -> LabRuns:
        return self.query_one(LabRuns)

    @property
    def _panes(self) -> RunPanes:
        return self.query_one(RunPanes)

    def on_lab_runs_loaded(self, message: LabRuns.Loaded) -> None:
        runs, self._list.reading = message.runs, False
        # A lab is not written to for being looked at.
        self.learn(lambda answers: sweeps.pinned(answers, runs), keep=bool(self._sweeping and self._sweeping.reported))
        self.show()
        self.tell_next()
        self.refresh_bindings()  # a sweep may have nothing left to go on with
        self.know()
        self.draw()

    # Running.

    async def action_run(self) -> None:
        if sweep := self.query_one(Setup).sweep():
            await self._start(sweep)

    async def action_go_on(self) -> None:
        await self._start(self._latest.sweep)

    async def _start(self, sweep: Sweep) -> None:
        if sweeping := await self.sweeping(sweep):
            self.begin(sweeping)
            self._live = LiveRuns({self.host.submit(job, self): job for job in sweeping.left})

    def begin(self, sweeping: Sweeping) -> None:
        self._sweeping = sweeping
        if kept := len(sweeping.kept):
            said = tr(f"{kept} finished runs are kept", f"se conservan {kept} ejecuciones terminadas")
            self._panes.curves.write([said])
        self._panes.show("curves")
        self._list.load()

    def on_job_events(self, message: JobEvents) -> None:
        lines: list[str] = []
        running = len(jobs := self._live.unfinished())
        for event in message.events:
            self._panes.follow(event, jobs)
            if self._sweeping and event.job_id in self._live:
                lines += self._live.follow(event)
                self._follow(self._sweeping, event)
        if lines:
            self._panes.curves.write(lines)
            self.draw()
        if len(self._live.unfinished()) < running:
            self._list.load()

    def _follow(self, sweeping: Sweeping, event: Event) -> None:
        outcome = sweeping.told(event)
        if outcome.learnt:
            self.learn(outcome.learnt)
        if isinstance(event, Failed) and event.kind == Doubt.__name__:
            self.run_worker(self.ask_columns(event.message, sweeping.attempt.sweep.base))
        elif outcome.said:
            self.notify(outcome.said, severity="error", markup=False)
        if outcome.over:
            if left := self._live.unfinished():  # without names the engine would stop everybody's
                self.host.engine.cancel(*left)
            self._live, self._sweeping = LiveRuns({}), None

    def action_take(self) -> None:
        """Put the marked runs, else those of the latest sweep, into the table in place of those that it shows."""
        marked = self._list.marked_runs()
        if {run.id for run in marked} <= set(self.answers.runs):  # marked for a comparison
            marked = []
        try:
            self.change(sweeps.taken(self.answers, self._latest, self._list.runs, marked))
        except UserError as error:
            self.notify(str(error), severity="warning", markup=False)
        else:
            self.panel.scroll_home(animate=False)  # the answer may have hidden the table

    def action_card(self) -> None:
        if run := self._panes.evaluated:
            self.app.push_screen(CardDialog(run))
        else:
            self.notify(tr(f"No run has finished yet: {spoken('run')} trains.",
                           f"Aún no ha terminado ninguna ejecución: {spoken('run')} entrena."))  # fmt: skip

    def action_energy(self) -> None:
        self.change(replace(self.answers, energy=not self.answers.energy))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        standing = sweeps.standing(self.answers, self._list.runs) if action in ("go_on", "take") else None
        if action == "take":
            return bool(self._list.marked) or (standing is not None and standing.fresh)
        if action == "go_on":
            return standing is not None and standing.done < standing.of and not self.busy(self._latest.sweep)
        return super().check_action(action, parameters)

    # Showing.

    def working(self) -> bool:
        return super().working() or self._list.reading or bool(self.training())

    def known(self) -> Beside:
        return Beside(find=lambda kept: RunIndex(self._list.runs, kept), reports=self._list.reports)

    def code_jobs(self) -> Sequence[Done]:
        """What the pane shows, then the table; from a row of it, its batch size first."""
        of_table, size = list(self.EXERCISE.jobs(self.answers, self.known())), self.panel.editor.row_key
        if size is None or not self.answers.sweep:
            return [*self._panes.done(), *of_table]
        return [replace(self.answers.sweep, batch_sizes=(int(size),)), *of_table, *self._panes.done()]

    def why(self) -> Sequence[WhyPane]:
        return self._panes.why()

    def no_why(self) -> str:
        return tr(
            f"No run has a model that could be asked why: {spoken('run')} trains.",
            f"Ninguna ejecución tiene un modelo al que preguntar por qué: {spoken('run')} entrena.",
        )

    def _find(self, answers: Answers) -> Find:
        return sweeps.shown(answers, self._list.runs)

    def show(self) -> None:
        super().show()
        found = self._find(self.answers)
        standing = sweeps.standing(self.answers, self._list.runs)
        chosen = self._list.marked_runs()
        marked = sweeps.sweep_of(chosen) is not None and not {run.id for run in chosen} <= set(self.answers.runs)
        self._show_stability()
        self.query_one(Offers).show(standing, self.busy(self._latest.sweep), bool(self.answers.stale(found)), marked)

    def _show_stability(self) -> None:
        """Only where other runs stand in the table, or their curves have come: it is counted anew each time."""
        made_of = (self.answers.sweep, self.answers.runs, self._list.runs, self._list.points)
        if made_of != self._steady_of:
            self._steady_of = made_of
            self._panes.steady(stability.table(self.answers, self.known()))

    def draw(self) -> None:
        live = {**self.curves_of(self._latest.sweep), **self._list.growing, **self._live.points()}
        self._panes.draw(self._latest, live, self._list.points)

    def on_lab_runs_grew(self) -> None:
        self.show()
        self.draw()

    def on_run_list_chosen(self, message: RunList.Chosen) -> None:
        self._panes.choose(message.run)
        self.action_pane("evaluation")

    def action_search(self) -> None:
        self._list.search()

    def on_exercise_panel_edited(self, message: ExercisePanel.Edited) -> None:
        noted = self.answers.with_note(message.row, message.text, self._find(self.answers))
        self.change(noted, typing=f"note {message.row}")

    # Export, copy.

    def copied(self) -> Answers:
        return self.answers.with_answer("")

    def lacking(self) -> str:
        if self.answers.sweep is None:
            return tr(
                f"There is nothing to export yet: {spoken('run')} trains.",
                f"Aún no hay nada que exportar: {spoken('run')} entrena.",
            )
        return ""
