"""A screen as SVG: small, of text that any monospace font shows, without a font or an address in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import groupby

from rich.cells import cell_len
from rich.color import Color, blend_rgb
from rich.style import Style
from rich.terminal_theme import SVG_EXPORT_THEME
from textual.strip import Strip

WIDE, HIGH = 8, 17
"""Of a cell, in pixels."""

EDGE = 8

WORDS = re.compile(r"[\u2800-\u28ff]+|[^\s\u2800-\u28ff]+(?: [^\s\u2800-\u28ff]+)*")

DOTS = tuple(
    (1 << bit, x, y) for bit, (x, y) in enumerate(((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)))
)
"""Of a braille letter: the bit, the column and the row of each."""


def svg(strips: Sequence[Strip], title: str) -> str:
    lines = [list(_runs(strip)) for strip in strips]
    columns = max(strip.cell_length for strip in strips)
    width, height = columns * WIDE + 2 * EDGE, len(lines) * HIGH + 2 * EDGE
    ground = _most(back for line in lines for _, text, _, back, _ in line for _ in text)
    classes: dict[str, str] = {}
    under, over = list[str](), list[str]()
    for row, line in enumerate(lines):
        for column, text, fore, back, more in line:
            x, y = EDGE + column * WIDE, EDGE + row * HIGH
            if back != ground:
                width_of = cell_len(text) * WIDE
                under.append(f'<rect x="{x}" y="{y}" width="{width_of}" height="{HIGH}" fill="{back}"/>')
            for word in WORDS.finditer(text):
                name = classes.setdefault(f"fill:{fore}{more}", f"c{len(classes)}")
                over.append(_word(name, word[0], x + cell_len(text[: word.start()]) * WIDE, y))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">',
            f"<title>{escape(title)}</title>",
            "<style>text{font:13.3px monospace}",
            *(f".{name}{{{rules}}}" for rules, name in classes.items()),
            "</style>",
            f'<rect width="{width}" height="{height}" rx="6" fill="{ground}"/>',
            '<g shape-rendering="crispEdges">',
            *under,
            "</g>",
            *over,
            "</svg>",
            "",
        ]
    )


def _word(name: str, word: str, x: int, y: int) -> str:
    """Braille is drawn: fonts have it in many widths."""
    if "\u2800" <= word[0] <= "\u28ff":
        dots = (
            f"M{x + number * WIDE + column * 4 + 1} {y + row * 4 + 1}h2v2h-2z"
            for number, letter in enumerate(word)
            for bit, column, row in DOTS
            if ord(letter) & bit
        )
        return f'<path class="{name}" d="{"".join(dots)}"/>'
    length = f' textLength="{cell_len(word) * WIDE}"' if len(word) > 1 else ""
    return f'<text class="{name}" x="{x}" y="{y + 13}"{length}>{escape(word, quote=False)}</text>'


Part = tuple[int, str, str, str, str]
"""Column, text, colour of the letters, colour behind them, what else of CSS."""


def _runs(strip: Strip) -> Iterator[Part]:
    column = 0
    cells = ((segment.text, *_look(segment.style or Style())) for segment in strip)
    for look, same in groupby(cells, key=lambda cell: cell[1:]):
        text = "".join(cell[0] for cell in same)
        yield (column, text, *look)
        column += cell_len(text)


def _look(style: Style) -> tuple[str, str, str]:
    fore, back = _rgb(style.color, True), _rgb(style.bgcolor, False)
    if style.reverse:
        fore, back = back, fore
    if style.dim:
        fore = blend_rgb(fore, back, 0.4)
    more = ";font-weight:bold" * bool(style.bold) + ";font-style:italic" * bool(style.italic)
    return fore.hex, back.hex, more + ";text-decoration:underline" * bool(style.underline)


def _rgb(color: Color | None, foreground: bool):
    return (color or Color.default()).get_truecolor(SVG_EXPORT_THEME, foreground)


def _most(colours: Iterable[str]) -> str:
    counted: dict[str, int] = {}
    for colour in colours:
        counted[colour] = counted.get(colour, 0) + 1
    return max(counted, key=lambda colour: counted[colour])
