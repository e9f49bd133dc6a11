"""Which program has a lab open: a file in the lab says so, because locks do not work on every network file system."""

from __future__ import annotations

import contextlib
import os
import threading
from datetime import datetime
from pathlib import Path

import msgspec

from llm_tui import files
from llm_tui.decoding import decode
from llm_tui.i18n import tr
from llm_tui.lab.files import read_plain
from llm_tui.lab.holder import Holder, Presence, here
from llm_tui.lab.store import Store

OPEN = ".open.json"

HEARTBEAT = 60.0
"""Seconds between two signs of life."""

STALE = 180.0
"""Seconds in which no sign of life was seen, after which a program on another host is taken to have ended. A client of
NFS may show what it saw up to a minute ago.
"""


class Claim:
    """This program's claim to a lab: .open.json in its folder, touched every `HEARTBEAT` seconds.

    It is a word among programs that mean well, not a lock: where two take it in the same moment, or the folder does
    not let them, both go on, and the lab sets aside what they overwrite.
    """

    def __init__(self, store: Store):
        self._store = store
        self._path = store.folder / OPEN
        self._lock = threading.Lock()
        self._given_back = False  # for good: a heartbeat on another thread may come after
        self._presence = Presence(STALE)

    def take(self) -> Holder | None:
        """Claim the lab, or say that this program is still there; returns who else has it. The folder must exist."""
        if os.name != "posix":  # nothing there tells whether a process runs without ending it
            return None
        me = here()
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
        with self._lock:
            self._given_back = True
        self.lend()

    def lend(self) -> None:
        """Give the lab back, where this program has it, until it is taken again."""
        if os.name != "posix":
            return
        with self._lock, contextlib.suppress(OSError):
            holder = self._holder()
            if holder is not None and holder.same(here()):
                self._path.unlink()

    def _holder(self) -> Holder | None:
        """Who has the lab; what a program that ended has left is removed."""
        if not os.path.lexists(self._path):
            return None
        try:
            holder = decode(read_plain(self._path), Holder)
            if self._presence.there(holder, self._path.stat().st_mtime_ns):
                return holder
        except (OSError, msgspec.DecodeError, ValueError, RecursionError):
            pass
        self._path.unlink(missing_ok=True)
        return None

    def _create(self, me: Holder) -> bool:
        """Write the file; False where there is one by now."""
        return files.create(self._path, msgspec.json.encode(me), self._store.access().file)


def said(folder: Path, holder: Holder) -> str:
    """Who has the lab."""
    minutes = round((STALE + HEARTBEAT) / 60)
    elsewhere = holder.host != os.uname().nodename
    return tr(
        f"The lab {folder} is open in another program ({where(holder)})."
        + f" If that computer is off, this one has the lab in {minutes} minutes." * elsewhere,
        f"El laboratorio {folder} está abierto en otro programa ({where(holder)})."
        + f" Si aquel equipo está apagado, este lo tendrá en {minutes} minutos." * elsewhere,
    )


def only_read() -> str:
    """What a person can do meanwhile."""
    return tr(
        "Until that one has ended it can only be read here: wait, close it, or choose another lab with --lab.",
        "Hasta que ese termine, aquí solo se puede leer: espere, ciérrelo, o elija otro laboratorio con --lab.",
    )


def where(holder: Holder) -> str:
    """A program in a sentence: its process, host, and since when."""
    host, since = holder.host[:64], _clock(holder.since)
    return tr(f"process {holder.pid} on {host}{since}", f"proceso {holder.pid} en {host}{since}")


def _clock(since: str) -> str:
    try:
        at = f"{datetime.fromisoformat(since).astimezone():%Y-%m-%d %H:%M}"
    except (ValueError, OverflowError):
        return ""
    return tr(f", since {at}", f", desde el {at}")
