"""What follows from a key has been done when the pilot has pressed it, and what goes on for ever is not waited for."""

from __future__ import annotations

import asyncio
import time

from textual.app import App


class Following(App[None]):
    """One thing after another: a chain of callbacks, a timer, a thread, and another chain."""

    def on_key(self) -> None:
        self.done = 0
        self.call_later(self.chained, 20)

    def chained(self, left: int) -> None:
        if left:
            self.call_later(self.chained, left - 1)
        else:
            self.set_timer(0.03, self.read)

    async def read(self) -> None:
        await asyncio.to_thread(time.sleep, 0.02)
        self.done += 1


class Ticking(App[None]):
    def on_mount(self) -> None:
        self.set_interval(0.01, lambda: None)


async def test_what_follows_from_a_key_is_waited_for() -> None:
    async with Following().run_test() as pilot:
        await pilot.press("a")
        assert pilot.app.done == 1  # type: ignore[attr-defined]


async def test_what_ticks_for_ever_is_not() -> None:
    async with Ticking().run_test() as pilot:
        await asyncio.wait_for(pilot.press("a"), 60)
