"""How the program is told to end from outside: by which signals, and what it does about them."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

ENDING = tuple(
    number for name in ("SIGINT", "SIGTERM", "SIGHUP") if (number := getattr(signal, name, None)) is not None
)
"""ctrl+c, a system that shuts down, a line that drops."""

SAVE_SECONDS = 5.0
"""How long saving may take at the end: the disk may be slow, and what was typed is worth the wait."""

GONE_SECONDS = 0.8
"""How long the rest of the end may take."""

LEAVE_SECONDS = 0.5
"""How long what the last resort does before may take: it may be on the disk that hangs."""


class Ended(KeyboardInterrupt):
    """A signal has told the program to end. `code` is the exit code that shells expect then."""

    def __init__(self, number: int):
        super().__init__()
        self.number = number
        self.code = 128 + number


def raise_ended(number: int) -> None:
    raise Ended(number)


@contextmanager
def told_to_end(tell: Callable[[int], None]) -> Iterator[None]:
    """`tell` gets the number of each such signal in the block, on the main thread, whatever that is just doing.

    A signal that is ignored, as nohup does with SIGHUP, stays so; so does one that `lasting` work does not heed.
    """
    before = {}
    for number in ENDING:
        handler = signal.getsignal(number)
        if handler is not signal.SIG_IGN and not isinstance(handler, _Dropped):
            before[number] = signal.signal(number, lambda number, _: tell(number))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Dropped:
    """The handler of SIGHUP while work goes on without a line: calls `leave`, the first time."""

    def __init__(self, leave: Callable[[], None]):
        self._leave = leave
        self._left = False

    def __call__(self, number: int, frame: object) -> None:
        if not self._left:
            self._left = True
            self._leave()


@contextmanager
def lasting(leave: Callable[[], None]) -> Iterator[None]:
    """A line that drops does not end what the block does: `leave` is called, on the main thread, and it goes on."""
    number = getattr(signal, "SIGHUP", None)
    if number is None or signal.getsignal(number) is signal.SIG_IGN:
        yield
        return
    before = signal.signal(number, _Dropped(leave))
    try:
        yield
    finally:
        signal.signal(number, before)


@contextmanager
def deaf() -> Iterator[None]:
    """Another program has the terminal in the block: its ctrl+c and ctrl+\\ reach this one too, and are not for it."""
    before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGINT, signal.SIGQUIT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class LastResort:
    """Ends the process after a while, when the orderly way is held up: by a disk, a terminal that takes no more, or a
    thread that does not return. `leave` is called before, on a thread that is not waited for much longer.
    """

    def __init__(self, leave: Callable[[], None]):
        self._leave = leave
        self._saved = threading.Event()
        self._called_off = threading.Event()

    def start(self, code: int) -> None:
        """From now on the process has `SAVE_SECONDS` until `saved`, and `GONE_SECONDS` in all where that is sooner."""
        self._called_off = threading.Event()
        told = code, time.monotonic(), self._called_off
        threading.Thread(target=self._watch, args=told, name="last resort", daemon=True).start()

    def call_off(self) -> None:
        """The process is not to end after all."""
        self._called_off.set()

    def saved(self) -> None:
        self._saved.set()

    def _watch(self, code: int, began: float, called_off: threading.Event) -> None:
        self._saved.wait(SAVE_SECONDS)
        time.sleep(max(0.1, began + GONE_SECONDS - time.monotonic()))
        if called_off.is_set():
            return
        leaving = threading.Thread(target=self._leave, name="leaving", daemon=True)
        try:
            leaving.start()
            leaving.join(LEAVE_SECONDS)
        finally:
            os._exit(code)
