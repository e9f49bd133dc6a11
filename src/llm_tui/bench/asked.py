"""What a subject is asked to measure."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Asked:
    """`small` shows that a subject works, in seconds: its figures are not to be relied on. `data` is a folder with
    AG_NEWS's train.csv and test.csv, or None for composed rows. `folder` is empty, and is gone afterwards.
    """

    small: bool
    pairs: int
    data: Path | None
    folder: Path
