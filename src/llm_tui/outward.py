"""What a person sees and hears of the program who looks at another window: the terminal's title, and its bell."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from textual.app import App

from llm_tui.engine.events import ENDINGS, Cancelled, Event, Failed, Started
from llm_tui.i18n import tr
from llm_tui.visible import shortened, visible

if TYPE_CHECKING:
    from llm_tui.delivery import Delivery
    from llm_tui.widgets.host import JobStatus

LONG = 20.0
"""Seconds from which on nobody is expected to have looked on all the time."""
WIDEST = 60
KEPT, BACK = "\x1b[22;0t", "\x1b[23;0t"
"""The terminal keeps the title that it has (XTWINOPS), and takes it again."""


class Outward:
    """`bell`: whether it rings where work that took long has ended, and nobody is known to look at it."""

    def __init__(self, app: App[None], delivery: Delivery, bell: bool = True):
        self._app = app
        self._delivery = delivery
        self._bell = bell
        self._began: float | None = None
        """When work began of which some is left."""
        self._title = ""
        self._looked: bool | None = None
        """Whether the terminal has the focus; None where it has never said so."""

    def looked_at(self, focus: bool) -> None:
        """The terminal says that it got the focus, or lost it. May be called on any thread."""
        self._looked = focus

    def follow(self, event: Event, status: JobStatus | None) -> None:
        """After an event: `status` is what the job bar shows by now."""
        if isinstance(event, Started) and self._began is None:
            self._began = time.monotonic()
        if status is not None:
            share = f" {100 * status.done // status.total} %" if status.total else ""
            self._entitle(f"{shortened(visible(status.what), WIDEST)}{share}")
        elif isinstance(event, ENDINGS):
            self._ended(event)

    def _ended(self, event: Event) -> None:
        took = 0.0 if self._began is None else time.monotonic() - self._began
        self._began = None
        if took < LONG or isinstance(event, Cancelled):
            self._entitle("")
            return
        self._entitle(tr("failed", "falló") if isinstance(event, Failed) else tr("done", "terminado"))
        # Tmux, for one, does not tell who looks unless it is asked to.
        if self._bell and not (self._looked and self._delivery.in_front(event.job_id)):
            self._app.bell()

    def _entitle(self, said: str) -> None:
        title = f"llm-tui: {said}" if said else "llm-tui"
        if title == self._title or not has_title() or self._app._driver is None:
            return
        self._title = title
        self._app._driver.write(f"\x1b]0;{title}\x07")


def has_title() -> bool:
    """The console of Linux has none, and may write what is meant for it on the screen."""
    return not os.environ.get("TERM", "").startswith("linux")
