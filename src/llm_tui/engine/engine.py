"""The worker thread and its queue: the only place where torch runs."""

from __future__ import annotations

import itertools
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from msgspec.structs import replace

from llm_tui.engine.events import Cancelled, Event, Failed, Finished, Progress, Started
from llm_tui.engine.failures import give_back, told
from llm_tui.engine.job import Context, Job, JobCancelled, run_job
from llm_tui.engine.models import ModelCache
from llm_tui.engine.prepare import prepare
from llm_tui.errors import OutOfMemory

if TYPE_CHECKING:
    from llm_tui.engine.energy import Energy

Listener = Callable[[Event], None]

AT_ONCE = 4
"""How many jobs that only wait for a server run at a time."""


@dataclass
class _Entry:
    id: int
    job: Job
    listeners: tuple[Listener, ...]
    stop: threading.Event = field(default_factory=threading.Event)
    ended: bool = False


class _ListenerFailed(BaseException):
    """Carries a listener's error out through the job's own code, which may catch every `Exception`."""


class Engine:
    """Runs jobs one at a time, in the order in which they came, on one daemon thread. Of those that work `elsewhere`,
    and here only wait, a few at a time, each on a thread of its own.

    Listeners are called on the job's thread, each event reaching them in the order in which they were given. They must
    be quick. One that raises ends its job with `Failed`: what cannot be written down has not been done.
    """

    def __init__(self) -> None:
        self._ids = itertools.count(1)
        self._waiting: deque[_Entry] = deque()
        self._running: list[_Entry] = []
        self._closed = False
        self._models = ModelCache()
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._work, name="engine", daemon=True)
        self._thread.start()

    def submit(self, job: Job, *listeners: Listener) -> int:
        """Put `job` at the end of the queue; its events go to `listeners`. Returns the job's number.

        On a closed engine the job ends at once, interrupted.
        """
        with self._changed:
            entry = _Entry(next(self._ids), job, listeners)
            closed = self._closed
            if not closed:
                self._waiting.append(entry)
            self._changed.notify_all()
        if closed:
            self._tell(entry, Cancelled(entry.id, interrupted=True))
        return entry.id

    def waiting(self) -> list[tuple[int, Job]]:
        """The jobs in the queue, next first, without the one that runs."""
        with self._changed:
            return [(entry.id, entry.job) for entry in self._waiting]

    def running(self) -> tuple[int, Job] | None:
        """The job that runs, of several the first; None once it has come to its end, though its listeners may still be
        hearing of it.
        """
        with self._changed:
            return next(((entry.id, entry.job) for entry in self._running if not entry.ended), None)

    def cancel(self, *ids: int) -> None:
        """Stop these jobs, or all of them when none is named; returns at once, `Cancelled` follows.

        A job that waits leaves the queue; its `Cancelled` comes from the calling thread.
        """
        with self._changed:
            dropped = [entry for entry in self._waiting if not ids or entry.id in ids]
            for entry in dropped:
                self._waiting.remove(entry)
            for entry in self._running:
                if not ids or entry.id in ids:
                    entry.stop.set()
            interrupted = self._closed
            self._changed.notify_all()
        for entry in dropped:
            self._tell(entry, Cancelled(entry.id, interrupted))

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until nothing runs and nothing waits; False when `timeout` seconds were not enough."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting and not self._running, timeout)

    def interrupt(self) -> None:
        """Stop everything because the program ends, and take no more jobs; returns at once, as `cancel` does."""
        with self._changed:
            self._closed = True
        self.cancel()

    def close(self, timeout: float) -> bool:
        """Interrupt everything and end the thread; False when it is still busy after `timeout` seconds."""
        self.interrupt()
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close(timeout=5.0)

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._may_begin())
                if self._closed:
                    break
                entry = self._waiting.popleft()
                self._running.append(entry)
            if _elsewhere(entry.job):
                threading.Thread(target=self._run, args=(entry,), name=f"engine {entry.id}", daemon=True).start()
            else:
                self._run(entry)
        with self._changed:
            self._changed.wait_for(lambda: not self._running)
        self._models.close_all()

    def _may_begin(self) -> bool:
        """Whether the job that is next can begin beside those that run; what works here runs alone."""
        if not self._waiting or not self._running:
            return bool(self._waiting)
        return _elsewhere(self._waiting[0].job) and len(self._running) < AT_ONCE

    def _run(self, entry: _Entry) -> None:
        ending = self._ending(entry)
        entry.ended = True
        self._tell(entry, ending)
        with self._changed:
            self._running.remove(entry)
            self._changed.notify_all()

    def _ending(self, entry: _Entry) -> Finished | Cancelled | Failed:
        """Run one job; returns the event that ends it, with the energy of its work."""

        def emit(event: Event) -> None:
            try:
                for listener in entry.listeners:
                    listener(event)
            except Exception as error:
                raise _ListenerFailed from error

        context = Context(entry.id, emit, entry.stop, self._models)
        ending = self._outcome(entry, emit, context)
        ending = replace(ending, energy=_energy(entry.job, context))
        if context.on_gpu:
            give_back()  # what the job has worked on; others may share the GPU with an idle program
        return ending

    def _outcome(self, entry: _Entry, emit: Listener, context: Context) -> Finished | Cancelled | Failed:
        try:
            emit(Started(entry.id))
            prepare(entry.job.imports, lambda what: emit(Progress(entry.id, 0, 0, what)))
            context.check()
            return Finished(entry.id, run_job(entry.job, context))
        except JobCancelled:
            return Cancelled(entry.id, interrupted=self._closed)
        except _ListenerFailed as failure:
            return Failed(entry.id, *told(failure.__cause__ or failure))
        except BaseException as error:
            ending = Failed(entry.id, *told(error))
            if ending.kind == OutOfMemory.__name__:
                self._models.close_all()
                give_back(error)
            return ending

    def _tell(self, entry: _Entry, ending: Finished | Cancelled | Failed) -> None:
        """Tell every listener the ending; when one cannot take it, those after it hear that the job failed."""
        for listener in entry.listeners:
            try:
                listener(ending)
            except BaseException as error:
                ending = Failed(entry.id, *told(error), ending.energy)


def _elsewhere(job: Job) -> bool:
    return getattr(job, "elsewhere", False)


def _energy(job: Job, context: Context) -> Energy | None:
    from llm_tui.engine.energy import Energy  # not at the top: not before the first paint

    return Energy.unknown("elsewhere") if _elsewhere(job) else context.energy()
