"""A text of several lines to write in, whatever is in it."""

from __future__ import annotations

from rich.text import Text
from textual.events import Paste
from textual.widgets import TextArea

from llm_tui.visible import visible_in_place


class TextField(TextArea):
    """A `TextArea` that tab leaves, and that shows control characters where Textual would send them to the terminal.

    What is written is among the answers of a screen, and taken back with them: in one order, whatever it was.
    """

    def __init__(self, text: str = "", *, id: str | None = None, read_only: bool = False):
        super().__init__(text, id=id, read_only=read_only, compact=True, tab_behavior="focus")

    def get_line(self, line_index: int) -> Text:
        return Text(visible_in_place(self.document.get_line(line_index)), end="", no_wrap=True)

    async def _on_paste(self, event: Paste) -> None:
        """Textual has it go on to the screen, which takes what is pasted outside a field."""
        if not self.read_only:
            event.stop()

    def on_resize(self) -> None:
        """Draw it again: `TextArea` wraps anew, and draws anew only where that changes the number of lines."""
        self.refresh()

    def put(self, text: str) -> None:
        """Show `text`. Nobody has typed it: no `Changed` says so. For a person who is in the field the cursor goes
        behind what is new in it, else to the start.
        """
        before = self.text
        if text == before:
            return
        with self.prevent(TextArea.Changed):
            self.text = text
        if not self.has_focus:
            return
        most = min(len(before), len(text))
        same = next((i for i in range(most) if before[i] != text[i]), most)
        end = next((i for i in range(most - same) if before[-1 - i] != text[-1 - i]), most - same)
        lines = text[: len(text) - end].split("\n")
        self.move_cursor((len(lines) - 1, len(lines[-1])))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return False if action in ("undo", "redo") else super().check_action(action, parameters)
