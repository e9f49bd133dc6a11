"""Driving the app in tests: waiting for what follows from a thread or a timer, and reading what a screen shows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from textual.app import App
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widgets import DataTable, Static


class Notice(NamedTuple):
    """What the app told in its corner; the fixture `notices` has those of the test."""

    message: str
    severity: str


def said(notices: Iterable[Notice], words: str) -> bool:
    return any(words in notice.message for notice in notices)


async def eventually(pilot: Pilot[None], true: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something is true; fails when it does not become so."""
    began = time.monotonic()
    while not true():
        waited = time.monotonic() - began
        if waited > seconds:
            raise AssertionError("it did not happen")
        await pilot.pause(min(0.01 + waited / 4, 0.05))


def screen_of(app: App[Any]) -> Any:
    """The topmost screen, whichever it is."""
    return app.screen


def text_of(pilot: Pilot[None], selector: str) -> str:
    """What a Static shows."""
    return str(pilot.app.screen.query_one(selector, Static).content)


def painted(pilot: Pilot[None]) -> str:
    """What the terminal shows of the topmost screen, line by line."""
    return "\n".join(strip.text for strip in strips(pilot.app))


def strips(app: App[Any]) -> list[Strip]:
    """The lines of the topmost screen with their styles. Textual has no public name for them."""
    return app.screen._compositor.render_strips()


def cells(pilot: Pilot[None], of: str = "") -> list[list[str]]:
    """The rows of the screen's table, or of the one in `of`."""
    table = pilot.app.screen.query_one(f"{of} DataTable".strip(), DataTable)
    return [[str(cell).strip() for cell in table.get_row_at(row)] for row in range(table.row_count)]
