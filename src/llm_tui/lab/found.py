"""Looking a training up among the runs of a lab."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import fields
from operator import attrgetter

from llm_tui import __version__
from llm_tui.classifier.job import Training
from llm_tui.exercises.batch_sizes import Row
from llm_tui.lab.runs import ENDED, Run

_FIELDS = [field.name for field in fields(Training) if field.compare and field.name != "keep_model"]
SAME = attrgetter(*_FIELDS)
"""Equal for trainings that are the same; whether the weights are kept, or room was waited for, makes no difference to
what is measured.
"""

_EXPERIMENT = attrgetter(*(name for name in _FIELDS if name not in ("batch_size", "seed")))


class RunIndex:
    """Looks up the newest ended run of a training among `runs` (newest first); those whose ids are in `kept` go before
    all others.

    Where a data file has changed, only the runs on one version of it count, the newest or that of the kept runs: one
    table does not mix two.
    """

    def __init__(self, runs: Iterable[Run], kept: Container[str] = ()):
        self._runs: dict[object, Run] = {}
        stamps: dict[object, object] = {}
        for run in sorted(runs, key=lambda run: run.id not in kept):
            if run.state not in ENDED:
                continue
            if stamps.setdefault(_EXPERIMENT(run.job), run.config.stamp) == run.config.stamp:
                self._runs.setdefault(SAME(run.job), run)

    def run(self, job: Training) -> Run | None:
        return self._runs.get(SAME(job))

    def __call__(self, job: Training) -> Row | None:
        run = self.run(job)
        if run is None:
            return None
        return Row(job, run.result, run.state == "diverged", run.config.version, run.id, run.config.stamp)

    def reusable(self, job: Training) -> bool:
        """Whether a run of this lab has already done `job`, on the same data and with the same program."""
        run = self.run(job)
        return (
            run is not None
            and run.config.version == __version__
            and list(run.config.stamp) == list(job.stamp())
            and (run.has_model() or not job.keep_model or run.state == "diverged")
        )
