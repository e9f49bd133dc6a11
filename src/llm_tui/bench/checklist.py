"""A key in the checklist of exercise 7 with a thousand questions of one's own, beside the course's 25 alone."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from textual.pilot import Pilot

from llm_tui.app import LabApp
from llm_tui.bench.asked import Asked
from llm_tui.bench.figure import Figure
from llm_tui.engine.engine import Engine
from llm_tui.exercises.checklist import Item
from llm_tui.exercises.ethics import Answers
from llm_tui.i18n import Text
from llm_tui.lab.lab import Lab

OWN, TIMES, RATIO = 1000, 3, 2.0
KEYS = {
    Text("moving and setting a state", "moverse y poner un estado"): ("down", "space", "up", "p"),
    Text("typing an answer", "escribir una respuesta"): tuple("letters"),
}


def measure(asked: Asked) -> Iterator[Figure]:
    """Milliseconds of the processor a key: a press of Textual's pilot waits much longer than the screen works."""
    times = 1 if asked.small else asked.pairs * TIMES
    few = asyncio.run(_per_key(asked.folder / "few", 0, times))
    many = asyncio.run(_per_key(asked.folder / "many", OWN // 10 if asked.small else OWN, times))
    for what, theirs, ours in zip(KEYS, few, many, strict=True):
        beside = Text("25 questions", "25 preguntas")
        yield Figure(what=what, ours=ours, reference=beside, theirs=theirs, unit="ms", ratio=ours / theirs, goal=RATIO)


async def _per_key(folder: Path, own: int, times: int) -> list[float]:
    lab = Lab(folder)
    items = tuple(
        Item(f"x{n}", "many", Text(f"Is this question {n}?", f"¿Es esta la pregunta {n}?")) for n in range(own)
    )
    lab.save_answers(7, Answers(own=items))
    with Engine() as engine:
        async with LabApp(lab, engine).run_test(size=(80, 24)) as pilot:
            engine.wait()  # for the look at this machine, with the import of torch
            await pilot.press("f6")
            await pilot.pause(1)
            moving, typing = KEYS.values()
            await _spent(pilot, moving)
            moved = [await _spent(pilot, moving) for _ in range(times)]
            await pilot.press("enter")
            typed = [await _spent(pilot, typing) for _ in range(times)]
    lab.release()
    return [statistics.median(moved), statistics.median(typed)]


async def _spent(pilot: Pilot[None], keys: tuple[str, ...]) -> float:
    began = time.process_time()
    await pilot.press(*keys)
    return 1000 * (time.process_time() - began) / len(keys)
