"""What the type of a field says beyond its values: how the log may have a text."""

from __future__ import annotations

from enum import Enum
from typing import Annotated


class Logged(Enum):
    """How the log has a text that a job was given. One whose type does not say so is taken for a person's own."""

    NAME = "the name of a model, of data, of a folder, a choice: in clear, of a path the last part"
    WORDS = "words that are nobody's secret, and never a path: in clear"


Name = Annotated[str, Logged.NAME]
Words = Annotated[str, Logged.WORDS]
