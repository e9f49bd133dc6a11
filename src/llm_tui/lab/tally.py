"""What a log comes to: its entries counted, in one reading, however long it is."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from llm_tui.engine.energy import Energy
from llm_tui.lab.audit import Entry, entry_of, sound


@dataclass(slots=True)
class Tally:
    """`asked` counts what was asked of which model, by job and model; `made` has model, revision, precision and device
    of what has finished; `ended` counts by job and outcome, `sent` by server. `energies` are those of jobs and models,
    each as often as it is there. `skipped` lines could not be read.
    """

    asked: Counter[tuple[str, str]] = field(default_factory=Counter)
    made: set[tuple[str, str, str, str]] = field(default_factory=set)
    ended: Counter[tuple[str, str]] = field(default_factory=Counter)
    sent: Counter[str] = field(default_factory=Counter)
    energies: dict[tuple[str, str], Counter[Energy]] = field(default_factory=dict)
    skipped: int = 0

    def add(self, entry: Entry, times: int) -> None:
        self.ended[entry.job, entry.outcome] += times
        for place in entry.sent_to:
            self.sent[place] += times
        if entry.model:
            self.asked[entry.job, entry.model] += times
            if entry.outcome == "finished":  # what failed has made nothing here
                self.made.add((entry.model, entry.revision, entry.precision, entry.device))
        if (used := entry.energy) is not None:
            self.energies.setdefault((entry.job, entry.model), Counter())[used] += times


def stamp(log: Path) -> object:
    """Another one when a log has grown, or is another file; None where nobody can tell."""
    try:
        status = os.stat(log)
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns


def tally(lines: Iterable[bytes]) -> Tally:
    """Lines that say the same of all that is counted are read once."""
    alike: dict[bytes, int] = {}
    first: dict[bytes, bytes] = {}
    for line in lines:
        key = _key(line)
        if key in alike:
            alike[key] += 1
        else:
            alike[key], first[key] = 1, line
    found = Tally()
    for key, times in alike.items():
        if entry := entry_of(first[key]):
            found.add(entry, times)
        else:
            found.skipped += times
    return found


_NONE = msgspec.Raw(b"")


class _Settings(msgspec.Struct, frozen=True):
    model: msgspec.Raw = _NONE


class _Line(msgspec.Struct):
    """What is counted, as it is written."""

    job: msgspec.Raw = _NONE
    outcome: msgspec.Raw = _NONE
    device: msgspec.Raw = _NONE
    ran: msgspec.Raw = _NONE
    revision: msgspec.Raw = _NONE
    precision: msgspec.Raw = _NONE
    energy: msgspec.Raw = _NONE
    sent_to: msgspec.Raw = _NONE
    settings: _Settings = _Settings()


_decoder = msgspec.json.Decoder(_Line)


def _key(line: bytes) -> bytes:
    """The same for lines that are counted alike; what is joined has no end of a line in it."""
    if not sound(line):
        return line
    try:
        one = _decoder.decode(line)
    except (msgspec.MsgspecError, RecursionError):
        return line
    parts = one.job, one.outcome, one.device, one.ran, one.revision, one.precision, one.energy, one.sent_to
    return b"\n".join((*parts, one.settings.model))
