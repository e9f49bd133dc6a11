"""What the exercises that models fill in have in common: answers that models fill in, job by job."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol, Self

from llm_tui.engine.job import Job
from llm_tui.exercises.contract import Answers
from llm_tui.foundation.job import Asking


class Learns(Protocol):
    """Answers into which results of jobs go."""

    def with_result(self, job: Any, result: Any) -> Self:
        """The answers with what a job found out."""
        ...

    def with_failure(self, job: Any, message: str) -> Self | None:
        """The answers that go on in spite of a failed job; None where they cannot."""
        ...


class Fillable(Learns, Protocol):
    """What is filled in job by job."""

    def pending(self, asking: Asking) -> Iterator[Job]:
        """The jobs that can run now, in order.

        Raises:
            UserError: the material is not such that a model could be asked.
        """
        ...


class Sheet(Answers, Fillable, Protocol):
    """The student's material and what models have made of it so far; frozen, as all answers are.

    Whoever runs a sheet asks for what is `pending`, runs it, and puts the result in; then asks again, for one result
    may make more to do. What is done is never done again, so that a run that was cut off goes on where it stood.
    """

    def with_models(self, name: str | None) -> Self:
        """With one model wherever it can be asked; None gives each field the model that it begins with."""
        ...
