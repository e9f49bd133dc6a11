"""What can be asked of pretrained classifiers, and what comes back. Light: no torch before a job runs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from llm_tui.foundation.job import ModelChoice, Provenance, packages_for
from llm_tui.i18n import Text, tr
from llm_tui.marks import Later, Words
from llm_tui.serving.address import short

ZERO_SHOT_MODEL = "facebook/bart-large-mnli"
ENTITY_MODEL = "dslim/bert-base-NER"
SENTIMENT_MODEL = "distilbert-base-uncased-finetuned-sst-2-english"

TEMPLATE = "This example is {}."
"""The hypothesis of zero-shot classification, transformers' own."""

SOFTMAX, SIGMOID, IDENTITY = "softmax", "sigmoid", "identity"


def activation(problem_type: object, labels: object) -> str:
    """What makes scores of a classifier's logits: the pipeline of transformers chooses the same."""
    if problem_type == "regression":
        return IDENTITY
    return SIGMOID if problem_type == "multi_label_classification" or labels == 1 else SOFTMAX


def inference_sides(names: Sequence[str], numbers: Mapping[str, object]) -> tuple[int, int] | None:
    """The numbers of the classes “entailment” and “contradiction” of a model for inference, by the names of its classes
    in their order and by the `numbers` that it gives to names; None of another model. Where no class is called so, the
    second is the one that the pipeline of transformers takes by its place.
    """
    given = ((str(label), id) for label, id in numbers.items() if isinstance(id, int) and id in range(len(names)))
    named = [*given, *((label, id) for id, label in enumerate(names))]

    def called(*beginnings: str) -> int | None:
        return next((id for label, id in named if label.lower().startswith(beginnings)), None)

    entailment, contradiction = called("entail"), called("contradict", "not_entail")
    if entailment is None or len(names) < 2:
        return None
    return entailment, in_place(entailment, len(names)) if contradiction is None else contradiction


def in_place(entailment: int, classes: int) -> int:
    """The class that the pipeline takes for the contradiction."""
    return 0 if entailment else classes - 1


@dataclass(frozen=True, slots=True)
class Labelled:
    """The score of each label for one text, in the order of the labels that were asked for. All are 0 where a server's
    model answered with none of them. `cut` says that the text was longer than the model takes beside a label.
    """

    scores: tuple[float, ...]
    cut: Later[bool] = False

    @property
    def best(self) -> int | None:
        """None where no label was given."""
        best = max(range(len(self.scores)), key=self.scores.__getitem__)
        return best if self.scores[best] > 0 else None


@dataclass(frozen=True, slots=True)
class Classified:
    """`memory` are the bytes of the model's weights on its device, `disk` those of its folder; None of a server's."""

    labels: tuple[str, ...]
    texts: tuple[Labelled, ...]
    made_by: Provenance
    memory: int | None = None
    disk: int | None = None


@dataclass(frozen=True, slots=True)
class ZeroShot:
    """Score each of `labels` for each of `texts` by natural language inference (Yin et al. 2019): does the text
    entail the `template` with the label in place of `{}`?

    One label of several is right, and the scores sum to 1, unless `multi_label`: then each has its own, between
    entailment and contradiction. A server's chat model is asked which of the templates fits the text, with
    `multi_label` whether each does.
    """

    kind: ClassVar[str] = "zero-shot"
    name: ClassVar[Text] = Text("zero-shot classification", "clasificación zero-shot")

    texts: tuple[str, ...]
    labels: tuple[Words, ...]
    template: Words = TEMPLATE
    multi_label: bool = False
    model: ModelChoice = ModelChoice(ZERO_SHOT_MODEL)
    batch_size: int = 16

    @property
    def imports(self) -> tuple[str, ...]:
        return packages_for(self.model)

    @property
    def elsewhere(self) -> bool:
        return self.model.served

    @property
    def runner(self) -> str:
        return f"llm_tui.foundation.{'served_labels' if self.model.served else 'zero_shot'}:classify"

    def title(self) -> str:
        return tr(f"classifying with {short(self.model.name)}", f"clasificando con {short(self.model.name)}")


@dataclass(frozen=True, slots=True)
class Entity:
    """A span of a text, from `start` to `end` in characters, its type, and the mean score of its pieces."""

    start: int
    end: int
    type: Words
    score: float


@dataclass(frozen=True, slots=True)
class Recognized:
    """For each text its entities, in order."""

    texts: tuple[tuple[Entity, ...], ...]
    made_by: Provenance


def tag(label: str) -> tuple[bool, str]:
    """Whether a label of a token begins an entity, and the entity's type, in any of the schemes BIO, BIOES (also BMES)
    and BILOU; a label without a prefix begins none.
    """
    return label.startswith(("B-", "S-", "U-")), re.sub(r"\A[BIESLUM]-", "", label)


@dataclass(frozen=True, slots=True)
class Entities:
    """Find the named entities of each text, grouped as transformers' `simple` strategy does with labels of BIO."""

    kind: ClassVar[str] = "entities"
    name: ClassVar[Text] = Text("entities", "entidades")
    runner: ClassVar[str] = "llm_tui.foundation.entities:recognize"
    imports: ClassVar[tuple[str, ...]] = ("torch", "transformers")

    texts: tuple[str, ...]
    model: ModelChoice = ModelChoice(ENTITY_MODEL)
    batch_size: int = 16

    def title(self) -> str:
        return tr(f"finding entities with {self.model.name}", f"buscando entidades con {self.model.name}")


@dataclass(frozen=True, slots=True)
class Steps:
    """What happens to one text on its way to a class: pieces with their ids (special tokens among them), logits, and
    what the activation makes of them. `pieces` and `ids` have the same length, `logits` and `probabilities` that of
    the labels.
    """

    pieces: tuple[str, ...]
    ids: tuple[int, ...]
    logits: tuple[float, ...]
    probabilities: tuple[float, ...]
    cut: bool

    @property
    def best(self) -> int:
        return max(range(len(self.logits)), key=self.logits.__getitem__)


@dataclass(frozen=True, slots=True)
class Judged:
    """`activation` made the probabilities of the logits: with the identity, of a regression, they are the values."""

    labels: tuple[str, ...]
    texts: tuple[Steps, ...]
    made_by: Provenance
    activation: str = SOFTMAX


@dataclass(frozen=True, slots=True)
class Sentiment:
    """Classify each text with a model for sequences, step by step."""

    kind: ClassVar[str] = "sentiment"
    name: ClassVar[Text] = Text("sentiment", "sentimiento")
    runner: ClassVar[str] = "llm_tui.foundation.sentiment:judge"
    imports: ClassVar[tuple[str, ...]] = ("torch", "transformers")

    texts: tuple[str, ...]
    model: ModelChoice = ModelChoice(SENTIMENT_MODEL)
    batch_size: int = 16

    def title(self) -> str:
        return tr(f"asking {self.model.name}", f"preguntando a {self.model.name}")
