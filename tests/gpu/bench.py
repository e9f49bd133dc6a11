"""What the checks of the acceptance script share: the rows that they give, and how they run a job."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from llm_tui.engine.events import Event
from llm_tui.engine.job import Context, Job, run_job
from llm_tui.engine.models import ModelCache

PASS, MISS, SKIP = "PASS", "MISS", "SKIP"

NO_TIMES = "a time on the CPU, at this size, says nothing of a GPU"
ON_CPU = "the device is the CPU itself"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: its `goal` and what was `measured`, in words, and the verdict with the reason for a SKIP."""

    figure: str
    goal: str
    measured: str
    verdict: str
    why: str = ""


def judged(figure: str, goal: str, measured: object, good: bool) -> Row:
    return Row(figure, goal, str(measured), PASS if good else MISS)


def skipped(figure: str, goal: str, why: str, measured: object = "") -> Row:
    return Row(figure, goal, str(measured), SKIP, why)


def ignore(event: Event) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Bench:
    """The `device` under test, `cuda` or `cpu`, and a `folder` of the script's own, which it finds empty.

    `models` are those that its jobs leave open, as an engine has them.
    """

    device: str
    folder: Path
    models: ModelCache = field(default_factory=ModelCache)

    @property
    def gpu(self) -> bool:
        return self.device.startswith("cuda")

    def run(self, job: Job, listen: Callable[[Event], None] = ignore, stop: threading.Event | None = None) -> Any:
        """What a job returns, or raises, on this thread."""
        return run_job(job, self.context(listen, stop))

    def context(self, listen: Callable[[Event], None] = ignore, stop: threading.Event | None = None) -> Context:
        return Context(1, listen, stop or threading.Event(), self.models)

    def timed(self, figure: str, goal: str, measured: object, good: bool) -> Row:
        """A row that tells how long something takes, which the CPU's small sizes do not decide."""
        return judged(figure, goal, measured, good) if self.gpu else skipped(figure, goal, NO_TIMES, measured)


def seconds_of(work: Callable[[], object]) -> float:
    """The time until the GPU, where one is in use, has done it all."""
    import torch

    began = time.perf_counter()
    work()
    if torch.cuda.is_initialized():
        torch.cuda.synchronize()
    return time.perf_counter() - began
