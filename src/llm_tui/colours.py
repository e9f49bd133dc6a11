"""The colours in which things are told apart, for the screen and for what is exported, and the names of the themes.

They are Okabe and Ito's (Color Universal Design, 2008), which people who do not see all colours tell apart. Where the
ground asks for it a hue is lighter or darker than theirs, so that letters in it can be read; the order stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from llm_tui.i18n import Text

BLUE, VERMILION, GREEN, PURPLE, SKY, ORANGE, BLACK = (
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000",
)  # fmt: skip

PAPER = (BLUE, VERMILION, GREEN, PURPLE, SKY, ORANGE, BLACK)
"""Of the curves on white paper."""

SERIES: Mapping[str, Sequence[str]] = {
    "dark": (SKY, "#f07f2e", "#00b887", PURPLE, "#f0e442", ORANGE),
    "light": ("#0069a3", "#a84900", "#00684c", "#96406f", "#1c6f8f", "#7d5600"),
    "high-contrast": ("#6cc4ff", "#ff9a50", "#19d9a5", "#eda3cb", "#f0e442", "#ffb81f"),
    "terminal": ("ansi_blue", "ansi_red", "ansi_green", "ansi_magenta", "ansi_cyan", "ansi_yellow"),
}
"""By theme, of as many curves as are told apart by their colour: more have the same again, and their own labels."""

THEMES: Mapping[str, Text] = {
    "dark": Text("light letters on a dark ground", "letras claras sobre fondo oscuro"),
    "light": Text("dark letters on a light ground", "letras oscuras sobre fondo claro"),
    "high-contrast": Text("the strongest contrast, on black", "el mayor contraste, sobre negro"),
    "terminal": Text("the terminal's own 16 colours and its own ground", "los 16 colores y el fondo de la terminal"),
}
"""What each theme is, by its name."""
