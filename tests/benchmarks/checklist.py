"""Does the checklist of exercise 7 answer as fast with a thousand questions of one's own as with the course's 25?

    python tests/benchmarks/checklist.py

Drives the screen at 80x24 without a terminal: moves down and sets a state, and types letters into an answer. Prints
milliseconds of work per key, the median of the rounds, with 25 and with 1,025 questions, and their ratio. It is a
measurement, not a test: nothing here runs in the suite.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

from textual.pilot import Pilot

sys.path.insert(0, str(Path(__file__).parents[1]))
from conftest import FakeEngine

from llm_tui.app import LabApp
from llm_tui.exercises.checklist import Item
from llm_tui.exercises.ethics import Answers
from llm_tui.i18n import Text
from llm_tui.lab.lab import Lab

ROUNDS = 15
RATIO = 2.0


async def per_key(pilot: Pilot[None], *keys: str) -> float:
    """Milliseconds of processor time: a press of the pilot waits much longer than the screen works."""
    start = time.process_time()
    await pilot.press(*keys)
    return (time.process_time() - start) * 1000 / len(keys)


async def measured(own: int) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(Path(folder) / "lab")
        items = tuple(Item(f"x{n}", "many", Text(f"Is this question {n}?", "")) for n in range(own))
        lab.save_answers(7, Answers(own=items))
        app = LabApp(lab, FakeEngine())  # type: ignore[arg-type]
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("f6")
            await pilot.pause(1)
            await per_key(pilot, "down", "space")
            moving = [await per_key(pilot, "down", "space", "up", "p") for _ in range(ROUNDS)]
            await pilot.press("enter")
            typing = [await per_key(pilot, *"letters") for _ in range(ROUNDS)]
        return statistics.median(moving), statistics.median(typing)


async def main() -> None:
    few, many = await measured(0), await measured(1000)
    for what, a, b in zip(("moving and setting states", "typing an answer"), few, many, strict=True):
        verdict = "PASS" if b / a <= RATIO else "MISS"
        print(f"{what}: 25 questions {a:.1f} ms of work a key, 1,025 questions {b:.1f} ms: ratio {b / a:.2f} {verdict}")


if __name__ == "__main__":
    asyncio.run(main())
