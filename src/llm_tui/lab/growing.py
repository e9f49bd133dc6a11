"""The reports of runs that another program, or another host, still writes."""

from __future__ import annotations

import contextlib
import os
import threading
from pathlib import Path

import msgspec

from llm_tui import files
from llm_tui.decoding import decode
from llm_tui.lab.files import LARGEST
from llm_tui.lab.runs import Point, Run


class Growing:
    """The reports of runs as their files grow: what was read stays, and only what has come since is read. A last line
    that is not whole yet waits for its end. May be asked on any thread.
    """

    def __init__(self) -> None:
        self._read: dict[str, _Reports] = {}
        self._lock = threading.Lock()

    def points(self, run: Run) -> list[Point]:
        """What the run has reported so far, a new list each time."""
        with self._lock:
            reports = self._read.setdefault(run.id, _Reports(run.folder / "metrics.jsonl"))
            reports.look()
            return list(reports.points)


class _Reports:
    """One metrics.jsonl."""

    def __init__(self, path: Path):
        self._path = path
        self._offset = 0
        self.points: list[Point] = []

    def look(self) -> None:
        try:
            size = os.stat(self._path).st_size
            if size < self._offset:  # another file of this name
                self._offset, self.points = 0, []
            if size == self._offset:
                return
            with files.opened(self._path, LARGEST) as file:
                file.seek(self._offset)
                whole, newline, _ = file.read(size - self._offset).rpartition(b"\n")
        except OSError:
            return
        self._offset += len(whole) + len(newline)
        for line in whole.splitlines():
            with contextlib.suppress(msgspec.DecodeError, RecursionError):
                self.points.append(decode(line, Point))
