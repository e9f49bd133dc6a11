"""A labelled text."""

from __future__ import annotations

from typing import NamedTuple
from unicodedata import normalize


class Row(NamedTuple):
    """A row of a file. `line` is where it ends, from 1."""

    line: int
    label: str
    text: str
    kind: str = ""


def composed(label: str) -> str:
    """A label as the name of a class: what looks the same is the same, whatever Unicode form a program wrote it in."""
    return normalize("NFC", label.strip())
