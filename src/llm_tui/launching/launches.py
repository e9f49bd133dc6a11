"""All that a lab has handed over: to hand over more, to see how it stands, to take what has come, to stop it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast

from llm_tui.classifier.job import Training
from llm_tui.errors import UserError
from llm_tui.exercises.sheet import Learns, Sheet
from llm_tui.i18n import tr
from llm_tui.lab.found import SAME
from llm_tui.lab.growing import Growing
from llm_tui.lab.lab import Lab
from llm_tui.lab.results import JobResult, found
from llm_tui.lab.runs import Config, Point, Run
from llm_tui.lab.store import Store
from llm_tui.launching import comparison, payload
from llm_tui.launching.launchers import launcher
from llm_tui.launching.record import Launch, Launched, Task
from llm_tui.launching.settings import Settings
from llm_tui.launching.states import Heard, Seen, Standing, standing
from llm_tui.launching.taking import newest_run, take, take_log
from llm_tui.serving.address import served_by

L = TypeVar("L", bound=Learns)

WAITING = Standing("waiting")

ASK_SECONDS = 4.0
"""Between two questions to a scheduler at first, and up to `ASK_SECONDS_AT_MOST` where nothing changes: a lab of thirty
students would keep it busy.
"""
ASK_SECONDS_AT_MOST = 30.0

SETTLE_SECONDS = 75.0
"""After the end of a task, until what it wrote is seen here for certain: a client of NFS may show for a minute what it
saw before.
"""


@dataclass(frozen=True, slots=True)
class Away(Run):
    """A training that is elsewhere, in the list of runs; `reports` is its curve so far."""

    standing: Standing = WAITING
    reports: Sequence[Point] = ()

    def said(self) -> str:
        return self.standing.said()

    def points(self) -> list[Point]:
        return list(self.reports)


@dataclass(frozen=True, slots=True)
class AwaySheet:
    """A sheet that is filled elsewhere. `found` is what is new since the last look that was brought home, and `number`
    how many that makes in all.
    """

    launch: Launch
    task: Task
    standing: Standing
    found: Sequence[JobResult]
    number: int

    @property
    def exercise(self) -> int | str:
        """As the lab names its answers."""
        return int(self.launch.exercise) if self.launch.exercise.isdecimal() else self.launch.exercise

    def put_into(self, sheet: L) -> L:
        """As if all had been asked here: what was written meanwhile stays."""
        for one in self.found:
            sheet = cast(L, one.put_into(sheet))
        return sheet


@dataclass(frozen=True, slots=True)
class Look:
    """What one look has found: the trainings that are elsewhere, newest first, how many tasks have come back since the
    last one, the sheets, and what is to be told.
    """

    away: Sequence[Away] = ()
    taken: int = 0
    sheets: Sequence[AwaySheet] = ()
    told: Sequence[str] = ()


class Launches:
    """Of one lab. Every method may be called on any thread, and may take the time of a slow file system."""

    def __init__(self, lab: Lab, clock: Callable[[], float] = time.monotonic):
        self._lab = lab
        self._store = Store(lab.folder)
        self._clock = clock
        self.launched = Launched(self._store)
        self._lock = threading.Lock()
        self._heard: dict[str, Heard | None] = {}
        self._seen: dict[str, Seen] = {}
        self._growing = Growing()
        self._said: set[str] = set()
        self._over: dict[str, float] = {}
        self._next, self._pause, self._silent = 0.0, ASK_SECONDS, ""

    # Handing over.

    def train(self, jobs: Sequence[Training], name: str, settings: Settings) -> Launch:
        """Hand over trainings as one array.

        Raises:
            UserError: the lab cannot be written to, or the scheduler does not take them.
        """
        self._lab.check_writable()
        self._lab.create()
        suffixes = [f"b{job.batch_size}-s{job.seed}" for job in jobs]
        launch = self.launched.make(name, "1", jobs, suffixes)
        arguments = {task.name: payload.train(job, self.launched.task(launch, task))
                     for task, job in zip(launch.tasks, jobs, strict=True)}  # fmt: skip
        return self._submit(launch, arguments, settings)

    def fill(self, exercise: int | str, sheet: Sheet, settings: dict[str, str], name: str, asked: Settings) -> Launch:
        """Hand over what a sheet lacks; `settings` say how its models are asked, as a person typed them.

        Raises:
            UserError: the lab cannot be written to, or the scheduler does not take it.
        """
        self._lab.check_writable()
        self._lab.create()
        made = self.launched.make(name, str(exercise), [None], [f"e{exercise}"])
        launch = replace(made, settings=dict(settings))
        folder = self.launched.task(launch, launch.tasks[0])
        Lab(folder).save_answers(exercise, sheet)
        return self._submit(launch, {launch.tasks[0].name: payload.fill(exercise, settings, folder)}, asked)

    def compare(self, run: Run, settings: dict[str, str], name: str, asked: Settings) -> Launch:
        """Hand over the comparison of the two flows, with the classifier of this run.

        Raises:
            UserError: as of `fill`.
        """
        self._lab.check_writable()
        made = self.launched.make(name, comparison.NAME, [None], [comparison.NAME])
        launch = replace(made, settings=dict(settings))
        folder = self.launched.task(launch, launch.tasks[0])
        comparison.bring_along(run, folder)
        return self._submit(launch, {launch.tasks[0].name: comparison.arguments(settings, folder)}, asked)

    def bring(self, away: AwaySheet, kind: type[Any]) -> None:
        """Put into the lab's answers what is new, where no screen holds them.

        Raises:
            UserError: they could not be read or written.
        """
        if away.found:
            self._lab.save_answers(away.exercise, away.put_into(self._lab.answers(away.exercise, kind)))

    def brought(self, away: AwaySheet) -> None:
        """What is new is in the lab's answers; where all is, the task is forgotten.

        Raises:
            UserError: it could not be written.
        """
        if not away.standing.over:
            self.launched.brought(away.launch, away.task, away.number)
            return
        take_log(self._store, self.launched.task(away.launch, away.task), away.launch, away.task, away.standing)
        self.launched.forget(away.launch)

    def _submit(self, launch: Launch, arguments: dict[str, list[str]], settings: Settings) -> Launch:
        scripts = [self.launched.script(launch, task, arguments[task.name]) for task in launch.tasks]
        folder = self.launched.folder / launch.name
        self.launched.save(launch)  # before: what is handed over is never without a record
        try:
            ids = launcher(launch.launcher).submit(scripts, folder, f"llm-tui {self._lab.name}"[:60], settings)
        except BaseException:
            self.launched.forget(launch)
            raise
        launch = replace(launch, tasks=tuple(replace(task, id=id) for task, id in zip(launch.tasks, ids, strict=True)))
        try:
            self.launched.save(launch)
        except UserError:  # what nobody remembers would be taken by nobody
            launcher(launch.launcher).cancel(ids)
            raise
        self.soon()
        return launch

    def soon(self) -> None:
        """Something was done: the scheduler is asked at the next look."""
        self._next, self._pause = 0.0, ASK_SECONDS

    # Looking.

    def look(self) -> Look:
        """How all stands; what has come back is taken, unless the lab is another program's."""
        with self._lock:
            launches = self.launched.all()
            told = self._ask(launches) if launches else []
            away: list[Away] = []
            taken = 0
            for launch in launches:
                still = [task for task in launch.tasks if not self._taken(launch, task, away, told)]
                taken += len(launch.tasks) - len(still)
                if not still and not self._lab.read_only:
                    self.launched.forget(launch)
            newest = sorted(away, key=lambda run: run.id, reverse=True)
            sheets = [self._sheet(launch, task) for launch in launches for task in launch.tasks if not task.training]
            return Look(newest, taken, sheets, told)

    def standings(self) -> tuple[list[tuple[Task, Standing]], list[str]]:
        """How every task stands, without taking anything; and what is to be told."""
        with self._lock:
            launches = self.launched.all()
            told = self._ask(launches) if launches else []
            return [(task, self._standing(launch, task)) for launch in launches for task in launch.tasks], told

    def _sheet(self, launch: Launch, task: Task) -> AwaySheet:
        now, before = self._standing(launch, task), self.launched.brought(launch, task)
        new = found(self.launched.task(launch, task), before)
        return AwaySheet(launch, task, now, [one for one in new if one], before + len(new))

    def _taken(self, launch: Launch, task: Task, away: list[Away], told: list[str]) -> bool:
        """Whether it is the lab's from now on; else it is put to those that are `away`."""
        if task.training is None:
            return False
        now = self._standing(launch, task)
        if now.over and not self._lab.read_only:
            try:
                take(self._store, self.launched, launch, task, now)
                self._said.clear()
                return True
            except UserError as error:
                if str(error) not in self._said:  # it is tried again at every look
                    self._said.add(str(error))
                    told.append(str(error))
        folder = self.launched.task(launch, task)
        config = Config(task.training, launch.stamp, launch.submitted, launch.version)
        run = newest_run(folder) if now.phase == "running" else None
        away.append(Away(folder, config, None, now, self._growing.points(run) if run else ()))
        return False

    def _standing(self, launch: Launch, task: Task) -> Standing:
        """As the scheduler said it last; before it has answered once, the task is taken to wait."""
        seen, folder = self.launched.seen(launch, task), self.launched.task(launch, task)
        if task.id not in self._heard and seen.code is None and not seen.stopped:
            return Standing("running", where=seen.host) if seen.begun else WAITING
        heard = self._heard.get(task.id)
        now = standing(heard, seen, True, folder)
        since = self._over.setdefault(task.name, self._clock()) if now.over else self._over.pop(task.name, None)
        settled = since is not None and self._clock() - since >= SETTLE_SECONDS
        return standing(heard, seen, settled, folder)

    def _ask(self, launches: Sequence[Launch]) -> list[str]:
        """Hear from the schedulers, where it is time to; what goes wrong is told once."""
        seen = {task.id: self.launched.seen(launch, task) for launch in launches for task in launch.tasks if task.id}
        if seen != self._seen:
            self._seen, self._pause = seen, ASK_SECONDS
            self._next = min(self._next, self._clock() + ASK_SECONDS)
        if self._clock() < self._next:
            return []
        heard: dict[str, Heard | None] = dict.fromkeys(seen)
        try:
            for name in {launch.launcher for launch in launches}:
                ids = [task.id for launch in launches if launch.launcher == name for task in launch.tasks if task.id]
                answers = launcher(name).ask(ids) if ids else {}
                heard.update({id: replace(answer, begun=seen[id].begun) for id, answer in answers.items()})
        except UserError as error:
            told = [] if self._silent else [str(error)]
            self._silent, self._pause = str(error), ASK_SECONDS_AT_MOST
        else:
            told, self._silent = [], ""
            self._pause = ASK_SECONDS if heard != self._heard else min(2 * self._pause, ASK_SECONDS_AT_MOST)
            self._heard = heard
        self._next = self._clock() + self._pause
        return told

    def training(self) -> set[object]:
        """What is being trained elsewhere, as `runs.SAME` has it."""
        return {SAME(task.training) for launch in self.launched.all() for task in launch.tasks if task.training}

    # Stopping.

    def stop(self) -> int:
        """Cancel all that waits or runs elsewhere; returns how many tasks that were.

        Raises:
            UserError: the scheduler does not answer, or the lab is another program's.
        """
        number = 0
        for launch in self.launched.all():
            self._lab.check_writable()
            tasks = [task for task in launch.tasks if not self._standing(launch, task).over]
            if ids := [task.id for task in tasks if task.id]:
                launcher(launch.launcher).cancel(ids)
            number += len(tasks)
            for task in tasks:
                self.launched.stopped(launch, task)
        self.soon()
        return number


def question(runs: int, settings: Settings, jobs: Iterable[object] = ()) -> str:
    """Before it is handed over: what, and with which settings; `jobs` are what it asks of models."""
    one = tr("one task", "una tarea")
    several = tr(f"{runs} runs as one array", f"{runs} ejecuciones como un array de trabajos (job array)")
    what = several if runs > 1 else one
    asked = tr(
        f"Hand {what} over to SLURM, with {settings.said()}?", f"¿Encargar a SLURM {what}, con {settings.said()}?"
    )
    return f"{asked} {of_the_node(jobs)}".rstrip()


def of_the_node(jobs: Iterable[object]) -> str:
    """That a server of this machine is not one of a node's; empty where none is asked."""
    places = ", ".join(sorted({there.place for job in jobs for there in served_by(job) if there.is_here}))
    return places and tr(
        f"On a node, {places} is a server of the node's own: unless the node is this machine, name it by its host.",
        f"En un nodo, {places} es un servidor del propio nodo: si el nodo no es este equipo, escriba el nombre del "
        "equipo que sirve.",
    )
