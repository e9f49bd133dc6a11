"""A line for the path of a file."""

from __future__ import annotations

from textual.events import Paste
from textual.message import Message

from llm_tui.paths import pasted
from llm_tui.visible import visible
from llm_tui.widgets.line import Line


class PathLine(Line):
    """What is dropped on the terminal takes the place of what stands there, in whatever way it is quoted."""

    class Several(Message):
        """More than one file was dropped; the first is taken."""

        def __init__(self, count: int):
            super().__init__()
            self.count = count

    def _on_paste(self, event: Paste) -> None:
        if not (found := pasted.paths(event.text)):
            super()._on_paste(event)
            return
        self.put(visible(found[0]))
        self.post_message(self.Several(len(found)))
        event.stop()
        event.prevent_default()

    def put(self, text: str) -> None:
        self.value = text
        self.cursor_position = len(text)
