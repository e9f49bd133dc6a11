"""Jobs in plain mode: they run as on the screens, and say now and then, in a sentence, how far they are."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import Any

from llm_tui.config import read_config
from llm_tui.engine.engine import Engine
from llm_tui.engine.events import ENDINGS, Cancelled, Event, Failed, Finished, Log, Metric, Placed, Progress
from llm_tui.engine.job import Job
from llm_tui.errors import UserError
from llm_tui.i18n import tr
from llm_tui.lab.lab import Lab
from llm_tui.plain.console import Console, Stopped
from llm_tui.serving.told import Told
from llm_tui.signals import Ended
from llm_tui.visible import visible

SECONDS = 4.0
"""Between two sentences on how far a job is."""

LOOK_SECONDS = 0.2
"""After which a signal is heard at the latest."""

Hear = Callable[[Job, Event], object]


class JobFailed(UserError):
    """`kind` is the class of the error."""

    def __init__(self, failed: Failed):
        super().__init__(failed.message)
        self.kind = failed.kind


class Work:
    """One engine for the whole session: a model that is open stays so for the next question."""

    def __init__(self, console: Console, lab: Lab):
        self._console = console
        self._lab = lab
        self._engine = Engine()
        self._told = Told()
        self._busy = self._stopping = False
        self._said, self._last = "", 0.0
        self._ended = 0
        """The number of the signal that ended it all."""

    def close(self) -> None:
        self._engine.close(0.5)

    def signalled(self, number: int) -> None:
        """ctrl+c stops the jobs, and where none runs, or once more, leaves. A line that drops leaves them running, as
        on the command line; another program's word ends them.
        """
        if not self._busy:
            raise Ended(number)
        if number == signal.SIGINT and not self._stopping:
            self._stopping = True
            self._engine.cancel()
        elif number == getattr(signal, "SIGHUP", None) and read_config().keep_running:
            self._console.leave()
        else:
            self._ended = number
            self._engine.interrupt()

    def result(self, job: Job, hear: Hear | None = None) -> Any:
        """What one job finds out.

        Raises:
            Stopped: the person stopped it.
            JobFailed: it could not be done.
        """
        found: list[Finished | Failed] = []

        def ended(job: Job, event: Event) -> None:
            if hear:
                hear(job, event)
            if isinstance(event, Finished | Failed):
                found.append(event)

        self.all([job], ended)
        match found:
            case [Finished(result=result)]:
                return result
            case [Failed() as failed]:
                raise JobFailed(failed)
        raise Stopped

    def all(self, jobs: Sequence[Job], hear: Hear) -> bool:
        """Run them, one after the other; `hear` gets all that they tell. Whether they came to their end.

        Raises:
            Ended: the program was told to end.
        """
        inbox: SimpleQueue[Event] = SimpleQueue()
        for sentence in (sentence for job in jobs for sentence in self._told.sentences(job)):
            self._console.say(sentence)
        self._busy, self._stopping, self._said, self._last = True, False, "", 0.0
        try:
            numbered = {self._engine.submit(job, *self._lab.listeners(job), inbox.put): job for job in jobs}
            left = len(numbered)
            while left:
                try:
                    event = inbox.get(timeout=LOOK_SECONDS)  # a wait without end would hear no signal
                except Empty:
                    continue
                left -= isinstance(event, ENDINGS)
                self._tell(event)
                hear(numbered[event.job_id], event)
                if isinstance(event, Cancelled):
                    self._stopping = True
        finally:
            self._busy = False
        if self._ended:
            raise Ended(self._ended)
        return not self._stopping

    def cancel(self) -> None:
        """Those that have not begun are not wanted any more."""
        self._engine.cancel()

    def _tell(self, event: Event) -> None:
        match event:
            case Log():
                self._console.say(event.text)
            case Placed(device=device) if device.uuid:
                self._console.say(f"{visible(device.said())}.")
            case Progress():
                self._now_and_then(_progress(event))
            case Metric():
                self._now_and_then(_metric(event))

    def _now_and_then(self, sentence: str) -> None:
        if sentence and sentence != self._said and time.monotonic() - self._last >= SECONDS:
            self._said, self._last = sentence, time.monotonic()
            self._console.say(sentence)


def _progress(event: Progress) -> str:
    how_far = tr(f", {event.done} of {event.total}", f", {event.done} de {event.total}") if event.total else ""
    return visible(f"{event.what}{how_far}{_left(event.seconds_left)}.") if event.what else ""


def _metric(event: Metric) -> str:
    values = event.values
    if not {"steps", "loss", "accuracy"} <= values.keys():
        return ""
    steps, loss, accuracy = (values[name] for name in ("steps", "loss", "accuracy"))
    said = tr(
        f"Step {event.step} of {steps:.0f}, loss {loss:.2f}, accuracy {accuracy:.2f}",
        f"Paso {event.step} de {steps:.0f}, pérdida {loss:.2f}, exactitud {accuracy:.2f}",
    )
    return f"{said}{_left(values.get('seconds_left'))}."


def _left(seconds: float | None) -> str:
    if not seconds or seconds < 1:
        return ""
    return tr(f", about {seconds:.0f} seconds left", f", quedan unos {seconds:.0f} segundos")
