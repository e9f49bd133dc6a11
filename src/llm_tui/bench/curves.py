"""One redraw of both plots of the training screen, of twenty runs that grow, beside that of short runs."""

from __future__ import annotations

import asyncio
import math
import random
import statistics
import time
from collections.abc import Iterator

from textual.app import App, ComposeResult

from llm_tui.bench.asked import Asked
from llm_tui.bench.figure import Figure
from llm_tui.classifier.job import Training
from llm_tui.i18n import Text
from llm_tui.lab.runs import Point
from llm_tui.widgets.curves import Curve, Curves

LOOKS = {
    Text("as they are at first", "como están al principio"): (),
    Text("smoothed", "suavizadas"): ("full_stop", "full_stop"),
    Text("smoothed and zoomed", "suavizadas y ampliadas"): ("plus", "plus"),
}
"""Each with the keys that lead to it from the one before."""

RUNS, SHORT, LONG, TIMES = 20, 100, 10_000, 6


class _Drawing(App[None]):
    CSS = "Curves Horizontal { height: 1fr; } Curves Plot { width: 1fr; height: 100%; }"

    def compose(self) -> ComposeResult:
        yield Curves()


def measure(asked: Asked) -> Iterator[Figure]:
    """Milliseconds of the processor: the screen is drawn ten times a second while a training runs."""
    times = 1 if asked.small else asked.pairs * TIMES
    short = asyncio.run(_redraws(SHORT, times))
    long = asyncio.run(_redraws(2 * SHORT if asked.small else LONG, times))
    for look, mine, other in zip(LOOKS, long, short, strict=True):
        beside = Text(f"runs of {SHORT} reports", f"ejecuciones de {SHORT} informes")
        yield Figure(what=look, ours=mine, reference=beside, theirs=other, unit="ms", ratio=mine / other)


async def _redraws(reports: int, times: int) -> list[float]:
    """Milliseconds of one redraw, the median, in each of the `LOOKS`; each has a report more of each run."""
    draw, found = random.Random(0), []
    app = _Drawing()
    async with app.run_test(size=(120, 40)) as pilot:
        lists = [[_report(step, reports, draw) for step in range(1, reports + 1)] for _ in range(RUNS)]
        curves = [Curve(str(i), Training(seed=i), points, i) for i, points in enumerate(lists)]
        shown = app.query_one(Curves)
        shown.query("Plot").first().focus()
        for keys in LOOKS.values():
            await pilot.press(*keys)
            shown.show(curves)
            await pilot.pause()
            each = []
            for _ in range(times):
                for points in lists:
                    points.append(_report(len(points) + 1, reports, draw))
                began = time.process_time()
                shown.show(curves)
                await pilot.pause()
                each.append(1000 * (time.process_time() - began))
            found.append(statistics.median(each))
    return found


def _report(step: int, reports: int, draw: random.Random) -> Point:
    loss = 1.4 * math.exp(-step / 3000) + draw.gauss(0.3, 0.05)
    return Point(step, 2 * reports, loss, 1 - min(loss, 1.0), 1e5, 1.0)
