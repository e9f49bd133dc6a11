"""What there is in a folder, as a person looks for a file in it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, takewhile
from stat import S_ISDIR, S_ISREG

from llm_tui.errors import reason
from llm_tui.i18n import Text, number
from llm_tui.paths.kinds import Kind
from llm_tui.visible import folded

MOST = 20_000
"""Entries of a folder that are read."""


@dataclass(frozen=True, slots=True)
class Entry:
    """`size` in bytes; None of a folder. `plain`: a file that can be read, and no pipe or device."""

    name: str
    folder: bool = False
    size: int | None = None
    plain: bool = True


@dataclass(frozen=True, slots=True)
class Listing:
    """Folders first, by name. `why` it could not be read, `more` than `MOST` entries."""

    entries: tuple[Entry, ...] = ()
    why: str = ""
    more: bool = False


def parted(typed: str) -> tuple[str, str]:
    """The folder of what is typed so far, with its last slash, and the beginning of a name in it."""
    at = typed.rfind("/") + 1
    if typed == "~" or (typed.startswith("~") and not at):
        return f"{typed}/", ""
    return typed[:at], typed[at:]


def above(folder: str) -> str:
    """The folder above, by its name: of a link the one that the link stands in. Empty where there is none."""
    here = os.path.normpath(os.path.expanduser(folder) or ".")
    up = os.path.normpath(f"{here}/..")
    return "" if up == here else f"{up.rstrip('/')}/"


def look(folder: str) -> Listing:
    """What there is in it, `~` being the home folder and nothing the current one. It may take as long as a network."""
    try:
        with os.scandir(os.path.expanduser(folder) or ".") as found:
            entries = [_entry(each) for each in islice(found, MOST + 1)]
    except OSError as error:
        return Listing(why=reason(error))
    except ValueError:  # a NUL, or what no file system can be asked for
        return Listing(why=str(Text("no such name can be", "no puede haber un nombre así")))
    entries.sort(key=lambda one: (not one.folder, one.name.casefold(), one.name))
    return Listing(tuple(entries[:MOST]), more=len(entries) > MOST)


def _entry(found: os.DirEntry[str]) -> Entry:
    try:
        status = found.stat()
    except (OSError, ValueError):  # a link to nowhere
        return Entry(found.name, plain=False)
    if S_ISDIR(status.st_mode):
        return Entry(found.name, folder=True)
    return Entry(found.name, size=status.st_size, plain=S_ISREG(status.st_mode))


def narrowed(entries: Sequence[Entry], beginning: str, kind: Kind) -> list[Entry]:
    """Those whose names begin so, else those that hold it, whatever case and accents; what fits before what does not.
    Hidden ones only after a dot.
    """
    wanted = folded(beginning)
    shown = [one for one in entries if beginning.startswith(".") or not one.name.startswith(".")]
    there = [one for one in shown if folded(one.name).startswith(wanted)]
    there = there or [one for one in shown if wanted in folded(one.name)]
    return sorted(there, key=lambda one: 0 if one.folder else 1 if one.plain and kind.fits(one.name) else 2)


def completed(found: Sequence[Entry], beginning: str) -> str:
    """What all names begin with, a slash behind that of a single folder; `beginning` where they share no more."""
    if len(found) == 1:
        return found[0].name + ("/" if found[0].folder else "")
    letters = zip(*(one.name for one in found), strict=False)
    shared = sum(1 for _ in takewhile(lambda column: len({letter.casefold() for letter in column}) == 1, letters))
    return found[0].name[:shared] if shared > len(beginning) else beginning


def sized(size: int) -> str:
    """Bytes, as the list says them."""
    for unit, divisor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= divisor:
            return f"{number(size / divisor, 1)} {unit}"
    return f"{size} B"
