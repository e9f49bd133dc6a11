"""A `DataTable` that says where its lines go on."""

from __future__ import annotations

import re
from itertools import accumulate

from rich.segment import Segment
from rich.text import Text
from textual.strip import Strip
from textual.widgets import DataTable

from llm_tui.visible import width

CUT_NUMBER = re.compile(r"(?<![\d.,])[.,]*(\d[\d.,]*)$")
"""A number at the edge is left away whole: its beginning is another number."""


CUT_HEAD = re.compile(r"[\d.,]+")

HELD = 3
"""What part of a table its first column may take to be held."""


class Grid(DataTable[Text]):
    """An ellipsis stands at the edge of a line beyond which more of it is written: there is no bar below the table."""

    def render_line(self, y: int) -> Strip:
        strip = super().render_line(y)
        room, left = self.scrollable_content_region.width, self.scroll_offset.x
        end = self._end(y)
        if room and end > left + room:
            number = CUT_NUMBER.search(strip.text[:room])
            at = number.start(1) if number else room - 1
            strip = Strip.join([strip.crop(0, at), _ellipsis(strip.crop(at, room)), strip.crop(room)])
        held = self._get_fixed_offset().left
        if room and end and left and left + held not in self._starts():
            cut = CUT_HEAD.match(strip.text[held:])
            end = held + (cut.end() if cut else 1)
            strip = Strip.join([strip.crop(0, held), _ellipsis(strip.crop(held, end)), strip.crop(end)])
        return strip

    def hold_first(self) -> None:
        """Keep the first column, which names the rows, in sight while the others scroll: where it leaves them room."""
        columns = self.ordered_columns
        first = columns[0].get_render_width(self) if len(columns) > 1 else 0
        self.fixed_columns = int(0 < first * HELD <= self.size.width)

    def _starts(self) -> list[int]:
        widths = (column.get_render_width(self) for column in self.ordered_columns)
        return list(accumulate(widths, initial=0))

    def _end(self, y: int) -> int:
        """The column after the last letter of a line, wherever the table is scrolled to."""
        row = y - self.header_height + self.scroll_offset.y
        if y < self.header_height:
            cells = [column.label for column in self.ordered_columns]
        elif row < self.row_count:
            cells = self.get_row_at(row)
        else:
            return 0
        written = (width(cell.plain.rstrip()) for cell in cells)
        return max((start + end for start, end in zip(self._starts(), written, strict=False) if end), default=0)


def _ellipsis(place: Strip) -> Strip:
    style = next(iter(place)).style if place else None
    return Strip([Segment("…".ljust(place.cell_length), style)])
