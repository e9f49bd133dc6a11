"""What other programs do in a lab, on whatever host: read from the files that they write, by looking at them again and
again. Nothing is needed but a folder that both see.
"""

from __future__ import annotations

import contextlib
import fnmatch
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from llm_tui import files
from llm_tui.decoding import decode
from llm_tui.lab.claim import OPEN, STALE
from llm_tui.lab.holder import Holder, Presence, here
from llm_tui.lab.working import Working, stop_name

MOST_BYTES = 65_536
"""Of what a program says of itself: more is none, and the job bar would have to measure it."""


@dataclass(frozen=True, slots=True)
class OtherWork:
    """What another program does. `heard` is when its last sign of life came, in seconds by the clock of the file
    system.
    """

    folder: Path
    working: Working
    heard: float

    def ask_to_stop(self) -> None:
        """It stops within a second or two of seeing it, and keeps what is done.

        Raises:
            OSError: the lab's folder cannot be written to.
        """
        files.create(self.folder / stop_name(self.working.by), b"")


class Following:
    """Looks at who works in a lab's folder; one of these for all looks, as it takes two to tell whether a program on
    another host is still there.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self._presence = Presence(STALE)

    def look(self) -> list[OtherWork]:
        """What the others do, those first that began first. Nothing where there is no such folder."""
        me = here()
        found = [work for work in self._all() if not work.working.by.same(me)]
        return sorted(found, key=lambda work: work.working.since)

    def holder(self) -> Holder | None:
        """Which other program has the lab open, be it idle."""
        with contextlib.suppress(OSError, msgspec.DecodeError, ValueError, RecursionError):
            path = self.folder / OPEN
            holder = decode(files.read(path, MOST_BYTES), Holder)
            if not holder.same(here()) and self._presence.there(holder, path.stat().st_mtime_ns):
                return holder
        return None

    def _all(self) -> Iterator[OtherWork]:
        for path in named(self.folder, ".working-*.json"):
            with contextlib.suppress(OSError, msgspec.DecodeError, ValueError, RecursionError):
                status = path.stat()
                working = decode(files.read(path, MOST_BYTES), Working)
                if working.sound() and self._presence.there(working.by, status.st_mtime_ns):
                    yield OtherWork(self.folder, working, status.st_mtime)


def named(folder: Path, pattern: str) -> list[Path]:
    """The files of a folder with such a name; none where it cannot be looked at just now."""
    try:
        return [folder / name for name in fnmatch.filter(os.listdir(folder), pattern)]
    except OSError:
        return []
