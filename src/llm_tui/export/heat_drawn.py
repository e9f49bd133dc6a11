"""Heat on paper: the text with a shade behind each word, and a line that tells the sign where there is no colour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from llm_tui.colours import PAPER
from llm_tui.export.figure import lettering, page
from llm_tui.export.heat_lines import Row, level, wrapped
from llm_tui.i18n import Text, number
from llm_tui.visible import leftward, visible, width

if TYPE_CHECKING:
    from llm_tui.export.heat import Heat

WIDTH = 600

CELL, ROW, TOP = 6.6, 26, 10
"""Columns and rows of letters of 11 pixels, and where the first row begins."""

MOST_ROWS = 26
"""What fits a page with its title and its table."""

BLUE, ORANGE, DARK_ORANGE = PAPER[0], PAPER[5], PAPER[1]

OPACITY = (0.0, 0.15, 0.35, 0.6, 0.85)
"""Of the shade behind a word: black letters can be read on each of them."""

THICKNESS = (0.6, 1.2, 1.8, 2.6, 3.4)

LETTERS = (
    ' font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" xml:space="preserve" fill="#000"'
    ' lengthAdjust="spacingAndGlyphs"'
)
"""As wide as their columns in whatever font there is."""


def drawn(heat: Heat, language: str) -> str:
    """The heat as one SVG. Of a text that is too long its first rows, and a sentence that says what is left out."""
    rows = wrapped(heat, int((WIDTH - 2 * TOP) / CELL))
    shown, rest = rows[:MOST_ROWS], rows[MOST_ROWS:]
    below = _legend(heat, len(shown), language) + ([] if not rest else [_left_out(heat, rest, len(shown), language)])
    height = TOP + ROW * len(shown) + 18 * (1 + bool(rest)) + 8
    return page(WIDTH, height, heat.told().within(language), iter([*_rows(heat, shown), *below]))


def _rows(heat: Heat, rows: Sequence[Row]) -> Iterator[str]:
    largest = heat.largest
    for number_of, row in enumerate(rows):
        turned = leftward("".join(span.text for span in row))
        at, top = 0, TOP + ROW * number_of
        for span in row:
            wide = width(span.text)
            x = WIDTH - TOP - CELL * (at + wide) if turned else TOP + CELL * at
            at += wide
            if span.mark is not None:
                value = heat.marks[span.mark].value
                yield _shade(x, top, CELL * wide, value, level(value, largest))
            if span.text.strip():
                more = f'{LETTERS} textLength="{CELL * wide:.1f}"'
                yield lettering(x, top + 16, span.text, more=more)


def _shade(x: float, top: float, wide: float, value: float, shade: int) -> str:
    """Behind a word its shade; below it a line, or above it a dashed one."""
    if not value > 0 and not value < 0:
        return ""
    fill, ink, y, dashes = (BLUE, BLUE, top + 20.5, "") if value > 0 else (ORANGE, DARK_ORANGE, top + 4.5, "3 2")
    box = f'<rect x="{x:.1f}" y="{top + 6}" width="{wide:.1f}" height="13" fill="{fill}"'
    line = f'<path d="M{x + 0.5:.1f} {y}h{max(wide - 1, 1):.1f}" stroke="{ink}" stroke-width="{THICKNESS[shade]}"'
    return f'{box} fill-opacity="{OPACITY[shade]}"/>{line} stroke-dasharray="{dashes or "none"}" fill="none"/>'


def _legend(heat: Heat, rows: int, language: str) -> list[str]:
    y, x, parts = TOP + ROW * rows + 14, float(TOP), list[str]()
    for value, means, where in (
        (1.0, heat.plus, Text("line below", "línea debajo")),
        (-1.0, heat.minus, Text("dashes above", "guiones encima")),
    ):
        if any(mark.value * value > 0 for mark in heat.marks):
            parts.append(_shade(x, y - 16, 2 * CELL, value, 2))
            name = f"{visible(means.within(language))} ({where.within(language)})"
            parts.append(lettering(x + 3 * CELL, y, name))
            x += 5 * CELL + 6 * len(name)
    if heat.largest:
        said = Text("thickest: {value} {unit}", "más gruesa: {value} {unit}")
        parts.append(
            lettering(x, y, visible(said.format(value=f"{heat.largest:.3g}", unit=heat.unit).within(language)))
        )
    return parts


def _left_out(heat: Heat, rest: Sequence[Row], rows: int, language: str) -> str:
    """What is not drawn, and the largest value in it: it may be the largest of all."""
    marks = [heat.marks[span.mark] for row in rest for span in row if span.begins and span.mark is not None]
    said = Text(
        "Not drawn: the rest of the text, with {n} more words or pieces.",
        "Sin dibujar: el resto del texto, con {n} palabras o piezas más.",
    ).format(n=number(len(marks)))
    if most := max((abs(mark.value) for mark in marks), default=0.0):
        more = Text("The largest value there: {value}.", "El mayor valor ahí: {value}.").format(value=f"{most:.3g}")
        said = Text(" ", " ").join([said, more])
    return lettering(TOP, TOP + ROW * rows + 32, said.within(language))
