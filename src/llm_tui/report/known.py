"""What a lab knows beside the answers of an exercise, as its definition asks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TypeVar

from llm_tui.exercises.contract import Answers
from llm_tui.i18n import Text
from llm_tui.lab.lab import Lab
from llm_tui.lab.runs import Found, Run
from llm_tui.report.evidence import facts

A = TypeVar("A", bound=Answers)


class FromLab:
    """The lab as it is when it is first asked: its runs and facts are read once, and only where an exercise wants
    them.
    """

    def __init__(self, lab: Lab):
        self._lab = lab

    def answers(self, exercise: int, kind: type[A]) -> A:
        return self._lab.answers(exercise, kind)

    def find(self, kept: Sequence[str]) -> Found:
        return Found(self._runs, kept)

    def facts(self) -> Mapping[str, Text]:
        return self._facts

    @cached_property
    def _runs(self) -> list[Run]:
        return self._lab.runs.all()

    @cached_property
    def _facts(self) -> dict[str, Text]:
        return {fact.key: fact.said for fact in facts(self._lab)}
