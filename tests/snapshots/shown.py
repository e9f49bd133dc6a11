"""What a scene looks like now, in the form in which it is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import unified_diff

from snapshots.kept import styles
from snapshots.scenes import SIZES, Scene, Stage

from llm_tui.colours import THEMES

STYLED_IN = "es"
"""Styles are kept of one language: they are the same in the other."""


async def shown(stage: Stage, scene: Scene, language: str, themes: Iterable[str] = THEMES) -> dict[str, list[str]]:
    """The text of each size in the theme that is the standard, the styles of each theme in the first size."""
    parts = {}
    await stage.size(*SIZES[0])
    await stage.show(scene)
    if language == STYLED_IN:
        for theme in themes:
            await stage.theme(theme)
            parts[f"styles {theme}"] = styles(stage.strips())
        await stage.theme(next(iter(THEMES)))
    for columns, lines in SIZES:
        await stage.size(columns, lines)
        parts[f"{language} {columns}x{lines}"] = stage.text()
    return parts


def differences(scene: str, kept: Mapping[str, list[str]], now: Mapping[str, list[str]]) -> str:
    """What is shown now and was not, line by line; empty where all is as it was."""
    said = [
        line
        for name, lines in now.items()
        for line in unified_diff(kept.get(name, []), lines, f"{scene}: kept, {name}", "now", lineterm="")
    ]
    return "\n".join(said)
