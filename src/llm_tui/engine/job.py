"""What a job is, and what it may say while it runs."""

from __future__ import annotations

import pkgutil
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from llm_tui.engine.events import Event, Log, Metric, Picture, Placed, Progress, Token
from llm_tui.engine.models import ModelCache
from llm_tui.engine.turns import turns

if TYPE_CHECKING:
    from llm_tui.engine.devices import Device
    from llm_tui.engine.energy import Energy
    from llm_tui.engine.meters import Meter
    from llm_tui.i18n import Text


class JobCancelled(BaseException):
    """Raised inside a job at the next step after a person stopped it; a job lets it pass.

    Not an `Exception`, so that a library's `except Exception` cannot swallow it.
    """


class Context:
    """A running job's way to the outside: events out, and the wish to stop in.

    Every method raises `JobCancelled` once the job has been stopped, so that a job which reports
    often stops soon. A loop that does not report calls `check` at every step. There it also waits while the screen
    answers a key. `models` are those that are open.
    """

    def __init__(
        self, job_id: int, emit: Callable[[Event], None], stop: threading.Event, models: ModelCache | None = None
    ):
        self.models = ModelCache() if models is None else models
        self._job_id = job_id
        self._emit = emit
        self._stop = stop
        self._device: Device | None = None
        self._meters: list[Meter] = []

    def silent(self) -> Context:
        """For a part of the job of which nobody hears; it is stopped with the job."""
        return Context(self._job_id, lambda event: None, self._stop, self.models)

    def check(self) -> None:
        turns.wait()
        if self._stop.is_set():
            raise JobCancelled
        for meter in self._meters:
            meter.look()

    def meter(self, device: str) -> Meter:
        """Measures time and energy of the work that begins now on a device by torch's name, until it is stopped, or the
        job ends.
        """
        from llm_tui.engine.meters import Meter, counter_of  # not at the top: not before the first paint

        meter = Meter(counter_of(device))
        self._meters.append(meter)
        return meter

    def energy(self) -> Energy | None:
        """What the job's work has used, which ends herewith; None where there was none."""
        if not self._meters:
            return None
        from llm_tui.engine.energy import total

        return total(meter.stop() for meter in self._meters)

    def progress(self, done: int, total: int, what: str, seconds_left: float | None = None) -> None:
        self.check()
        self._emit(Progress(self._job_id, done, total, what, seconds_left))

    def pause(self, seconds: float) -> None:
        """Wait for something outside; a person who stops the job ends it at once."""
        if self._stop.wait(seconds):
            raise JobCancelled

    def placed(self, device: Device) -> None:
        """The job goes on on this device; nothing is told of one that it is on already."""
        self.check()
        if device != self._device:
            self._device = device
            self._emit(Placed(self._job_id, device))

    @property
    def on_gpu(self) -> bool:
        """Whether the job was placed on a GPU."""
        return self._device is not None and self._device.name != "cpu"

    def metric(self, step: int, **values: float) -> None:
        self.check()
        self._emit(Metric(self._job_id, step, values))

    def picture(self, what: object) -> None:
        self.check()
        self._emit(Picture(self._job_id, what))

    def token(self, text: str) -> None:
        self.check()
        self._emit(Token(self._job_id, text))

    def log(self, text: str) -> None:
        self.check()
        self._emit(Log(self._job_id, text))


class Job(Protocol):
    """A frozen dataclass that says everything the result depends on: model, revision, seed, parameters.

    `runner` names the function that does it, as entry points do (`llm_tui.classifier.training:train`). It takes the job
    and a `Context`, returns the result, and is imported on the worker thread. `imports` names the heavy packages that
    it needs; the engine loads them beforehand, in the way that does not stall the screen. `kind` is the job's name in
    the audit log, `name` says it in words.

    One with an attribute `elsewhere` that is true only waits for a server, and may run beside others of its kind. One
    with an attribute `only_looks` that is true looks at texts, or at what there is: it asks no model, is not in the
    log, and nobody waits for it.

    Of a field that holds a text the log has the SHA-256 alone, unless its type says that it is no person's (`marks`).
    """

    @property
    def kind(self) -> str: ...

    @property
    def name(self) -> Text: ...

    @property
    def imports(self) -> tuple[str, ...]: ...

    @property
    def runner(self) -> str: ...

    def title(self) -> str:
        """A few words for the job bar."""
        ...


def run_job(job: Job, context: Context) -> Any:
    """What the job's runner returns, or raises."""
    return pkgutil.resolve_name(job.runner)(job, context)
