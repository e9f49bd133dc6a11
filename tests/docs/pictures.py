"""The pictures of the README, from the screens of tests/snapshots: `python tests/docs/pictures.py` makes them anew.

The curves are of a real training on the sample data (`curves.json`), the answer is of a teaching model.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Collection
from dataclasses import replace
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).parents[1]))

from conftest import FakeEngine
from docs.picture import svg
from idle import nothing_left
from snapshots.scenes import ANSWERS, HERE, LANGUAGES, SCENES, Stage, filled, stage

from llm_tui.engine.job import Context, run_job
from llm_tui.engine.models import ModelCache
from llm_tui.exercises.reading import PAGES
from llm_tui.foundation.job import Generate, Generated
from llm_tui.i18n import tr
from llm_tui.screens.reading import Seen
from llm_tui.survey import Survey
from llm_tui.widgets.themes import STANDARD

TESTS = Path(__file__).parents[1]
FOLDER = TESTS.parent / ".pictures"
SIZE = (100, 30)

SHOWN = {
    "home": "home",
    "train": "train",
    "tokens": "tokens",
    "sheet": "moderation-samples",
    "ethics": "ethics",
    "report": "report",
    "play": "play",
    "why": "play",
}
"""The name of a picture, and its scene. Those of a model come last."""

OF_A_MODEL = ("play", "why")


async def pictures(
    folder: Path, language: str, names: Collection[str] = tuple(SHOWN)
) -> AsyncIterator[tuple[str, str]]:
    """The files' names and contents, of a lab in `folder`."""
    lab = filled(folder)
    _train(lab.folder)
    scenes = {scene.name: scene for scene in SCENES}
    with mock.patch.dict(ANSWERS, {Generate: _generate, Survey: _survey}):
        async with stage(lab, FakeEngine(), language) as here:
            await here.size(*SIZE)
            await here.theme(STANDARD)
            for name in names:
                await here.show(scenes[SHOWN[name]])
                if name in OF_A_MODEL:
                    await _ask(here, why=name == "why")
                yield f"{name}-{language}.svg", svg(here.strips(), f"llm-tui: {name}")


def _train(lab: Path) -> None:
    """The runs of the lab as a real training had them."""
    real = json.loads((TESTS / "docs" / "curves.json").read_text(encoding="utf-8"))
    for run in lab.glob("runs/*"):
        config, result = (json.loads((run / name).read_text("utf-8")) for name in ("config.json", "result.json"))
        had = real[str(config["job"]["batch_size"])]
        result["result"] |= {"accuracy": had["accuracy_test"], "seconds": had["seconds"], "steps": had["step"][-1],
                             "test_rows": 1000}  # fmt: skip
        (run / "result.json").write_text(json.dumps(result), encoding="utf-8")
        last = had["step"][-1]
        lines = (
            {"step": step, "steps": last, "loss": loss, "accuracy": accuracy, "examples_per_second": 20_000.0,
             "seconds_left": 0.0, "seconds": had["seconds"] * step / last}
            for step, loss, accuracy in zip(had["step"], had["loss"], had["accuracy"], strict=True)
        )  # fmt: skip
        (run / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def _survey(job: Survey) -> object:
    no = tr("this torch is built without CUDA", "este torch está compilado sin CUDA")
    return replace(HERE, no_cuda=no)


async def _ask(here: Stage, why: bool) -> None:
    """The example of a page to read is answered by a teaching model, as `enter` on it and ctrl+r do."""
    screen = here.app.screen
    screen.post_message(Seen(PAGES[0]))
    await here.settle()
    here.app.clear_notifications()
    await here.app.run_action("screen.run")
    await here.settle()
    if why:
        await here.app.run_action("screen.why")
        await here.settle()
        for _ in range(3):  # to a piece that others came close to
            here.app.simulate_key("right")
            await here.settle()


_OPEN = ModelCache()


def _generate(job: Generate) -> Generated:
    """In no time, as a clock says something else each time."""
    found = run_job(job, Context(1, lambda _: None, threading.Event(), _OPEN))
    assert isinstance(found, Generated)
    return replace(found, made_by=replace(found.made_by, seconds=0.2))


async def make() -> None:
    FOLDER.mkdir(exist_ok=True)
    for language in LANGUAGES:
        with tempfile.TemporaryDirectory() as folder:
            os.environ |= dict.fromkeys(("XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "HF_HOME"), folder)
            async for name, content in pictures(Path(folder), language):
                (FOLDER / name).write_text(content, encoding="utf-8")


if __name__ == "__main__":
    with mock.patch("textual.app.wait_for_idle", nothing_left), mock.patch("textual.pilot.wait_for_idle", nothing_left):
        asyncio.run(make())
