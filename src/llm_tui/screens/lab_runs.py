"""The list of a lab's runs that reads them by itself, sees those of other programs, and deletes after a question."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from textual.app import App
from textual.message import Message
from textual.worker import get_current_worker

from llm_tui.classifier.job import Training
from llm_tui.errors import UserError
from llm_tui.exercises.batch_sizes import Attempt
from llm_tui.i18n import tr
from llm_tui.keys import spoken
from llm_tui.lab import sweeps
from llm_tui.lab.growing import Growing
from llm_tui.lab.runs import CARD, Point, Run
from llm_tui.launching.launches import Away
from llm_tui.widgets.host import host
from llm_tui.widgets.run_list import RunList

LOOK_SECONDS = 2.0


class LabRuns(RunList):
    """`runs` are those of the lab as they were read last, `points` the curves by their ids: those of the marked runs,
    of the attempt that `wanted` gives, and of the exercise's table; `growing` those of this attempt that another
    program trains now, by what is trained. `training` gives what this program trains now, `in_table` the ids of the
    runs that the exercise shows.
    """

    @dataclass
    class Loaded(Message):
        """The runs were read anew. `seen` tells whether they have changed since."""

        seen: int
        runs: list[Run]
        points: dict[str, list[Point]]

    @dataclass
    class Grew(Message):
        """Another program's run has reported more."""

        growing: dict[Training, list[Point]]

    class AwayChanged(Message):
        """What is elsewhere stands differently."""

    def __init__(
        self,
        wanted: Callable[[], Attempt],
        training: Callable[[], Collection[Training]],
        in_table: Callable[[], Collection[str]],
        *,
        id: str | None = None,
    ):
        super().__init__(id=id)
        self.runs: list[Run] = []
        self.points: dict[str, list[Point]] = {}
        self.growing: dict[Training, list[Point]] = {}
        self.reading = False
        """Whether what has changed is still being read, or told to who shows it."""
        self._growing = Growing()
        self._wanted = wanted
        self._training = training
        self._in_table = in_table
        self._seen = 0
        self._away: set[str] = set()

    def on_mount(self) -> None:
        self.set_interval(LOOK_SECONDS, self._look)
        host(self).changed.subscribe(self, self._away_changed)

    def marked_runs(self) -> list[Run]:
        return [run for run in self.runs if run.id in self.marked]

    def compared_runs(self) -> list[Run]:
        """The marked ones and the pinned one."""
        return [run for run in self.runs if run.id in self.marked or run.id == self.looks.pin]

    def reports(self, run: str) -> list[tuple[int, float, float]]:
        """Step, loss and accuracy of the reports of a run by its id, as they were read last."""
        return [(point.step, point.loss, point.accuracy) for point in self.points.get(run, ())]

    def load(self) -> None:
        """Read the runs on a thread: the lab may be on a slow file system."""
        attempt, kept = self._wanted(), host(self).lab.runs
        whole = {run.id: self.points[run.id] for run in self.runs if run.ending and run.id in self.points}
        also = {*self.marked, *self._in_table(), self.looks.pin}
        self.reading = True

        def read() -> None:
            worker = get_current_worker()
            try:
                seen, runs = kept.changed(), kept.all()
            except UserError as error:
                self.notify(str(error), severity="error", markup=False)
                self.reading = False
                return
            shown = [*sweeps.ended(attempt, runs), *(run for run in runs if run.id in also)]
            points = {run.id: whole.get(run.id) or run.points() for run in shown}
            if not worker.is_cancelled:  # a later reading is under way: this one is old
                self.post_message(self.Loaded(seen, runs, points))

        self.run_worker(read, thread=True, group="load", exclusive=True)

    def on_lab_runs_loaded(self, message: Loaded) -> None:
        self._seen, self.runs, self.points = message.seen, message.runs, message.points
        self._show()

    def _show(self) -> None:
        back = {run.id for run in self.runs}
        self.show([*(run for run in host(self).elsewhere.away if run.id not in back), *self.runs])

    def _away_changed(self, what: str) -> None:
        if what != "away" or not self.is_attached:
            return
        before, self._away = self._away, {run.id for run in host(self).elsewhere.away}
        if before - self._away:  # those are runs of the lab by now
            self.load()
        self._show()
        self.post_message(self.AwayChanged())

    def _look(self) -> None:
        """Whether another program has trained in this lab, or does."""
        kept, attempt, runs = host(self).lab.runs, self._wanted(), self.runs
        working = bool(host(self).works)

        def look() -> None:
            if kept.changed() != self._seen:
                self.app.call_later(self.load)
            open_runs = sweeps.open_runs(attempt, runs) if working else []
            growing = {run.job: points for run in open_runs if (points := self._growing.points(run))}
            if growing != self.growing:
                self.post_message(self.Grew(growing))

        if self.screen.is_current:
            self.run_worker(look, thread=True, group="look", exclusive=True)

    def on_lab_runs_grew(self, message: Grew) -> None:
        self.growing = message.growing

    def on_run_list_marks_changed(self) -> None:
        self.load()

    def on_run_list_delete_asked(self, message: RunList.DeleteAsked) -> None:
        from llm_tui.screens.dialogs import ConfirmDialog

        run = message.run
        if isinstance(run, Away) or (run.ending is None and run.job in self._training()):
            how = how_to_stop(self.app)
            self.notify(tr(f"This run is training: {how}.", f"Se está entrenando: {how}."))
            return

        def delete(yes: bool | None) -> None:
            if yes:
                self.run_worker(lambda: self._delete(run), thread=True)

        question = tr(
            f"Delete this run with its curve and model? {run.line()}",
            f"¿Borrar esta ejecución con su curva y su modelo? {run.line()}",
        )
        if (run.folder / CARD).is_file():
            question += tr(
                " Its model card, with what you wrote, goes too.", " También su ficha, con lo que usted escribió."
            )
        if run.id in self._in_table():
            question += tr(" The exercise's table shows it.", " La tabla del ejercicio la muestra.")
        self.app.push_screen(ConfirmDialog(question, tr("Delete", "Borrar")), delete)

    def _delete(self, run: Run) -> None:
        """On a thread."""
        try:
            host(self).lab.runs.delete(run)
        except UserError as error:
            self.notify(str(error), severity="error", markup=False)
        self.app.call_later(self.load)


def how_to_stop(app: App[object]) -> str:
    """What stops a training that is shown: the key, unless it is another program's that has a terminal of its own."""
    if app.check_action("stop", ()):
        return tr(f"{spoken('stop')} stops it", f"se detiene con {spoken('stop')}")
    return tr(
        "it is stopped where it was started, or by llm-tui stop", "se detiene donde se inició, o con llm-tui stop"
    )
