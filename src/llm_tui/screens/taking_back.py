"""A screen on which what a person did is taken back, and done again."""

from __future__ import annotations

from typing import Generic, TypeVar

from llm_tui.screens.mode import ModeScreen
from llm_tui.widgets.undo import Undo

A = TypeVar("A")


class TakesBack(ModeScreen, Generic[A]):
    def __init__(self) -> None:
        super().__init__()
        self._undo: Undo[A] = Undo()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "undo":
            return self._undo.can_go_back
        if action == "redo":
            return self._undo.can_go_forth
        return super().check_action(action, parameters)
