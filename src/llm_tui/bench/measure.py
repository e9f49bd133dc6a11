"""Time by two clocks, and two things by turns."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds. `cpu` is that of all threads of this process and of the children that have ended meanwhile."""

    wall: float
    cpu: float


def spent(does: Callable[[], object]) -> Spent:
    """What one call costs."""
    wall, cpu = time.perf_counter(), _cpu()
    does()
    return Spent(time.perf_counter() - wall, _cpu() - cpu)


def by_turns(ours: Callable[[], object], theirs: Callable[[], object], pairs: int) -> tuple[list[Spent], list[Spent]]:
    """What both cost, one after the other, `pairs` times: what else the machine does meets both alike. A turn of each
    goes first and does not count: it fills the caches.
    """
    ours(), theirs()
    turns = [(spent(ours), spent(theirs)) for _ in range(pairs)]
    return [mine for mine, _ in turns], [other for _, other in turns]


def _cpu() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime
