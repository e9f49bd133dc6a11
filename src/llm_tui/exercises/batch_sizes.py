"""Exercise 1: the news classifier with several batch sizes, its accuracy and its time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from llm_tui import __version__
from llm_tui.classifier.job import Sweep, Training, TrainingResult
from llm_tui.exercises.state import ANSWER, State, counted
from llm_tui.export.markdown import paragraphs, to_markdown
from llm_tui.export.table import Cell, Column, Measure, Table
from llm_tui.i18n import Text, number

NUMBER = 1

QUESTION = Text(
    "Which batch_size gave you the best balance between stability and time?",
    "¿Qué batch_size equilibró mejor la estabilidad y el tiempo?",
)

GUIDE = Text(
    en="""\
# Exercise 1: the news classifier

**Aim.** Train a small classifier from scratch (the *classic* flow) and see what the batch size does to its accuracy
and to its time.

**Steps**

1. Choose the data: `sample` works at once, but its texts are synthetic; `ag_news` are real news.
2. Keep 10,000 training rows and an embedding size of 128.
3. Train with batch sizes 32, 64 and 128: one run each. `ctrl+r` starts them all.
4. Look at the curves: which one is noisy, which one is still falling at the end?
5. Write a note for each row, and answer the question. `ctrl+e` exports the table.

**What the numbers are.** *accuracy_test* is the share of test rows put into their class. The time is that of the
training loop; reading and tokenizing the texts is done once and not counted. One run proves little: give several
seeds (`0,1,2,3,4`) and the table shows mean ± standard deviation.

**To think about.** With a larger batch an epoch has fewer steps. Is the larger batch worse, or has it only had less
time to learn? Try more epochs, or another learning rate: the table keeps its runs until you put the new ones in their
place (`r`), and `ctrl+z` brings the old ones back.
""",
    es="""\
# Ejercicio 1: el clasificador de noticias

**Objetivo.** Entrenar desde cero un clasificador pequeño (el flujo *clásico*) y ver qué le hace el tamaño de lote a
su exactitud y a su tiempo.

**Pasos**

1. Elija los datos: `sample` funciona al instante, pero sus textos son sintéticos; `ag_news` son noticias reales.
2. Deje 10 000 filas de entrenamiento y 128 como tamaño de embedding.
3. Entrene con lotes de 32, 64 y 128: una ejecución cada uno. `ctrl+r` las lanza todas.
4. Mire las curvas: ¿cuál es ruidosa, cuál sigue bajando al final?
5. Escriba una nota en cada fila y responda la pregunta. `ctrl+e` exporta la tabla.

**Qué son los números.** *accuracy_test* es la proporción de filas de prueba bien clasificadas. El tiempo es el del
bucle de entrenamiento; leer y tokenizar los textos se hace una vez y no se cuenta. Una sola ejecución prueba poco:
indique varias semillas (`0,1,2,3,4`) y la tabla dará media ± desviación típica.

**Para pensar.** Con un lote mayor, una época tiene menos pasos. ¿Es peor el lote mayor, o solo ha tenido menos tiempo
para aprender? Pruebe con más épocas, o con otra tasa de aprendizaje: la tabla conserva sus ejecuciones hasta que usted
ponga las nuevas en su lugar (`r`), y `ctrl+z` repone las de antes.
""",
)

DEFINITIONS = Text(
    en="""\
- **loss**: mean cross-entropy of the rows since the report before, in nats; ln 4 = 1.386 is what guessing among four
  classes gives.
- **accuracy**: share of rows put into their class. In the curves: of the training rows since the report before, each
  seen for the first time in the first epoch. In the table: of the test rows.
- **step**: one batch: forward, backward, one update of the weights.
- **epoch**: every training row once; after each epoch the learning rate is multiplied by 0.9 (StepLR).
- **precision** of a class: of the rows put into it, the share that belongs there. **recall**: of the rows that belong
  there, the share put into it. **F1**: their harmonic mean. **macro F1**: the mean of F1 over the classes.
- **confidence**: the softmax probability of the predicted class.
- **mean ± standard deviation** over seeds: sample standard deviation (n - 1).
""",
    es="""\
- **pérdida** (loss): entropía cruzada media de las filas desde el informe anterior, en nats; ln 4 = 1.386 es la de
  adivinar entre cuatro clases.
- **exactitud** (accuracy): proporción de filas bien clasificadas. En las curvas: de las filas de entrenamiento desde
  el informe anterior, vistas por primera vez en la primera época. En la tabla: de las filas de prueba.
- **paso**: un lote: cálculo hacia delante, hacia atrás y una actualización de los pesos.
- **época**: cada fila de entrenamiento una vez; tras cada época la tasa de aprendizaje se multiplica por 0.9 (StepLR).
- **precisión** de una clase: de las filas asignadas a ella, la proporción que le pertenece. **exhaustividad**
  (recall): de las que le pertenecen, la proporción asignada a ella. **F1**: su media armónica. **F1 macro**: la media
  de F1 entre las clases.
- **confianza**: la probabilidad softmax de la clase predicha.
- **media ± desviación típica** entre semillas: desviación típica muestral (n - 1).
""",
)

COLUMNS = (
    Column("batch_size", Text("batch_size", "batch_size"), numeric=True),
    Column("accuracy_test", Text("accuracy_test", "accuracy_test"), numeric=True, digits=3),
    Column("train_time_s", Text("train_time (s)", "tiempo_train (s)"), numeric=True, digits=2),
    Column("notes", Text("notes", "notas"), editable=True),
)

DIVERGED = Text("diverged", "divergió")


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
    `setup` is what stands in the fields of the next sweep, as it was typed.
    """

    sweep: Sweep | None = None
    setup: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    answer: str = ""
    version: int = 1
    runs: tuple[str, ...] = ()
    latest: Attempt | None = None
    noted: dict[str, tuple[str, ...]] = field(default_factory=dict)

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
    """What is known of one run: its result, or None and whether it diverged. `version` is llm-tui's, `run` its id."""

    job: Training
    result: TrainingResult | None
    diverged: bool = False
    version: str = __version__
    run: str = ""


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
    for size in sweep.batch_sizes:
        of_size = [run for run in runs if run.job.batch_size == size]
        results = [run.result for run in of_size if run.result]
        note = answers.notes.get(str(size), "")
        if str(size) in stale:
            note = f"{OTHER_RUNS.within(language)} {note}"
        elif not note and any(run.diverged for run in of_size):
            note = DIVERGED.within(language)
        rows.append(
            (
                size,
                Measure.of([result.accuracy for result in results]) if results else None,
                Measure.of([result.seconds for result in results]) if results else None,
                note,
            )
        )
    keys = tuple(map(str, sweep.batch_sizes))
    held = {(size, "notes"): answers.notes.get(size, "") for size in keys}
    return Table(COLUMNS, tuple(rows), _footer([run for run in runs if run.result]), keys, held)


def _footer(runs: list[Row]) -> tuple[Text, ...]:
    """What made the numbers above; nothing where there are none."""
    if not runs:
        return ()
    job, results = runs[0].job, [run.result for run in runs if run.result]
    first = results[0]
    synthetic = Text(" (synthetic texts)", " (textos sintéticos)") if first.synthetic else Text("", "")
    seeds = _listed(run.job.seed for run in runs)
    facts = Text(
        "Data: {data}{synthetic}, {train} training and {test} test rows; {tokenizer}; embedding size {dim}; "
        "epochs {epochs}; learning rate {lr}; seed {seeds}; device {device}; torch {torch}; llm-tui {version}.",
        "Datos: {data}{synthetic}, {train} filas de entrenamiento y {test} de prueba; {tokenizer}; tamaño de "
        "embedding {dim}; épocas {epochs}; tasa de aprendizaje {lr}; semilla {seeds}; dispositivo {device}; "
        "torch {torch}; llm-tui {version}.",
    )
    values = {
        "data": first.data_name,
        "train": number(first.train_rows),
        "test": number(first.test_rows),
        "tokenizer": Path(job.tokenizer).name if Path(job.tokenizer).is_absolute() else job.tokenizer,
        "dim": job.embed_dim,
        "epochs": job.epochs,
        "lr": f"{job.lr:g}",
        "seeds": seeds,
        "device": _listed(result.device for result in results),
        "torch": _listed(result.torch for result in results),
        "version": _listed(run.version for run in runs),
    }
    return (facts.format(synthetic=synthetic, **values), *first.notes)


def _listed(values: Iterable[object]) -> str:
    return ", ".join(dict.fromkeys(map(str, values)))


def document(answers: Answers, table: Table, language: str) -> str:
    """The exercise as it is handed in: its table, the guiding question and the student's answer, in Markdown."""
    parts = [to_markdown(table, language)]
    if answers.answer.strip():
        parts += [f"**{QUESTION.within(language)}**\n", paragraphs(answers.answer)]
    return "\n".join(parts)


COURSE_BATCH_SIZES = (32, 64, 128)
COURSE_ROWS = 10_000
COURSE_EMBED_DIM = 128


def state(answers: Answers, find: Find) -> State:
    """The course asks for 10,000 rows, `emsize` 128, the batch sizes 32, 64 and 128, a note of each, and an answer."""
    sweep = answers.sweep
    if sweep is None:
        return State((Text("the training", "el entrenamiento"),))
    runs = [find(job) for job in sweep.runs()]
    results = [run.result for run in runs if run and run.result]
    missing = list(_not_as_asked(sweep, results))
    if unfinished := len(runs) - len(results):
        missing.append(
            counted(
                unfinished,
                Text("a run to finish", "una ejecución por terminar"),
                Text("{n} runs to finish", "{n} ejecuciones por terminar"),
            )
        )
    if any(not answers.notes.get(str(size), "").strip() for size in sweep.batch_sizes):
        missing.append(Text("the notes", "las notas"))
    if answers.stale(find):
        missing.append(Text("the notes of these runs", "las notas de estas ejecuciones"))
    if not answers.answer.strip():
        missing.append(ANSWER)
    synthetic = any(result.synthetic for result in results)
    return State(tuple(missing), (Text("with synthetic data", "con datos sintéticos"),) if synthetic else ())


def _not_as_asked(sweep: Sweep, results: list[TrainingResult]) -> Iterator[Text]:
    """What the sweep itself would have to be."""
    fewest = min((result.train_rows for result in results), default=sweep.base.train_size)
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
