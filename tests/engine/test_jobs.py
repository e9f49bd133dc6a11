"""What every job of the program keeps to."""

from __future__ import annotations

import inspect
import pkgutil
from dataclasses import fields, is_dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from jobs import every_job

from llm_tui.engine.job import Job
from llm_tui.foundation.job import LEAD, Generate, ModelChoice

JOBS = [job for job in every_job() if job is not Job]


def runners(job: type[Any]) -> list[str]:
    """What the class names, or for each kind of model what its jobs name."""
    if isinstance(job.runner, str):
        return [job.runner]
    return [job.runner.fget(SimpleNamespace(model=ModelChoice(model))) for model in ("a/model", LEAD)]


def test_there_are_jobs_of_every_flow() -> None:
    kinds = {job.kind for job in JOBS}
    assert {"training", "prediction", "tokens", "generation", "zero-shot", "pull", "environment", "probe"} <= kinds
    assert len(kinds) == len(JOBS)  # the audit log tells them apart


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.__name__)
def test_its_runner_is_there_and_takes_the_job_and_a_context(job: type[Any]) -> None:
    for name in runners(job):
        runner = pkgutil.resolve_name(name)
        taken = inspect.signature(runner).parameters
        assert list(taken) == ["job", "context"]
        assert (taken["job"].annotation, taken["context"].annotation) == (job.__name__, "Context")


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.__name__)
def test_it_says_everything_in_frozen_fields(job: type[Any]) -> None:
    assert is_dataclass(job)
    assert job.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert fields(job) or job.__name__ == "Survey"


def test_a_summary_without_a_model_runs_no_model() -> None:
    assert Generate("summarize", (), ModelChoice(LEAD)).runner == "llm_tui.foundation.lead:lead"
