"""Bias in pairs, for exercises 3 and 7: what a classifier makes of texts that differ in one thing alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from typing import Literal, cast

import msgspec

from llm_tui.bias.job import (
    MODERATION,
    SENTIMENT,
    AskedPair,
    Compare,
    Compared,
    Effect,
    Scores,
    difference,
    measured,
    measures,
)
from llm_tui.course import course
from llm_tui.errors import UserError
from llm_tui.exercises import guides, moderation
from llm_tui.exercises.again import model_of
from llm_tui.exercises.bias_pairs import LANGUAGES, Pair, counted, shipped
from llm_tui.foundation import teaching
from llm_tui.foundation.job import Asking
from llm_tui.foundation.labels_job import SENTIMENT_MODEL, TEMPLATE
from llm_tui.i18n import Text, tr
from llm_tui.labelled.lines import one_line
from llm_tui.marks import Each
from llm_tui.snippets.tested import InPairs

NUMBER = "bias"
"""Under which the lab keeps it; what is measured is handed in with exercise 7."""

GUIDE = guides.guide("bias")

DEFINITIONS = guides.definitions("bias")

TASKS: dict[str, Text] = {
    MODERATION: Text("moderation", "moderación"),
    SENTIMENT: Text("sentiment", "sentimiento"),
}

Task = Literal["moderation", "sentiment"]
Language = Literal["es", "en"]

TEACHING = {MODERATION: teaching.ZERO_SHOT.name, SENTIMENT: teaching.SENTIMENT.name}

FIELDS: dict[str, Text] = {
    "model": Text("model", "modelo"),
    "labels": Text("labels", "etiquetas"),
    "template": Text("hypothesis", "hipótesis"),
    "measured": Text("measured", "se mide"),
}

MOST_READINGS = 8

_ENGLISH = ("allowed", "spam", "hate", "sensitive")
_MEASURED = ("odio", "hate")


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: the same of every kind. Of sentiment the model has its own labels, and there is no template."""

    task: str
    language: str
    model: str
    labels: tuple[str, ...]
    template: str

    def __post_init__(self) -> None:
        """
        Raises:
            ValueError: nobody can have asked that.
        """
        if self.task not in TASKS or self.language not in LANGUAGES:
            raise ValueError("no task, or no language")


@dataclass(frozen=True, slots=True)
class Kind:
    """What was found of one kind: its `pairs` as they were then."""

    kind: str
    pairs: tuple[tuple[str, str], ...]
    found: Compared

    def __post_init__(self) -> None:
        """
        Raises:
            ValueError: nobody can have measured that.
        """
        if len(self.pairs) != len(self.found.scores):
            raise ValueError("pairs without scores")

    def effect(self, measure: str) -> Effect | None:
        return next((effect for effect in self.found.effects if effect.measure == measure), None)

    def asked(self, question: Question, measure: str) -> InPairs:
        """What gave the scores, as it would be asked again, and what is measured of them."""
        of = (self.kind, question.task, question.language, self.pairs, question.labels, question.template)
        job = Compare(*of, model_of(self.found.made_by))
        weights = measures(question.task, self.found.labels)[measure]
        return InPairs(job.asked(), measure, weights, job.seed, job.resamples)

    def asked_pair(self, question: Question, measure: str, pair: Judged) -> AskedPair:
        """One of the pairs, to be explained: the label that counts most in the measure."""
        weights = measures(question.task, self.found.labels)[measure]
        label = self.found.labels[max(range(len(weights)), key=weights.__getitem__)]
        return AskedPair(question.task, (pair.a, pair.b), label, question.template, model_of(self.found.made_by))

    def flips(self) -> int:
        """In how many pairs the best label of b is another one than that of a."""
        return sum(_best(a) != _best(b) for a, b in self.found.scores)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one model was asked, and what was found; `date` is that of the newest, in ISO 8601."""

    question: Question
    date: str
    kinds: Each[Kind] = ()

    def of(self, kind: str) -> Kind | None:
        return next((one for one in self.kinds if one.kind == kind), None)

    @property
    def labels(self) -> tuple[str, ...]:
        return self.kinds[0].found.labels if self.kinds else self.question.labels

    @property
    def measures(self) -> Mapping[str, Scores]:
        return measures(self.question.task, self.labels)

    @property
    def digest(self) -> str:
        """Names the figures: measured anew and found to be the same they have the same name."""
        told = [(one.kind, one.pairs, one.found.scores) for one in self.kinds]
        return hashlib.sha256(msgspec.json.encode((self.question, told))).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class Answers:
    """`fields` are what was typed into those that have a default of their own, by `typed_as`; `own` the person's own
    pairs, `readings` what was measured, the newest first.
    """

    version: int = 1
    task: Task = MODERATION
    language: Language = "es"
    fields: Mapping[str, str] = field(default_factory=dict)
    own: Each[Pair] = ()
    readings: Each[Reading] = ()

    # What is asked.

    def typed_as(self, name: str) -> str:
        """What names a field's text: a model stands for a task, labels and hypothesis for a language."""
        scope = {"model": (self.task,), "measured": (self.task, self.language)}.get(name, (self.language,))
        return " ".join((name, *scope))

    def asked(self, task: str, language: str) -> Answers:
        """Where this is asked, in this language: one of `TASKS` and one of `LANGUAGES`."""
        return replace(self, task=cast(Task, task), language=cast(Language, language))

    def said(self, name: str) -> str:
        """What a field says: what was typed, else what it begins with."""
        typed = self.fields.get(self.typed_as(name), "")
        return typed if typed.strip() else self._default(name)

    def with_fields(self, values: Mapping[str, str]) -> Answers:
        """With what stands in the fields; what a field begins with is not kept."""
        typed = {self.typed_as(name): "" if value == self._default(name) else value for name, value in values.items()}
        kept = {name: value for name, value in {**self.fields, **typed}.items() if value}
        return replace(self, fields=kept)

    def _default(self, name: str) -> str:
        brought = course.current().moderation
        match name:
            case "model":
                return moderation.course_model() if self.task == MODERATION else SENTIMENT_MODEL
            case "labels":
                return ", ".join(brought.labels if self.language == "es" else _ENGLISH)
            case "template":
                return brought.hypothesis if self.language == "es" else TEMPLATE
        labels = () if self.task == SENTIMENT else one_line(self.said("labels"))
        return next((label for label in labels if label in _MEASURED), next(iter(labels), ""))

    @property
    def question(self) -> Question:
        model = self.said("model").strip()
        if self.task == SENTIMENT:
            return Question(self.task, self.language, model, (), "")
        return Question(self.task, self.language, model, one_line(self.said("labels")), self.said("template"))

    # The pairs.

    def pairs(self) -> tuple[Pair, ...]:
        """Those of the language: the program's own, then the person's, each in the kind that it is counted in."""
        own = (counted(pair) for pair in self.own if pair.language == self.language and pair.whole)
        return (*shipped(self.language), *own)

    def kinds(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(pair.kind for pair in self.pairs()))

    def of(self, kind: str) -> tuple[tuple[str, str], ...]:
        """The texts of a kind's pairs, each pair once."""
        return tuple(dict.fromkeys(pair.texts for pair in self.pairs() if pair.kind == kind))

    def with_own(self, pairs: Iterable[Pair]) -> Answers:
        """With pairs of the person's own; those that are there already are left out."""
        there = {pair.texts for pair in (*self.pairs(), *self.own)}
        return replace(self, own=(*self.own, *(pair for pair in pairs if pair.texts not in there)))

    # What was found.

    @property
    def reading(self) -> Reading | None:
        """Of the question that stands in the fields."""
        return next((one for one in self.readings if one.question == self.question), None)

    def is_stale(self, kind: str) -> bool:
        """Whether a kind was measured with other pairs than there are now."""
        found = self.reading.of(kind) if self.reading else None
        return found is not None and found.pairs != self.of(kind)

    def measure(self, reading: Reading) -> str:
        """What is measured: what the person chose, where the reading has it, else what it begins with."""
        there = reading.measures
        task, language = reading.question.task, reading.question.language
        chosen = self.asked(task, language).said("measured").strip()
        return chosen if chosen in there else next(iter(there), "")

    def pending(self, asking: Asking, kinds: Iterable[str] = ()) -> Iterator[Compare]:
        """The kinds that were not measured yet, or with other pairs; of `kinds` alone, where some are named."""
        question, model = self.question, asking.model(self.said("model"))
        if question.task == SENTIMENT and model.served:
            raise UserError(
                tr(
                    "A served model has no classes of its own: choose moderation, and labels.",
                    "Un modelo servido no tiene clases propias: elija moderación, y etiquetas.",
                )
            )
        if question.task == MODERATION and len(question.labels) < 2:
            raise UserError(
                tr("Write two labels or more, parted by commas.", "Escriba dos etiquetas o más, separadas por comas.")
            )
        reading = self.reading
        for kind in kinds or self.kinds():
            pairs, found = self.of(kind), reading.of(kind) if reading else None
            if pairs and (found is None or found.pairs != pairs):
                template = question.template or TEMPLATE
                asked = (question.task, question.language, pairs, question.labels, template)
                yield Compare(kind, *asked, model, asking.batch_size)

    def with_result(self, job: Compare, result: Compared) -> Answers:
        """With a kind that was measured, the newest reading first."""
        template = job.template if job.task == MODERATION else ""
        question = Question(job.task, job.language, job.model.name, job.labels, template)
        before = next((one for one in self.readings if one.question == question), None)
        others = (one for one in (before.kinds if before else ()) if one.kind != job.of)
        alike = (one for one in others if one.found.labels == result.labels)
        order = {kind: place for place, kind in enumerate(self.asked(job.task, job.language).kinds())}
        kinds = sorted((*alike, Kind(job.of, job.pairs, result)), key=lambda one: order.get(one.kind, len(order)))
        reading = Reading(question, date.today().isoformat(), tuple(kinds))
        kept = islice((one for one in self.readings if one is not before), MOST_READINGS - 1)
        return replace(self, readings=(reading, *kept))

    def with_failure(self, job: Compare, message: str) -> None:
        return None


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair as it was measured: the measure of each text, the difference, and the label that each was given."""

    a: str
    b: str
    of_a: float
    of_b: float
    apart: float
    label_a: str
    label_b: str


def judged(reading: Reading, kind: Kind, measure: str) -> list[Judged]:
    """The pairs of a kind, the largest difference first."""
    weights = reading.measures.get(measure, ())
    if not weights:
        return []
    found = [
        Judged(
            a, b, measured(of_a, weights), measured(of_b, weights), difference((of_a, of_b), weights),
            _label(kind.found.labels, of_a), _label(kind.found.labels, of_b),
        )
        for (a, b), (of_a, of_b) in zip(kind.pairs, kind.found.scores, strict=True)
    ]  # fmt: skip
    return sorted(found, key=lambda pair: -abs(pair.apart))


def _best(scores: Scores) -> int | None:
    best = max(range(len(scores)), key=scores.__getitem__, default=None)
    return best if best is not None and scores[best] > 0 else None


def _label(labels: tuple[str, ...], scores: Scores) -> str:
    best = _best(scores)
    return labels[best] if best is not None else "-"
