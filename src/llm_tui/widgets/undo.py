"""Taking back what a person did, and doing it again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

A = TypeVar("A")

STEP_LETTERS = 30
"""The longest typing that is taken back at once, in keys."""

MOST_STEPS = 200

MOST_LEARNT = 1000
"""Changes that are kept, each with what it was made of."""


class Undo(Generic[A]):
    """The states before the present one and, after steps back, those behind it. States are values that never change.

    Letters that are typed in one place, one after the other, make one step, or some where they are many.
    """

    def __init__(self) -> None:
        self._before: list[tuple[A, int]] = []
        """Each with how much had been learnt by then."""
        self._after: list[tuple[A, int]] = []
        self._learnt: list[Callable[[A], A]] = []
        self._typing = ""
        self._letters = 0

    def keep(self, state: A, typing: str = "") -> None:
        """`state` gives way to another one. `typing` names the place in which a person types."""
        if not typing or typing != self._typing or self._letters == STEP_LETTERS:
            self._before = [*self._before[1 - MOST_STEPS :], (state, len(self._learnt))]
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

    def _move(self, state: A, source: list[tuple[A, int]], target: list[tuple[A, int]]) -> A:
        self._typing = ""
        while source:
            other = self._now(*source.pop())
            if other != state:  # else a letter was typed and deleted again
                target.append((state, len(self._learnt)))
                return other
        return state

    def map(self, change: Callable[[A], A]) -> None:
        """Change every state: what nobody did is not to be taken back. Each is changed when it is gone to; there may be
        hundreds, of sheets of thousands of texts.
        """
        if not (self._before or self._after):
            self._learnt = []
            return
        self._learnt.append(change)
        if len(self._learnt) == MOST_LEARNT:
            for states in (self._before, self._after):
                states[:] = [(self._now(*state), 0) for state in states]
            self._learnt = []

    def _now(self, state: A, learnt: int) -> A:
        for change in self._learnt[learnt:]:
            state = change(state)
        return state
