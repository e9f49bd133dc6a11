"""What the program has to say, in one place: lines of their own above the job bar, in a window below it, that cover
nothing a person reads or writes. An error stays until it is read, and all that was said is kept for as long as the
program runs.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import inf
from time import time
from typing import Any

from textual.content import Content
from textual.geometry import Size
from textual.notifications import Notification
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget

from llm_tui.i18n import Text, tr
from llm_tui.keys import common
from llm_tui.visible import visible

MOST_KEPT = 500

SHARE = 3
"""Of the screen's rows, notices take one in so many at most; they end with where they can be read whole."""

UNTIL_READ = 1e9
"""Seconds that stand for: it stays until a person closes it."""

UNSEEN = inf
"""When a notice was raised that nobody can have read yet: its time begins as it is painted, however long the program
was held up before.
"""

SIGNS = {"information": "·", "warning": "!", "error": "✖"}
"""What stands before a notice, beside its colour."""

STYLES = {"information": "$text-muted", "warning": "$text-warning", "error": "$text-error"}

KINDS = {
    "information": Text("told", "aviso"),
    "warning": Text("warning", "advertencia"),
    "error": Text("error", "error"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """Something that was said, `times` times one after the other, the last time at `when`."""

    when: datetime
    severity: str
    text: str
    times: int = 1

    @property
    def said(self) -> str:
        """Safe to show, with how often."""
        return visible(self.text, keep_newlines=True) + _times(self.times)


@dataclass
class Messages:
    """The last of what was said, the oldest first."""

    kept: deque[Told] = field(default_factory=lambda: deque(maxlen=MOST_KEPT))

    def add(self, severity: str, text: str) -> None:
        now, last = datetime.now(), self.kept[-1] if self.kept else None
        if last is not None and (last.severity, last.text) == (severity, text):
            self.kept[-1] = replace(last, when=now, times=last.times + 1)
        else:
            self.kept.append(Told(now, severity, text))


class Notices(Widget):
    """The notices that nobody has closed yet, the newest last; the same sentence stands there once, with its number."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[Content] = []
        self._going: Timer | None = None

    def show(self, notifications: Iterable[Notification]) -> None:
        waiting = list(notifications)
        counts: dict[tuple[str, str], int] = {}
        for notification in waiting:
            told = notification.severity, visible(notification.message, keep_newlines=True)
            counts[told] = counts.pop(told, 0) + 1
        self._lines = [
            Content.assemble((f"{SIGNS[severity]} ", f"bold {STYLES[severity]}"), f"{said}{_times(count)}")
            for (severity, said), count in counts.items()
        ]
        if self.display != bool(waiting):
            self.display = bool(waiting)
            self.screen.refresh_bindings()  # the footer names the key that closes them
        self.refresh(layout=True)
        if self._going is not None:
            self._going.stop()
        self._going = None
        if waiting:
            self.call_after_refresh(self._painted, notifications, waiting)

    def _painted(self, notifications: Iterable[Notification], waiting: Sequence[Notification]) -> None:
        if not self.display:
            return  # they went to another screen before
        if self._going is not None:
            self._going.stop()
        for notification in waiting:
            notification.raised_at = min(notification.raised_at, time())
        if goes := [notification.time_left for notification in waiting if notification.timeout < UNTIL_READ]:
            self._going = self.set_timer(max(0.0, min(goes)) + 0.01, lambda: self.show(notifications))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._fitting(width))

    def render(self) -> Content:
        return Content("\n").join(self._fitting(self.content_size.width))

    def _fitting(self, room: int) -> list[Content]:
        lines = [line for notice in self._lines for line in notice.wrap(room)] if room else []
        most = max(2, self.screen.size.height // SHARE)
        if len(lines) > most:
            key = common("log").spoken
            whole = tr(f"… {key}: the messages, whole", f"… {key}: los mensajes, enteros")
            lines = [*lines[: most - 1], Content.styled(whole, "bold")]
        return lines


def _times(times: int) -> str:
    return f" ({times})" if times > 1 else ""


def shown(screen: Screen[Any]) -> bool:
    """Whether a person has notices before them."""
    return any(child.display for child in screen.children if isinstance(child, Notices))


def show(screens: Sequence[Screen[Any]], notifications: Iterable[Notification]) -> None:
    """Have the last of `screens`, which is in front, say what there is to say. `notifications` loses by itself those
    whose time is over.
    """
    *behind, screen = screens
    for notices in (notices for other in behind for notices in other.query(Notices)):
        notices.show(())  # nor does the timer of one that goes bring the others back there
    there = next(iter(screen.query(Notices)), None)
    if there is None:
        if not list(notifications):
            return
        there = Notices()
        before = next(iter(screen.query("NextStep, JobBar")), None)
        there.set_class(before is None, "-in-window")
        screen.mount(there, before=before)
    there.show(notifications)
