"""Downloads inside a job: on a thread of their own, with progress, and left behind when a person stops the job."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from llm_tui.engine.job import Context
from llm_tui.i18n import tr

T = TypeVar("T")


class Meter:
    """How far a download is, in bytes; has the methods of a tqdm bar that pooch calls."""

    def __init__(self, what: str):
        self.what = what
        self.total = 0
        self.done = 0
        self.abandoned = False

    def update(self, count: int) -> None:
        """Raises InterruptedError once nobody waits for the download any more."""
        if self.abandoned:
            raise InterruptedError("the download was stopped")
        self.done = min(self.done + count, self.total) if self.total else self.done + count

    def reset(self) -> None:
        self.done = 0

    def close(self) -> None:
        pass


def wait_for(work: Callable[[], T], meter: Meter, context: Context, patience: float | None = None) -> T:
    """What `work` returns or raises; meanwhile its progress is told. A connection that hangs cannot be interrupted
    from outside, so `work` runs on a daemon thread, which a stopped job leaves behind.

    Raises:
        TimeoutError: not a byte came within `patience` seconds, and it was left behind.
    """
    results: list[T] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=run, name=meter.what, daemon=True)
    thread.start()
    began = time.monotonic()
    try:
        while thread.is_alive():
            if patience is not None and not meter.done and time.monotonic() - began > patience:
                raise TimeoutError(tr(f"no answer within {patience:.0f} s", f"sin respuesta en {patience:.0f} s"))
            thread.join(0.1)
            context.progress(meter.done, meter.total, meter.what)
    finally:
        meter.abandoned = True
    if failures:
        raise failures[0]
    return results[0]


def causes(error: BaseException) -> Iterator[BaseException]:
    """An error, then what it came from: libraries for HTTP wrap the system's own in several others."""
    seen: BaseException | None = error
    while seen:
        yield seen
        seen = seen.__cause__ or seen.__context__


def root_cause(error: BaseException) -> str:
    """The words of the innermost cause."""
    *_, innermost = causes(error)
    first = (str(innermost).strip().splitlines() or [""])[0]
    return first or type(innermost).__name__
