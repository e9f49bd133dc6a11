"""Keys in the order in which they were typed, each to the window that the one before it has opened.

Textual hands a key to the screen that is in front when the key is read. A slow line delivers several keys in one read:
"open a file", a name and enter would go to the screen below, because the dialog is not there yet.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable

from textual.app import App, ScreenStackError
from textual.dom import DOMNode
from textual.events import Event, Key, Paste

from llm_tui.delivery import idle
from llm_tui.engine.turns import turns

PATIENCE = 10.0
"""Seconds that a key waits for those before it, at the most: a screen may be busy for long."""

MOVEMENTS = frozenset(("up", "down", "left", "right", "pageup", "pagedown", "backspace", "delete"))

ROUNDS = 3
"""How often the same window must be in front: a dialog's answer is handed on twice before something comes of it."""


class Typeahead:
    """`deliver` hands one key to the app."""

    def __init__(self, app: App[None], deliver: Callable[[Event], Awaitable[None]]):
        self._app = app
        self._deliver = deliver
        self._waiting: deque[Event] = deque()
        self._came: deque[float] = deque()
        """When each of them came."""
        self._following: asyncio.Task[None] | None = None
        self._typed = False
        """Whether the last key was text: what it changed may be on its way to the screen still."""

    async def take(self, key: Event) -> None:
        """Deliver `key`, now where nothing is in its way. To be called by the app as it reads the key."""
        turns.take()
        if self._following is not None and not self._following.done():
            self._waiting.append(key)
            self._came.append(time.monotonic())
            return
        if self._is_text(key):
            self._typed = True
            await self._deliver(key)
            return
        if self._typed:
            self._waiting.append(key)
            self._came.append(time.monotonic())
        else:
            await self._deliver(key)
        self._following = asyncio.create_task(self._follow())

    async def arrived(self, patience: float) -> None:
        """Wait until all that has been typed so far is where it belongs, `patience` seconds at the most."""
        deadline = time.monotonic() + patience
        if self._following is not None:
            await asyncio.wait({self._following}, timeout=patience)
        await self._settle(deadline)

    async def _follow(self) -> None:
        await self._settle(time.monotonic() + PATIENCE)
        while self._waiting and self._app.is_running:
            deadline = self._came[0] + PATIENCE
            last = self._pass_on()
            while self._waiting and self._in_one_go(last, self._waiting[0]):
                last = self._pass_on()
            await self._settle(deadline)
        self._typed = False

    def _pass_on(self) -> Event:
        key = self._waiting.popleft()
        self._came.popleft()
        self._app.call_later(self._deliver, key)
        return key

    def _is_text(self, key: Event) -> bool:
        """Whether it is a letter for the field in front."""
        field = self._front()
        return (
            hasattr(field, "cursor_blink")  # an Input or a TextArea, which is not imported to look at a key
            and not getattr(field, "read_only", False)
            and (isinstance(key, Paste) or (isinstance(key, Key) and key.is_printable))
        )

    def _in_one_go(self, key: Event, after: Event) -> bool:
        """Whether nothing comes of one key that the next could miss."""
        return _held_down(key, after) or (self._is_text(key) and self._is_text(after))

    async def _settle(self, deadline: float) -> None:
        """Wait until all that may do something about the last key have done it, and the window in front is there."""
        if time.monotonic() >= deadline:
            return
        await idle(self._app, deadline)
        fronts: deque[DOMNode] = deque(maxlen=ROUNDS)
        while fronts.count(front := self._front()) < ROUNDS and time.monotonic() < deadline:
            # The way that a key takes, and after it what a field says of it; an answer may still be handed on.
            for node in front.ancestors_with_self:
                await idle(node, deadline)
            fronts.append(front)

    def _front(self) -> DOMNode:
        try:
            return self._app.focused or self._app.screen
        except ScreenStackError:  # the app is about to end
            return self._app


def _held_down(key: Event, after: Event) -> bool:
    """Whether it is one movement again and again, for the same list or field."""
    return isinstance(key, Key) and isinstance(after, Key) and key.key == after.key and key.key in MOVEMENTS
