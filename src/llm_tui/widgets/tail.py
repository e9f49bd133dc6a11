"""The end of a growing text, line by line."""

from __future__ import annotations

from collections.abc import Iterable

from rich.segment import Segment
from textual.content import Content
from textual.strip import Strip
from textual.widget import Widget

from llm_tui.i18n import Text
from llm_tui.keys import Bar, Key, bindings

MOST_LINES = 2000


class Tail(Widget, can_focus=True):
    """Shows the last lines; the arrow and page keys look back, and new lines then wait below.

    Textual's `Log` lays the whole screen out anew at each write, starts a thread, and sends its border again.
    """

    NAME = Text("In the progress", "En el avance")
    KEYS = (
        Key("older", "up", "look(1)", Text("older lines", "líneas anteriores"), bar=Bar.NEVER),
        Key("newer", "down", "look(-1)", Text("newer lines", "líneas posteriores"), bar=Bar.NEVER),
        Key("older-page", "pageup", "look(10)", Text("a page older", "una página antes"), bar=Bar.NEVER),
        Key("newer-page", "pagedown", "look(-10)", Text("a page newer", "una página después"), bar=Bar.NEVER),
        Key("newest", "end", "look(-2000)", Text("the newest line", "la última línea"), bar=Bar.NEVER),
    )
    BINDINGS = bindings(KEYS)

    def __init__(self, *, id: str | None = None):
        super().__init__(id=id)
        self._lines: list[str] = []
        self._back = 0

    def write(self, lines: Iterable[str]) -> None:
        before = len(self._lines)
        self._lines += lines
        if self._back:
            self._back += len(self._lines) - before
        else:
            self._draw()
        del self._lines[:-MOST_LINES]

    @property
    def lines(self) -> list[str]:
        return list(self._lines)

    def action_look(self, lines: int) -> None:
        self._back = min(max(0, self._back + lines), max(0, len(self._lines) - self.size.height))
        self._draw()

    def _draw(self) -> None:
        """The lines alone, not the border."""
        self.refresh(self.size.region)

    def render_line(self, y: int) -> Strip:
        number = max(0, len(self._lines) - self.size.height - self._back) + y
        text = self._lines[number] if number < len(self._lines) else ""
        line = Content(text).truncate(self.size.width, ellipsis=True)
        return Strip([Segment(line.plain, self.rich_style)]).adjust_cell_length(self.size.width, self.rich_style)
