"""How soon a job has ended that is told to stop."""

from __future__ import annotations

import statistics
import threading
import time
from dataclasses import replace

from llm_tui.bench.figure import Figure
from llm_tui.classifier.job import Training
from llm_tui.engine.engine import Engine
from llm_tui.engine.events import ENDINGS, Event, Progress
from llm_tui.i18n import Text

GOAL = 200.0

PHASES = ("reading", "tokenizing", "training")
"""As the first word of what a training tells says."""


def stopped(job: Training, turns: int) -> Figure:
    """Milliseconds, the worst counts; by turns while it reads, tokenizes and trains."""
    with Engine() as engine:
        # Another number of rows each time: those of the turn before would be taken again.
        sizes = range(job.train_size, 0, -1)
        times = [
            _ended(engine, replace(job, train_size=size, epochs=25), phase)
            for _, size, phase in zip(range(len(PHASES) * turns), sizes, PHASES * turns, strict=False)
        ]
    note = f"{statistics.median(times):.0f} ({min(times):.0f}-{max(times):.0f}) / {len(times)}"
    return Figure(
        what=Text("from the stop until it has ended", "de la orden de detener hasta que termina"),
        ours=max(times),
        unit="ms",
        goal=GOAL,
        note=Text(note, note),
    )


def _ended(engine: Engine, job: Training, phase: str) -> float:
    reached, ended = threading.Event(), threading.Event()

    def listen(event: Event) -> None:
        if isinstance(event, ENDINGS):
            ended.set()
        if ended.is_set() or (isinstance(event, Progress) and event.what.startswith(phase)):
            reached.set()

    engine.submit(job, listen)
    reached.wait()
    began = time.perf_counter()
    engine.cancel()
    ended.wait()
    return 1000 * (time.perf_counter() - began)
