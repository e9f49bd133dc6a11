"""Paths as a person would write them."""

from __future__ import annotations

import os
from pathlib import Path


def at_home(path: Path) -> str:
    """A path that does not tell whose home it is in."""
    home = os.path.expanduser("~")
    text = str(path)
    return f"~{text[len(home) :]}" if home != "/" and text.startswith(f"{home}/") else text
