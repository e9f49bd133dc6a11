"""The paths in what a terminal pastes when files are dropped on it, each terminal in a way of its own: in quotes, with
backslashes, as file: addresses, or as they are.
"""

from __future__ import annotations

import re
import shlex
from urllib.parse import unquote, urlsplit

from llm_tui.labelled.lines import lines_of

LONGEST = 100_000
"""Characters of a paste that may hold paths: more is a text."""

_PATH = re.compile(r"(?:/|~(?:/|$)|file:/)")
_NEXT = re.compile(r"(?<!\s)\s++(?=/|~/|file:/)")


def paths(text: str) -> tuple[str, ...]:
    """The paths of a paste in their order; none where it is something else: not all of it begins as a whole path does,
    with a slash, `~` or `file:`.
    """
    if len(text) > LONGEST:
        return ()
    found = [path for line in lines_of(text) if line.strip() for path in _of_line(line.strip())]
    whole = all(_PATH.match(path) and "\0" not in path for path in found)
    return tuple(map(_plain, found)) if whole else ()


def _of_line(line: str) -> list[str]:
    if not (line[0] in "'\"" or "\\" in line or re.search(r"\s['\"]", line)):
        return _NEXT.split(line)
    try:
        return shlex.split(line)
    except ValueError:  # its quotes do not match: they are part of a name
        return [line]


def _plain(path: str) -> str:
    """A file: address as the path that it stands for."""
    if not path.startswith("file:"):
        return path
    try:
        return unquote(urlsplit(path.replace("?", "%3F").replace("#", "%23")).path, errors="surrogateescape")
    except ValueError:  # a host that is none
        return path
