"""Do twenty runs of ten thousand reports each, which grow, stay cheap to draw ten times a second?

    python tests/benchmarks/curves.py

Draws both plots of the training screen in an app without a terminal, a report more of each run each time, and prints
the milliseconds of the processor that one redraw takes: as the curves are at first, smoothed, and zoomed. The ratio is
to the tenth of a second that there is.
It is a measurement, not a test: nothing here runs in the suite.
"""

from __future__ import annotations

import asyncio
import math
import random
import time

from textual.app import App, ComposeResult

from llm_tui.classifier.job import Training
from llm_tui.lab.runs import Point
from llm_tui.widgets.curves import Curve, Curves

RUNS, REPORTS, TIMES, EVERY = 20, 10_000, 30, 0.1


def report(step: int, draw: random.Random) -> Point:
    loss = 1.4 * math.exp(-step / 3000) + draw.gauss(0.3, 0.05)
    return Point(step, 2 * REPORTS, loss, 1 - min(loss, 1.0), 1e5, 1.0)


class Drawing(App[None]):
    CSS = "Curves Horizontal { height: 1fr; } Curves Plot { width: 1fr; height: 100%; }"

    def compose(self) -> ComposeResult:
        yield Curves()


async def main() -> None:
    draw = random.Random(0)
    app = Drawing()
    async with app.run_test(size=(120, 40)) as pilot:
        lists = [[report(step, draw) for step in range(1, REPORTS + 1)] for _ in range(RUNS)]
        curves = [Curve(str(i), Training(seed=i), points, i) for i, points in enumerate(lists)]
        shown = app.query_one(Curves)
        shown.query("Plot").first().focus()
        for name, keys in (("at first", ""), ("smoothed", ".."), ("zoomed", "++")):
            await pilot.press(*("plus" if key == "+" else "full_stop" for key in keys))
            shown.show(curves)
            await pilot.pause()
            began = time.process_time()
            for number in range(TIMES):
                for points in lists:
                    points.append(report(len(points) + 1 + number, draw))
                shown.show(curves)
                await pilot.pause()
            each = (time.process_time() - began) / TIMES
            print(f"{name:>10}: {1000 * each:6.1f} ms a redraw, {each / EVERY:.2f} of the time that there is")


if __name__ == "__main__":
    asyncio.run(main())
