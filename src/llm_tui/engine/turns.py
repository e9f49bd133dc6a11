"""Whose turn it is: who works waits between two of its steps while the screen answers a key.

Threads take turns at the GIL, each for the switch interval: a screen that draws for 20 ms beside a job that computes
would need 40. So a key takes the turn, and what has been drawn gives it back.
"""

from __future__ import annotations

import threading

LONGEST = 0.05
"""Seconds that a step waits; not every key draws something."""


class Turns:
    """May be used from any thread."""

    def __init__(self) -> None:
        self._free = threading.Event()
        self._free.set()

    def take(self) -> None:
        """A key has come."""
        self._free.clear()

    def give(self) -> None:
        """What it does is drawn."""
        self._free.set()

    def wait(self) -> None:
        """For who is about to take a step of its work."""
        if not self._free.is_set() and not self._free.wait(LONGEST):
            self._free.set()


turns = Turns()
"""There is one GIL."""
