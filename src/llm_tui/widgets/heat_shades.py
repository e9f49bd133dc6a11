"""The colours of heat, in whatever theme: blue and orange, which people who do not see all colours tell apart, each
with letters that can be read on it.
"""

from __future__ import annotations

from rich.style import Style
from textual.color import Color
from textual.widget import Widget

BLUE, ORANGE = Color.parse("#0072b2"), Color.parse("#e69f00")
"""Okabe and Ito's, of what speaks for it and against it."""

MIXED = (0.0, 0.2, 0.4, 0.6, 1.0)
"""How much of the colour is in the background, by the shade of a value."""

BLACK, WHITE = Color.parse("#000000"), Color.parse("#ffffff")

BARS = {BLUE: (Color.parse("#56b4e9"), BLUE), ORANGE: (ORANGE, Color.parse("#8f4300"))}
"""What stands below a word, on a dark ground and on a light one."""

ANSI = {BLUE: Style(color="bright_white", bgcolor="blue"), ORANGE: Style(color="black", bgcolor="yellow")}
"""Of the strongest two shades where there are 16 colours, which the person has chosen: the others have none."""


def contrast(one: Color, other: Color) -> float:
    """1 to 21, as WCAG 2 counts it."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: Color) -> float:
    parts = (part / 255 for part in color.rgb)
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def shade(widget: Widget, value: float, level: int) -> Style:
    """Of the letters of a word. Without colours a strong one is bold."""
    bold = Style(bold=True) if level > 2 else Style()
    if widget.app.no_color or not level:
        return widget.rich_style + bold
    colour = BLUE if value > 0 else ORANGE
    if widget.app.native_ansi_color:
        return widget.rich_style + (ANSI[colour] if level > 2 else Style())
    ground = ground_of(widget).blend(colour, MIXED[level])
    letters = max(BLACK, WHITE, key=lambda ink: contrast(ink, ground))
    return widget.rich_style + Style.from_color(letters.rich_color, ground.rich_color)


def below(widget: Widget, value: float, level: int) -> Style:
    """Of the sign and the bar below a word."""
    bold = Style(bold=level > 2)
    if widget.app.no_color or widget.app.native_ansi_color:
        return widget.rich_style + bold
    ground = ground_of(widget)
    ink = max(BARS[BLUE if value > 0 else ORANGE], key=lambda ink: contrast(ink, ground))
    return widget.rich_style + Style.from_color(ink.rich_color) + bold


def ground_of(widget: Widget) -> Color:
    """What the widget is drawn on."""
    return widget.background_colors[1]
