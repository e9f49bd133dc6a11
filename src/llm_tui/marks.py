"""What the type of a field says beyond its values: how the log may have a text, what a file of a lab may lack."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, TypeVar

T = TypeVar("T")


class Logged(Enum):
    """How the log has a text that a job was given. One whose type does not say so is taken for a person's own."""

    NAME = "the name of a model, of data, of a folder, a choice: in clear, of a path the last part"
    WORDS = "words that are nobody's secret, and never a path: in clear"
    PIECES = "the numbers of pieces, which are a text in another spelling: as a text"


Name = Annotated[str, Logged.NAME]
Words = Annotated[str, Logged.WORDS]
Pieces = Annotated[tuple[int, ...], Logged.PIECES]


class Lacking(Enum):
    """What of a file can be missing, or damaged, while the rest of it is read. See `lab.stored`."""

    EACH = "each element stands for itself: one that cannot be read is left out alone"
    LATER = "earlier versions did not have it: its default is what they did"


Each = Annotated[tuple[T, ...], Lacking.EACH]
Later = Annotated[T, Lacking.LATER]
