"""What a job is, and what it may say while it runs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Protocol

from llm_tui.engine.events import Event, Log, Metric, Progress, Token


class JobCancelled(BaseException):
    """Raised inside a job at the next step after a person stopped it; a job lets it pass.

    Not an `Exception`, so that a library's `except Exception` cannot swallow it.
    """


class Context:
    """A running job's way to the outside: events out, and the wish to stop in.

    Every method but `stopping` raises `JobCancelled` once the job has been stopped, so that a job which reports
    often stops soon. A loop that does not report calls `check` at every step.
    """

    def __init__(self, job_id: int, emit: Callable[[Event], None], stop: threading.Event):
        self._job_id = job_id
        self._emit = emit
        self._stop = stop

    def stopping(self) -> bool:
        return self._stop.is_set()

    def check(self) -> None:
        if self._stop.is_set():
            raise JobCancelled

    def progress(self, done: int, total: int, what: str, seconds_left: float | None = None) -> None:
        self.check()
        self._emit(Progress(self._job_id, done, total, what, seconds_left))

    def metric(self, step: int, **values: float) -> None:
        self.check()
        self._emit(Metric(self._job_id, step, values))

    def token(self, text: str) -> None:
        self.check()
        self._emit(Token(self._job_id, text))

    def log(self, text: str) -> None:
        self.check()
        self._emit(Log(self._job_id, text))


class Job(Protocol):
    """A frozen dataclass that says everything the result depends on: model, revision, seed, parameters.

    `imports` names the heavy packages that `run` needs; the engine loads them beforehand, in the way that does not
    stall the screen. `kind` is the job's name in the audit log.
    """

    @property
    def kind(self) -> str: ...

    @property
    def imports(self) -> tuple[str, ...]: ...

    def run(self, context: Context) -> Any: ...

    def title(self) -> str:
        """A few words for the job bar."""
        ...
