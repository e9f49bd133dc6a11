"""The runs that were started on a screen: what they have reported so far, and the log that they write."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field

from llm_tui.classifier.job import Training, TrainingResult
from llm_tui.engine.events import Cancelled, Event, Failed, Finished, Log, Metric, Placed
from llm_tui.i18n import duration, tr
from llm_tui.lab.runs import Point
from llm_tui.visible import visible

LOG_WIDTH = 45
"""Columns of the log of a screen of 80."""


@dataclass
class _Live:
    job: Training
    points: list[Point] = field(default_factory=list)
    ended: bool = False


class LiveRuns:
    """`jobs` by the numbers that the engine gave them."""

    def __init__(self, jobs: Mapping[int, Training]):
        self._live = {number: _Live(job) for number, job in jobs.items()}

    def __contains__(self, number: int) -> bool:
        return number in self._live

    def unfinished(self) -> dict[int, Training]:
        return {number: live.job for number, live in self._live.items() if not live.ended}

    def points(self) -> dict[Training, list[Point]]:
        """The curves of those that have one."""
        return {live.job: live.points for live in self._live.values() if live.points}

    def follow(self, event: Event) -> list[str]:
        """Take in what one of these runs tells; returns its lines for the log."""
        live = self._live[event.job_id]
        size = f"{live.job.batch_size:>4}"
        live.ended = live.ended or isinstance(event, Finished | Failed | Cancelled)
        match event:
            case Metric():
                live.points.append(Point(step=event.step, **event.values))  # type: ignore[arg-type]
                return [f"{size} {_report(live.points[-1])}"]
            case Finished(result=TrainingResult() as result):
                return [f"{size} {result.said()}"]
            case Failed():
                return _wrapped(size, event.message)
            case Log():
                return _wrapped(size, event.text)
            case Placed(device=device) if device.uuid:
                return _wrapped(size, device.said())
            case Cancelled():
                return [f"{size} " + tr("stopped; its curve is kept", "detenida; su curva se conserva")]
        return []


def _wrapped(size: str, sentence: str) -> list[str]:
    """Lines as wide as the log is at 80 columns."""
    return textwrap.wrap(f"{size} {visible(sentence)}", LOG_WIDTH, subsequent_indent=" " * (len(size) + 1))


def _report(point: Point) -> str:
    """One line of the log; `point.examples_per_second` in thousands."""
    left = duration(point.seconds_left)
    return tr(
        f"{point.step}/{point.steps} loss {point.loss:.2f} acc {point.accuracy:.2f} "
        f"{point.examples_per_second / 1000:.0f}k ex/s {left}",
        f"{point.step}/{point.steps} pérd {point.loss:.2f} exac {point.accuracy:.2f} "
        f"{point.examples_per_second / 1000:.0f}k ej/s {left}",
    )
