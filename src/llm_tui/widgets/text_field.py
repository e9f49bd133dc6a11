"""A text of several lines to write in, whatever is in it."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import TextArea

from llm_tui.visible import visible_in_place


class TextField(TextArea):
    """A `TextArea` that tab leaves, and that shows control characters where Textual would send them to the terminal."""

    def __init__(self, text: str = "", *, id: str | None = None, read_only: bool = False):
        super().__init__(text, id=id, read_only=read_only, compact=True, tab_behavior="focus")

    def get_line(self, line_index: int) -> Text:
        return Text(visible_in_place(self.document.get_line(line_index)), end="", no_wrap=True)

    def on_resize(self) -> None:
        """Draw it again: `TextArea` wraps anew, and draws anew only where that changes the number of lines."""
        self.refresh()
