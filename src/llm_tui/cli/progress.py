"""Jobs on the command line: run them, show on stderr how far they are, stop them with ctrl+c."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from queue import Empty, SimpleQueue
from typing import Any, Protocol, TypeAlias, TypeVar

import click

from llm_tui.classifier.job import Training
from llm_tui.engine.engine import AT_ONCE, Engine, Listener
from llm_tui.engine.events import ENDINGS, Cancelled, Event, Failed, Finished, Log, Metric, Placed, Progress
from llm_tui.engine.job import Job
from llm_tui.errors import UserError
from llm_tui.exercises.batch_sizes import Answers
from llm_tui.exercises.run import Filling
from llm_tui.exercises.sheet import Fillable
from llm_tui.foundation.job import Asking
from llm_tui.i18n import tr
from llm_tui.lab.lab import Lab
from llm_tui.lab.sweeps import Sweeping
from llm_tui.serving.told import Told
from llm_tui.signals import Ended, told_to_end
from llm_tui.visible import visible

S = TypeVar("S", bound=Fillable)

Inbox: TypeAlias = SimpleQueue[Event | None]
"""What the jobs tell, and None where the program is told to end."""

_told = Told()
"""That texts leave this machine is said once."""

LINE_SECONDS = 1.0
STOP_SECONDS = 0.5


def follow(sweeping: Sweeping, lab: Lab, keep: Callable[[Callable[[Answers], Answers]], None]) -> int:
    """Run what is left of a sweep; `keep` gets what its exercise learns. Returns the exit code: 0, 2 where a run
    diverged, 128 and the signal's number where the program was told to end.

    Raises:
        UserError: a run could not be done at all; the others have been dropped.
    """
    for job in sweeping.kept:
        _say(tr(f"{_name(job)}: kept from before", f"{_name(job)}: se conserva la anterior"))
    inbox = Inbox()
    with _engine() as engine, _interruptible(engine, inbox) as told, _display() as display:
        numbered = {engine.submit(job, *lab.listeners(job), inbox.put): job for job in sweeping.left}
        for event in _until_all_ended(inbox, len(numbered), STOP_SECONDS):
            display.show(numbered[event.job_id], event)
            outcome = sweeping.told(event)
            if outcome.over:
                raise UserError(outcome.said)
            if outcome.said:
                display.say(outcome.said)
            if outcome.learnt:
                keep(outcome.learnt)
    if told:
        _say(
            tr(
                "Stopped. The curves so far are kept; the same command goes on from the finished runs.",
                "Detenido. Las curvas se conservan; la misma orden continúa tras las ejecuciones terminadas.",
            )
        )
        return Ended(told[0]).code
    return 2 if sweeping.diverged else 0


def result_of(job: Job, *listeners: Listener) -> Any:
    """Run one job that keeps nothing, and return its result; on a terminal, stderr shows meanwhile what it does.

    Raises:
        UserError: it failed.
        Ended: the program was told to end.
    """
    with results() as result:
        return result(job, *listeners)


@contextmanager
def results() -> Iterator[Callable[..., Any]]:
    """`result_of` for several jobs, one after the other: what one leaves open, a model, the next one finds open."""
    with _engine() as engine:

        def result(job: Job, *listeners: Listener) -> Any:
            ending = _ending_of(engine, job, *listeners)
            if isinstance(ending, Failed):
                raise UserError(ending.message)
            return ending.result

        yield result


def _ending_of(engine: Engine, job: Job, *listeners: Listener) -> Finished | Failed:
    return next(ending for _, ending in _endings(engine, {job: listeners}))


def _endings(engine: Engine, jobs: Mapping[Job, Sequence[Listener]]) -> Iterator[tuple[Job, Finished | Failed]]:
    """How each of some jobs ended, with its listeners, as they end."""
    inbox = Inbox()
    for sentence in (sentence for job in jobs for sentence in _told.sentences(job)):
        _say(sentence)
    with _interruptible(engine, inbox) as told, _doing() as show:
        numbered = {engine.submit(job, *listeners, inbox.put): job for job, listeners in jobs.items()}
        # A job may be in the middle of something long, and there is nothing to save: nobody waits for its end.
        for event in _until_all_ended(inbox, len(numbered), 0.0):
            if isinstance(event, Finished | Failed):
                yield numbered[event.job_id], event
            elif isinstance(event, Progress):
                show(event)
            elif isinstance(event, Log):
                _say(visible(event.text))
    if told:
        raise Ended(told[0])


def fill_in(sheet: S, asking: Asking, lab: Lab, keep: Callable[[S], None]) -> S:
    """Ask for everything that a sheet lacks; `keep` gets it after every answer. What is asked is in the lab's log.

    Raises:
        UserError: a model could not be asked, and the sheet cannot go on without it.
        Ended: the program was told to end.
    """
    filling: Filling[S] = Filling()
    filling.start(asking)
    with _engine() as engine:
        while due := filling.due(sheet, most=AT_ONCE if _elsewhere(sheet, asking) else 1):
            for job, ending in _endings(engine, {job: lab.listeners(job) for job in due}):
                outcome = filling.ended(job, ending, sheet)
                if outcome.over:
                    raise UserError(outcome.said)
                if outcome.said:
                    _say(outcome.said)
                if outcome.learnt:
                    sheet = outcome.learnt(sheet)
                    keep(sheet)
    return sheet


def _elsewhere(sheet: Fillable, asking: Asking) -> bool:
    """Whether what is due only waits for a server: then some of it runs at a time."""
    return any(getattr(job, "elsewhere", False) for job in islice(sheet.pending(asking), 1))


@contextmanager
def _engine() -> Iterator[Engine]:
    """An engine that is not waited for in the end: a thread that imports torch does not hear of it for seconds."""
    engine = Engine()
    try:
        yield engine
    finally:
        engine.close(STOP_SECONDS)


@contextmanager
def _interruptible(engine: Engine, inbox: Inbox) -> Iterator[list[int]]:
    """A signal stops the jobs, whatever this thread is just doing; its number is in the list, and in `inbox` is None.

    ctrl+c is a person who stops them; what others end is interrupted, and offered again.
    """
    told: list[int] = []

    def stop(number: int) -> None:
        told.append(number)
        if number == signal.SIGINT:
            engine.cancel()
        else:
            engine.interrupt()
        inbox.put(None)

    with told_to_end(stop):
        yield told


@contextmanager
def _doing() -> Iterator[Callable[[Progress], None]]:
    """What shows on a terminal what one job does, in a line that goes away in the end."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn
    from rich.progress import Progress as Bars

    columns = TextColumn("{task.description}", markup=False), BarColumn(20), TaskProgressColumn()
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("", total=None)
        yield lambda event: bars.update(task, description=event.what, completed=event.done, total=event.total or None)


def _until_all_ended(inbox: Inbox, jobs: int, patience: float) -> Iterator[Event]:
    """The events of `jobs` jobs as they come; after None, those that come within `patience` seconds."""
    told = False
    while jobs:
        try:
            event = inbox.get(timeout=patience) if told else inbox.get()
        except Empty:
            return
        if event is None:
            told = True
        else:
            jobs -= isinstance(event, ENDINGS)
            yield event


class _Display(Protocol):
    def show(self, job: Training, event: Event) -> None: ...

    def say(self, sentence: str) -> None: ...


@contextmanager
def _display() -> Iterator[_Display]:
    if not sys.stderr.isatty():
        yield _Lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[figures]}", markup=False),
        TimeRemainingColumn(),
    )
    with Bars(*columns, console=Console(stderr=True)) as bars:
        yield _Bar(bars)


class _Bar:
    """One bar a run, on a terminal."""

    def __init__(self, bars: Any):
        self._bars = bars
        self._tasks: dict[Training, Any] = {}

    def show(self, job: Training, event: Event) -> None:
        if isinstance(event, Cancelled):
            return
        if job not in self._tasks:
            self._tasks[job] = self._bars.add_task(_name(job), total=None, figures="")
        task = self._tasks[job]
        match event:
            case Progress():
                name = _name(job) if event.what == job.title() else f"{_name(job)}: {event.what}"
                self._bars.update(task, description=name, completed=event.done, total=event.total or None)
            case Metric():
                self._bars.update(task, figures=_figures(event))
            case Finished():
                self._bars.update(task, figures=event.result.said())
            case Log():
                self.say(visible(event.text))
            case Placed(device=device) if device.uuid:
                self.say(f"{_name(job)}: {visible(device.said())}")

    def say(self, sentence: str) -> None:
        self._bars.print(sentence, markup=False, soft_wrap=True)


class _Lines:
    """Plain lines for a file or a pipe: what begins, a report a second, and how it ended."""

    def __init__(self) -> None:
        self._what = ""
        self._last = 0.0

    def show(self, job: Training, event: Event) -> None:
        match event:
            case Progress() if event.what not in (self._what, job.title()):
                self._what = event.what
                _say(f"{_name(job)}: {event.what}")
            case Metric() if time.monotonic() - self._last >= LINE_SECONDS or event.step == event.values["steps"]:
                self._last = time.monotonic()
                _say(f"{_name(job)}: {_step(event)}, {_figures(event)}")
            case Finished():
                _say(f"{_name(job)}: {event.result.said()}")
            case Log():
                self.say(visible(event.text))
            case Placed(device=device) if device.uuid:
                self.say(f"{_name(job)}: {visible(device.said())}")

    def say(self, sentence: str) -> None:
        _say(sentence)


def _say(line: str) -> None:
    click.echo(line, err=True)


def _name(job: Training) -> str:
    return tr(f"batch {job.batch_size}, seed {job.seed}", f"lote {job.batch_size}, semilla {job.seed}")


def _step(event: Metric) -> str:
    return tr(f"step {event.step}/{event.values['steps']}", f"paso {event.step}/{event.values['steps']}")


def _figures(event: Metric) -> str:
    values = event.values
    rate = f"{values['examples_per_second'] / 1000:.1f}k"
    return tr(
        f"loss {values['loss']:.3f}, accuracy {values['accuracy']:.3f}, {rate} examples/s",
        f"pérdida {values['loss']:.3f}, exactitud {values['accuracy']:.3f}, {rate} ejemplos/s",
    )
