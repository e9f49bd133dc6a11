"""Keeps what all screens show now: `python tests/snapshots/make.py [NAME...]`, in about a minute and a half.

With names, only the scenes that have one of them in theirs. Look at what git says has changed.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).parents[1]))

from conftest import FakeEngine
from idle import nothing_left
from snapshots.kept import read, written
from snapshots.scenes import LANGUAGES, SCENES, filled, stage
from snapshots.shown import shown


async def make(names: list[str]) -> None:
    scenes = [scene for scene in SCENES if not names or any(name in scene.name for name in names)]
    now: dict[str, dict[str, list[str]]] = {scene.name: {} for scene in scenes}
    for language in LANGUAGES:
        with tempfile.TemporaryDirectory() as folder:
            os.environ |= dict.fromkeys(("XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "HF_HOME"), folder)
            async with stage(filled(Path(folder)), FakeEngine(), language) as here:
                for scene in scenes:
                    now[scene.name] |= await shown(here, scene, language)
    for name, parts in now.items():
        if read(name) != parts:
            written(name, parts)
            print(name)  # noqa: T201


if __name__ == "__main__":
    with mock.patch("textual.app.wait_for_idle", nothing_left), mock.patch("textual.pilot.wait_for_idle", nothing_left):
        asyncio.run(make(sys.argv[1:]))
