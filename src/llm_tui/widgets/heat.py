"""A text with signed heat on its words: never told by colour alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from textual.app import RenderResult
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from llm_tui.export.heat import Heat, Mark, signed
from llm_tui.i18n import Text
from llm_tui.keys import Bar, Key, bindings
from llm_tui.visible import visible


class HeatView(Widget, can_focus=True):
    """One text with heat, or several, one under another. Arrow keys go from word to word; the value of the one that the
    cursor is on stands below.
    """

    NAME = Text("In the text with heat", "En el texto con calor")
    KEYS = (
        Key("word-left", "left", "step(-1)", Text("the word before", "la palabra anterior"), bar=Bar.NEVER),
        Key("word-right", "right", "step(1)", Text("the next word", "la palabra siguiente"), bar=Bar.NEVER),
        Key("first-word", "home", "step(-1000000000)", Text("the first word", "la primera palabra"), bar=Bar.NEVER),
        Key("last-word", "end", "step(1000000000)", Text("the last word", "la última palabra"), bar=Bar.NEVER),
    )
    BINDINGS = bindings(KEYS)

    @dataclass
    class Selected(Message):
        """The cursor is on the mark of this number, of the heat of this number."""

        heat: int
        mark: int

    def __init__(self, *heats: Heat, id: str | None = None):
        super().__init__(id=id)
        self._heats: tuple[Heat, ...] = heats
        self._at = 0

    def show(self, *heats: Heat) -> None:
        """Show other heats; the cursor stays at the word of the same number, where there is one."""
        self._heats = heats
        self.action_step(0)
        self.refresh(layout=True)

    @property
    def heats(self) -> tuple[Heat, ...]:
        return self._heats

    @property
    def selected(self) -> tuple[int, int] | None:
        """The numbers of the heat and the mark that the cursor is on; None where there are no marks."""
        places = list(self._places())
        return places[self._at] if places else None

    def _places(self) -> Iterator[tuple[int, int]]:
        return ((i, j) for i, heat in enumerate(self._heats) for j in range(len(heat.marks)))

    def action_step(self, by: int) -> None:
        self._at = max(0, min(self._at + by, len(list(self._places())) - 1))
        self.refresh()
        if self.selected:
            self.post_message(self.Selected(*self.selected))

    def render(self) -> RenderResult:
        lines: list[Content] = []
        for number, heat in enumerate(self._heats):
            parts: list[str | tuple[str, str]] = [(f"{heat.title}\n", "bold")]
            at = 0
            for place, mark in enumerate(heat.marks):
                parts.append(visible(heat.text[at : mark.start], keep_newlines=True))
                here = (number, place) == self.selected
                parts.append((f"{self._sign(mark)}{visible(heat.word(mark))}", "reverse" if here else ""))
                at = mark.end
            parts.append(visible(heat.text[at:], keep_newlines=True))
            lines.append(Content.assemble(*parts))
        if self.selected:
            heat = self._heats[self.selected[0]]
            mark = heat.marks[self.selected[1]]
            lines.append(Content(f"{visible(heat.word(mark))} {signed(mark.value)} {heat.unit} {mark.said}"))
        return Content("\n").join(lines)

    @staticmethod
    def _sign(mark: Mark) -> str:
        return "+" if mark.value > 0 else "-" if mark.value < 0 else ""
