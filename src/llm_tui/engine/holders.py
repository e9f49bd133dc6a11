"""Who is behind the number of a process that the driver names: its user, its program, since when. From /proc.

In a container the driver's numbers may be those of the host: there a process is only taken for one of ours where it
has a device of NVIDIA's open. Where /proc hides what others run (hidepid), it is said that it is another user's.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from llm_tui.i18n import tr
from llm_tui.visible import visible

PROC = Path("/proc")

_FIRST_NAMESPACE = "pid:[4026531836]"
"""The host's own space of process numbers (PROC_PID_INIT_INO of Linux)."""


@dataclass(frozen=True, slots=True)
class Holder:
    """`user` and `program` are empty where they cannot be known; `since` is when the process began, None likewise.

    `mine` is this very program; `elsewhere` says that no process of this container has the number, `hidden` that one
    has it which this user may not look at.
    """

    pid: int
    user: str = ""
    program: str = ""
    since: datetime | None = None
    mine: bool = False
    elsewhere: bool = False
    hidden: bool = False

    def who(self) -> str:
        """User and program, in a few words."""
        if self.mine:
            return tr("this program", "este programa")
        if self.hidden:
            return tr(f"another user (process {self.pid})", f"otro usuario (proceso {self.pid})")
        if self.elsewhere and contained():
            return tr("a process outside this container", "un proceso de fuera de este contenedor")
        if self.elsewhere:
            return tr(f"a process that is gone ({self.pid})", f"un proceso que ya no está ({self.pid})")
        return f"{visible(self.user)}: {visible(self.program)} ({self.pid})"


def holders(pids: Iterable[int]) -> dict[int, Holder]:
    """Who is behind each number. Names of users may come from a server: not to be called on the screen's thread."""
    inside = contained()
    return {pid: _holder(pid, inside) for pid in pids}


def _holder(pid: int, inside: bool) -> Holder:
    folder = PROC / str(pid)
    try:
        status = (folder / "status").read_text(errors="replace")
    except OSError:
        return _unseen(pid)
    if inside and not _has_a_gpu(folder):
        return Holder(pid, elsewhere=True)
    name = re.search(r"^Name:\s*(.*)$", status, re.MULTILINE)
    uid = re.search(r"^Uid:\s*\d+\s+(\d+)", status, re.MULTILINE)
    user = _user(int(uid[1])) if uid else ""
    return Holder(pid, user, name[1] if name else "", _began(folder), mine=pid == os.getpid())


def _unseen(pid: int) -> Holder:
    if os.name != "posix":  # there the question would end the process
        return Holder(pid, hidden=True)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return Holder(pid, elsewhere=True)
    except (OSError, OverflowError):
        pass
    return Holder(pid, hidden=True)


def _has_a_gpu(folder: Path) -> bool:
    try:
        return any(os.readlink(open_).startswith("/dev/nvidia") for open_ in (folder / "fd").iterdir())
    except OSError:
        return False


def _user(uid: int) -> str:
    import pwd  # not on Windows

    try:
        return pwd.getpwuid(uid).pw_name
    except (KeyError, OverflowError):
        return str(uid)


def _began(folder: Path) -> datetime | None:
    """When a process began; None where /proc does not tell."""
    try:
        ticks = int((folder / "stat").read_text(errors="replace").rpartition(")")[2].split()[19])
        booted = re.search(r"^btime (\d+)$", (PROC / "stat").read_text(), re.MULTILINE)
        return datetime.fromtimestamp(int(booted[1]) + ticks / os.sysconf("SC_CLK_TCK")) if booted else None
    except (OSError, ValueError, IndexError, OverflowError):
        return None


def contained() -> bool:
    """Whether this program has a space of process numbers of its own, as in a container."""
    try:
        return os.readlink(PROC / "self" / "ns" / "pid") != _FIRST_NAMESPACE
    except OSError:
        return False
