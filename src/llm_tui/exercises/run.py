"""A sheet is filled in: what is asked next, and what follows from what comes back. For screen and command line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeAlias, TypeVar

from llm_tui.engine.events import Cancelled, Failed, Finished
from llm_tui.engine.job import Job
from llm_tui.errors import Unavailable
from llm_tui.exercises.sheet import Fillable
from llm_tui.foundation.job import Asking

Ending: TypeAlias = Finished | Failed | Cancelled

S = TypeVar("S", bound=Fillable)

A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class Outcome(Generic[A]):
    """What follows from what a job tells. `learnt` makes of the answers those that know it, to be kept; `said` is to be
    told. Where it is `over`, the jobs that have not ended are to be cancelled; `absent` says that it is for a model
    that is not here, so that another may stand in.
    """

    learnt: Callable[[A], A] | None = None
    said: str = ""
    over: bool = False
    absent: bool = False


class Filling(Generic[S]):
    """The filling in of a sheet, in one run after another. It has no engine, no thread and no sheet of its own: who
    drives it submits what is `due`, tells how each job `ended`, and does what follows.

    In one run no job is asked twice. What a job has found out is taken whenever it comes, be it after the stop.
    """

    def __init__(self) -> None:
        self._asking = Asking()
        self._begun: set[Job] = set()
        self._open: list[Job] = []
        self._dropped: list[Job] = []
        """Jobs of a run that is over: nobody waits for what ends them but a result."""
        self._stopped = True

    @property
    def under_way(self) -> bool:
        """Whether there is a run that nobody has stopped."""
        return bool(self._open) and not self._stopped

    def start(self, asking: Asking) -> None:
        """Begin a run, unless one is under way. Of one that was stopped the last jobs are waited for."""
        if not self.under_way:
            self._asking, self._begun, self._dropped, self._stopped = asking, set(), list(self._open), False

    def due(self, sheet: S, most: int | None = None) -> list[Job]:
        """The jobs that `sheet` lacks, `most` of them at a time, all to be submitted; none before those of last time
        have ended.

        Raises:
            UserError: the sheet is not such that a model could be asked.
        """
        if self._open or self._stopped:
            return []
        lacking = dict.fromkeys(job for job in sheet.pending(self._asking) if job not in self._begun)
        self._open = list(islice(lacking, most))
        self._begun.update(self._open)
        return list(self._open)

    def stop(self) -> None:
        """A person stops the run: nothing more is asked, and what is open ends in whatever way."""
        self._stopped = True

    def ended(self, job: Job, ending: Ending, sheet: S) -> Outcome[S]:
        """A job that was due has ended; `sheet` is as it is now."""
        self._open.remove(job)
        awaited = job not in self._dropped
        match ending:
            case Finished(result=result) if broken := getattr(result, "broken", ""):  # half of an answer is none
                return self._failed(job, Failed(ending.job_id, broken, ""), sheet) if awaited else Outcome()
            case Finished(result=result):
                return Outcome(lambda sheet: sheet.with_result(job, result))
            case Failed() if awaited:
                return self._failed(job, ending, sheet)
            case Cancelled() if awaited:
                self._stopped = True
        return Outcome()

    def _failed(self, job: Job, failure: Failed, sheet: S) -> Outcome[S]:
        """What fails for one text fails for the next: nothing more is asked, unless the sheet knows another way."""
        said = failure.message
        if sheet.with_failure(job, said) is not None:
            return Outcome(lambda sheet: sheet.with_failure(job, said) or sheet, said)
        self._stopped, self._dropped = True, list(self._open)
        return Outcome(said=said, over=True, absent=failure.kind == Unavailable.__name__)
