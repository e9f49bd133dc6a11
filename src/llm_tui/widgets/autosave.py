"""Saving what a person types, soon after they type it, without keeping the screen waiting for the disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from textual.timer import Timer
from textual.widget import Widget

from llm_tui.errors import UserError

DELAY = 0.5

RETRY = 5.0
"""Seconds after which what could not be saved is tried again."""


class Autosave:
    """Calls `write` on a thread, half a second after the first `touch` that is not saved yet, so that no more
    than that is ever lost; and again every few seconds where it could not be saved, which the lab has told.

    One write at a time, each with the state of its moment: the last one to run has the last state.
    """

    def __init__(self, owner: Widget, write: Callable[[], object]):
        self._owner = owner
        self._write = write
        self._timer: Timer | None = None
        self._lock = asyncio.Lock()
        self._unsaved = False
        self._flushing: set[asyncio.Task[None]] = set()

    @property
    def unsaved(self) -> bool:
        """Whether there is something that the disk does not have, or not yet: a write that has begun may fail."""
        return self._unsaved or self._lock.locked()

    async def settled(self) -> None:
        """Wait until a write that has begun has ended."""
        async with self._lock:
            return

    def drop(self) -> None:
        """What is not saved yet is not to be."""
        self._unsaved = False

    def touch(self) -> None:
        self._unsaved = True
        self._wait(DELAY)

    async def flush(self) -> None:
        """Save now what has not been saved yet; what could not be saved is tried again. Who no longer waits for it
        does not end it: the next who waits would be told that all is saved.
        """
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if not self.unsaved:
            return
        flushing = asyncio.create_task(self._flush())
        self._flushing.add(flushing)
        flushing.add_done_callback(self._flushing.discard)
        await asyncio.shield(flushing)

    async def _flush(self) -> None:
        async with self._lock:
            if not self._unsaved:
                return
            self._unsaved = False
            try:
                await asyncio.to_thread(self._write)
            except UserError:
                self._unsaved = True
                self._wait(RETRY)

    def _wait(self, seconds: float) -> None:
        if self._timer is None:
            self._timer = self._owner.set_timer(seconds, self.flush)
