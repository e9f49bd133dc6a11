"""What the engine tells, brought from its threads to the widget that asked; and when one has seen to what came."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.app import App
from textual.message import Message
from textual.message_pump import MessagePump
from textual.widget import Widget

from llm_tui.engine.events import ENDINGS, Event
from llm_tui.widgets.host import JobEvents, JobsStopping

if TYPE_CHECKING:
    from llm_tui.engine.engine import Engine, Listener
    from llm_tui.engine.job import Job

PACE = 0.4
"""Seconds between two deliveries of events to a screen, at the least."""

UNSEEN = 10.0
"""The same where nobody sees the screen; what ends a job is not kept waiting, for more may follow from it."""


class Woken(Message):
    """Events have come from the engine: the app is to `wake` the delivery."""


class Delivery:
    """`follow` is told of every event, `delivered` after each round. Events of who is gone go to the app: what failed
    is said all the same.
    """

    def __init__(
        self, app: App[None], engine: Engine, follow: Callable[[Event], None], delivered: Callable[[], object]
    ):
        self._app = app
        self._engine = engine
        self._follow = follow
        self._delivered = delivered
        self._inbox: deque[Event] = deque()
        self._owners: dict[int, Widget | App[None]] = {}
        self._woken = False
        self._last = 0.0
        self.seen = True
        """Whether somebody may be looking at the screens."""

    def submit(self, job: Job, owner: Widget | App[None], *listeners: Listener) -> int:
        """Queue a job; its events reach `owner` as `JobEvents`, and the listeners on whatever thread they come from."""
        job_id = self._engine.submit(job, *listeners, self._take_in)
        self._owners[job_id] = owner
        return job_id

    def stop(self) -> None:
        """Stop all that was asked for: what the app asks on its own, as what machine this is, goes on. May be called on
        any thread.
        """
        asked = {job_id: owner for job_id, owner in list(self._owners.items()) if owner is not self._app}
        for owner in set(asked.values()):
            owner.post_message(JobsStopping())
        if asked:  # without names the engine would stop the app's too
            self._engine.cancel(*asked)

    def works_for(self, owner: Widget) -> bool:
        """Whether a job of its own is under way."""
        return owner in self._owners.values()

    def in_front(self, job_id: int) -> bool:
        """Whether who asked for it is on the screen that is shown."""
        owner = self._owners.get(job_id)
        return not isinstance(owner, Widget) or (owner.is_attached and owner.screen is self._app.screen)

    def _take_in(self, event: Event) -> None:
        """Called on any thread. One message is under way at a time, however many events there are."""
        self._inbox.append(event)
        if not self._woken or (isinstance(event, ENDINGS) and not self.seen):
            self._woken = True
            self._app.post_message(Woken())

    def wake(self) -> None:
        """Deliver what has come, no sooner than a screen can show it."""
        pace = PACE if self.seen or any(isinstance(event, ENDINGS) for event in list(self._inbox)) else UNSEEN
        wait = self._last + pace - time.monotonic()
        if wait > 0:
            self._app.set_timer(wait, self.deliver)
        else:
            self.deliver()

    def deliver(self) -> None:
        self._woken = False
        self._last = time.monotonic()
        by_owner: dict[Widget | App[None], list[Event]] = {}
        while self._inbox:
            event = self._inbox.popleft()
            self._follow(event)
            owner = self._owners.get(event.job_id)
            if isinstance(event, ENDINGS):
                self._owners.pop(event.job_id, None)
            if owner is not None:
                by_owner.setdefault(owner if owner.is_attached else self._app, []).append(event)
        for owner, told in by_owner.items():
            owner.post_message(JobEvents(told))
        self._delivered()


async def idle(node: MessagePump, deadline: float) -> None:
    """Wait until `node` has seen to all that has been sent to it so far."""
    done = asyncio.Event()
    if node.call_later(done.set):
        try:
            async with asyncio.timeout(deadline - time.monotonic()):
                await done.wait()
        except TimeoutError:
            pass
