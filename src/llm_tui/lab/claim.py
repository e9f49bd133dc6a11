"""Which program has a lab open: a file in the lab says so, because locks do not work on every network file system."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from llm_tui import files
from llm_tui.i18n import tr
from llm_tui.lab.files import read_plain
from llm_tui.lab.store import Store

HEARTBEAT = 60.0
"""Seconds between two signs of life."""

STALE = 180.0
"""Seconds in which no sign of life was seen, after which a program on another host is taken to have ended. A client of
NFS may show what it saw up to a minute ago.
"""


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


class Claim:
    """This program's claim to a lab: .open.json in its folder, touched every `HEARTBEAT` seconds.

    It is a word among programs that mean well, not a lock: where two take it in the same moment, or the folder does
    not let them, both go on, and the lab sets aside what they overwrite.

    The clocks of two hosts are not compared: whether a program on another host is still there is judged by what is
    seen of its heartbeats between two looks from here.
    """

    def __init__(self, store: Store):
        self._store = store
        self._path = store.folder / ".open.json"
        self._lock = threading.Lock()
        self._given_back = False  # for good: a heartbeat on another thread may come after
        self._heard: tuple[object, float] | None = None  # the last heartbeat seen, and when by this process's clock

    def take(self) -> Holder | None:
        """Claim the lab, or say that this program is still there; returns who else has it. The folder must exist."""
        if os.name != "posix":  # nothing there tells whether a process runs without ending it
            return None
        me = _me()
        with self._lock, contextlib.suppress(OSError):
            if self._given_back:
                return None
            holder = self._holder()
            if holder is None and not self._create(me):
                holder = self._holder()  # another program was faster
            if holder is not None and not holder.same(me):
                return holder
            os.utime(self._path)
        return None

    def since(self) -> float:
        """When this program last claimed the lab or gave a sign of life, by the clock of the file system.

        Raises:
            OSError: nothing could be claimed there.
        """
        return self._path.stat().st_mtime

    def release(self) -> None:
        """Give the lab back for good, where this program has it."""
        if os.name != "posix":
            return
        with self._lock, contextlib.suppress(OSError):
            self._given_back = True
            holder = self._holder()
            if holder is not None and holder.same(_me()):
                self._path.unlink()

    def _holder(self) -> Holder | None:
        """Who has the lab; what a program that ended has left is removed."""
        if not os.path.lexists(self._path):
            return None
        try:
            holder = msgspec.json.decode(read_plain(self._path), type=Holder)
            if self._there(holder):
                return holder
        except (OSError, msgspec.DecodeError, ValueError, RecursionError):
            pass
        self._path.unlink(missing_ok=True)
        return None

    def _there(self, holder: Holder) -> bool:
        """Whether the holder still runs. One of another host has its time from the first look on."""
        if (holder.host, holder.system) == (os.uname().nodename, _system()):
            return 0 < holder.pid < 2**31 and _started(holder.pid) in (holder.started, "")
        heartbeat = (holder, self._path.stat().st_mtime_ns)
        if self._heard is None or self._heard[0] != heartbeat:
            self._heard = heartbeat, time.monotonic()
        return time.monotonic() - self._heard[1] < STALE

    def _create(self, me: Holder) -> bool:
        """Write the file; False where there is one by now."""
        return files.create(self._path, msgspec.json.encode(me), self._store.access().file)


def said(folder: Path, holder: Holder) -> str:
    """Who has the lab."""
    host, since = holder.host[:64], _clock(holder.since)
    minutes = round((STALE + HEARTBEAT) / 60)
    elsewhere = holder.host != os.uname().nodename
    return tr(
        f"The lab {folder} is open in another program (process {holder.pid} on {host}{since})."
        + f" If that computer is off, this one has the lab in {minutes} minutes." * elsewhere,
        f"El laboratorio {folder} está abierto en otro programa (proceso {holder.pid} en {host}{since})."
        + f" Si aquel equipo está apagado, este lo tendrá en {minutes} minutos." * elsewhere,
    )


def _clock(since: str) -> str:
    try:
        at = f"{datetime.fromisoformat(since).astimezone():%Y-%m-%d %H:%M}"
    except (ValueError, OverflowError):
        return ""
    return tr(f", since {at}", f", desde el {at}")


def _me() -> Holder:
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
