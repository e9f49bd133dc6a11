"""Exercise 3: short texts, their true labels, and what a zero-shot model takes them for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil

from llm_tui.config import read_config
from llm_tui.course import course
from llm_tui.course.course import Moderation
from llm_tui.errors import UserError
from llm_tui.exercises import counts, guides, printed
from llm_tui.exercises.again import model_of
from llm_tui.exercises.contract import Exercise, answered, question_of
from llm_tui.exercises.judged import Given, Judged, judged, scored, unasked
from llm_tui.exercises.moderation_tables import measures, tables
from llm_tui.exercises.samples import (
    Sample,
    different,
    given_samples,
    known_kind,
    labels_wanted,
    marks_lacking,
    texts_of,
    texts_wanted,
)
from llm_tui.exercises.spent import spent
from llm_tui.exercises.state import ANSWER, State, counted
from llm_tui.export.markdown import to_markdown
from llm_tui.fields import Number
from llm_tui.foundation.job import Asking, Provenance
from llm_tui.foundation.labels_job import TEMPLATE, ZERO_SHOT_MODEL, Classified, Labelled, ZeroShot
from llm_tui.i18n import Text, tr
from llm_tui.kept import kept
from llm_tui.labelled.lines import one_line
from llm_tui.marks import Each
from llm_tui.snippets.tested import Tested

NUMBER = 3

QUESTION = Text(
    "In which kind of text does it fail most (irony, slang, abbreviations)?",
    "¿En qué tipo de texto falla más (ironía, jerga, abreviaturas)?",
)

GUIDE = guides.guide("moderation")

DEFINITIONS = guides.definitions("moderation")

SPANISH_TEMPLATE = Moderation().hypothesis


def course_model() -> str:
    return read_config().model("zero-shot", course.current().moderation.model, ZERO_SHOT_MODEL)


MOST_AT_ONCE = 64
STEPS = 20
"""A run comes in about so many steps, so that the sheet fills while it goes on, and little is lost when it is cut."""


THRESHOLD = Number(
    name="threshold", label=Text("threshold", "umbral"), default="0.0", least=0, most=1, metavar="X",
    help=Text("Below it no label is given.", "Por debajo no se da etiqueta."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """The scores that one model gave with one template, by text, in the order of `labels`. `cut` are those texts that
    are longer than it takes. `also_by` is what made some of them beside `made_by`: on another machine, at another
    revision.
    """

    template: str
    labels: tuple[str, ...]
    model: str
    made_by: Provenance
    scores: Mapping[str, tuple[float, ...]]
    cut: tuple[str, ...] = ()
    also_by: tuple[Provenance, ...] = ()

    @property
    def makers(self) -> tuple[Provenance, ...]:
        return self.made_by, *self.also_by


@dataclass(frozen=True, slots=True)
class Answers:
    """`labels` as typed, parted by commas. The table follows `template`; `other` is compared with it, where it is not
    empty. A text whose best score is below `threshold` is given no label.
    """

    version: int = 1
    samples: Each[Sample] = field(default_factory=lambda: given_samples(course.current().moderation.texts))
    labels: str = field(default_factory=lambda: ", ".join(course.current().moderation.labels))
    key_label: str = field(default_factory=lambda: course.current().moderation.key_label)
    template: str = field(default_factory=lambda: course.current().moderation.hypothesis)
    other: str = TEMPLATE
    threshold: float = float(THRESHOLD.default)
    model: str = field(default_factory=lambda: course_model())
    readings: Each[Reading] = ()
    comments: Mapping[str, str] = field(default_factory=dict)
    answer: str = ""

    def label_names(self) -> tuple[str, ...]:
        return one_line(self.labels)

    def templates(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(template for template in (self.template, self.other) if template.strip()))

    def reading(self, template: str) -> Reading | None:
        """What the chosen model said of the chosen labels with this template."""
        return self._find(template, self.label_names(), self.model.strip())

    def _find(self, template: str, labels: tuple[str, ...], model: str) -> Reading | None:
        wanted = (template, labels, model)
        return next((r for r in self.readings if (r.template, r.labels, r.model) == wanted), None)

    def with_answer(self, answer: str) -> Answers:
        return replace(self, answer=answer)

    def with_models(self, name: str | None) -> Answers:
        return replace(self, model=name or course_model())

    def pending(self, asking: Asking) -> Iterator[ZeroShot]:
        """Texts without scores, a few at a time; the template of the table first."""
        labels, model = self.label_names(), asking.model(self.model)
        if len(labels) < 2:
            raise UserError(
                tr("Write two labels or more, parted by commas.", "Escriba dos etiquetas o más, separadas por comas.")
            )
        if not self.samples:
            raise UserError(
                tr(
                    "The sheet has no texts: add one, or open a CSV file.",
                    "La hoja no tiene textos: añada uno, o abra un archivo CSV.",
                )
            )
        at_once = min(ceil(len(self.samples) / STEPS), MOST_AT_ONCE)
        for template in self.templates():
            reading = self.reading(template)
            done = reading.scores if reading else {}
            texts = list(dict.fromkeys(s.text for s in self.samples if s.text.strip() and s.text not in done))
            for first in range(0, len(texts), at_once):
                some = tuple(texts[first : first + at_once])
                yield ZeroShot(some, labels, template, False, model, asking.batch_size)

    def with_result(self, job: ZeroShot, result: Classified) -> Answers:
        """The newest reading first. Of what belongs to neither template now, only what the sheet asks for is kept."""
        scores = {text: scored.scores for text, scored in zip(job.texts, result.texts, strict=True)}
        key = (job.template, job.labels, job.model.name)
        before = self._find(*key)
        wanted = _different(texts_of(self.samples))
        earlier = before.scores if before else {}
        if not earlier.keys() <= wanted:
            earlier = {text: scores for text, scores in earlier.items() if text in wanted}
        cut = {text for text, scored in zip(job.texts, result.texts, strict=True) if scored.cut}
        cut |= {text for text in (before.cut if before else ()) if text in earlier and text not in scores}
        made = {by.maker: by for by in (before.makers if before and earlier else ())}
        made[result.made_by.maker] = result.made_by.after(made.get(result.made_by.maker))
        first, *others = made.values()
        reading = Reading(*key, first, {**earlier, **scores}, tuple(sorted(cut)), tuple(others))
        return replace(self, readings=(reading, *(r for r in self.readings if r is not before))[:MOST_READINGS])

    def with_failure(self, job: ZeroShot, message: str) -> None:
        return None

    def predicted(self, template: str) -> list[str | None]:
        """For each text the label that it was given; None where it was given none, or not asked for."""
        return [label for label, _ in self.scored(template)]

    def scored(self, template: str) -> Sequence[Given]:
        """For each text the label that it was given, and its best score."""
        reading = self.reading(template)
        if reading is None:
            return unasked(len(self.samples))
        return scored(self.samples, reading.scores, reading.labels, self.threshold, template)

    def judged(self, template: str) -> Judged:
        """Of the texts that have a true label and were asked for."""
        return judged(self.samples, self.scored(template), self.label_names(), template)


MOST_READINGS = 8


@kept
def _different(texts: Sequence[str]) -> frozenset[str]:
    return frozenset(texts)


def document(answers: Answers, language: str, every_label: bool = False) -> str:
    """The exercise as it is handed in: its tables, the question and the answer."""
    counted_now = answers.judged(answers.template).texts > 0
    first, *measures, sheet = tables(answers, language, every_label).values()
    shown = [more for more in (*(measures if counted_now else ()), sheet) if more.rows]
    parts = [to_markdown(first, language), *(to_markdown(more.for_reading(), language) for more in shown)]
    return "\n".join([*parts, *answered(question_of(NUMBER, QUESTION), answers.answer, language)])


def state(answers: Answers) -> State:
    """The course asks for four labels, twenty texts marked by hand, their predictions, the precision of one label, and
    an answer. A label that came with the program is nobody's mark until the student confirms it.
    """
    missing, known = [], set(answers.label_names())
    if (lacking := labels_wanted() - len(known)) > 0:
        missing.append(counted(lacking, Text("one more label", "una etiqueta más"),
                               Text("{n} more labels", "{n} etiquetas más")))  # fmt: skip
    marks = list(marks_lacking(answers.samples, known, texts_wanted()))
    missing += marks
    if predictions_lacking(answers):
        missing.append(Text("the predictions", "las predicciones"))
    elif not marks and not any(  # before all marks are there nobody knows
        s.label == answers.key_label and s.precision is not None for s in answers.judged(answers.template).agreement
    ):
        said = Text(
            "a precision (no text was given the key label “{label}”)",
            "una precisión (ningún texto recibió la etiqueta clave «{label}»)",
        )
        missing.append(said.format(label=answers.key_label))
    if not answers.answer.strip():
        missing.append(ANSWER)
    given = sum(sample.label in known and not sample.is_own for sample in answers.samples)
    said = counted(
        given,
        Text("with a label that came with its text", "con una etiqueta que venía con su texto"),
        Text("with {n} labels that came with their texts", "con {n} etiquetas que venían con su texto"),
    )
    commented = answers.comments.get(answers.key_label, "").strip()
    optional = () if commented else (Text("the comment", "el comentario"),)
    return State(tuple(missing), (said,) if given else (), optional)


def predictions_lacking(answers: Answers) -> bool:
    """Whether fewer texts than the course asks for were given to the model."""
    wanted = texts_wanted()
    given = zip(answers.samples, answers.scored(answers.template), strict=True)
    predicted = different((sample for sample, (_, score) in given if score is not None), wanted)
    return len(predicted) < max(1, min(wanted, len(different(answers.samples, wanted))))


def with_sample(answers: Answers, number: int, **changed: str) -> Answers:
    """The sheet with one text of it changed; `number` counts from 0. A kind is known by its name in any language. Who
    writes the label marks the text; who writes something else leaves the label whose it was.
    """
    if "kind" in changed:
        changed["kind"] = known_kind(changed["kind"])
    samples = list(answers.samples)
    before = samples[number]
    by_hand = True if "label" in changed else before.by_hand if before.is_own else False
    samples[number] = replace(before, **changed, by_hand=by_hand)  # type: ignore[arg-type]
    return replace(answers, samples=tuple(samples))


def confirmed(answers: Answers, number: int) -> Answers:
    """The sheet with the label of one text, which came with it, as the student's own."""
    return with_sample(answers, number, label=answers.samples[number].label)


def unmarked(answers: Answers) -> Answers:
    """The sheet with the labels taken away that are not the student's."""
    samples = (s if s.is_own else replace(s, label="", by_hand=None) for s in answers.samples)
    return replace(answers, samples=tuple(samples))


def jobs(answers: Answers) -> list[Tested]:
    """What gave the labels of the sheet, by template, and how often they are right."""
    found = []
    for template in answers.templates():
        reading = answers.reading(template)
        samples = [s for s in answers.samples if reading and s.text in reading.scores]
        if reading and samples:
            texts = tuple(sample.text for sample in samples)
            job = ZeroShot(texts, reading.labels, template, model=model_of(reading.made_by))
            found.append(Tested(job, tuple(sample.label for sample in samples), answers.threshold))
    return found


def answer_of(answers: Answers, job: ZeroShot) -> Classified | None:
    """What the chosen model answered to a question, as the sheet holds it; None where it has none."""
    reading = answers.reading(job.template)
    if reading is None or reading.labels != job.labels or not set(job.texts) <= reading.scores.keys():
        return None
    texts = tuple(Labelled(reading.scores[text], text in reading.cut) for text in job.texts)
    return Classified(reading.labels, texts, reading.made_by)


def _printed(answers: Answers) -> list[str]:
    """What the programs of `jobs` print."""
    found = []
    for template in answers.templates():
        reading, labels = answers.reading(template), answers.scored(template)
        read = [
            (sample, label or "-", reading.scores[sample.text])
            for sample, (label, score) in zip(answers.samples, labels, strict=True)
            if reading and score is not None
        ]
        if reading and read:
            said = printed.labelled([(label, scores) for _, label, scores in read])
            true, given = [sample.label for sample, _, _ in read], [label for _, label, _ in read]
            found.append(printed.lines(*said, *printed.agreement(reading.labels, true, given)))
    return found


EXERCISE = Exercise(
    NUMBER,
    Answers,
    QUESTION,
    GUIDE,
    tables=lambda answers, known, language: tables(answers, language),
    document=lambda answers, known, language: document(answers, language),
    state=lambda answers, known: state(answers),
    jobs=lambda answers, known: jobs(answers),
    printed=lambda answers, known, language: _printed(answers),
    definitions=DEFINITIONS,
    energy=lambda answers, known: spent(tuple(map(answers.reading, answers.templates()))),
    own_is_asked=True,
    figures=lambda answers, known, language: counts.drawn(measures(answers, language)["confusion"], language),
)
