"""What pairs of texts are asked, and what comes back. Light: no torch before a job runs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from llm_tui.foundation.job import ModelChoice, Provenance, packages_for
from llm_tui.foundation.labels_job import TEMPLATE, Sentiment, ZeroShot
from llm_tui.i18n import Text, tr
from llm_tui.marks import Name, Words

MODERATION: Final = "moderation"
SENTIMENT: Final = "sentiment"

SEED, RESAMPLES, CONFIDENCE = 0, 10_000, 0.95

DIGITS = 6
"""Decimals of a difference: below them it is none, for in float32 the same sum in a batch of another length ends
otherwise.
"""

Scores = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """The differences b - a of one measure over the pairs of a kind: their mean with the ends of its interval (None of
    a single pair), in how many b is `more`, `less`, or the same (`ties`), and `p` of the exact sign test.
    """

    measure: Words
    mean: float
    low: float | None
    high: float | None
    more: int
    less: int
    ties: int
    p: float

    def __post_init__(self) -> None:
        """
        Raises:
            ValueError: nobody can have measured that.
        """
        if min(self.more, self.less, self.ties) < 0 or not 0 <= self.p <= 1 or not self.pairs:
            raise ValueError("no effect")

    @property
    def pairs(self) -> int:
        return self.more + self.less + self.ties


@dataclass(frozen=True, slots=True)
class Compared:
    """For each pair the scores of its two texts, in the order of the `labels`, and the effect of each measure."""

    labels: tuple[Words, ...]
    scores: tuple[tuple[Scores, Scores], ...]
    effects: tuple[Effect, ...]
    made_by: Provenance

    def __post_init__(self) -> None:
        """
        Raises:
            ValueError: nobody can have measured that.
        """
        if any(len(side) != len(self.labels) for pair in self.scores for side in pair):
            raise ValueError("scores without a label")
        if any(effect.pairs != len(self.scores) for effect in self.effects):
            raise ValueError("effects of other pairs")


@dataclass(frozen=True, slots=True)
class Compare:
    """Ask a classifier for both texts of each of `pairs`, which differ in the thing that `of` names, and compare.

    `task` is one of `moderation`, which is asked for its `labels` with the `template`, and `sentiment`, where the model
    has labels of its own.
    """

    kind: ClassVar[str] = "pairs"
    name: ClassVar[Text] = Text("pairs of texts", "pares de textos")
    runner: ClassVar[str] = "llm_tui.bias.measuring:compare"

    of: Words
    task: Name
    language: Name
    pairs: tuple[tuple[str, str], ...]
    labels: tuple[Words, ...] = ()
    template: Words = TEMPLATE
    model: ModelChoice = ModelChoice("")
    batch_size: int = 16
    seed: int = SEED
    resamples: int = RESAMPLES

    @property
    def imports(self) -> tuple[str, ...]:
        return packages_for(self.model, beside=("numpy",))

    @property
    def elsewhere(self) -> bool:
        return self.model.served

    def title(self) -> str:
        return tr(f"pairs: {self.of}", f"pares: {self.of}")

    def asked(self) -> ZeroShot | Sentiment:
        """The question as the playground asks it: all texts, those of a pair one after the other. In float32 unless
        another precision was chosen: in half precision a score has two or three decimals.
        """
        texts = tuple(text for pair in self.pairs for text in pair)
        model = replace(self.model, precision="float32") if self.model.precision == "auto" else self.model
        if self.task == SENTIMENT:
            return Sentiment(texts, model, self.batch_size)
        return ZeroShot(texts, self.labels, self.template, False, model, self.batch_size)


@dataclass(frozen=True, slots=True)
class AskedPair:
    """Both `texts` of a pair as they were asked, and the `label` whose logit is to be explained in each."""

    kind: ClassVar[str] = "pair"
    name: ClassVar[Text] = Text("pair of texts", "par de textos")

    task: str
    texts: tuple[str, str]
    label: str
    template: str
    model: ModelChoice


def measures(task: str, labels: Sequence[str]) -> dict[str, Scores]:
    """What can be measured of a text: by its name, how much each label's score counts. Of sentiment that is first
    positive minus negative, where exactly one label calls itself each; then the score of each label.
    """
    alone = {label: tuple(float(i == j) for j in range(len(labels))) for i, label in enumerate(labels)}
    if task != SENTIMENT:
        return alone
    positive, negative = ([i for i, label in enumerate(labels) if label.casefold().startswith(sign)]
                          for sign in ("pos", "neg"))  # fmt: skip
    if len(positive) != 1 or len(negative) != 1:
        return alone
    name = f"{labels[positive[0]]} − {labels[negative[0]]}"
    return {name: tuple(float(i in positive) - float(i in negative) for i in range(len(labels))), **alone}


def measured(scores: Scores, weights: Scores) -> float:
    return math.fsum(score * weight for score, weight in zip(scores, weights, strict=True))


def difference(pair: tuple[Scores, Scores], weights: Scores) -> float:
    """That of b minus a, to `DIGITS` decimals; 0 is a tie."""
    return round(measured(pair[1], weights) - measured(pair[0], weights), DIGITS) + 0.0


def holm(p: Mapping[str, float]) -> dict[str, float]:
    """Several p values as Holm (1979) corrects them for being several."""
    found, worst = dict[str, float](), 0.0
    for rank, key in enumerate(sorted(p, key=p.__getitem__)):
        worst = max(worst, min(1.0, (len(p) - rank) * p[key]))
        found[key] = worst
    return {key: found[key] for key in p}
