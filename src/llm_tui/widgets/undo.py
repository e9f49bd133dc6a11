"""Taking back what a person did, and doing it again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

A = TypeVar("A")

STEP_LETTERS = 30
"""The longest typing that is taken back at once, in keys."""

MOST_STEPS = 200


class Undo(Generic[A]):
    """The states before the present one and, after steps back, those behind it. States are values that never change.

    Letters that are typed in one place, one after the other, make one step, or some where they are many.
    """

    def __init__(self) -> None:
        self._before: list[A] = []
        self._after: list[A] = []
        self._typing = ""
        self._letters = 0

    def keep(self, state: A, typing: str = "") -> None:
        """`state` gives way to another one. `typing` names the place in which a person types."""
        if not typing or typing != self._typing or self._letters == STEP_LETTERS:
            self._before = [*self._before[1 - MOST_STEPS :], state]
            self._letters = 0
        self._letters += 1
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
