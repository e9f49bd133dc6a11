"""The looks of the program, as Textual's themes; `panels.tcss` says what is drawn with their colours."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from textual.app import App
from textual.theme import Theme

from llm_tui.colours import SERIES, THEMES

STANDARD = "dark"

NATIVE = "terminal"


def without_colours() -> bool:
    """Whether the person wants none: no-color.org."""
    return bool(os.environ.get("NO_COLOR"))


def use_themes(app: App[Any], wanted: str = "") -> None:
    """Give the app our themes alone, and the one that is wanted: where the terminal has 16 colours or shall have none,
    its own.
    """
    for name in list(app.available_themes):
        app.unregister_theme(name)
    for theme in _THEMES:
        app.register_theme(theme)
    few = app.console.color_system in (None, "standard", "windows")
    app.theme = NATIVE if without_colours() else wanted or (NATIVE if few else STANDARD)


def _theme(name: str, colours: Mapping[str, Any], variables: Mapping[str, str], **more: Any) -> Theme:
    series = {f"series-{number}": colour for number, colour in enumerate(SERIES[name])}
    return Theme(name=name, **colours, variables={**series, **variables}, **more)


def _solid(line: str, focus: str, cursor: tuple[str, str, str], muted: int, pieces: tuple[str, str]) -> dict[str, str]:
    """What a theme of colours of our own says beyond Textual's names. `line` frames a part, `focus` the one that has
    the focus; `cursor` is the ground of a chosen row, with the focus and without, and the letters on it; `muted` is how
    much of black or white there is in quiet letters, in percent.
    """
    chosen, resting, ink = cursor
    return {
        "line": line,
        "focus": focus,
        "text": f"auto {max(muted, 92)}%",
        "text-muted": f"auto {muted}%",
        "text-disabled": f"auto {muted}%",
        "block-cursor-background": chosen,
        "block-cursor-foreground": ink,
        "block-cursor-blurred-background": resting,
        "block-cursor-blurred-foreground": ink,
        "block-hover-background": resting,
        "border": focus,
        "border-blurred": line,
        "input-selection-background": chosen,
        "input-selection-foreground": ink,
        "screen-selection-background": chosen,
        "screen-selection-foreground": ink,
        "piece-even": pieces[0],
        "piece-odd": pieces[1],
        "scrollbar": line,
        "scrollbar-hover": focus,
        "scrollbar-active": focus,
    }


_THEMES = (
    _theme(
        "dark",
        {
            "primary": "#4da3e8", "secondary": "#4da3e8", "accent": "#ffa62b", "warning": "#ffa62b", "error": "#ff7b8e",
            "success": "#5fcf82", "foreground": "#e8e8e8", "background": "#121212", "surface": "#1b1b1b",
            "panel": "#242a31",
        },
        _solid("#7d7d7d", "#ffa62b", ("#003a66", "#2b333b", "#ffffff"), 66, ("#1d3b57", "#1f4a30")),
    ),
    _theme(
        "light",
        {
            "primary": "#0b5fa5", "secondary": "#0b5fa5", "accent": "#963b00", "warning": "#8a4100", "error": "#a8001e",
            "success": "#14602a", "foreground": "#161616", "background": "#f4f4f4", "surface": "#ffffff",
            "panel": "#e2e6ea",
        },
        _solid("#6e6e6e", "#b34700", ("#bcd9f5", "#dde3e9", "#000000"), 72, ("#c9def2", "#cbe9d3")),
        dark=False,
    ),
    _theme(
        "high-contrast",
        {
            "primary": "#9bd1ff", "secondary": "#9bd1ff", "accent": "#ffff00", "warning": "#ffff00", "error": "#ffb3b3",
            "success": "#8cffa8", "foreground": "#ffffff", "background": "#000000", "surface": "#000000",
            "panel": "#000000",
        },
        _solid("#ffffff", "#ffff00", ("#00307a", "#1c2833", "#ffffff"), 88, ("#002f6c", "#00421f")),
    ),
    _theme(
        NATIVE,
        {
            "primary": "ansi_magenta", "secondary": "ansi_magenta", "accent": "ansi_magenta", "warning": "ansi_magenta",
            "error": "ansi_red", "success": "ansi_default", "foreground": "ansi_default",
            "background": "ansi_default", "surface": "ansi_default", "panel": "ansi_default", "boost": "ansi_default",
        },
        {
            "ansi-background": "ansi_default",
            "ansi-foreground": "ansi_default",
            "surface-active": "ansi_default",
            "line": "ansi_default",
            "focus": "ansi_magenta",
            "text-muted": "ansi_default",
            "text-disabled": "ansi_default",
            "block-cursor-background": "ansi_default",
            "block-cursor-foreground": "ansi_default",
            "block-cursor-text-style": "bold reverse",
            "block-cursor-blurred-text-style": "bold",
            "border": "ansi_magenta",
            "border-blurred": "ansi_default",
            "input-selection-background": "ansi_default",
            "input-selection-foreground": "ansi_default",
            "piece-even": "ansi_default",
            "piece-odd": "ansi_default",
            "scrollbar": "ansi_default",
            "scrollbar-hover": "ansi_magenta",
            "scrollbar-active": "ansi_magenta",
            "scrollbar-background": "ansi_default",
            "scrollbar-background-hover": "ansi_default",
            "scrollbar-background-active": "ansi_default",
            "screen-selection-background": "ansi_default",
            "screen-selection-foreground": "ansi_default",
            "button-focus-text-style": "bold reverse",
            "link-color": "ansi_default",
        },
        ansi=True,
    ),
)  # fmt: skip

assert [theme.name for theme in _THEMES] == list(THEMES)
