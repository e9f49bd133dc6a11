"""Every screen in every size and both languages is as it was when somebody looked at it; see make.py."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from snapshots.kept import FOLDER, read
from snapshots.scenes import LANGUAGES, SCENES, filled, stage
from snapshots.shown import differences, shown

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
