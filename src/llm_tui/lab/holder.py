"""Which program it is that writes in a lab, on whatever host, and whether it is still there."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Holder:
    """A program that has a lab open. `system` tells hosts of one name and their containers apart, `started` is when
    the process began in the clock of its host, so that its number in use again is not taken for it; both are empty
    where there is no /proc. `since` is when it opened the lab, in ISO 8601.
    """

    host: str
    pid: int
    system: str = ""
    started: str = ""
    since: str = ""

    def same(self, other: Holder) -> bool:
        """Whether both are one process."""
        mine = (self.host, self.pid, self.system, self.started)
        return mine == (other.host, other.pid, other.system, other.started)

    def is_here(self) -> bool:
        """Whether it runs, or ran, among the processes of this host."""
        return (self.host, self.system) == (os.uname().nodename, _system())


class Presence:
    """Whether programs still run, by looks from here at the signs of life that they leave in files.

    The clocks of two hosts are not compared: a program on another host is there until no new sign of it has been seen
    for `stale` seconds, counted from the first look on.
    """

    def __init__(self, stale: float):
        self._stale = stale
        self._heard: dict[Holder, tuple[int, float]] = {}
        """The last sign seen, and when by this process's clock."""

    def there(self, holder: Holder, sign: int) -> bool:
        """`sign` changes with each sign of life: the time of a file."""
        if holder.is_here():
            return 0 < holder.pid < 2**31 and _started(holder.pid) in (holder.started, "")
        last, when = self._heard.get(holder, (None, 0.0))
        if last != sign:
            when = time.monotonic()
            self._heard[holder] = sign, when
        return time.monotonic() - when < self._stale


def here() -> Holder:
    """This program."""
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    return Holder(os.uname().nodename, os.getpid(), _system(), _started(os.getpid()) or "", now)


def _system() -> str:
    """The boot of this host, and the process numbers that hold here."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return ""


def _started(pid: int) -> str | None:
    """When a process began, in clock ticks since the boot (proc(5): field 22 of its stat); None where there is no such
    process or it has ended, empty where /proc does not say.
    """
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except OSError:
        pass  # somebody else's
    try:
        # The second field is the program's name in brackets, and may hold anything.
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return ""
    return None if fields[0] in "ZX" else fields[19]
