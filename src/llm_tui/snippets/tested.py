"""A classifier held against labels that are known, of a sheet or of the test rows of a training, or in pairs. Light."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from llm_tui.classifier.job import Training
from llm_tui.foundation.job import ModelChoice
from llm_tui.foundation.labels_job import Sentiment, ZeroShot
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


@dataclass(frozen=True, slots=True)
class OnTestRows:
    """The first `rows` test rows of a training, its classes as labels: one half of a comparison of the two flows."""

    kind: ClassVar[str] = "zero-shot-rows"
    name: ClassVar[Text] = Text("zero-shot on the test rows", "zero-shot sobre las filas de prueba")

    training: Training
    rows: int
    template: str
    model: ModelChoice


@dataclass(frozen=True, slots=True)
class InPairs:
    """A classifier asked for texts of which each two are a pair: what is measured of each is the sum of its scores by
    the `weights` of the labels, which `measure` names.
    """

    kind: ClassVar[str] = "pairs"
    name: ClassVar[Text] = Text("pairs of texts", "pares de textos")

    job: ZeroShot | Sentiment
    measure: str
    weights: tuple[float, ...]
    seed: int
    resamples: int
