"""What a point of the labels curve is asked, and what comes back. Light: no torch before a job runs."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import ClassVar

from llm_tui.classifier.job import Training
from llm_tui.foundation.job import ModelChoice, packages_for
from llm_tui.foundation.labels_job import TEMPLATE
from llm_tui.i18n import Text, tr
from llm_tui.marks import Words

CLASSIC, PROBE, ZERO_SHOT, FEW_SHOT = "classic", "probe", "zero-shot", "few-shot"

STEPS, EPOCHS, BATCH, RATE = 1000, 3, 16, 4.0
"""The classifier is trained for so many epochs at least, and for so many steps: a few examples are seen often."""

DECAY = 0.1
"""What becomes of the learning rate by the last epoch: kept as it is, the last steps decide what is learnt."""


@dataclass(frozen=True, slots=True)
class Point:
    """What a method did with `count` labelled examples, drawn by `seed`: `hits` of `rows` test rows were right, None
    where there are not so many rows, or the examples find no room before the text. `pool` training rows were there to
    draw from. `cut` texts reach the model's limit. `seconds` are those of training and test together.
    """

    method: str
    count: int
    seed: int
    hits: int | None
    rows: int
    pool: int
    classes: int
    data_name: str
    synthetic: bool
    seconds: float
    device: str
    cut: int = 0

    def __post_init__(self) -> None:
        """
        Raises:
            ValueError: nobody can have measured that.
        """
        if self.rows < 1 or not 0 <= (self.hits or 0) <= self.rows or self.count < 0:
            raise ValueError("no point")


@dataclass(frozen=True, slots=True)
class Measure:
    """One point: `method` with `count` of the rows of `data`, on its test rows. All methods draw the same rows by the
    same `seed`. `model` is the zero-shot model, whose encoder is the probe's, or the chat model; `data.train_size` is
    how many rows are drawn from at most. `stamp` is that of the data files which the other points were measured on;
    None where there are no others.
    """

    kind: ClassVar[str] = "labels"
    name: ClassVar[Text] = Text("point of the labels curve", "punto de la curva de etiquetas")
    runner: ClassVar[str] = "llm_tui.labels.points:measure"

    method: Words
    count: int
    seed: int
    data: Training
    model: ModelChoice | None = None
    template: Words = TEMPLATE
    batch_size: int = 16
    stamp: tuple[tuple[str, int, int], ...] | None = field(default=None, compare=False)

    @property
    def imports(self) -> tuple[str, ...]:
        return self.data.imports if self.model is None else ("torch", *packages_for(self.model))

    def title(self) -> str:
        return tr(
            f"{self.method}, {self.count} labels, seed {self.seed}",
            f"{self.method}, {self.count} etiquetas, semilla {self.seed}",
        )


def drawn(labels: Sequence[int], count: int, seed: int) -> list[int]:
    """The numbers of `count` rows: shuffled by the seed, then of each class one in turn, as long as it has some. Fewer
    are the first of more.
    """
    shuffle, by_class = random.Random(seed), dict[int, list[int]]()
    for row, label in enumerate(labels):
        by_class.setdefault(label, []).append(row)
    for label in sorted(by_class):
        shuffle.shuffle(by_class[label])
    turns = zip_longest(*(by_class[label] for label in sorted(by_class)))
    return [row for turn in turns for row in turn if row is not None][:count]
