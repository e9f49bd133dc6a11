"""Every screen of the program with the lab of tests/filled_lab.py, and how each is brought about: nothing in them is of
this machine or of this day.
"""

from __future__ import annotations

import asyncio
import re
import threading
from array import array
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
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
from llm_tui.attribution.attention_job import ITSELF, Attended, Attention, Side, Weights
from llm_tui.engine.events import Finished
from llm_tui.engine.gpus import Gpus
from llm_tui.engine.job import Context, run_job
from llm_tui.engine.models import ModelCache
from llm_tui.environment import Environment
from llm_tui.export.heat import Heat, Mark
from llm_tui.foundation.job import ModelChoice, Provenance
from llm_tui.foundation.labels_job import Sentiment
from llm_tui.hub.cache import CachedModel
from llm_tui.i18n import Text
from llm_tui.lab.lab import Lab
from llm_tui.screens.mode import ModeScreen
from llm_tui.screens.why_panes import panes_of
from llm_tui.survey import Survey
from llm_tui.tokenization.job import Compare
from llm_tui.visible import visible
from llm_tui.widgets.heat import HeatView
from llm_tui.widgets.why.pane import WhyPane

SIZES = ((80, 24), (120, 40), (60, 20))

LANGUAGES = ("es", "en")

HERE = Environment(
    python="3.12.1", system="Linux x86_64", processors=2, torch="2.13.0", transformers="5.17.0", cuda="",
    no_cuda="this torch is built without CUDA", gpus=Gpus(), models=(CachedModel("google/flan-t5-small", 300_000_000),),
    cache="/cache/hub",
)  # fmt: skip

HEAT = Heat(
    Text("Sports: share of the logit", "Sports: aporte al logit"),
    "The striker scored twice while the market closed lower after a quiet day",
    (Mark(4, 11, 0.61), Mark(12, 18, 0.92), Mark(19, 24, 0.18), Mark(35, 41, -0.74), Mark(42, 48, -0.22)),
    Text("logit", "logit"),
)


@dataclass(frozen=True, slots=True)
class Scene:
    """A screen: its mode, the pane of it, and what is opened over it, by the name of an action of the app or by a
    function.
    """

    name: str
    mode: str
    pane: str = ""
    opens: str | Callable[[LabApp], object] = ""


class _Heats(WhyPane):
    NAME = Text("Shares", "Partes")

    def body(self) -> Iterator[HeatView]:
        yield HeatView(HEAT)

    def begin(self) -> None:
        self.query_one(HeatView).show(HEAT)


def _why(app: LabApp) -> None:
    from llm_tui.screens.why import WhyScreen

    said = Sentiment(("very good",), ModelChoice("tiny", "cpu"))
    app.push_screen(WhyScreen([_Heats(), *panes_of(said, None)]))


def _matrix(app: LabApp) -> None:
    _why(app)
    app.call_after_refresh(lambda: app.screen.action_pane("why-2"))  # type: ignore[attr-defined]


def _of_screen(action: str) -> Callable[[LabApp], object]:
    return lambda app: getattr(app.screen, f"action_{action}")()


def _confirm(app: LabApp) -> None:
    from llm_tui.screens.dialogs import ConfirmDialog

    app.push_screen(
        ConfirmDialog(i18n.tr("Delete the run of batch size 64?", "¿Borrar la ejecución de lote 64?"), "ok")
    )


def _toasts(app: LabApp) -> None:
    app.notify(i18n.tr("Written: exports/report.md", "Escrito: exports/report.md"), timeout=3600)
    said = i18n.tr("The model gpt2 is not here.", "El modelo gpt2 no está aquí.")
    for severity in ("warning", "error"):
        app.notify(said, severity=severity, timeout=3600)  # type: ignore[arg-type]


SCENES = (
    Scene("home", "home"),
    Scene("train", "train"),
    *(Scene(f"train-{pane}", "train", pane) for pane in ("evaluation", "try", "compare", "vectors")),
    Scene("play", "play"),
    Scene("tokens", "tokens"),
    *(Scene(f"tokens-{pane}", "tokens", pane) for pane in ("measures", "translation")),
    Scene("ethics", "ethics"),
    Scene("ethics-paragraph", "ethics", "paragraph"),
    Scene("report", "report"),
    *(Scene(f"moderation-{pane}", "sheet-3", pane) for pane in ("samples", "measures", "setup")),
    *(Scene(f"translation-{pane}", "sheet-4", pane) for pane in ("work", "setup")),
    *(Scene(f"summaries-{pane}", "sheet-5", pane) for pane in ("source", "summaries", "figures")),
    *(Scene(f"prompting-{pane}", "sheet-6", pane) for pane in ("work", "paragraph")),
    *(Scene(f"flows-{pane}", "flows", pane) for pane in ("comparison", "labels")),
    *(Scene(f"bias-{pane}", "bias", pane) for pane in ("kinds", "pairs", "setup")),
    Scene("why-words", "play", opens=_why),
    Scene("why-attention", "play", opens=_matrix),
    Scene("help", "train", opens="help"),
    Scene("palette", "home", opens="command_palette"),
    Scene("jump", "train", opens="jump"),
    Scene("themes", "home", opens="change_theme"),
    Scene("guide", "train", opens=_of_screen("guide")),
    Scene("definitions", "train", opens=_of_screen("definitions")),
    Scene("devices", "train", opens=_of_screen("devices")),
    Scene("open-text", "tokens", opens=_of_screen("open")),
    Scene("models", "play", opens=_of_screen("models")),
    Scene("confirm", "train", opens=_confirm),
    Scene("toasts", "home", opens=_toasts),
)


def filled(folder: Path) -> Lab:
    """The lab, with runs of a day that does not change."""
    lab = Lab(folder / "my-lab")
    fill(lab)
    for number, file in enumerate(sorted(lab.folder.glob("runs/*/config.json"))):
        text = re.sub(r'("started": *)"[^"]*"', rf'\1"2026-03-02T10:0{number}:00+00:00"', file.read_text("utf-8"))
        file.write_text(text, "utf-8")
    return lab


@contextmanager
def nothing_of_here(lab: Lab) -> Iterator[None]:
    """No clock makes a screen look anything up, and nothing is told of this machine."""
    with pytest.MonkeyPatch.context() as patch:
        for name in (
            "lab_watch.LOOK_SECONDS",
            "lab_watch.HEARTBEAT",
            "lab_runs.LOOK_SECONDS",
            "elsewhere.LOOK_SECONDS",
        ):
            patch.setattr(f"llm_tui.screens.{name}", 3600)
        patch.setenv("TZ", "UTC")
        patch.chdir(lab.folder / "exercises")
        patch.setattr(
            "llm_tui.gpu_facts._free", lambda free, total: i18n.tr("23.3 free of 25.3 GB", "23.3 libres de 25.3 GB")
        )
        patch.setattr(
            "llm_tui.screens.home.visible", lambda text: visible(text.replace(str(lab.folder), "/home/ana/lab"))
        )
        patch.setenv("HF_HUB_OFFLINE", "1")
        yield


class Stage:
    """One app that shows one scene after another, in any size and theme."""

    def __init__(self, app: LabApp, pilot: Pilot[None], engine: Any):
        self.app = app
        self._pilot = pilot
        self._engine = engine

    async def show(self, scene: Scene) -> None:
        app = self.app
        while not (type(app.screen) in app.MODES.values() or app.screen in _bottoms(app)):
            app.screen.dismiss(None)
            await self.settle()
        app.clear_notifications()
        await app.switch_mode(scene.mode)
        await self.settle()
        screen = app.screen
        assert isinstance(screen, ModeScreen)
        if scene.pane:
            screen.action_pane(scene.pane)
        elif screen.focused is None or not screen.focused.is_on_screen:
            screen.set_focus(next(iter(screen.focus_chain), None))
        if callable(scene.opens):
            scene.opens(app)
        elif scene.opens:
            await app.run_action(scene.opens)
        await self.settle()

    async def size(self, columns: int, lines: int) -> None:
        await self._pilot.resize_terminal(columns, lines)
        await self.settle()

    async def theme(self, name: str) -> None:
        self.app.theme = name
        await self.settle()

    def strips(self) -> list[Strip]:
        return strips(self.app)

    def text(self) -> list[str]:
        return [strip.text.rstrip() for strip in self.strips()]

    async def settle(self) -> None:
        """Wait until nothing is under way: no job, no thread, no timer of the next second, and nothing changes. Where
        something ticks, as in the palette, nothing changes for long.
        """
        loop: Any = asyncio.get_running_loop()
        before: Sequence[str] = ()
        same = 0
        for _ in range(1000):
            await nothing_left()
            self._answer()
            due = [timer.when() - loop.time() for timer in loop._scheduled if not timer.cancelled()]
            now = self.text()
            same = same + 1 if now == before and not _on_threads(loop) else 0
            if same > (1 if min(due, default=9.0) > 1.0 else 30):
                return
            before = now
            await asyncio.sleep(0.02)
        raise AssertionError("the screen does not come to rest")

    def _answer(self) -> None:
        """What the jobs that a screen has asked for come to."""
        for number, job in [
            (number, job) for number, job in self._engine.jobs.items() if number in self._engine._waiting
        ]:
            if type(job) in ANSWERS:
                self._engine.end(Finished(number, ANSWERS[type(job)](job)))


def _bottoms(app: LabApp) -> list[object]:
    return [stack[0] for stack in app._screen_stacks.values() if stack]


@asynccontextmanager
async def stage(lab: Lab, engine: Any, language: str) -> AsyncIterator[Stage]:
    i18n.use(language)
    with nothing_of_here(lab):
        app = LabApp(lab, engine)
        async with app.run_test(size=SIZES[0], notifications=True) as pilot:
            yield Stage(app, pilot, engine)


_OPEN = ModelCache()
"""The vocabularies stay open."""


def _compare(job: Compare) -> object:
    return run_job(job, Context(1, lambda _: None, threading.Event(), _OPEN))


def _attend(job: Attention) -> Attended:
    pieces = ("[CLS]", "very", "good", "[SEP]")
    share = [0.7, 0.1, 0.1, 0.1, 0.1, 0.5, 0.3, 0.1, 0.0, 0.4, 0.6, 0.0, 0.25, 0.25, 0.25, 0.25]
    layer = Weights(1, 4, 4, array("f", share * 2))
    made_by = Provenance("tiny", device="cpu", precision="float32", parameters=1000, seconds=0.1)
    return Attended((Side(ITSELF, pieces, pieces, (layer, layer)),), False, 0, made_by)


ANSWERS: dict[type[Any], Callable[[Any], object]] = {Survey: lambda job: HERE, Compare: _compare, Attention: _attend}
