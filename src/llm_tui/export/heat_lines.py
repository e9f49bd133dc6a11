"""A heat as lines of a width, wrapped between words: what the screen, the command line and the figure draw alike."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from llm_tui.i18n import tr
from llm_tui.visible import visible, width

if TYPE_CHECKING:
    from llm_tui.export.heat import Heat

LEVELS = (0.05, 0.25, 0.5, 0.75)
"""Shares of the largest value from which the next shade holds; below the first there is none but the sign."""

BARS = ("", "▁", "▃", "▅", "█")
"""By the shade of a value."""

Measure = Callable[[str], int]
"""The columns that a text takes."""


@dataclass(frozen=True, slots=True)
class Span:
    """Some visible text of one row: of the mark of this number, or between marks. A mark that is parted by the end of a
    row `begins` in the first of its spans alone.
    """

    text: str
    mark: int | None = None
    begins: bool = False


Row = tuple[Span, ...]


def level(value: float, largest: float) -> int:
    """The shade of a value, 0 to 4, by its share of the largest."""
    share = abs(value) / largest if largest and math.isfinite(value) else 0.0
    return sum(share >= least for least in LEVELS)


def sign(value: float) -> str:
    """+ or -; a space for zero, and ? for what is no number."""
    if not math.isfinite(value):
        return "?"
    return "+" if value > 0 else "-" if value < 0 else " "


HALF = 3
"""The shade from half of the largest on."""

HEAVY = {"+": "╋", "-": "━"}
"""The sign of such a word where it has no room for more than the sign."""


def bar(value: float, largest: float, columns: int) -> str:
    """What stands below a word that takes so many columns: the sign, then the height of its shade. One column alone has
    the sign, heavy from half of the largest on.
    """
    if columns == 1 and level(value, largest) >= HALF:
        return HEAVY[sign(value)]
    return (sign(value) + BARS[level(value, largest)] * (columns - 1)).ljust(columns)[: max(columns, 0)]


def heavy_signs(heat: Heat) -> str:
    """What the heavy signs below a heat mean; empty where there are none."""
    largest = heat.largest
    shaded = (
        sign(mark.value)
        for mark in heat.marks
        if level(mark.value, largest) >= HALF and width(visible(heat.word(mark))) == 1
    )
    signs = " ".join(HEAVY[one] for one in sorted(set(shaded)))
    return tr(f"{signs} half of it or more", f"{signs} la mitad o más") if signs else ""


def wrapped(heat: Heat, room: int, measure: Measure = width) -> list[Row]:
    """The rows of the text in `room` columns, which together are its visible text but for its line ends. The spaces
    behind the last word of a row may hang over its end; a word that is longer than a row is broken.
    """
    rows: list[list[Span]] = [[]]
    word: list[Span] = []
    used = 0

    def place() -> None:
        nonlocal used
        wide = sum(measure(span.text) for span in word)
        if used and used + wide > room:
            rows.append([])
            used = 0
        for span in _broken(word, room, measure) if wide > room else word:
            part = measure(span.text)
            if used and used + part > room:
                rows.append([])
                used = 0
            rows[-1].append(span)
            used += part
        word.clear()

    for span in _spans(heat):
        if span.text[-1] in "\n␊":
            word += [span] if span.text != "\n" else []
            place()
            rows.append([])
            used = 0
        elif span.text[0] in _SPACES:
            place()
            rows[-1].append(span)
            used += measure(span.text)
        else:
            word.append(span)
    place()
    return [tuple(row) for row in rows]


_SPACES = " \u3000" + "".join(map(chr, (*range(0x2000, 0x2007), *range(0x2008, 0x200B))))
"""Between which and the next word a row may end."""

_PARTS = re.compile(f"\n|␊|[{_SPACES}]+|[^\n␊{_SPACES}]+")


def _spans(heat: Heat) -> Iterator[Span]:
    """The visible text in its order: line ends, spaces, and what stands between them. A line end that has a mark is
    seen, for it may be a piece.
    """
    at = 0
    for number, mark in enumerate(heat.marks):
        yield from map(Span, _PARTS.findall(visible(heat.text[at : mark.start], keep_newlines=True)))
        parts = _PARTS.findall(visible(heat.word(mark)))
        yield from (Span(part, number, begins=not place) for place, part in enumerate(parts))
        at = mark.end
    yield from map(Span, _PARTS.findall(visible(heat.text[at:], keep_newlines=True)))


def _broken(word: list[Span], room: int, measure: Measure) -> Iterator[Span]:
    """A word that is too long, in parts that fit: none begins with a mark that belongs to the letter before."""
    for span in word:
        begins, part = span.begins, ""
        for char in span.text:
            if part and measure(part + char) > room and measure(char):
                yield Span(part, span.mark, begins)
                begins, part = False, ""
            part += char
        yield Span(part, span.mark, begins)
