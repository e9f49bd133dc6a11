"""What is asked about a classifier's answer, and what comes back. Light: no torch before a job runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from llm_tui.foundation.job import ModelChoice, Provenance
from llm_tui.i18n import Text, tr
from llm_tui.marks import Name, Words

GRADIENT, INTEGRATED, OCCLUSION = "gradient", "integrated", "occlusion"

METHODS = (GRADIENT, INTEGRATED, OCCLUSION)
"""Gradient times input; integrated gradients (Sundararajan et al. 2017); each word in turn hidden."""

TOLERANCE = 0.01
"""Integrated gradients are asked at more points until they miss the difference of the logits by no more than this."""

FLOOR = 1e-3
"""In logits: where the difference is next to nothing, its hundredth is less than float32 can say."""


def is_complete(gap: float, difference: float) -> bool:
    """Whether values that miss their `difference` by a `gap` are taken for complete."""
    return abs(gap) <= max(TOLERANCE * abs(difference), FLOOR)


@dataclass(frozen=True, slots=True)
class OfClass:
    """The logit of a class of the model, by its name."""

    label: Words


@dataclass(frozen=True, slots=True)
class OfHypothesis:
    """The logit of “entailment” for the `template` with the label in it."""

    label: Words
    template: Words


@dataclass(frozen=True, slots=True)
class OfSpan:
    """The logit of the label of an entity, from `start` to `end` in characters, the mean over its pieces. Of each piece
    it is the likeliest of the labels of that type, B- or I-.
    """

    start: int
    end: int
    type: Words


Target = OfClass | OfHypothesis | OfSpan


@dataclass(frozen=True, slots=True)
class Attribute:
    """How much each word of `text` had to do with the logit `of`, by each of the `methods`, calculated in float32
    whatever the precision of the answer was.
    """

    kind: ClassVar[str] = "attribution"
    name: ClassVar[Text] = Text("attribution", "atribución")
    runner: ClassVar[str] = "llm_tui.attribution.explain:explain"
    imports: ClassVar[tuple[str, ...]] = ("torch", "transformers")

    text: str
    of: Target
    model: ModelChoice
    methods: tuple[Name, ...] = METHODS

    def title(self) -> str:
        return tr("asking why", "preguntando por qué")


@dataclass(frozen=True, slots=True)
class Unit:
    """A word, or what stands between two, from `start` to `end` in characters: of the text, or of the hypothesis."""

    start: int
    end: int
    of_hypothesis: bool = False


@dataclass(frozen=True, slots=True)
class Attribution:
    """What one method says of each unit, in logits; `special` is what it says of the special tokens together.

    Of integrated gradients, `steps` is how many points of the path were asked, `baseline` the logit where it begins;
    all values together are `logit - baseline` but for the `gap`.
    """

    method: Name
    values: tuple[float, ...]
    special: float = 0.0
    baseline: float | None = None
    steps: int | None = None

    @property
    def total(self) -> float:
        return sum(self.values) + self.special


@dataclass(frozen=True, slots=True)
class Explained:
    """What the methods say of a `logit`. What stands in `text` from `read_to` on the model did not read, nor what
    stands before `read_from`. `mask` is the token that hid a word.
    """

    units: tuple[Unit, ...]
    attributions: tuple[Attribution, ...]
    logit: float
    read_from: int
    read_to: int
    mask: Words
    made_by: Provenance

    def gap(self, by: Attribution) -> float | None:
        """By how much the values miss the difference that they should sum to; None of a method without one."""
        return None if by.baseline is None else by.total - (self.logit - by.baseline)
