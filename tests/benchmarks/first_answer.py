"""Does each teaching model give its first answer within a second, once torch and transformers are imported?

    python tests/benchmarks/first_answer.py

Asks each task of the playground its own example twice, each task in a process of its own, on the CPU. The packages are
loaded as the engine does it while a person reads the screen; importing the model's own classes, opening it and the
answer belong to the first time, which ends with the first word where the answer comes word by word. The second answer,
whole, is the reference. It is a measurement, not a test: nothing here runs in the suite.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time

from llm_tui.engine.events import Event, Token
from llm_tui.engine.job import Context, run_job
from llm_tui.engine.prepare import prepare
from llm_tui.playground import registry
from llm_tui.playground.state import Playground

MOST = 1.0


def one(name: str) -> None:
    prepare(("torch", "transformers"), lambda what: None)
    asked = Playground(task=name, settings={"device": "cpu"}).with_model(registry.task(name).stand_in.name)
    words: list[float] = []

    def heard(event: Event) -> None:
        if isinstance(event, Token):
            words.append(time.monotonic())

    context = Context(0, heard, threading.Event())  # with the models that are open, as the engine keeps them
    ends = [time.monotonic()]
    for _ in range(2):
        run_job(asked.job(), context)
        ends.append(time.monotonic())
    whole, again = ends[1] - ends[0], ends[2] - ends[1]
    first = words[0] - ends[0] if words else whole
    verdict = "PASS" if first < MOST else "MISS"
    print(f"{name:12} first {first:.2f} s, whole {whole:.2f} s; again {again:.2f} s, {whole / again:.1f}: {verdict}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        one(sys.argv[1])
    else:
        for task in registry.tasks():
            subprocess.run([sys.executable, __file__, task.name], check=True)
