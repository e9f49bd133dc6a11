"""When an app has nothing left to do: seen from its event loop, where Textual's pilot guesses it from a clock."""

from __future__ import annotations

import asyncio
from typing import Any

HORIZON = 0.05
"""Seconds: a timer that is due by then belongs to what is waited for, as a repaint does."""

PATIENCE = 0.05
"""Seconds that what runs on a thread is waited for: some of it runs as long as the app."""


async def nothing_left(min_sleep: float = 0.0, max_sleep: float = 1.0) -> None:
    """Wait until nothing is ready to run and no timer is due, at most `max_sleep` seconds.

    It stands in for `textual._wait.wait_for_idle`, which sleeps 20 ms at a time until the process has used no time in
    one of them: half of the time of the tests with a screen, and on a busy machine no sign that anything was done.
    """
    loop: Any = asyncio.get_running_loop()
    began = loop.time()
    await asyncio.sleep(min_sleep)
    quiet = 0
    while quiet < 2 and (elapsed := loop.time() - began) < max_sleep:
        timers = [timer.when() for timer in loop._scheduled if not timer.cancelled()]
        due = min(timers, default=loop.time() + max_sleep) - loop.time()
        if loop._ready:
            quiet = 0
            await asyncio.sleep(0)
        elif due < HORIZON:
            quiet = 0
            await asyncio.sleep(max(due, 0))
        elif _on_threads(loop) and elapsed < PATIENCE:
            quiet = 0
            await asyncio.sleep(0.002)
        else:
            quiet += 1
            await asyncio.sleep(0)  # once more, with what has come in from outside


def _on_threads(loop: Any) -> bool:
    """Whether a thread of the loop is at work."""
    pool = loop._default_executor
    return pool is not None and len(pool._threads) > pool._idle_semaphore._value
