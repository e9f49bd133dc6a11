"""Every screen in every size and both languages is as it was when somebody looked at it; see make.py."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from rich.cells import cell_len
from snapshots.kept import FOLDER, read
from snapshots.scenes import LANGUAGES, SCENES, SIZES, filled, stage
from snapshots.shown import STYLED_IN, differences, shown

from llm_tui.lab.lab import Lab

QUICK = ("home", "train", "translation-work")

CURE = "\n\nIf it is meant: python tests/snapshots/make.py, and look at what it has changed."


@pytest.fixture
def own_lab(own_folders: None, tmp_path: Path) -> Lab:
    return filled(tmp_path)


async def test_some_screens_are_as_they_were(own_lab, engine):
    said = [text async for text in _differences(own_lab, engine, "es", QUICK, ("dark",))]
    assert not said, "\n".join(said) + CURE


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_screen_is_as_it_was(own_lab, engine, language):
    said = [text async for text in _differences(own_lab, engine, language, [scene.name for scene in SCENES])]
    assert not said, "\n".join(said) + CURE


def test_nothing_is_kept_of_what_is_no_screen():
    assert {file.stem for file in FOLDER.iterdir()} == {scene.name for scene in SCENES}


async def _differences(lab, engine, language, names, themes=None) -> AsyncIterator[str]:
    async with stage(lab, engine, language) as here:
        for scene in (scene for scene in SCENES if scene.name in names):
            now = await shown(here, scene, language, *([themes] if themes else []))
            if said := differences(scene.name, read(scene.name), now):
                yield said


ASKED = {"dark": 4.5, "light": 4.5, "high-contrast": 7.0}
"""Contrast at least, as WCAG 2.2 asks of text (1.4.3), and of enhanced contrast (1.4.6)."""


@pytest.mark.parametrize("theme", ASKED)
def test_every_letter_has_contrast(theme):
    """Of the screens alone: what lies behind a window is dimmed."""
    weak = {
        (scene.name, style, round(contrast(*pair), 2))
        for scene in SCENES
        if not scene.opens
        for style in lettered(read(scene.name), theme)
        if (pair := colours(style)) and contrast(*pair) < ASKED[theme]
    }
    assert not weak


def lettered(parts: dict[str, list[str]], theme: str) -> set[str]:
    """The styles of the cells that hold a letter or a digit."""
    text, lines = parts[f"{STYLED_IN} {SIZES[0][0]}x{SIZES[0][1]}"], parts[f"styles {theme}"]
    names = dict(line.split(": ", 1) for line in lines[SIZES[0][1] :])
    found, row = set(), ""
    for said, line in zip(lines, text, strict=False):
        row = row if said == '"' else said
        runs = [re.fullmatch(r"(\D+)(\d+)", run) for run in row.split()]
        cells = [run[1] for run in runs if run for _ in range(int(run[2]))]
        place = 0
        for char in line:
            if char.isalnum():
                found.add(names[cells[place]])
            place += cell_len(char)
    return found


def colours(style: str) -> tuple[str, str] | None:
    """Of the letter and of its ground, where both are known."""
    front, _, rest = style.partition(" on ")
    ground = rest.split()[0]
    if "reverse" in rest:
        front, ground = ground, front
    return (front, ground) if front[0] == ground[0] == "#" else None


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, "contrast ratio", of two colours as #rrggbb."""
    light, dark = sorted(map(luminance, (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """WCAG 2.2, "relative luminance"."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_contrast_is_that_of_the_definition():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # WebAIM's well-known pair that just fails
