"""The pieces of an answer, and over each a bar: how surprising it was to the model that wrote it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.events import Click, Resize
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from llm_tui.foundation.alternatives import Piece
from llm_tui.foundation.pieces_table import labels
from llm_tui.i18n import Text
from llm_tui.keys import Bar, Key, bindings
from llm_tui.visible import padded, shortened, visible, width

BARS = " ▁▂▃▄▅▆▇█"
NATS = 0.5
"""One step of a bar; the whole of it is 4 nats and more, a probability under 2 in 100."""

BOUNDARY = "│"


def bar(surprise: float) -> str:
    """The sign for a surprise in nats; a space where no other piece was to be expected (p over 95 in 100)."""
    return BARS[max(0, min(len(BARS) - 1, math.ceil(surprise / NATS - 0.1)))]


class PieceStrip(ScrollView, can_focus=True, inherit_bindings=False):
    """Two rows for each line, the bars and the pieces; it draws only those that are seen. Arrow keys go from piece to
    piece.
    """

    COMPONENT_CLASSES = {"pieces--bar", "pieces--piece", "pieces--special", "pieces--boundary", "pieces--selected"}
    NAME = Text("In the pieces of an answer", "En las piezas de una respuesta")
    KEYS = (
        Key("piece-left", "left", "step(-1)", Text("the piece before", "la pieza anterior"), bar=Bar.NEVER),
        Key("piece-right", "right", "step(1)", Text("the next piece", "la pieza siguiente"), bar=Bar.NEVER),
        Key("piece-first", "home", "step(-1000000000)", Text("the first piece", "la primera pieza"), bar=Bar.NEVER),
        Key("piece-last", "end", "step(1000000000)", Text("the last piece", "la última pieza"), bar=Bar.NEVER),
        Key("piece-page-up", "pageup", "line(-1)", Text("a line of pieces up", "una línea de piezas arriba"),
            bar=Bar.NEVER),
        Key("piece-page-down", "pagedown", "line(1)", Text("a line of pieces down", "una línea de piezas abajo"),
            bar=Bar.NEVER),
    )  # fmt: skip
    BINDINGS = bindings(KEYS)

    @dataclass
    class Selected(Message):
        """The cursor is on the piece of this number, from 0."""

        number: int

    def __init__(self, *, id: str | None = None):
        super().__init__(id=id)
        self._pieces: Sequence[Piece] = ()
        self._labels: list[str] = []
        self._lines: list[range] = []
        self._at = 0

    def show(self, pieces: Sequence[Piece], text: str) -> None:
        """The pieces of another answer; the cursor stays at the number where it was, where there is one."""
        self._pieces = pieces
        self._labels = [visible(label) for label in labels(pieces, text)]
        self._wrap()
        self._go(self._at)
        self.refresh(layout=True)

    # Layout: a piece is followed by its boundary, and never broken.

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return 2 * len(self._wrapped(width))

    def _room(self, number: int, room: int) -> int:
        return max(1, min(width(self._labels[number]), room - 1))

    def _wrapped(self, room: int) -> list[range]:
        lines, first, used = [], 0, 0
        for number in range(len(self._labels)):
            wide = self._room(number, room) + 1
            if used and used + wide > room:
                lines.append(range(first, number))
                first, used = number, 0
            used += wide
        return [*lines, range(first, len(self._labels))] if self._labels else []

    def _wrap(self) -> None:
        self._lines = self._wrapped(self.scrollable_content_region.width)
        self.virtual_size = Size(0, 2 * len(self._lines))
        self.refresh()

    def on_resize(self, event: Resize) -> None:
        self._wrap()
        self._reveal()

    # Drawing.

    def render_line(self, y: int) -> Strip:
        style, room = self.rich_style, self.size.width
        line, row = divmod(y + self.scroll_offset.y, 2)
        if line >= len(self._lines):
            return Strip.blank(room, style)
        segments: list[Segment] = []
        for number in self._lines[line]:
            wide = self._room(number, room)
            if row:
                text = padded(shortened(self._labels[number], wide), wide)
                segments += [Segment(text, self._style(self._part(number))), Segment(BOUNDARY, self._style("boundary"))]
            else:
                segments += [Segment(bar(self._pieces[number].surprise) * wide, self._style("bar")),
                             Segment(" ", style)]  # fmt: skip
        return Strip(segments).adjust_cell_length(room, style)

    def _part(self, number: int) -> str:
        if number == self._at and self.can_focus:
            return "selected"
        return "piece" if self._pieces[number].start < self._pieces[number].end else "special"

    def _style(self, part: str) -> Style:
        return self.get_component_rich_style(f"pieces--{part}")

    # Moving.

    @property
    def selected(self) -> int:
        return self._at

    def action_step(self, by: int) -> None:
        self._go(self._at + by)

    def action_line(self, by: int) -> None:
        """To the same place of the line above or below."""
        line = self._line_of(self._at)
        there = max(0, min(line + by, len(self._lines) - 1))
        if self._lines:
            place = self._at - self._lines[line].start
            self._go(min(self._lines[there].start + place, self._lines[there].stop - 1))

    def on_click(self, event: Click) -> None:
        offset = event.get_content_offset(self)
        line = None if offset is None else (offset.y + self.scroll_offset.y) // 2
        if offset is None or line is None or line >= len(self._lines):
            return
        used = 0
        for number in self._lines[line]:
            used += self._room(number, self.size.width) + 1
            if offset.x < used:
                self._go(number)
                return

    def _line_of(self, number: int) -> int:
        return next((i for i, line in enumerate(self._lines) if number in line), 0)

    def _go(self, number: int) -> None:
        self._at = max(0, min(number, len(self._pieces) - 1))
        self._reveal()
        self.refresh()
        if self._pieces:
            self.post_message(self.Selected(self._at))

    def _reveal(self) -> None:
        top = 2 * self._line_of(self._at)
        self.scroll_to_region(Region(0, top, 1, 2), animate=False, force=True, x_axis=False)
