"""How many questions of this program a server answers at a time."""

from __future__ import annotations

import threading
from dataclasses import dataclass

AT_ONCE = 4


@dataclass(eq=False)
class Turn:
    """A question under way; `crowded` where another one was under way meanwhile."""

    crowded: bool = False


class Turns:
    """Of any threads. A server that drops one question for the next, as llama-cpp-python's does, is from then on asked
    one at a time.
    """

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._at_once = at_once
        self._lock = threading.Lock()
        self._running: dict[str, list[Turn]] = {}
        self._one_by_one: set[str] = set()

    def begin(self, place: str) -> Turn | None:
        """None where so many are under way that this one has to wait."""
        with self._lock:
            running = self._running.setdefault(place, [])
            if len(running) >= (1 if place in self._one_by_one else self._at_once):
                return None
            turn = Turn()
            running.append(turn)
            if len(running) > 1:
                for each in running:
                    each.crowded = True
            return turn

    def end(self, place: str, turn: Turn) -> None:
        with self._lock:
            self._running[place].remove(turn)

    def one_by_one(self, place: str) -> None:
        with self._lock:
            self._one_by_one.add(place)


TURNS = Turns()
"""Those of this program."""
