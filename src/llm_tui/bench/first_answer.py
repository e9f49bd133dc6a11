"""The first answer of each task's teaching model, once torch and transformers are imported."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from llm_tui.bench.asked import Asked
from llm_tui.bench.figure import Figure
from llm_tui.engine.events import Event, Token
from llm_tui.engine.job import Context, run_job
from llm_tui.engine.prepare import prepare
from llm_tui.i18n import Text
from llm_tui.playground import registry
from llm_tui.playground.state import Playground

MOST = 1.0
"""Seconds."""


def measure(asked: Asked) -> Iterator[Figure]:
    """The packages are loaded as the engine does it while a person reads the screen; importing the model's own classes,
    opening it and the answer belong to the first time, which ends with the first word where the answer comes word by
    word. The same answer once more, whole, stands beside it.
    """
    names = [task.name for task in registry.tasks()][: 1 if asked.small else None]
    with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as processes:
        for name, (first, whole, again) in zip(names, processes.map(_answers, names), strict=True):
            yield Figure(
                what=registry.task(name).title,
                ours=first,
                reference=Text("the whole answer, later", "la respuesta entera, después"),
                theirs=again,
                goal=MOST,
                note=Text(f"whole, the first time: {whole:.2f} s", f"entera, la primera vez: {whole:.2f} s"),
            )


def _answers(name: str) -> tuple[float, float, float]:
    """Seconds to the first word, to the first answer, and of the second one; in a process that asks nothing else."""
    prepare(("torch", "transformers"), lambda what: None)
    job = Playground(task=name, settings={"device": "cpu"}).with_model(registry.task(name).stand_in.name).job()
    words: list[float] = []

    def heard(event: Event) -> None:
        if isinstance(event, Token):
            words.append(time.monotonic())

    context = Context(0, heard, threading.Event())  # with the models that are open, as the engine keeps them
    ends = [time.monotonic()]
    for _ in range(2):
        run_job(job, context)
        ends.append(time.monotonic())
    return (words[0] if words else ends[1]) - ends[0], ends[1] - ends[0], ends[2] - ends[1]
