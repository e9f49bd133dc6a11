"""The work that somebody waits for: what keeps the app going when its line drops, and what a person is asked about
before they leave.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

from textual.app import App

from llm_tui.delivery import Delivery, idle

if TYPE_CHECKING:
    from llm_tui.engine.engine import Engine
    from llm_tui.engine.job import Job

PATIENCE = 60.0
"""Seconds that a screen may take to follow what its jobs have told."""


HEARING = 1.0
"""The same where the app ends."""

READING = 3.0
"""Seconds that a screen may take to read; one that asks a person waits longer, and for nobody."""


class Work:
    def __init__(self, app: App[None], engine: Engine, delivery: Delivery):
        self._app = app
        self._engine = engine
        self._delivery = delivery
        self._undrawn = ExitStack()
        """Held, or Textual draws again."""

    def jobs(self) -> list[Job]:
        """What runs and what waits, without what only looks at texts, or at what there is."""
        running = self._engine.running()
        jobs = [job for _, job in ([running] if running else []) + self._engine.waiting()]
        return [job for job in jobs if not getattr(job, "only_looks", False)]

    def stop(self) -> None:
        """Stop all that was asked for."""
        self._delivery.stop()

    def unseen(self) -> None:
        """From now on nobody sees the screens: they are told of it now and then, and draw nothing."""
        self._delivery.seen = False
        self._undrawn.enter_context(self._app.batch_update())

    async def goes_on(self) -> bool:
        """Whether there is any, now or when the screens have followed what their jobs have told: a sheet asks its next
        question then.
        """
        if self.jobs() or self._ending():
            return True
        self._delivery.deliver()
        await self._followed()
        await self.read()
        await self._followed()
        return bool(self.jobs())

    async def heard(self) -> None:
        """Let the screens take what jobs have told so far: an answer that has just come is kept with the others."""
        self._delivery.deliver()
        await self._followed(HEARING)

    async def _followed(self, patience: float = PATIENCE) -> None:
        deadline = time.monotonic() + patience
        for stack in list(self._app._screen_stacks.values()):
            for screen in list(stack):
                await idle(screen, deadline)

    async def read(self) -> None:
        """Wait for what the screens read on threads, as the lab's runs when one has ended: a table follows from it."""
        reading = asyncio.gather(*(worker.wait() for worker in self._app.workers), return_exceptions=True)
        await asyncio.wait([reading], timeout=READING)

    def _ending(self) -> bool:
        """Whether a job has ended of which not everybody has heard yet."""
        return self._engine.running() is None and not self._engine.wait(0)
