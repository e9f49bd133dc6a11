"""Does the terminal show what the app means, wherever somebody goes?

    python tests/faults/walk.py --steps 1000 --seeds 1 2 3 --size 80x24 --language es

goes at random through the app on a lab with all exercises done: keys, pastes, the mouse, notices, jobs that end and
fail, other sizes and themes, and other programs on its terminal. Each time that all is quiet it compares each cell of
the terminal with the screen, and the screen with itself drawn anew. Prints each difference with the steps before it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from textual import events
from textual.command import CommandPalette

sys.path.insert(0, str(Path(__file__).parents[1]))
from conftest import FakeEngine
from filled_lab import answering, fill
from meant import Shown, busy, differences, draw_anew, meant, settle, terminal

from llm_tui import i18n
from llm_tui.app import LabApp
from llm_tui.engine.events import Failed, Finished, Progress, Started
from llm_tui.lab.lab import Lab
from llm_tui.widgets import notices


async def eventually(true: Callable[[], bool], seconds: float = 60) -> bool:
    for _ in range(int(seconds * 20)):
        if true():
            return True
        await asyncio.sleep(0.05)
    return False


KEYS = [f"f{n}" for n in range(1, 10)] * 2 + [
    *("tab", "shift+tab", "up", "down", "left", "right", "home", "end", "pageup", "pagedown") * 3,
    *("enter", "escape") * 8,
    *("space", "backspace", "delete", "ctrl+e", "ctrl+r", "ctrl+x", "ctrl+y", "ctrl+l", "ctrl+g", "ctrl+o", "ctrl+p"),
    *("ctrl+z", "ctrl+t", "ctrl+home", "ctrl+end", "slash", "question_mark", "equals_sign"),
]
LETTERS = [*"abcdefghijklmnopqrstuvwxyzABCDFGHIJKLMNOPQRSTUVWXYZ0123456789"]
SIGNS = {"space": " ", "slash": "/", "question_mark": "?", "equals_sign": "="}
TEXTS = [
    "ñandú", "El perro está aquí. ¿Sí?", "日本語のテキスト", "🙂🙂", "👩\u200d💻 y 🇪🇸", "e\u0301a\u0308", "a\tb\tc",
    "☎\ufe0f", "עברית \u202eabc", "क्षेत्र", "한국어", "ᄀ", "x" * 200, "uno\ndos\n\n🙂\n日本", "\u200d", "∑ ∀x", "¿¡",
]  # fmt: skip
SIZES = [(80, 24), (80, 24), (60, 20), (120, 40), (100, 30), (40, 10)]


class Walk:
    """Goes at random through the app; `wrong` says what was shown and not meant. `anew`: also what was meant before and
    not when it is drawn anew; a thread that takes long can look like that.
    """

    def __init__(self, app: Any, engine: Any, seed: int, anew: bool = True):
        self._app, self._engine = app, engine
        self._random = random.Random(seed)
        self._anew = anew
        self.steps: list[str] = []
        self.wrong: list[str] = []
        self.looked = 0
        """How often all was quiet, and compared."""

    async def go(self, steps: int) -> None:
        for _ in range(steps):
            for _ in range(self._random.choice((1, 1, 1, 2, 4, 9))):
                self._step()
                if self._random.random() < 0.3:
                    await asyncio.sleep(0)
                if self._app._exit:
                    return
            if self._random.random() < 0.5:
                await asyncio.sleep(self._random.choice((0, 0, 0.01, 0.05)))
                continue
            await self.look()
            if len(self.wrong) > 12:
                return

    async def look(self) -> None:
        """Compare what is there when all is quiet."""
        app = self._app
        if not await settle(app):
            self._say("not quiet", busy(app))
            return
        if not await eventually(lambda: notices.shown(app.screen) == bool(list(app._notifications))):
            self._say("notices", str(list(app._notifications)))
            return
        if not await settle(app):
            self._say("not quiet", busy(app))
            return
        self.looked += 1
        told, there = list(app._notifications), meant(app)
        if found := differences(terminal(app), there):
            self._say("terminal and screen", found)
            return
        if not self._anew or isinstance(app.screen, CommandPalette):  # it waits before it says that nothing was found
            return
        draw_anew(app)
        await settle(app)
        if told != list(app._notifications):
            return
        if found := differences(there, meant(app)):
            self._say("screen and screen drawn anew", found)
        if found := differences(terminal(app), meant(app)):
            self._say("terminal and screen drawn anew", found)

    def _say(self, what: str, found: str) -> None:
        self.wrong.append(f"{what} on {self._app.screen_stack}:\n{found}\nlast: {self.steps[-14:]}")
        self.steps.append("[looked]")

    def _step(self) -> None:
        pick, chance = self._random.choice, self._random.random()
        if chance < 0.55:
            self._press(pick(KEYS))
        elif chance < 0.75:
            self._press(pick(LETTERS))
        elif chance < 0.80:
            text = pick(TEXTS)
            self.steps.append(f"paste {text[:20]!r}")
            self._app._driver.process_message(events.Paste(text))
        elif chance < 0.85:
            self._mouse()
        elif chance < 0.92:
            self._jobs()
        else:
            name = pick(("resize", "resize", "focus", "suspend", "theme", "notice", "notice", "picture"))
            self.steps.append(name)
            getattr(self, f"_{name}")()

    def _press(self, key: str) -> None:
        self.steps.append(key)
        letter = key if len(key) == 1 else SIGNS.get(key)
        self._app._driver.process_message(events.Key(key, letter))

    def _mouse(self) -> None:
        x, y = self._random.randrange(self._app.size.width), self._random.randrange(self._app.size.height)
        kind = self._random.choice((events.MouseMove, "click", "drag", events.MouseScrollDown, events.MouseScrollUp))
        self.steps.append(f"{getattr(kind, '__name__', kind)} {x},{y}")
        to = self._random.randrange(self._app.size.width), self._random.randrange(self._app.size.height)
        parts: list[tuple[Any, int, int]] = [(kind, x, y)]
        if isinstance(kind, str):
            moves = [(events.MouseMove, *to)] if kind == "drag" else []
            end = to if moves else (x, y)
            parts = [(events.MouseDown, x, y), *moves, (events.MouseUp, *end)]
        for of, column, row in parts:
            button = 0 if of is events.MouseMove and kind != "drag" else 1
            self._app._driver.process_message(of(None, column, row, 0, 0, button, False, False, False, column, row))

    def _jobs(self) -> None:
        """One that waits begins, goes on, or ends."""
        if not (running := self._engine.running()):
            return
        number, job = running
        kind = self._random.choice(("begins", "goes on", "ends", "ends", "fails"))
        self.steps.append(f"{type(job).__name__} {kind}")
        if kind == "begins":
            self._engine.tell(Started(number))
        elif kind == "goes on":
            self._engine.tell(Started(number), Progress(number, self._random.randrange(9), 9, "made"))
        else:
            result = None if kind == "fails" else self._answer(job)
            ending = Failed(number, "It failed: ✖ 🙂.", "UserError") if result is None else Finished(number, result)
            self._engine.end(ending)

    _answer: Callable[[Any], Any] = staticmethod(lambda job: None)

    def _resize(self) -> None:
        self._app._driver.resize(*self._random.choice(SIZES))
        self._app._driver.tell_size()

    def _focus(self) -> None:
        self._app.post_message(self._random.choice((events.AppBlur, events.AppFocus))())

    def _suspend(self) -> None:
        def away() -> None:
            with self._app.suspend():
                self._app._driver.screen.reset()
                self._app._driver.write("\x1b[?7l$ make\r\nwritten by another program\r\n")

        self._app.call_later(away)

    def _theme(self) -> None:
        self._app.theme = self._random.choice(list(self._app.available_themes))

    def _notice(self) -> None:
        severity = self._random.choice(("information", "warning", "error"))
        text = self._random.choice(TEXTS)
        self._app.notify(text, severity=severity, timeout=self._random.choice((0.05, 0.3, 5)), markup=False)

    def _picture(self) -> None:
        self._app.export_screenshot()


def made(folder: Path, seed: int, filled: bool = True, anew: bool = True) -> tuple[Any, Any, Walk]:
    """The app on a lab of its own, its engine, and somebody who goes through it."""
    lab, engine = Lab(folder / "lab-ñ"), FakeEngine()
    if filled:
        fill(lab)
    app = LabApp(lab, engine)  # type: ignore[arg-type]
    app.driver_class = Shown
    walk = Walk(app, engine, seed, anew)
    walk._answer = answering()  # type: ignore[method-assign]
    return app, engine, walk


async def walked(
    folder: Path, seed: int, steps: int, size: tuple[int, int], filled: bool = True, anew: bool = True
) -> Walk:
    app, _, walk = made(folder, seed, filled, anew)
    async with app.run_test(headless=False, size=size, notifications=True, tooltips=True):
        await walk.look()
        await walk.go(steps)
        await settle(app)
    return walk


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--size", default="80x24")
    parser.add_argument("--language", default="en", choices=i18n.LANGUAGES)
    parser.add_argument("--empty", action="store_true", help="in a lab in which nothing has been done yet")
    asked = parser.parse_args(arguments)
    i18n.use(asked.language)
    columns, rows = map(int, asked.size.split("x"))
    bad = 0
    for seed in asked.seeds:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "HF_HOME", "HOME"):
                os.environ[name] = f"{folder}/{name}"
            os.environ.update(HF_HUB_OFFLINE="1", EDITOR="true", VISUAL="true", TERM="xterm-256color")
            began = time.monotonic()
            walk = asyncio.run(walked(Path(folder), seed, asked.steps, (columns, rows), not asked.empty))
        bad += len(walk.wrong)
        took = time.monotonic() - began
        print(f"seed {seed}: {len(walk.steps)} steps, {walk.looked} looks, {len(walk.wrong)} wrong, {took:.0f} s")
        for said in walk.wrong:
            print(said, flush=True)
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
