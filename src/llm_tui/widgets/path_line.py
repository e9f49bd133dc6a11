"""A line for the path of a file."""

from __future__ import annotations

from collections.abc import Sequence

from textual.events import Paste
from textual.message import Message

from llm_tui.paths import pasted
from llm_tui.widgets.line import Line


class PathLine(Line):
    """Tells of what is dropped on the terminal, in whatever way it is quoted, in place of taking it as text."""

    class Dropped(Message):
        """These files were dropped on it."""

        def __init__(self, paths: Sequence[str]):
            super().__init__()
            self.paths = paths

    def _on_paste(self, event: Paste) -> None:
        """Any other text is left to the field itself."""
        if found := pasted.paths(event.text):
            self.post_message(self.Dropped(found))
            event.stop()
            event.prevent_default()

    def put(self, text: str) -> None:
        self.value = text
        self.cursor_position = len(text)
