"""One line to write in that stands alone: in a dialog, to search, to try something."""

from __future__ import annotations

from textual.widgets import Input

from llm_tui.keys import REDO, UNDO, bindings
from llm_tui.widgets.undo import Undo


class Line(Input):
    """An `Input` that undoes and redoes. Fields whose text is among a screen's answers leave that to the screen."""

    KEYS = (UNDO, REDO)
    BINDINGS = bindings(KEYS)

    def __init__(self, text: str = "", *, placeholder: str = "", id: str | None = None):
        self._undo: Undo[str] = Undo()
        self._moving = False
        super().__init__(text, placeholder=placeholder, id=id, compact=True)

    def watch_value(self, before: str, value: str) -> None:
        if before != value and not self._moving:
            self._undo.keep(before, typing="line")

    def action_undo(self) -> None:
        self._put(self._undo.back(self.value))

    def action_redo(self) -> None:
        self._put(self._undo.forth(self.value))

    def _put(self, text: str) -> None:
        self._moving = True
        self.value = text
        self._moving = False
        self.cursor_position = len(text)
