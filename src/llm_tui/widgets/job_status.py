"""What the job bar shows, from what the jobs tell."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llm_tui.engine.events import ENDINGS, Event, Placed, Progress, Started
from llm_tui.survey import Survey
from llm_tui.widgets.host import JobStatus

if TYPE_CHECKING:
    from llm_tui.engine.job import Job


def followed(
    before: JobStatus | None, event: Event, running: tuple[int, Job] | None, waiting: int, where: tuple[str, ...]
) -> JobStatus | None:
    """After an event: `running` is the engine's job by now, `waiting` the number of those behind it, `where` the GPU of
    the job that tells. None once nothing runs.
    """
    match event:
        case Started() | Progress() | Placed() if running is None or running[0] != event.job_id:
            return before
        case Started() if running:
            return JobStatus(running[1].title(), waiting=waiting, stoppable=_stoppable(running[1], waiting))
        case Progress() if running:
            stoppable = _stoppable(running[1], waiting)
            return JobStatus(event.what, event.done, event.total, event.seconds_left, waiting, where, stoppable)
        case Placed() if before:
            return replace(before, where=where)
        case _ if isinstance(event, ENDINGS) and not waiting and running is None:
            return None
    return before


def _stoppable(running: Job, waiting: int) -> bool:
    """Whether somebody has asked for any of it: the survey of the machine is the app's own."""
    return bool(waiting) or not isinstance(running, Survey)
