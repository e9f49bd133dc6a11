"""What a terminal shows of the app, beside what the app means it to show: all of its screen drawn anew."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple

import pyte
from idle import _on_threads, nothing_left
from pyte.screens import Char
from rich.segment import Segment
from textual import events
from textual._context import visible_screen_stack
from textual.app import App
from textual.driver import Driver
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import DataTable

from llm_tui.repaint import _runs


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
    uncertain: set[tuple[int, int]] = set()
    visible_screen_stack.set(app._background_screens)
    for y, chops in enumerate(front._compositor._render_chops(size.region, lambda _: True)):
        for x, strip in chops.items():
            for text, style, _ in strip or ():
                if style is not None:
                    style._ansi = None  # as a picture of the screen may have drawn it
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


def differences(one: Sequence[Sequence[Cell | None]], other: Sequence[Sequence[Cell | None]]) -> str:
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


def busy(app: Any) -> str:
    """What is still to be done, or to be drawn."""
    following = app._typeahead._following
    waits = {
        "a batch": app._batch_count,
        "keys": following is not None and not following.done(),
        "to be painted": app.screen._repaint_required,  # one behind a window stays so
        **{str(screen): _waits(screen) for screen in (app.screen, *app._background_screens)},
        **{f"worker {one.group}": one.is_running and one.group != "ahead" for one in app.workers},
    }
    return ", ".join(what for what, there in waits.items() if there)


def _waits(screen: Any) -> bool:
    return bool(
        screen._layout_required or screen._scroll_required or screen._dirty_widgets or screen._compositor._dirty_regions
    )


THREADS = 5
"""Seconds that what runs on threads is waited for: some of it runs as long as the app."""


async def settle(app: Any, seconds: float = 120) -> bool:
    """Wait until nothing is left to do; whether that came."""
    loop = asyncio.get_running_loop()
    began, quiet = loop.time(), 0
    while quiet < 2 and (waited := loop.time() - began) < seconds:
        await nothing_left()
        quiet = 0 if busy(app) or (waited < THREADS and _on_threads(loop)) else quiet + 1
        if not quiet:
            await asyncio.sleep(0.01)
    return quiet >= 2
