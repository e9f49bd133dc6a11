"""The two flows side by side, the course's fourth aim: a classifier trained from scratch and zero-shot models on the
same test rows. It is handed in beside the exercises, and is none of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from llm_tui.classifier.job import Retest, Retested, Training
from llm_tui.engine.energy import NOTHING, Energy, total
from llm_tui.exercises import guides, labels, printed
from llm_tui.exercises.again import model_of
from llm_tui.exercises.contract import Beside, Exercise, answered, question_of
from llm_tui.exercises.flows_table import MOST_MODELS, facts, table
from llm_tui.exercises.labels import Curve
from llm_tui.exercises.moderation import course_model
from llm_tui.exercises.state import ANSWER, State
from llm_tui.export.figure import Figure
from llm_tui.export.markdown import to_markdown
from llm_tui.export.table import Table
from llm_tui.fields import Whole
from llm_tui.foundation.job import Asking, ModelChoice, Provenance
from llm_tui.foundation.labels_job import TEMPLATE, Classified, ZeroShot
from llm_tui.i18n import Text
from llm_tui.snippets.tested import OnTestRows

NUMBER = "flows"

QUESTION = Text(
    "When would you train a small classifier of your own, and when would you use a pretrained model?",
    "¿Cuándo entrenaría un clasificador pequeño propio y cuándo usaría un modelo preentrenado?",
)

ROWS = Whole(
    name="rows", label=Text("test rows", "filas de prueba"), default="100", least=1, most=100_000, metavar="N",
    help=Text("Test rows.", "Filas de prueba."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Classic:
    """What the classifier of a `run` did on the first test rows of its `training`: `labels` are their true classes, by
    their numbers in `classes`, and `hits` of them were right. `seconds` and `energy` are of the test, `train_seconds`
    and `train_energy` of the training loop, `memory` and `disk` in bytes. What nobody measured is None. `texts` tells
    these rows from others by their SHA-256.
    """

    run: str
    training: Training
    labels: tuple[int, ...]
    hits: int
    classes: tuple[str, ...]
    data_name: str
    synthetic: bool
    train_rows: int
    parameters: int
    seconds: float
    energy: Energy | None = None
    memory: int | None = None
    disk: int | None = None
    train_seconds: float | None = None
    train_energy: Energy | None = None
    texts: str = ""

    def __post_init__(self) -> None:
        """
        Raises:
            ValueError: nobody can have measured that.
        """
        if not 0 <= self.hits <= len(self.labels) or not self.labels:
            raise ValueError("hits without rows")

    @classmethod
    def of(cls, job: Retest, result: Retested) -> Classic:
        return cls(
            run=Path(job.folder).name,
            training=job.training,
            labels=result.labels,
            hits=_hits(result.labels, result.predicted),
            classes=result.classes,
            data_name=result.data_name,
            synthetic=result.synthetic,
            train_rows=result.train_rows,
            parameters=result.parameters,
            seconds=result.seconds,
            energy=result.energy,
            memory=result.memory,
            disk=result.disk,
            train_seconds=job.trained.seconds if job.trained else None,
            train_energy=job.trained.energy if job.trained else None,
            texts=_digest(result.texts),
        )

    @property
    def rows(self) -> int:
        return len(self.labels)

    @property
    def question(self) -> object:
        """What the models beside it were asked as well."""
        return self.run, self.training, self.labels, self.classes


@dataclass(frozen=True, slots=True)
class Foundation:
    """What a zero-shot model did on the same rows, asked with a `template`; otherwise as `Classic`."""

    hits: int
    template: str
    made_by: Provenance
    memory: int | None = None
    disk: int | None = None

    @property
    def question(self) -> tuple[str, str]:
        """Asked again it has its column anew."""
        return self.made_by.model, self.template


@dataclass(frozen=True, slots=True)
class Answers:
    """What the student brought: a note for each fact of the table, and the answer. `rows`, `model` and `template` are
    what stands in the fields, as it was typed; `classic` and `models` what was measured, all on the same rows, and
    `gave_way` which models were measured on them as well, each with its template, and have made room for others.

    `curve` are the points of the labels curve, `setup` is what stands in the fields of the next one.

    `noted` says for which comparison a note was written, by the fact's key, as `notes` has it.
    """

    rows: str = ROWS.default
    model: str = field(default_factory=course_model)
    template: str = TEMPLATE
    version: int = 1
    classic: Classic | None = None
    models: tuple[Foundation, ...] = ()
    gave_way: tuple[tuple[str, str], ...] = ()
    notes: dict[str, str] = field(default_factory=dict)
    noted: dict[str, str] = field(default_factory=dict)
    answer: str = ""
    setup: dict[str, str] = field(default_factory=dict)
    curve: Curve | None = None

    def with_answer(self, answer: str) -> Answers:
        return replace(self, answer=answer)

    def with_note(self, fact: str, note: str) -> Answers:
        return replace(self, notes={**self.notes, fact: note}, noted={**self.noted, fact: self.shown})

    @property
    def shown(self) -> str:
        """Names the classifier and the rows that are compared: another word, another comparison."""
        return f"{self.classic.run} {self.classic.rows}" if self.classic else ""

    @property
    def asked(self) -> tuple[Foundation, ...]:
        """The models that stand beside the classifier."""
        return tuple(one for one in self.models if self.classic and 0 <= one.hits <= self.classic.rows)

    def stale(self) -> set[str]:
        """The facts whose note was written for another comparison."""
        return {fact for fact, note in self.notes.items() if note.strip() and self.noted.get(fact) != self.shown}

    def with_result(self, job: Retest | ZeroShot, result: Retested | Classified) -> Answers:
        """With what one of the flows has done, beside what is known of the others on the same rows."""
        if isinstance(job, Retest) and isinstance(result, Retested):
            classic = Classic.of(job, result)
            same = self.classic is not None and self.classic.question == classic.question
            beside = self if same else Answers()
            return replace(self, classic=classic, models=beside.models, gave_way=beside.gave_way)
        if isinstance(job, ZeroShot) and isinstance(result, Classified) and self.classic is not None:
            return self._with_model(self.classic, job, result)
        return self

    def _with_model(self, classic: Classic, job: ZeroShot, result: Classified) -> Answers:
        if (_digest(job.texts), len(result.texts), job.labels) != (classic.texts, classic.rows, classic.classes):
            return self  # asked of other rows
        hits = _hits(classic.labels, [text.best for text in result.texts])
        model = Foundation(hits, job.template, result.made_by, result.memory, result.disk)
        beside = [*(one for one in self.models if one.question != model.question), model]
        gone = [one.question for one in beside[:-MOST_MODELS]]
        gave_way = (*(one for one in self.gave_way if one != model.question), *gone)
        return replace(self, models=tuple(beside[-MOST_MODELS:]), gave_way=gave_way)

    def with_failure(self, job: object, message: str) -> Answers | None:
        return None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What one comparison asks: the classifier first, for the zero-shot model gets its very rows."""

    retest: Retest
    model: ModelChoice
    template: str = TEMPLATE
    batch_size: int = Asking().batch_size

    def then(self, classic: Retested) -> ZeroShot:
        return ZeroShot(classic.texts, classic.classes, self.template, False, self.model, self.batch_size)


def _digest(texts: Sequence[str]) -> str:
    return hashlib.sha256("\0".join(texts).encode(errors="surrogatepass")).hexdigest()


def _hits(labels: Sequence[int], predicted: Sequence[int | None]) -> int:
    return sum(a == b for a, b in zip(labels, predicted, strict=True))


def tables(answers: Answers, language: str) -> Mapping[str, Table]:
    """That of the comparison, unless there is a labels curve alone, and that of the curve where there is one."""
    drawn = {"labels": labels.table(answers.curve, language)} if answers.curve and answers.curve.points else {}
    noted = any(note.strip() for note in answers.notes.values())
    return drawn if drawn and not (answers.classic or noted) else {"comparison": table(answers, language), **drawn}


def figures(answers: Answers, language: str) -> Sequence[Figure]:
    return [labels.figure(answers.curve, language)] if answers.curve and answers.curve.points else []


def document(answers: Answers, language: str) -> str:
    """As it is handed in: the table, the question and the student's answer, in Markdown."""
    parts = [to_markdown(each, language) for each in tables(answers, language).values()]
    return "\n".join([*parts, *answered(question_of(NUMBER, QUESTION), answers.answer, language)])


def state(answers: Answers) -> State:
    """The course names the comparison as an aim and asks for no table: nothing of it holds anything up."""
    missing = [] if answers.classic else [Text("the comparison", "la comparación")]
    if answers.classic and any(not answers.notes.get(fact, "").strip() for fact in facts(answers)):
        missing.append(Text("the notes", "las notas"))
    if answers.stale():
        missing.append(Text("the notes of this comparison", "las notas de esta comparación"))
    if not answers.answer.strip():
        missing.append(ANSWER)
    synthetic = answers.classic is not None and answers.classic.synthetic
    more = (Text("with synthetic data", "con datos sintéticos"),) if synthetic else ()
    return State(tuple(missing), more, aim=True)


def spent(answers: Answers) -> Energy:
    """What the tests took that stand in the table; that of the training stands with its run."""
    if answers.classic is None:
        return NOTHING
    return total([answers.classic.energy, *(one.made_by.energy for one in answers.asked)])


def begun(answers: Answers) -> bool:
    return bool(answers.classic or answers.answer.strip() or (answers.curve and answers.curve.points))


def jobs(answers: Answers, known: Beside) -> list[Training | OnTestRows]:
    """The training, tested on the rows of the table, and each model on them."""
    if answers.classic is None:
        return []
    of, rows = answers.classic, answers.classic.rows
    run = known.find((of.run,))(of.training)
    # Of a single file other rows would be the last ones.
    has_splits = of.training.has_splits(run.stamp if run else ())
    training = replace(of.training, test_size=rows) if has_splits else of.training
    asked = [OnTestRows(of.training, rows, one.template, model_of(one.made_by)) for one in answers.asked]
    return [training, *asked]


def _printed(answers: Answers) -> list[str]:
    """Of the training the lab has it with the run."""
    if (classic := answers.classic) is None:
        return []
    return ["", *(printed.lines(f"accuracy {one.hits / classic.rows:.3f}") for one in answers.asked)]


EXERCISE = Exercise(
    NUMBER,
    Answers,
    QUESTION,
    guides.guide("flows"),
    tables=lambda answers, known, language: tables(answers, language),
    document=lambda answers, known, language: document(answers, language),
    state=lambda answers, known: state(answers),
    definitions=guides.definitions("flows"),
    begun=begun,
    energy=lambda answers, known: spent(answers),
    jobs=jobs,
    printed=lambda answers, known, language: _printed(answers),
    figures=lambda answers, known, language: figures(answers, language),
)
