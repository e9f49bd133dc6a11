"""What this program does in a lab, told there for others to see: a small hidden file, for as long as there is work.

.working-<process>.json   what runs, how far, what waits; written once a second at the most
.stop-<process>           somebody asks it to stop; it looks once a second, and takes the file away
"""

from __future__ import annotations

import contextlib
import math
import os
import signal
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from llm_tui import files, i18n
from llm_tui.engine.events import ENDINGS, Event, Progress, Started
from llm_tui.i18n import Text
from llm_tui.lab.holder import Holder, here
from llm_tui.lab.store import Store

if TYPE_CHECKING:
    from llm_tui.engine.job import Job

TICK = 1.0
"""Seconds between two looks at what there is to tell, and at whether somebody asks to stop."""

BEAT = 5.0
"""Seconds after which the file is written again, though nothing has changed: a sign of life."""

PAUSE = 2.0
"""Seconds without work after which it is over: a sheet's next question may be on its way."""


@dataclass(frozen=True, slots=True)
class Working:
    """What a program does in a lab: its job's `kind` as in the audit log, its `name` in both languages, and `what` of
    it is being done, said in one `language`; `done` of `total` (0: unknown), the seconds that are left of it, and how
    many jobs are `waiting`. `since` is when this work began, in ISO 8601. `terminal` is False where nobody sees it.
    """

    by: Holder
    since: str
    kind: str
    name: Text
    language: str = ""
    what: str = ""
    done: int = 0
    total: int = 0
    seconds_left: float | None = None
    waiting: int = 0
    terminal: bool = True

    def sound(self) -> bool:
        """Whether its numbers can be shown; the file may be anybody's."""
        far = self.done >= 0 and (self.done <= self.total or not self.total)
        return far and (self.seconds_left is None or math.isfinite(self.seconds_left))

    def said(self) -> str:
        """In the language of the screen, be it less precise."""
        return self.what if self.what and self.language == i18n.language() else str(self.name)


def working_name(holder: Holder) -> str:
    return f".working-{_key(holder)}.json"


def stop_name(holder: Holder) -> str:
    return f".stop-{_key(holder)}"


def _key(holder: Holder) -> str:
    """Of one process, among those of all hosts."""
    return f"{holder.pid}-{zlib.crc32(f'{holder.host} {holder.system} {holder.started}'.encode()):08x}"


class Telling:
    """Tells what the jobs do whose `listener` hears their events. It is written on a thread of its own: a slow disk
    keeps nobody waiting. What cannot be written is not told. `stop` is called, on that thread, when somebody asks.

    While `lasting`, work is over after a `PAUSE`, or on `close`; else with its last job: the process may end then.
    """

    def __init__(self, store: Store):
        self.stop: Callable[[], object] = interrupt_this_process
        self.lasting = False
        self._store = store
        self._me: Holder | None = None
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._waiting: set[object] = set()
        self._running: set[object] = set()
        self._now: Working | None = None
        self._idle_since: float | None = None
        self._over = threading.Event()
        self._over.set()

    def listener(self, job: Job) -> Callable[[Event], None]:
        """Of a job that is about to be submitted."""
        if os.name != "posix":  # as with the claim
            return lambda event: None
        this, self._me = object(), self._me or here()
        with self._lock:
            self._waiting.add(this)

        def hear(event: Event) -> None:
            if isinstance(event, (Started, Progress, *ENDINGS)):
                self._hear(this, job, event)

        return hear

    def close(self) -> None:
        """Nothing is told any more; the files go."""
        self._end(self._over)

    def _hear(self, this: object, job: Job, event: Event) -> None:
        with self._lock:
            self._waiting.discard(this)
            match event:
                case Started() if self._me:
                    begun = self._now.since if self._now else datetime.now().astimezone().isoformat(timespec="seconds")
                    self._now = Working(self._me, begun, job.kind, job.name, what=job.title())
                    self._running.add(this)  # of those that a server answers there are several
                    self._idle_since = None
                case Progress(done=done, total=total, what=what, seconds_left=left) if self._now:
                    self._now = replace(self._now, what=what, done=done, total=total, seconds_left=left)
                case _ if isinstance(event, ENDINGS):
                    self._running.discard(this)
                    if not self._running:
                        self._idle_since = None if self._waiting else time.monotonic()
            begins = isinstance(event, Started) and self._over.is_set()
            if begins:
                self._over = threading.Event()
            over, ends = self._over, self._idle_since is not None and not self.lasting
            if ends:
                self._now = None
        if begins:
            threading.Thread(target=self._tell, args=(over,), name="telling", daemon=True).start()
        if ends:
            self._end(over)

    def _tell(self, over: threading.Event) -> None:
        if self._me:
            self._asked_to_stop(self._me)  # a wish that came after the end of earlier work is not about this one
        told: Working | None = None
        when = 0.0
        while not over.is_set():
            now = self._to_tell(over)
            if now is None:
                self._end(over)
                return
            if now != told or time.monotonic() - when >= BEAT:
                told, when = self._write(now, over), time.monotonic()
            if self._asked_to_stop(now.by):
                self.stop()
            over.wait(TICK)

    def _end(self, over: threading.Event) -> None:
        over.set()
        with self._writing:
            if self._me and over is self._over:  # no new work has begun
                for name in (working_name(self._me), stop_name(self._me)):
                    with contextlib.suppress(OSError):
                        os.unlink(self._store.folder / name)

    def _to_tell(self, over: threading.Event) -> Working | None:
        with self._lock:
            if self._idle_since is not None and time.monotonic() - self._idle_since >= PAUSE:
                self._now = None
                over.set()
            if self._now is None:
                return None
            return replace(self._now, waiting=len(self._waiting), terminal=os.isatty(0), language=i18n.language())

    def _write(self, now: Working, over: threading.Event) -> Working | None:
        """Returns what is told by then; None where it could not be written, as in a lab that is not made yet."""
        with self._writing, contextlib.suppress(OSError):
            if not over.is_set():
                path = self._store.folder / working_name(now.by)
                files.replace(path, msgspec.json.encode(now), self._store.access().file, lasting=False)
            return now
        return None

    def _asked_to_stop(self, me: Holder) -> bool:
        try:
            os.unlink(self._store.folder / stop_name(me))
        except OSError:
            return False
        return True


def interrupt_this_process() -> None:
    """As ctrl+c would; where that is ignored, as in the background of a script, as a system that shuts down."""
    number = signal.SIGTERM if signal.getsignal(signal.SIGINT) is signal.SIG_IGN else signal.SIGINT
    os.kill(os.getpid(), number)
