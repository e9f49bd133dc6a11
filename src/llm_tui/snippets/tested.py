"""A zero-shot model held against labels that are known: a sheet of exercise 3, or the rows of a test. Light."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from llm_tui.foundation.job import ZeroShot
from llm_tui.i18n import Text


@dataclass(frozen=True, slots=True)
class Tested:
    """`true` has the label of each text of the job, empty where nobody knows it. A text whose best score is below the
    `threshold` is given none.
    """

    kind: ClassVar[str] = "zero-shot-test"
    name: ClassVar[Text] = Text("zero-shot against known labels", "zero-shot frente a etiquetas conocidas")

    job: ZeroShot
    true: tuple[str, ...]
    threshold: float = 0.0
