"""Taking back what a person did, and doing it again."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Generic, TypeVar

A = TypeVar("A")

STEP_SECONDS = 3.0
"""The longest typing that is taken back at once."""

MOST_STEPS = 200


class Undo(Generic[A]):
    """The states before the present one and, after steps back, those behind it. States are values that never change.

    Letters that are typed in one place make one step, for some seconds at most.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._before: list[A] = []
        self._after: list[A] = []
        self._typing = ""
        self._began = 0.0

    def keep(self, state: A, typing: str = "") -> None:
        """`state` gives way to another one. `typing` names the place in which a person types."""
        now = self._clock()
        if not typing or typing != self._typing or now - self._began > STEP_SECONDS:
            self._before = [*self._before[1 - MOST_STEPS :], state]
            self._began = now
        self._typing = typing
        self._after = []

    @property
    def can_go_back(self) -> bool:
        return bool(self._before)

    @property
    def can_go_forth(self) -> bool:
        return bool(self._after)

    def back(self, state: A) -> A:
        """The state before `state`, which is the present one; itself where there is none."""
        return self._move(state, self._before, self._after)

    def forth(self, state: A) -> A:
        """The state that the last step back left."""
        return self._move(state, self._after, self._before)

    def _move(self, state: A, source: list[A], target: list[A]) -> A:
        self._typing = ""
        while source:
            other = source.pop()
            if other != state:  # else a letter was typed and deleted again
                target.append(state)
                return other
        return state

    def map(self, change: Callable[[A], A]) -> None:
        """Change every state: what nobody did is not to be taken back."""
        self._before = [change(state) for state in self._before]
        self._after = [change(state) for state in self._after]
