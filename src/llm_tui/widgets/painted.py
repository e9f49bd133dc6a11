"""What Textual keeps of widgets that are gone.

Textual 8.2 remembers the colors of a widget's edge by the widget's own painted lines, and so keeps the lines of the
last 1,024 widgets, long after their dialogs have closed: some 20 MB. The colors say all that the answer depends on.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from textual._styles_cache import StylesCache
from textual.color import Color


def forget_what_is_gone() -> None:
    """Remember by the colors alone, from here on."""
    remembering = StylesCache.get_inner_outer
    computed = getattr(remembering, "__wrapped__", None)
    if computed is None:  # another version of Textual
        return

    @lru_cache(1024)
    def by_colors(base_background: Color, background: Color) -> Any:
        return computed(None, base_background, background)

    def get_inner_outer(_: StylesCache, base_background: Color, background: Color) -> Any:
        return by_colors(base_background, background)

    StylesCache.get_inner_outer = get_inner_outer  # type: ignore[method-assign, assignment]
