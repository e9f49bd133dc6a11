"""One app, with the lab of tests/filled_lab.py, that shows one screen after another; nothing on them is of this machine
or of this day.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from driving import strips
from filled_lab import fill
from idle import _on_threads, nothing_left
from textual.pilot import Pilot
from textual.strip import Strip

from llm_tui import i18n
from llm_tui.app import LabApp
from llm_tui.engine.events import Finished
from llm_tui.engine.gpus import Gpus
from llm_tui.environment import Environment
from llm_tui.hub.cache import CachedModel
from llm_tui.lab.lab import Lab
from llm_tui.screens.mode import ModeScreen
from llm_tui.visible import visible

HOME = "/home/ana/my-lab"

CLOCKS = ("lab_watch.LOOK_SECONDS", "lab_watch.HEARTBEAT", "lab_runs.LOOK_SECONDS", "elsewhere.LOOK_SECONDS")
"""What makes a screen look something up by itself."""

Answers = Mapping[type[Any], Callable[[Any], object]]
"""What jobs come to, by their class."""


def here() -> Environment:
    return Environment(
        python="3.12.1", system="Linux x86_64", processors=2, torch="2.13.0", transformers="5.17.0", cuda="",
        no_cuda=i18n.tr("this torch is built without CUDA", "este torch está compilado sin CUDA"), gpus=Gpus(),
        models=(CachedModel("google/flan-t5-small", 300_000_000),), cache="/home/ana/.cache/huggingface/hub",
    )  # fmt: skip


def filled(folder: Path) -> Lab:
    """The lab, with runs of a day that does not change."""
    lab = Lab(folder / "my-lab")
    fill(lab)
    for number, file in enumerate(sorted(lab.folder.glob("runs/*/config.json"))):
        text = re.sub(r'("started": *)"[^"]*"', rf'\1"2026-03-02T10:0{number}:00+00:00"', file.read_text("utf-8"))
        file.write_text(text, "utf-8")
    return lab


@contextmanager
def _nothing_of_here(lab: Lab) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in (
            "lab_watch.LOOK_SECONDS",
            "lab_watch.HEARTBEAT",
            "lab_runs.LOOK_SECONDS",
            "elsewhere.LOOK_SECONDS",
        ):
            patch.setattr(f"llm_tui.screens.{name}", 3600)
        patch.setattr("llm_tui.screens.elsewhere.slurm_here", lambda: False)
        patch.setattr("llm_tui.screens.home.visible", lambda text: visible(text.replace(str(lab.folder), HOME)))
        patch.setenv("TZ", "UTC")
        patch.setenv("HF_HUB_OFFLINE", "1")
        yield


class Stage:
    def __init__(self, app: LabApp, pilot: Pilot[None], engine: Any, answers: Answers):
        self.app = app
        self._pilot = pilot
        self._engine = engine
        self._answers = answers

    async def show(self, mode: str, pane: str = "") -> None:
        while len(self.app.screen_stack) > 1:
            self.app.screen.dismiss(None)
            await self.settle()
        self.app.clear_notifications()
        await self.app.switch_mode(mode)
        await self.settle()
        screen = self.app.screen
        assert isinstance(screen, ModeScreen)
        if pane:
            screen.action_pane(pane)
        elif screen.focused is None or not screen.focused.is_on_screen:
            screen.set_focus(next(iter(screen.focus_chain), None))
        await self.settle()

    def strips(self) -> list[Strip]:
        return strips(self.app)

    async def settle(self) -> None:
        """Wait until nothing is under way and nothing changes: no job, no thread, no timer of the next second."""
        loop: Any = asyncio.get_running_loop()
        before: Sequence[str] = ()
        same = 0
        for _ in range(1000):
            await nothing_left()
            self._answer()
            due = [timer.when() - loop.time() for timer in loop._scheduled if not timer.cancelled()]
            now = [strip.text for strip in self.strips()]
            same = same + 1 if now == before and not _on_threads(loop) else 0
            if same > (1 if min(due, default=9.0) > 1.0 else 30):
                return
            before = now
            await asyncio.sleep(0.02)
        raise AssertionError("the screen does not come to rest")

    def _answer(self) -> None:
        for number, job in list(self._engine.jobs.items()):
            if number in self._engine._waiting and type(job) in self._answers:
                self._engine.end(Finished(number, self._answers[type(job)](job)))


@asynccontextmanager
async def stage(lab: Lab, engine: Any, answers: Answers, language: str, size: tuple[int, int]) -> AsyncIterator[Stage]:
    i18n.use(language)
    with _nothing_of_here(lab):
        app = LabApp(lab, engine)
        async with app.run_test(size=size) as pilot:
            yield Stage(app, pilot, engine, answers)
