"""Fields of one line."""

from __future__ import annotations

from textual.events import Paste
from textual.widgets import Input

from llm_tui.keys import REDO, UNDO, bindings
from llm_tui.widgets.undo import Undo

MOST_LETTERS = 4096
"""As in a path."""


class OneLine(Input):
    """Takes all that is pasted, its lines joined by a space: Textual takes the first of them alone."""

    def _on_paste(self, event: Paste) -> None:
        event.stop()
        event.prevent_default()
        self.replace(" ".join(filter(None, event.text.splitlines())), *self.selection)


class ShortInput(OneLine):
    """What would make it longer than `MOST_LETTERS` is left out, with a bell: each key costs time for every letter."""

    def replace(self, text: str, start: int, end: int) -> None:
        if text and len(self.value) + len(text) - abs(end - start) > MOST_LETTERS:
            self.restricted()
        else:  # a longer one, from a file, can be made shorter
            super().replace(text, start, end)


class Line(ShortInput):
    """Stands alone: in a dialog, to search, to try something. It undoes and redoes; fields whose text is among a
    screen's answers leave that to the screen.
    """

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
