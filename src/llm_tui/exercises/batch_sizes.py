"""Exercise 1: the news classifier with several batch sizes, its accuracy and its time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from llm_tui import __version__
from llm_tui.classifier.job import Sweep, Training, TrainingResult
from llm_tui.engine.energy import Energy, total
from llm_tui.exercises import guides, printed, stability, trained_with
from llm_tui.exercises.contract import Beside, Exercise, answered, question_of
from llm_tui.exercises.looks import Looks
from llm_tui.exercises.state import ANSWER, State, counted
from llm_tui.export import energy
from llm_tui.export.figure import Curves, Figure, Matrix, Series
from llm_tui.export.markdown import to_markdown
from llm_tui.export.table import Cell, Column, Measure, Table
from llm_tui.i18n import Text, number
from llm_tui.marks import Later

NUMBER = 1

QUESTION = Text(
    "Which batch_size gave you the best balance between stability and time?",
    "¿Qué batch_size equilibró mejor la estabilidad y el tiempo?",
)

GUIDE = guides.guide("batch_sizes")

DEFINITIONS = guides.definitions("batch_sizes")

COLUMNS = (
    Column("batch_size", Text("batch_size", "batch_size"), numeric=True),
    Column("accuracy_test", Text("accuracy_test", "accuracy_test"), numeric=True, digits=3),
    Column("train_time_s", Text("train_time (s)", "tiempo_train (s)"), numeric=True, digits=2),
    Column("notes", Text("notes", "notas"), editable=True),
)

DIVERGED = Text("diverged", "divergió")


OF_THE_LOOP = Text("of the training loop alone, as the time is", "del bucle de entrenamiento solo, como el tiempo")

OTHER_RUNS = Text("(other runs)", "(otras ejecuciones)")


@dataclass(frozen=True, slots=True)
class Attempt:
    """A sweep that was begun. `before` are the ids of the runs which there were of it and that it does anew."""

    sweep: Sweep
    before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answers:
    """What the student brought: the runs that the table shows, a note per batch size, the answer to the question.

    The table shows those of `sweep`. `runs` are their ids, by which the table keeps them; a training of the sweep that
    has none among them takes its newest run. `latest` is the sweep that was begun last: its runs come into the table
    when the table is empty, or when the student takes them.

    `notes` has the batch size as its key, as JSON wants it: in text. `noted` says for which runs a note was written.
    `setup` is what stands in the fields of the next sweep, as it was typed. `energy` asks for a column that the course
    does not. `looks` are the names of the runs, and which are drawn.
    """

    sweep: Sweep | None = None
    setup: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    answer: str = ""
    version: int = 1
    runs: tuple[str, ...] = ()
    latest: Attempt | None = None
    noted: dict[str, tuple[str, ...]] = field(default_factory=dict)
    energy: Later[bool] = False
    looks: Later[Looks] = field(default_factory=Looks)

    def with_answer(self, answer: str) -> Answers:
        return replace(self, answer=answer)

    def with_note(self, batch_size: str, note: str, find: Find) -> Answers:
        """The note is for the runs that the row shows now."""
        shown = _runs(self, find).get(batch_size, ())
        return replace(self, notes={**self.notes, batch_size: note}, noted={**self.noted, batch_size: shown})

    def pinned(self, find: Find) -> Answers:
        """With the runs that the table shows now as those that it keeps, and that its notes are for."""
        shown = _runs(self, find)
        noted = {size: runs for size, runs in shown.items() if self.notes.get(size) and not self.noted.get(size)}
        return replace(self, runs=tuple(run for runs in shown.values() for run in runs), noted={**self.noted, **noted})

    def stale(self, find: Find) -> list[str]:
        """The batch sizes whose note was written for other runs than the row shows."""
        return [
            size
            for size, runs in _runs(self, find).items()
            if runs and self.notes.get(size) and not set(self.noted.get(size, ())) <= set(runs)
        ]


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of one run: its result, or None and whether it diverged. `version` is llm-tui's, `run` its id,
    `stamp` that of its data.
    """

    job: Training
    result: TrainingResult | None
    diverged: bool = False
    version: str = __version__
    run: str = ""
    stamp: tuple[tuple[str, int, int], ...] = ()


Find = Callable[[Training], Row | None]
"""Looks a training up among the runs of the lab; None where it has not come to an end."""


def _runs(answers: Answers, find: Find) -> dict[str, tuple[str, ...]]:
    """The ids of the runs in each row of the table, by batch size."""
    shown: dict[str, tuple[str, ...]] = {}
    for job in answers.sweep.runs() if answers.sweep else ():
        row, size = find(job), str(job.batch_size)
        shown[size] = (*shown.get(size, ()), *((row.run,) if row else ()))
    return shown


def table(answers: Answers, find: Find, language: str = "es") -> Table:
    """One row per batch size of the sweep; mean and standard deviation where several seeds have finished.

    `language` is that of the words which stand in cells of their own accord.
    """
    sweep = answers.sweep or Sweep(Training())
    runs = [found for job in sweep.runs() if (found := find(job))]
    stale = answers.stale(find)
    rows: list[tuple[Cell, ...]] = []
    energies = []
    for size in sweep.batch_sizes:
        of_size = [run for run in runs if run.job.batch_size == size]
        results = [run.result for run in of_size if run.result]
        energies.append([result.energy for result in results])
        note = answers.notes.get(str(size), "")
        if str(size) in stale:
            note = f"{OTHER_RUNS.within(language)} {note}"
        said = [own.within(language) for own in _own_note(of_size, len(sweep.seeds), bool(note))]
        rows.append(
            (
                size,
                Measure.of([result.accuracy for result in results]) if results else None,
                Measure.of([result.seconds for result in results]) if results else None,
                " ".join(filter(None, [*said, note])),
            )
        )
    keys = tuple(map(str, sweep.batch_sizes))
    held = {(size, "notes"): answers.notes.get(size, "") for size in keys}
    plain = Table(COLUMNS, tuple(rows), trained_with.sentences([run for run in runs if run.result]), keys, held)
    return energy.with_column(plain, 3, energies, OF_THE_LOOP) if answers.energy else plain


def _own_note(runs: Sequence[Row], seeds: int, noted: bool) -> Iterator[Text]:
    """What a row says of its own accord: how many of its seeds its figures are of, where that is not all of them; where
    there are none that it diverged, unless the student says something better.
    """
    finished, diverged = sum(run.result is not None for run in runs), sum(run.diverged for run in runs)
    if 0 < finished < seeds:
        one, several = Text("; 1 diverged", "; 1 divergió"), Text("; {n} diverged", "; {n} divergieron")
        more = counted(diverged, one, several) if diverged else Text("", "")
        said = Text("({k} of {n} seeds{more})", "({k} de {n} semillas{more})")
        yield said.format(k=finished, n=seeds, more=more)
    elif diverged and not finished and not noted:
        yield DIVERGED


def tables(answers: Answers, known: Beside, language: str = "es") -> dict[str, Table]:
    """The exercise's table, and that of stability where it is known."""
    steady = stability.table(answers, known)
    found = {"batch_sizes": table(answers, known.find(answers.runs), language)}
    return {**found, "stability": steady} if steady else found


def document(answers: Answers, known: Beside, language: str) -> str:
    """The exercise as it is handed in: its tables, the guiding question and the student's answer, in Markdown."""
    parts = [to_markdown(table, language) for table in tables(answers, known, language).values()]
    return "\n".join([*parts, *answered(question_of(NUMBER, QUESTION), answers.answer, language)])


COURSE_BATCH_SIZES = (32, 64, 128)
COURSE_ROWS = 10_000
COURSE_EMBED_DIM = 128


def state(answers: Answers, find: Find) -> State:
    """The course asks for 10,000 rows, `emsize` 128, a run of each of the batch sizes 32, 64 and 128, and an answer.
    Other runs, and notes, hold nothing up.
    """
    sweep = answers.sweep
    if sweep is None:
        return State((Text("the training", "el entrenamiento"),))
    runs = [find(job) for job in sweep.runs()]
    results = [run for run in runs if run and run.result]
    missing, optional = list(asked_for(sweep, [run for run in runs if run])), []
    asked = len(_untrained(sweep, results))
    if more := len(runs) - len(results) - asked:
        optional.append(_to_finish(more))
    if any(not answers.notes.get(str(size), "").strip() for size in sweep.batch_sizes):
        optional.append(Text("the notes", "las notas"))
    if answers.stale(find):
        optional.append(Text("the notes of these runs", "las notas de estas ejecuciones"))
    if not answers.answer.strip():
        missing.append(ANSWER)
    synthetic = any(run.result.synthetic for run in results if run.result)
    said = (Text("with synthetic data", "con datos sintéticos"),) if synthetic else ()
    return State(tuple(missing), said, tuple(optional))


def _to_finish(n: int) -> Text:
    several = Text("{n} runs to finish", "{n} ejecuciones por terminar")
    return counted(n, Text("a run to finish", "una ejecución por terminar"), several)


def asked_for(sweep: Sweep, runs: Sequence[Row]) -> Iterator[Text]:
    """What the course asks for and this sweep with these of its runs is not, or has not."""
    yield from not_as_asked(sweep, runs)
    if left := _untrained(sweep, runs):
        yield _to_finish(len(left))


def _untrained(sweep: Sweep, runs: Sequence[Row]) -> set[int]:
    """The batch sizes of the sweep that the course asks for and no run has measured."""
    return set(COURSE_BATCH_SIZES) & set(sweep.batch_sizes) - {run.job.batch_size for run in runs if run.result}


def not_as_asked(sweep: Sweep, runs: Sequence[Row]) -> Iterator[Text]:
    """What the sweep itself would have to be."""
    fewest = min((run.result.train_rows for run in runs if run.result), default=sweep.base.train_size)
    if round(fewest, -3) < COURSE_ROWS:  # the course says «~10 k»
        said = Text("{asked} training rows (there are {n})", "{asked} filas de entrenamiento (hay {n})")
        yield said.format(asked=number(COURSE_ROWS), n=number(fewest))
    if sweep.base.embed_dim != COURSE_EMBED_DIM:
        said = Text("embedding size {asked} (it is {n})", "tamaño de embedding {asked} (es {n})")
        yield said.format(asked=COURSE_EMBED_DIM, n=sweep.base.embed_dim)
    if left := [size for size in COURSE_BATCH_SIZES if size not in sweep.batch_sizes]:
        listed = ", ".join(map(str, left))
        one, several = Text("the batch size {s}", "el lote de {s}"), Text("the batch sizes {s}", "los lotes de {s}")
        yield (one if len(left) == 1 else several).format(s=listed)


def spent(answers: Answers, find: Find) -> Energy:
    """What the runs of the table took."""
    runs = [find(job) for job in answers.sweep.runs()] if answers.sweep else []
    return total(run.result.energy for run in runs if run and run.result)


def figures(answers: Answers, known: Beside, language: str) -> list[Figure]:
    """The curves of the table's runs, one colour a batch size, and what the most accurate one of them confused."""
    find = known.find(answers.runs)
    shown, sweep = table(answers, find, language), answers.sweep
    found = [row for job in sweep.runs() if (row := find(job))] if sweep else []
    told = [(row, reports) for row in found if (reports := known.reports(row.run))]
    made: list[Figure] = [
        Curves(title, STEPS, y, tuple(_series(answers, told, place)), low, high, beside=shown, where=STEP)
        for title, y, place, low, high in (
            (Text("Loss by batch size", "Pérdida por batch_size"), LOSS, 1, 0.0, None),
            (Text("Accuracy by batch size", "Exactitud por batch_size"), ACCURACY, 2, 0.0, 1.0),
        )
        if told
    ]
    best = max(
        (row for row in found if row.result), key=lambda row: row.result.accuracy if row.result else 0, default=None
    )
    if best and best.result and len(best.result.classes) <= MOST_CLASSES:
        title = Text("Confusion matrix of the test rows: batch_size {size}, seed {seed}",
                     "Matriz de confusión de las filas de prueba: batch_size {size}, semilla {seed}")  # fmt: skip
        classes, job = best.result.classes, best.job
        named = title.format(size=job.batch_size, seed=job.seed)
        made.append(Matrix(named, classes, classes, best.result.confusion, beside=shown))
    return made


def _series(
    answers: Answers, told: list[tuple[Row, Sequence[tuple[int, float, float]]]], place: int
) -> Iterator[Series]:
    """The runs that told something on their way; only the first of a batch size is in the legend, and those that
    a person has named.
    """
    sizes = answers.sweep.batch_sizes if answers.sweep else ()
    named: set[int] = set()
    for row, reports in told:
        size = row.job.batch_size
        name = answers.looks.names.get(row.run) or ("" if size in named else str(size))
        named.add(size)
        yield Series(name, [(float(report[0]), float(report[place])) for report in reports], sizes.index(size))


STEPS, LOSS, ACCURACY = Text("step", "paso"), Text("loss", "pérdida"), Text("accuracy", "exactitud")
STEP = Text("step {x}", "el paso {x}")

MOST_CLASSES = 8
"""That a matrix on paper has room for."""

EXERCISE = Exercise(
    NUMBER,
    Answers,
    QUESTION,
    GUIDE,
    tables=tables,
    document=document,
    state=lambda answers, known: state(answers, known.find(answers.runs)),
    definitions=DEFINITIONS,
    own_is_asked=True,
    begun=lambda answers: answers.sweep is not None,
    energy=lambda answers, known: spent(answers, known.find(answers.runs)),
    figures=figures,
    jobs=lambda answers, known: (answers.sweep,) if answers.sweep else (),
    printed=lambda answers, known, language: (
        printed.rows(table(answers, known.find(answers.runs), language), 3, language),
    ),
)
