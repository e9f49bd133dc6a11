"""The colours of heat, in whatever theme: blue and orange, which people who do not see all colours tell apart, each
with letters that can be read on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rich.style import Style
from textual.color import Color
from textual.widget import Widget

from llm_tui import colours

BLUE, ORANGE = Color.parse(colours.BLUE), Color.parse(colours.ORANGE)
"""Of what speaks for it and against it."""

MIXED = (0.0, 0.2, 0.4, 0.6, 1.0)
"""How much of the colour is in the background, by the shade of a value."""

BLACK, WHITE = Color.parse("#000000"), Color.parse("#ffffff")

BARS = {BLUE: (Color.parse(colours.SKY), BLUE), ORANGE: (ORANGE, Color.parse("#8f4300"))}
"""What stands below a word, on a dark ground and on a light one."""

ANSI = {BLUE: Style(color="bright_white", bgcolor="blue"), ORANGE: Style(color="black", bgcolor="yellow")}
"""Of the strongest two shades where there are 16 colours, which the person has chosen: the others have none."""


BOLD = Style(bold=True)


def contrast(one: Color, other: Color) -> float:
    """1 to 21, as WCAG 2 counts it."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: Color) -> float:
    parts = (part / 255 for part in color.rgb)
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@dataclass(frozen=True, slots=True)
class Shades:
    """Those of a widget as it is now: its own style, what it is drawn on, and which colours there are."""

    base: Style
    ground: Color
    ansi: bool
    none: bool

    @classmethod
    def of(cls, widget: Widget) -> Shades:
        app = widget.app
        return cls(widget.rich_style, widget.background_colors[1], app.native_ansi_color, app.no_color)

    def word(self, value: float, level: int) -> Style:
        """Of the letters of a word. Without colours a strong one is bold."""
        strong = level > 2
        if self.none or not level:
            return self.base + BOLD if strong else self.base
        colour = BLUE if value > 0 else ORANGE
        if self.ansi:
            return self.base + ANSI[colour] if strong else self.base
        return self.base + _letters(self.ground.blend(colour, MIXED[level]))

    def below(self, value: float, level: int) -> Style:
        """Of the sign and the bar below a word."""
        style = self.base if self.none or self.ansi else self.base + _ink(BLUE if value > 0 else ORANGE, self.ground)
        return style + BOLD if level > 2 else style


@lru_cache(maxsize=64)
def _letters(ground: Color) -> Style:
    """Black or white, whichever is better to read on it."""
    ink = max(BLACK, WHITE, key=lambda ink: contrast(ink, ground))
    return Style.from_color(ink.rich_color, ground.rich_color)


@lru_cache(maxsize=64)
def _ink(colour: Color, ground: Color) -> Style:
    """That of the two which is better to see on it."""
    return Style.from_color(max(BARS[colour], key=lambda ink: contrast(ink, ground)).rich_color)
