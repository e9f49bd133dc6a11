"""What a terminal shows of the app, beside what the app means it to show: all of its screen drawn anew.

    python tests/shown.py --steps 2000 --seeds 1 2 3 --size 80x24 --language es

goes at random through the app on a lab with all exercises done, and prints each difference with the last steps.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pyte
from pyte.screens import Char
from rich.segment import Segment
from textual import events
from textual._context import visible_screen_stack
from textual.app import App
from textual.command import CommandPalette
from textual.driver import Driver
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import DataTable

from llm_tui.engine.events import Failed, Finished, Progress, Started
from llm_tui.repaint import _runs
from llm_tui.widgets import notices

sys.path.insert(0, str(Path(__file__).parent))
from idle import nothing_left


class Screen(pyte.Screen):
    """Signs that join others take no column; Pyte would leave away all that is written after one."""

    def draw(self, data: str) -> None:
        super().draw("".join(letter for letter in data if letter not in "\u200d\u200c\ufe0f\ufe0e"))


class Shown(Driver):
    """A terminal in this process; it does not echo, and is as large as `resize` says."""

    def __init__(self, app: App[Any], *, size: tuple[int, int] | None = None, **settings: Any):
        super().__init__(app, size=size, **settings)
        self.resize(*(size or (80, 24)))

    @property
    def can_suspend(self) -> bool:
        return True

    def write(self, data: str) -> None:
        self._stream.feed(data)

    def start_application_mode(self) -> None:
        self.write("\x1b[?7l")
        self.tell_size()

    def disable_input(self) -> None: ...

    def stop_application_mode(self) -> None: ...

    def resize(self, columns: int, rows: int) -> None:
        """What stood there is lost."""
        self.screen = Screen(columns, rows)
        self._stream = pyte.Stream(self.screen)
        self.write("\x1b[?7l")

    def tell_size(self) -> None:
        size = Size(self.screen.columns, self.screen.lines)
        self.send_message(events.Resize(size, size))


class Cell(NamedTuple):
    letter: str
    look: tuple[object, ...]


def _cells(screen: pyte.Screen) -> list[list[Cell]]:
    return [[_cell(screen.buffer[y][x]) for x in range(screen.columns)] for y in range(screen.lines)]


def _cell(char: Char) -> Cell:
    letter, *look = char
    if letter == " " and not (char.reverse or char.underscore or char.strikethrough):
        return Cell(" ", (char.bg,))  # of a blank only the ground is seen
    return Cell(letter, tuple(look))


def terminal(app: App[Any]) -> list[list[Cell]]:
    """What stands on it."""
    return _cells(app._driver.screen)  # type: ignore[union-attr]


def meant(app: App[Any]) -> list[list[Cell | None]]:
    """What would, were all of the screen in front sent to a new one, each letter to its own column. None is where a
    letter stands of which nobody knows how wide a terminal draws it.
    """
    size, front = app.size, app.screen
    screen = Screen(*size)
    stream = pyte.Stream(screen)
    uncertain = set()
    visible_screen_stack.set(app._background_screens)
    for y, chops in enumerate(front._compositor._render_chops(size.region, lambda _: True)):
        for x, strip in chops.items():
            for text, style, _ in strip or ():
                for run, certain in _runs(text):
                    there = Strip([Segment(run, style)])
                    if certain:
                        stream.feed(f"\x1b[{y + 1};{x + 1}H{there.render(app.console)}\x1b[0m")
                    else:
                        uncertain.update((y, x + place) for place in range(there.cell_length))
                    x += there.cell_length
    return [
        [None if (y, x) in uncertain else cell for x, cell in enumerate(row)] for y, row in enumerate(_cells(screen))
    ]


def differences(one: list[list[Cell]] | list[list[Cell | None]], other: list[list[Cell | None]]) -> str:
    """The lines that differ, each from both; empty where they are the same."""
    if (len(one), len(one[0])) != (len(other), len(other[0])):
        return f"{len(one[0])}x{len(one)} and {len(other[0])}x{len(other)}"
    said = []
    for y, (left, right) in enumerate(zip(one, other, strict=True)):
        at = [x for x, (a, b) in enumerate(zip(left, right, strict=True)) if a and b and a != b]
        if at:
            texts = ["".join(cell.letter if cell else "?" for cell in row) for row in (left, right)]
            looks = "" if texts[0] != texts[1] else f"\n    {left[at[0]]}\n    {right[at[0]]}"
            said.append(f"line {y}, columns {at[0]}-{at[-1]}:\n  {texts[0]!r}\n  {texts[1]!r}{looks}")
    return "\n".join(said)


def draw_anew(app: Any) -> None:
    """Nothing that was drawn, laid out or said before is taken as it was."""
    for widget in (app.screen, *app.screen.walk_children(Widget)):
        widget._styles_cache.clear()
        widget._clear_arrangement_cache()
        if isinstance(widget, DataTable):
            widget._clear_caches()
        widget.refresh(layout=True)
    for what in ("status", "environment", "lab", "away"):
        app.changed.publish(what)
    app.screen.refresh_bindings()


def busy(app: Any) -> bool:
    """Whether something is still to be drawn."""
    following = app._typeahead._following
    return bool(
        app._batch_count
        or app.screen._repaint_required  # one behind a window stays so
        or any(_waits(screen) for screen in (app.screen, *app._background_screens))
        or (following is not None and not following.done())
        or any(worker.is_running and worker.group != "ahead" for worker in app.workers)
    )


def _waits(screen: Any) -> bool:
    return bool(
        screen._layout_required
        or screen._scroll_required
        or screen._dirty_widgets
        or screen._compositor._dirty_regions
    )


async def settle(app: Any, seconds: float = 30) -> bool:
    """Wait until nothing is left to do; whether that came."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    end, quiet = loop.time() + seconds, 0
    while quiet < 2 and loop.time() < end:
        await nothing_left()
        quiet = 0 if busy(app) else quiet + 1
        if not quiet:
            await asyncio.sleep(0.01)
    if loop.time()-began>0.8: print("slow", loop.time()-began, [(w.group,w.name) for w in app.workers if w.is_running], app._typeahead._following, app._batch_count)
    return quiet >= 2


async def eventually(true: Callable[[], bool], seconds: float = 10) -> bool:
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
TEXTS = [
    "ñandú", "El perro está aquí. ¿Sí?", "日本語のテキスト", "🙂🙂", "👩\u200d💻 y 🇪🇸", "e\u0301a\u0308", "a\tb\tc",
    "☎\ufe0f", "עברית \u202eabc", "क्षेत्र", "한국어", "ᄀ", "x" * 200, "uno\ndos\n\n🙂\n日本", "\u200d", "∑ ∀x", "¿¡",
]  # fmt: skip
SIZES = [(80, 24), (80, 24), (60, 20), (120, 40), (100, 30), (40, 10)]


class Walk:
    """Goes at random through the app; `wrong` says what was shown and not meant."""

    def __init__(self, app: Any, engine: Any, seed: int, resizes: bool = True):
        self._app, self._engine = app, engine
        self._random = random.Random(seed)
        self._resizes = resizes
        self.steps: list[str] = []
        self.wrong: list[str] = []
        self.unquiet = 0

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
            if len(self.wrong) > 5:
                return

    async def look(self) -> None:
        """Compare what is there when all is quiet."""
        app = self._app
        if not await settle(app):
            self.unquiet += 1
            self._say("not quiet", "")
            return
        if not await eventually(lambda: notices.shown(app.screen) == bool(list(app._notifications))):
            self._say("notices", str(list(app._notifications)))
        await settle(app)
        told, there = list(app._notifications), meant(app)
        if found := differences(terminal(app), there):
            self._say("terminal and screen", found)
        if isinstance(app.screen, CommandPalette):  # it waits before it says that it has found nothing
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
            if name != "resize" or self._resizes:
                self.steps.append(name)
                getattr(self, f"_{name}")()

    def _press(self, key: str) -> None:
        self.steps.append(key)
        letter = key if len(key) == 1 else {"space": " ", "slash": "/", "question_mark": "?", "equals_sign": "="}.get(key)
        self._app._driver.process_message(events.Key(key if len(key) > 1 else key, letter))

    def _mouse(self) -> None:
        x, y = self._random.randrange(self._app.size.width), self._random.randrange(self._app.size.height)
        kind = self._random.choice((events.MouseMove, "click", "drag", events.MouseScrollDown, events.MouseScrollUp))
        self.steps.append(f"{getattr(kind, '__name__', kind)} {x},{y}")
        to = self._random.randrange(self._app.size.width), self._random.randrange(self._app.size.height)
        kinds = {
            "click": [(events.MouseDown, x, y), (events.MouseUp, x, y)],
            "drag": [(events.MouseDown, x, y), (events.MouseMove, *to), (events.MouseUp, *to)],
        }.get(kind, [(kind, x, y)])  # type: ignore[arg-type]
        for of, column, row in kinds:
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


def made(folder: Path, seed: int, filled: bool = True) -> tuple[Any, Any, Walk]:
    """The app on a lab of its own, its engine, and somebody who goes through it."""
    from conftest import FakeEngine
    from filled_lab import answering, fill

    from llm_tui.app import LabApp
    from llm_tui.lab.lab import Lab

    lab, engine = Lab(folder / "lab-ñ"), FakeEngine()
    if filled:
        fill(lab)
    app = LabApp(lab, engine)  # type: ignore[arg-type]
    app.driver_class = Shown
    walk = Walk(app, engine, seed)
    walk._answer = answering()  # type: ignore[method-assign]
    return app, engine, walk


async def walked(folder: Path, seed: int, steps: int, size: tuple[int, int], filled: bool = True) -> Walk:
    app, _, walk = made(folder, seed, filled)
    async with app.run_test(headless=False, size=size, notifications=True, tooltips=True):
        try:
            await walk.look()
            await walk.go(steps)
        except Exception:
            import traceback; traceback.print_exc()
        print("exit", app._exit, app._exception, walk.steps[-10:])
        await settle(app)
        app._handle_exception = print
    return walk


def main() -> int:
    import os
    import time

    from llm_tui import i18n

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--size", default="80x24")
    parser.add_argument("--language", default="en")
    parser.add_argument("--empty", action="store_true")
    asked = parser.parse_args()
    i18n.use(asked.language)
    bad = 0
    for seed in asked.seeds:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "HF_HOME", "HOME"):
                os.environ[name] = f"{folder}/{name}"
            os.environ.update(HF_HUB_OFFLINE="1", EDITOR="true", VISUAL="true", TERM="xterm-256color")
            os.chdir(folder)
            began = time.monotonic()
            walk = asyncio.run(walked(Path(folder), seed, asked.steps, tuple(map(int, asked.size.split("x"))), not asked.empty))
            os.chdir("/")
        bad += len(walk.wrong)
        print(f"seed {seed}: {len(walk.steps)} steps, {len(walk.wrong)} wrong, {walk.unquiet} unquiet, {time.monotonic() - began:.0f} s", flush=True)
        for said in walk.wrong:
            print(said, flush=True)
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
