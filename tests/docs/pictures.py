"""The pictures of the README, of the app itself: `python tests/docs/pictures.py` makes them anew.

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
from docs.stage import Stage, filled, here, stage
from idle import nothing_left

from llm_tui import i18n
from llm_tui.engine.job import Context, Job, run_job
from llm_tui.engine.models import ModelCache
from llm_tui.environment import Survey
from llm_tui.exercises.reading import PAGES
from llm_tui.foundation.job import Generate, Generated
from llm_tui.screens.reading import Seen
from llm_tui.tokenization.job import Compare
from llm_tui.widgets.themes import STANDARD

TESTS = Path(__file__).parents[1]
FOLDER = TESTS.parent / ".pictures"
SIZE = (100, 30)

SHOWN: dict[str, tuple[str, str]] = {
    "home": ("home", ""),
    "train": ("train", ""),
    "tokens": ("tokens", ""),
    "sheet": ("sheet-3", "samples"),
    "ethics": ("ethics", ""),
    "report": ("report", ""),
    "play": ("play", ""),
    "why": ("play", ""),
}
"""The name of a picture, its mode and its pane. Those of a model come last."""

OF_A_MODEL = ("play", "why")

_OPEN = ModelCache()


async def pictures(
    folder: Path, language: str, names: Collection[str] = tuple(SHOWN)
) -> AsyncIterator[tuple[str, str]]:
    """The files' names and contents, of a lab in `folder`."""
    lab = filled(folder)
    _train(lab.folder)
    answers = {Survey: lambda job: here(), Compare: _done, Generate: _generated}
    async with stage(lab, FakeEngine(), answers, language, SIZE) as shown:
        shown.app.theme = STANDARD
        for name in names:
            await shown.show(*SHOWN[name])
            if name in OF_A_MODEL:
                await _ask(shown, why=name == "why")
            yield f"{name}-{language}.svg", svg(shown.strips(), f"llm-tui: {name}")


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


async def _ask(shown: Stage, why: bool) -> None:
    """The example of a page to read is answered by a teaching model, as `enter` on it and ctrl+r do."""
    shown.app.screen.post_message(Seen(PAGES[0]))
    await shown.settle()
    await shown.app.run_action("screen.run")
    await shown.settle()
    if why:
        await shown.app.run_action("screen.why")
        await shown.settle()
        for _ in range(3):  # to a piece that others came close to
            shown.app.simulate_key("right")
            await shown.settle()


def _done(job: Job) -> object:
    return run_job(job, Context(1, lambda _: None, threading.Event(), _OPEN))


def _generated(job: Generate) -> Generated:
    """In no time, as a clock says something else each time."""
    found = _done(job)
    assert isinstance(found, Generated)
    return replace(found, made_by=replace(found.made_by, seconds=0.2))


async def make() -> None:
    FOLDER.mkdir(exist_ok=True)
    for language in i18n.LANGUAGES:
        with tempfile.TemporaryDirectory() as folder:
            os.environ |= dict.fromkeys(("XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "HF_HOME"), folder)
            async for name, content in pictures(Path(folder), language):
                (FOLDER / name).write_text(content, encoding="utf-8")


if __name__ == "__main__":
    with mock.patch("textual.app.wait_for_idle", nothing_left), mock.patch("textual.pilot.wait_for_idle", nothing_left):
        asyncio.run(make())
