"""Saving what a person types, soon after they type it, without keeping the screen waiting for the disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from textual.timer import Timer
from textual.widget import Widget

from llm_tui.errors import UserError
from llm_tui.i18n import tr

DELAY = 0.5


class Autosave:
    """Calls `write` on a thread, half a second after the first `touch` that is not saved yet, so that no more
    than that is ever lost; `write` returns where it set aside what another
    program had written, or None.

    One write at a time, each with the state of its moment: the last one to run has the last state. Why it could not be
    saved is said once, until something else is wrong or it could.
    """

    def __init__(self, owner: Widget, write: Callable[[], Path | None]):
        self._owner = owner
        self._write = write
        self._timer: Timer | None = None
        self._lock = asyncio.Lock()
        self._unsaved = False
        self._said = ""

    def touch(self) -> None:
        self._unsaved = True
        if self._timer is None:
            self._timer = self._owner.set_timer(DELAY, self.flush)

    async def flush(self) -> None:
        """Save now what has not been saved yet; what could not be saved is tried again the next time."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        async with self._lock:
            if not self._unsaved:
                return
            self._unsaved = False
            try:
                aside = await asyncio.to_thread(self._write)
            except UserError as error:
                self._unsaved = True
                if str(error) != self._said:
                    self._owner.notify(str(error), severity="error", markup=False)
                self._said = str(error)
                return
            self._said = ""
        if aside is not None:
            self._owner.notify(
                tr(
                    f"Another program had changed these answers; its version is kept in {aside.name}.",
                    f"Otro programa había cambiado estas respuestas; su versión se conserva en {aside.name}.",
                ),
                severity="warning",
                markup=False,
            )
