"""What the exercises that models fill in have in common: answers that models fill in, job by job."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol, Self

from llm_tui.engine.job import Job
from llm_tui.exercises.contract import Answers
from llm_tui.foundation.job import Asking


class Sheet(Answers, Protocol):
    """The student's material and what models have made of it so far; frozen, as all answers are.

    Whoever runs a sheet asks for what is `pending`, runs it, and puts the result in; then asks again, for one result
    may make more to do. What is done is never done again, so that a run that was cut off goes on where it stood.
    """

    def with_models(self, name: str | None) -> Self:
        """With one model wherever it can be asked; None gives each field the model that it begins with."""
        ...

    def pending(self, asking: Asking) -> Iterator[Job]:
        """The jobs that can run now, in order.

        Raises:
            UserError: the material is not such that a model could be asked.
        """
        ...

    def with_result(self, job: Any, result: Any) -> Self:
        """The sheet with what a pending job found out."""
        ...

    def with_failure(self, job: Any, message: str) -> Self | None:
        """The sheet that goes on in spite of a failed job; None where it cannot."""
        ...
