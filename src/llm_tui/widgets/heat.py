"""A text with signed heat on its words: by shade, and by a sign and a bar below each word, never by colour alone."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from typing import Literal

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.events import Click, Resize
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from llm_tui.export.heat import Heat, Mark, signed
from llm_tui.export.heat_lines import BARS, Row, bar, heavy_signs, level, wrapped
from llm_tui.i18n import Text, percent, tr
from llm_tui.keys import Bar, Key, bindings
from llm_tui.visible import shortened, visible
from llm_tui.widgets.fitted import Fitted, flowing
from llm_tui.widgets.heat_shades import Shades

BELOW = 3
"""Lines below the text."""

MOST_WORD = 30
"""Columns of the word under the cursor where its value is said."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the screen: of which heat, and what stands on it."""

    heat: int
    kind: Literal["title", "text", "signs", "gap"]
    row: Row = ()


class HeatText(ScrollView, can_focus=True):
    """The text alone; only the lines that are seen are drawn, however long it is."""

    COMPONENT_CLASSES = {"heat--title", "heat--cursor"}
    NAME = Text("In the text with heat", "En el texto con mapa de calor")
    KEYS = (
        Key("word-left", "left", "step(-1)", Text("the word before", "la palabra anterior"), bar=Bar.NEVER),
        Key("word-right", "right", "step(1)", Text("the next word", "la palabra siguiente"), bar=Bar.NEVER),
        Key("line-up", "up", "row(-1)", Text("a line up", "una línea arriba"), bar=Bar.NEVER),
        Key("line-down", "down", "row(1)", Text("a line down", "una línea abajo"), bar=Bar.NEVER),
        Key("page-up", "pageup", "page(-1)", Text("a page up", "una página arriba"), bar=Bar.NEVER),
        Key("page-down", "pagedown", "page(1)", Text("a page down", "una página abajo"), bar=Bar.NEVER),
        Key("first-word", "home", "step(-1000000000)", Text("the first word", "la primera palabra"), bar=Bar.NEVER),
        Key("last-word", "end", "step(1000000000)", Text("the last word", "la última palabra"), bar=Bar.NEVER),
    )
    BINDINGS = bindings(KEYS)

    def __init__(self) -> None:
        super().__init__()
        self.heats: tuple[Heat, ...] = ()
        self._largest: list[float] = []
        self._places: list[tuple[int, int]] = []
        self._at = 0
        self._room = 0
        self._lines: list[_Line] = []
        self._line_of: list[int] = []

    @property
    def selected(self) -> tuple[int, int] | None:
        return self._places[self._at] if self._places else None

    def show(self, heats: tuple[Heat, ...]) -> None:
        self.heats = heats
        self._largest = [heat.largest for heat in heats]
        self._places = [(i, j) for i, heat in enumerate(heats) for j in range(len(heat.marks))]
        self._at = max(0, min(self._at, len(self._places) - 1))
        self._room = 0
        self._wrap(self.scrollable_content_region.width)
        self.refresh(layout=True)
        self._reveal()

    # Layout.

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        self._wrap(width - self.styles.scrollbar_size_vertical)  # its place is kept
        return max(1, len(self._lines))

    def on_resize(self, event: Resize) -> None:
        self._wrap(self.scrollable_content_region.width)
        self._reveal()

    def _wrap(self, room: int) -> None:
        """Lay the lines out for so many columns; `_line_of` has the line of each place where a mark begins."""
        if room <= 0 or room == self._room:
            return
        self._room = room
        self._lines, self._line_of = [], []
        for number, heat in enumerate(self.heats):
            title = Heat(heat.title, _title(heat, alone=len(self.heats) == 1), ())
            self._lines += [_Line(number, "gap")] if number else []
            self._lines += [_Line(number, "title", row) for row in wrapped(title, room, cell_len)]
            for row in wrapped(heat, room, cell_len):
                self._line_of += [len(self._lines)] * sum(span.begins for span in row)
                self._lines.append(_Line(number, "text", row))
                if any(span.mark is not None for span in row):
                    self._lines.append(_Line(number, "signs", row))
        self.virtual_size = Size(room, len(self._lines))

    # Drawing.

    def render_line(self, y: int) -> Strip:
        shades, width, at = Shades.of(self), self.size.width, y + self.scroll_offset.y
        if at >= len(self._lines):
            return Strip.blank(width, shades.base)
        line = self._lines[at]
        heat = self.heats[line.heat]
        if line.kind == "title":
            name = self.get_component_rich_style("heat--title")
            segments = [Segment(span.text, name) for span in line.row]
        else:
            draw = self._signs if line.kind == "signs" else self._words
            segments = draw(heat, line, shades)
        return Strip(segments).adjust_cell_length(width, shades.base)

    def _words(self, heat: Heat, line: _Line, shades: Shades) -> list[Segment]:
        return [Segment(span.text, self._style(heat, line.heat, span.mark, shades)) for span in line.row]

    def _style(self, heat: Heat, number: int, place: int | None, shades: Shades) -> Style:
        if place is None:
            return shades.base
        if (number, place) == self.selected:
            return self.get_component_rich_style("heat--cursor")
        value = heat.marks[place].value
        return shades.word(value, level(value, self._largest[number]))

    def _signs(self, heat: Heat, line: _Line, shades: Shades) -> list[Segment]:
        """Below a word its sign and its bar; a word that goes on from the row before has only the bar."""
        segments, largest = [], self._largest[line.heat]
        for span in line.row:
            wide = cell_len(span.text)
            if span.mark is None:
                segments.append(Segment(" " * wide, shades.base))
                continue
            value = heat.marks[span.mark].value
            shade = level(value, largest)
            below = bar(value, largest, wide) if span.begins else (BARS[shade] or " ") * wide
            segments.append(Segment(below, shades.below(value, shade)))
        return segments

    # Moving.

    def action_step(self, by: int) -> None:
        self._go(self._at + by)

    def action_row(self, by: int) -> None:
        """To the word above or below, in the next row that has one."""
        if not self._line_of:
            self.scroll_relative(y=by, animate=False)
            return
        line = self._line_of[self._at]
        column = self._column(self._at)
        rows = sorted(set(self._line_of))
        place = rows.index(line) + by
        if not 0 <= place < len(rows):
            return self._go(0 if by < 0 else len(self._places) - 1)
        first = self._line_of.index(rows[place])
        there = range(first, bisect_right(self._line_of, rows[place]))
        self._go(min(there, key=lambda number: abs(self._column(number) - column)))

    def action_page(self, by: int) -> None:
        if self._line_of:
            target = self._line_of[self._at] + by * max(1, self.size.height - 2)
            self._go(bisect_right(self._line_of, target) - (by > 0))
        else:
            self.scroll_relative(y=by * self.size.height, animate=False)

    def _column(self, number: int) -> int:
        at = 0
        for span in self._lines[self._line_of[number]].row:
            if span.begins and span.mark == self._places[number][1]:
                break
            at += cell_len(span.text)
        return at

    def on_click(self, event: Click) -> None:
        offset = event.get_content_offset(self)
        at = offset.y + self.scroll_offset.y if offset else -1
        if offset is None or not 0 <= at < len(self._lines):
            return
        line, column = self._lines[at], 0
        for span in line.row:
            column += cell_len(span.text)
            if offset.x < column and span.mark is not None and line.kind != "title":
                return self._go(self._places.index((line.heat, span.mark)))

    def _go(self, number: int) -> None:
        if self._places:
            self._at = max(0, min(number, len(self._places) - 1))
            self._reveal()
            self.refresh()

    def _reveal(self) -> None:
        if self._line_of:
            first = self._at == 0  # then with the title
            top = 0 if first else self._line_of[self._at]
            region = Region(0, top, 1, self._line_of[self._at] + 2 - top)
            self.scroll_to_region(region, animate=False, force=True, x_axis=False)
        if self.selected and isinstance(self.parent, HeatView):
            self.parent.tell(*self.selected)


class HeatView(Vertical):
    """One text with heat, or several, one under another; below them what the cursor is on, and what the signs mean.
    Arrow keys go from word to word. It is as high as what it shows, up to what there is.
    """

    @dataclass
    class Selected(Message):
        """The cursor is on the mark of this number, of the heat of this number."""

        heat: int
        mark: int

    def __init__(self, *heats: Heat, id: str | None = None):
        super().__init__(id=id)
        self._heats = heats

    def compose(self) -> ComposeResult:
        yield HeatText()
        yield Fitted(classes="value")
        yield Fitted(classes="legend")

    def on_mount(self) -> None:
        self.show(*self._heats)

    def show(self, *heats: Heat) -> None:
        """Show other heats; the cursor stays at the word of the same number, where there is one."""
        self._heats = heats
        self.display = bool(heats)
        if self.is_mounted or self.query(HeatText):
            self.query_one(HeatText).show(heats)
            if self.selected is None:
                self.query_one(".value", Fitted).fit(lambda room: Content(""))
                self.query_one(".legend", Fitted).fit(lambda room: Content(""))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return self.query_one(HeatText).get_content_height(container, viewport, width) + BELOW

    def on_resize(self) -> None:
        self.query_one(HeatText).styles.max_height = max(1, self.size.height - BELOW)

    @property
    def heats(self) -> tuple[Heat, ...]:
        return self._heats

    @property
    def selected(self) -> tuple[int, int] | None:
        """The numbers of the heat and the mark that the cursor is on; None where there are no marks."""
        return self.query_one(HeatText).selected

    def tell(self, number: int, place: int) -> None:
        """Say what the cursor is on."""
        heat = self._heats[number]
        self.query_one(".value", Fitted).fit(lambda room: flowing(_said(heat, heat.marks[place]), room))
        self.query_one(".legend", Fitted).fit(lambda room: flowing(_legend(self, heat), room))
        self.post_message(self.Selected(number, place))


def _title(heat: Heat, alone: bool) -> str:
    """Of several, with what the highest bar of each is: they have each their own scale."""
    return str(heat.title) if alone or not heat.largest else f"{heat.title}  {_scale(heat)}"


def _scale(heat: Heat) -> str:
    largest = f"{heat.largest:.3g} {heat.unit}".strip()
    return tr(f"█ the largest: {largest}", f"█ el mayor: {largest}")


def _said(heat: Heat, mark: Mark) -> list[Content]:
    """The word, its value, its share of the largest, what is said of it, and its row of the table beside."""
    word = shortened(visible(heat.word(mark)), MOST_WORD)
    said = [Content.styled(word, "bold"), Content(visible(f"{signed(mark.value)} {heat.unit}".strip()))]
    if heat.largest and mark.value and math.isfinite(mark.value):
        part = abs(mark.value) / heat.largest
        share = f"< {percent(0.01)}" if part < 0.01 else percent(part)
        said.append(Content(tr(f"{share} of the largest", f"{share} del mayor")))
    if str(mark.said):
        said.append(Content(visible(str(mark.said))))
    if heat.beside and mark.row is not None:
        cells = zip(heat.beside.columns, heat.beside.rows[mark.row], strict=True)
        told = [(str(column.head), column.show(cell)) for column, cell in cells]
        said += [
            Content.assemble((visible(head), "$text-muted"), f" {visible(cell)}")
            for head, cell in told
            if cell and cell != heat.word(mark)
        ]
    return said


def _legend(view: HeatView, heat: Heat) -> list[Content]:
    """What the signs mean, of those that are there, and what the highest bar is."""
    signs = {"+": heat.plus, "-": heat.minus}
    there = {sign for sign in signs if any((mark.value > 0) == (sign == "+") and mark.value for mark in heat.marks)}
    said = [
        Content.assemble((sign, "bold"), f" {visible(str(means))}") for sign, means in signs.items() if sign in there
    ]
    if heat.largest:
        said.append(Content(visible(_scale(heat))))
    if heavy := heavy_signs(heat):
        said.append(Content(heavy))
    return [part.stylize_before("$text-muted") for part in said]
