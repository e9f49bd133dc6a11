"""What a finished training measured, as lines to read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from textual.content import Content

from llm_tui.classifier.job import BASIC_ENGLISH, Mistake, Prediction, Training, TrainingResult
from llm_tui.classifier.stability import Curve, block_size, roughness
from llm_tui.exercises.counts import or_dash
from llm_tui.exercises.looks import Looks
from llm_tui.export.table import Cell, Column, Table
from llm_tui.i18n import Text, tr
from llm_tui.keys import spoken
from llm_tui.lab.runs import Point, Run
from llm_tui.visible import visible
from llm_tui.widgets.table_view import table_content

BAR = 24


def run_content(run: Run | None, room: int = 0, cell: tuple[int, int] | None = None) -> Content:
    """What a run measured, but for its mistakes, in `room` columns; what to do where none has."""
    if run is None:
        return Content(
            tr(
                f"No run has finished yet: {spoken('run')} trains.",
                f"Aún no ha terminado ninguna ejecución: {spoken('run')} entrena.",
            )
        )
    line = (" ".join(visible(run.line()).split()), "bold")
    if run.result is None:
        return Content.assemble(line, "\n", visible(run.why()))
    return Content.assemble(line, "\n", evaluation_content(run.result, room, cell))


Points = Mapping[str, Sequence[Point]]
"""The reports of runs by their ids."""


def runs_content(runs: Sequence[Run], points: Points, looks: Looks, room: int = 0) -> Content:
    """Those of the marked runs that have a result side by side, in `room` columns; how to mark some where none has.
    The pinned one comes first.
    """
    runs = sorted(runs, key=lambda run: run.id != looks.pin)
    compared = [(run.job, run.result) for run in runs if run.result]
    if compared:
        told = [[(p.step, p.loss, p.accuracy) for p in points.get(run.id, ())] for run in runs if run.result]
        names = [looks.names.get(run.id, "") for run in runs if run.result]
        return comparison_content(compared, told, room, names)
    return Content(
        tr(
            "Mark runs with the space bar in the list of runs to compare them here.",
            "Marque ejecuciones con la barra espaciadora en la lista para compararlas aquí.",
        )
    )


def compare_content(runs: Sequence[Run], points: Points, steady: Table | None, looks: Looks, room: int = 0) -> Content:
    """The marked runs side by side, and how stable those of the exercise's table are."""
    compared = runs_content(runs, points, looks, room)
    if steady is None or steady.title is None:
        return compared
    stable = Content("\n").join(
        [
            Content.styled(str(steady.title), "bold $accent"),
            table_content(steady, _language(), room),
            Content.styled(" ".join(str(sentence) for sentence in steady.footer), "$text-muted"),
        ]
    )
    marked_first = [compared, stable] if any(run.result for run in runs) else [stable, compared]
    return Content("\n\n").join(marked_first)


def evaluation_content(result: TrainingResult, room: int = 0, cell: tuple[int, int] | None = None) -> Content:
    """Confusion matrix with the scores of each class, in `room` columns; `cell`, (true, predicted), is pointed at."""
    share = result.unknown
    unknown = Text("", "")
    if share is not None:
        unknown = Text(", unknown {share}", ", desconocidas {share}").format(share=_percent(share))
    head = tr(
        f"{result.test_rows} test rows, accuracy {result.accuracy:.3f}, loss {result.test_loss:.3f}, "
        f"vocabulary {result.vocabulary_size}{unknown.en}",
        f"{result.test_rows} filas de prueba, exactitud {result.accuracy:.3f}, pérdida {result.test_loss:.3f}, "
        f"vocabulario {result.vocabulary_size}{unknown.es}",
    )
    parts = [
        Content.styled(tr("Confusion matrix (rows: true class)", "Matriz de confusión (filas: clase verdadera)"),
                       "bold $accent"),
        table_content(_confusion(result, cell), _language(), room),
        Content(f"\n{head}"),
        Content.styled(f"\n{mistakes_head(result, cell)}", "bold $accent"),
    ]  # fmt: skip
    return Content("\n").join(parts)


def mistakes_head(result: TrainingResult, cell: tuple[int, int] | None) -> str:
    """Which mistakes are listed below."""
    if cell is None:
        return tr("Most confident mistakes", "Errores con más confianza")
    true, predicted = (visible(result.classes[i]) for i in cell)
    count, listed = result.confusion[cell[0]][cell[1]], len(mistakes_of(result, cell))
    return tr(f"{true} taken for {predicted}: {count}, the {listed} most confident",
              f"{true} tomada por {predicted}: {count}, los {listed} con más confianza")  # fmt: skip


MOST_LISTED = 20
"""Of the mistakes of all cells: a run keeps some more, so that each cell has some."""


def mistakes_of(result: TrainingResult, cell: tuple[int, int] | None) -> Sequence[Mistake]:
    """Those of a cell of the matrix, (true, predicted), or the most confident of all."""
    if cell is None:
        return result.mistakes[:MOST_LISTED]
    return [mistake for mistake in result.mistakes if (mistake.label, mistake.predicted) == cell]


def confusions(result: TrainingResult) -> list[tuple[int, int]]:
    """The cells of the matrix that hold mistakes, (true, predicted), the most frequent first."""
    cells = [(i, j) for i, row in enumerate(result.confusion) for j, count in enumerate(row) if i != j and count]
    return sorted(cells, key=lambda cell: -result.confusion[cell[0]][cell[1]])


def comparison_content(
    runs: Sequence[tuple[Training, TrainingResult]], told: Sequence[Curve], room: int = 0, names: Sequence[str] = ()
) -> Content:
    """The marked runs side by side: in what they differ, and what came of it; `told` are their reports. In `room`
    columns: where so many runs have no room beside each other, they stand below each other.
    """
    curves = [(job, curve) for (job, _), curve in zip(runs, told, strict=True)]
    block = block_size(curves)
    asked: list[tuple[Text, list[Cell]]] = [
        (Text("data", "datos"), [result.data_name for _, result in runs]),
        (Text("train rows", "filas de entrenamiento"), [result.train_rows for _, result in runs]),
        (Text("tokenizer", "tokenizador"), [Path(job.tokenizer).name for job, _ in runs]),
        (Text("vocabulary of", "vocabulario de"), [_vocabulary(job) for job, _ in runs]),
        (Text("embedding", "embedding"), [job.embed_dim for job, _ in runs]),
        (Text("epochs", "épocas"), [job.epochs for job, _ in runs]),
        (Text("learn. rate", "tasa apr."), [f"{job.lr:g}" for job, _ in runs]),
        (Text("decay", "decaimiento"), [f"{job.gamma:g}" for job, _ in runs]),
        (Text("shuffle", "barajar"), [tr("yes", "sí") if job.shuffle else "no" for job, _ in runs]),
        (Text("device", "dispositivo"), [result.device for _, result in runs]),
    ]
    measured: list[tuple[Text, list[Cell]]] = [
        (Text("accuracy", "exactitud"), [result.accuracy for _, result in runs]),
        (Text("loss", "pérdida"), [result.test_loss for _, result in runs]),
        (Text("macro F1", "F1 macro"), [result.macro_f1() for _, result in runs]),
        (Text("time (s)", "tiempo (s)"), [result.seconds for _, result in runs]),
        (Text("roughness", "rugosidad"), [roughness(job, curve, block) for job, curve in curves]),
        (Text("vocabulary", "vocabulario"), [result.vocabulary_size for _, result in runs]),
        (Text("unknown words", "desconocidas"), [_percent(result.unknown) for _, result in runs]),
    ]
    if any(names):  # a name stands where batch size and seed would
        asked = [
            (Text("batch size", "tamaño de lote"), [job.batch_size for job, _ in runs]),
            (Text("seed", "semilla"), [job.seed for job, _ in runs]),
            *asked,
        ]
    same = [(name, cells[0]) for name, cells in asked if len(set(cells)) == 1]
    shown = [(name, cells) for name, cells in asked if len(set(cells)) > 1] + measured
    heads = [f"b{job.batch_size} s{job.seed}" for job, _ in runs]
    heads = [visible(name) or head for name, head in zip(names or heads, heads, strict=True)]
    columns = [Column(str(i), Text(head, head), numeric=True) for i, head in enumerate(heads)]
    table = Table(
        (Column("fact", Text("run", "ejecución")), *columns), tuple((str(name), *cells) for name, cells in shown)
    )
    equal = "\n".join(f"{name} {visible(str(value))}" for name, value in same)
    return Content.assemble(
        table_content(table, _language(), room, sideways=True),
        "\n\n",
        tr("The same in all:", "Igual en todas:"),
        "\n",
        equal,
    )


def _vocabulary(job: Training) -> str:
    """Whose words it has."""
    if job.tokenizer != BASIC_ENGLISH:
        return tr("the tokenizer", "el tokenizador")
    return tr("the split", "la partición") if job.whole_split else tr("the rows", "las filas")


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"


def prediction_content(classes: Sequence[str], prediction: Prediction) -> Content:
    """The class probabilities as bars, and the words that the model has never seen."""
    width = max(len(visible(name)) for name in classes)
    best = max(prediction.probabilities)
    lines = []
    for name, probability in zip(classes, prediction.probabilities, strict=True):
        full = round(probability * BAR)
        bar = "█" * full + "░" * (BAR - full)
        line = f"{visible(name).ljust(width)}  {bar}  {probability:.3f}"
        lines.append(Content.styled(line, "bold" if probability == best else ""))
    if prediction.unknown:
        listed = visible(", ".join(dict.fromkeys(prediction.unknown)))
        lines.append(
            Content(
                tr(
                    f"{len(prediction.unknown)} of {prediction.words} words are not in the vocabulary: {listed}",
                    f"{len(prediction.unknown)} de {prediction.words} palabras no están en el vocabulario: {listed}",
                )
            )
        )
    return Content("\n").join(lines)


def _language() -> str:
    return tr("en", "es")


def _confusion(result: TrainingResult, cell: tuple[int, int] | None) -> Table:
    """A row for each true class: how many of it were given to each class, then its precision, recall and F1. An arrow
    points at a cell.
    """
    predicted = [visible(name) for name in result.classes]
    columns = (
        Column("class", Text("", "")),
        *(Column(f"predicted {name}", Text(name, name), numeric=True) for name in predicted),
        Column("precision", Text("precision", "precisión"), numeric=True),
        Column("recall", Text("recall", "exhaustividad"), numeric=True),
        Column("f1", Text("F1", "F1"), numeric=True),
    )
    counted: list[list[Cell]] = [list(counts) for counts in result.confusion]
    if cell:
        counted[cell[0]][cell[1]] = f"›{result.confusion[cell[0]][cell[1]]}"
    scored = zip(predicted, counted, result.per_class(), strict=True)
    rows: list[tuple[Cell, ...]] = [(name, *counts, *map(or_dash, s.scores)) for name, counts, s in scored]
    return Table(columns, tuple(rows))


MOST_SHOWN = 400
"""Characters of a mistake."""


def mistake_content(result: TrainingResult, mistake: Mistake, here: bool = False) -> Content:
    """One line, with an arrow where the cursor is on it."""
    text = " ".join(mistake.text.split())
    shown = text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"
    return Content.assemble(
        "› " if here else "  ",
        (f"{mistake.confidence:.3f} ", "bold"),
        tr("true ", "verdadera "),
        (visible(result.classes[mistake.label]), "bold"),
        tr(", predicted ", ", predicha "),
        (visible(result.classes[mistake.predicted]), "bold"),
        f": {visible(shown)}",
    )
