"""Does the program grow while it is used?

    python tests/faults/memory.py --rounds 10 --screens 100 --jobs 30

Drives the app without a terminal on a lab with all exercises done: every round goes through `--screens` main screens
and exercises, opens and closes a dialog on each, and runs `--jobs` jobs of the playground (a teaching model is asked,
texts are cut by a tokenizer). After each round it prints the resident memory and the live objects that grew most since
the second round, the first one that finds everything loaded. What is kept for good grows in every round by as much;
what is only cached stops. The exit code is 1 where the last rounds still grow by more than `--most` KB each.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from filled_lab import fill

from llm_tui import i18n
from llm_tui.app import LabApp
from llm_tui.foundation import teaching
from llm_tui.foundation.job import Generate, ModelChoice, Settings
from llm_tui.foundation.labels_job import Sentiment
from llm_tui.lab.lab import Lab
from llm_tui.tokenization.job import Compare

MODES = ("f2", "f3", "f4", "f5", "f6", "f7")
EXERCISES = ("3", "4", "5", "6")
DIALOGS = ("f1", "ctrl+p", "ctrl+o")

SENTIMENT = ModelChoice(teaching.SENTIMENT.name, "cpu")
WRITER = ModelChoice(teaching.T5.name, "cpu")
JOBS = (
    lambda n: Sentiment((f"El servicio número {n} fue un placer.",), SENTIMENT),
    lambda n: Generate("prompt", (f"El tren número {n} llega tarde.",), WRITER, Settings(max_new_tokens=8)),
    lambda n: Compare(f"La casa número {n} y su jardín.", (str(teaching.T5.folder),)),
)


def resident() -> int:
    """KB of this process, as the system counts them."""
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


def live() -> Counter[str]:
    gc.unfreeze()  # what the engine froze when it had imported torch
    gc.collect()
    return Counter(f"{type(thing).__module__}.{type(thing).__qualname__}" for thing in gc.get_objects())


async def go(pilot, screens: int, first: int) -> None:
    for number in range(first, first + screens):
        await pilot.press(MODES[number % len(MODES)])
        if number % len(MODES) == 0:
            await pilot.press(EXERCISES[number // len(MODES) % len(EXERCISES)])
        await pilot.press(DIALOGS[number % len(DIALOGS)])
        await pilot.press("escape")
        await pilot.press("escape")


async def work(app: LabApp, pilot, jobs: int, first: int) -> None:
    for number in range(first, first + jobs):
        app.submit(JOBS[number % len(JOBS)](number), app.screen)
        while app.engine.running() or app.engine.waiting():
            await pilot.pause(0.02)


async def measure(lab: Lab, rounds: int, screens: int, jobs: int, most: int) -> int:
    app = LabApp(lab)
    sizes: list[int] = []
    before: Counter[str] = Counter()
    async with app.run_test(size=(80, 24)) as pilot:
        for number in range(rounds):
            began = time.monotonic()
            await go(pilot, screens, number * screens)
            await work(app, pilot, jobs, number * jobs)
            there = live()
            sizes.append(resident())
            if number == 1:
                before = there
            grown = (there - before).most_common(6) if number > 1 else []
            print(f"round {number + 1}: {sizes[-1] / 1024:.1f} MB, {there.total():,} objects, "
                  f"{time.monotonic() - began:.0f} s; since round 2: {grown}", flush=True)  # fmt: skip
    half = sizes[rounds // 2 :]
    growth = (half[-1] - half[0]) / max(1, len(half) - 1)
    print(f"the second half grew by {growth:.0f} KB a round, {100 * (sizes[-1] / sizes[1] - 1):.1f} % since round 2")
    return int(growth > most)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--screens", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=30)
    parser.add_argument("--most", type=int, default=1024)
    given = parser.parse_args()
    i18n.use("es")
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(Path(folder) / "lab")
        fill(lab)
        return asyncio.run(measure(lab, given.rounds, given.screens, given.jobs, given.most))


if __name__ == "__main__":
    sys.exit(main())
