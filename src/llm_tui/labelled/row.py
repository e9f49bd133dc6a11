"""A labelled text."""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """A row of a file. `line` is where it ends, from 1."""

    line: int
    label: str
    text: str
    kind: str = ""
