"""The other half of exercise 1's question: how stable the trainings of each batch size are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llm_tui.classifier.stability import FEWEST_BLOCKS, block_size, roughness
from llm_tui.export.table import Cell, Column, Measure, Table
from llm_tui.i18n import Text, number, tr

if TYPE_CHECKING:
    from llm_tui.exercises.batch_sizes import Answers
    from llm_tui.exercises.contract import Beside

COLUMNS = (
    Column("batch_size", Text("batch_size", "batch_size"), numeric=True),
    Column("seeds", Text("seeds", "semillas"), numeric=True),
    Column("spread", Text("spread", "dispersión"), numeric=True, digits=4),
    Column("roughness", Text("roughness", "rugosidad"), numeric=True),
)

TITLE = Text("Stability", "Estabilidad")


def table(answers: Answers, known: Beside) -> Table | None:
    """A row for each batch size of exercise 1's table; None where nothing of it is known."""
    if answers.sweep is None:
        return None
    find = known.find(answers.runs)
    runs = [found for job in answers.sweep.runs() if (found := find(job)) and found.result]
    curves = [(run.job, known.reports(run.run)) for run in runs]
    block = block_size(curves)
    rows: list[tuple[Cell, ...]] = []
    for size in answers.sweep.batch_sizes:
        of_size = [run for run in runs if run.job.batch_size == size]
        accuracy = Measure.of([run.result.accuracy for run in of_size if run.result]) if of_size else None
        rough = [r for job, told in curves if job.batch_size == size and (r := roughness(job, told, block)) is not None]
        rows.append((size, len(of_size), accuracy and accuracy.std, Measure.of(rough) if rough else None))
    if not any(cell is not None for *_, spread, rough in rows for cell in (spread, rough)):
        return None
    return Table(COLUMNS, tuple(rows), _footer(block), title=TITLE)


def unknown() -> str:
    """Why there is no table, in a sentence."""
    return tr(
        f"There is no figure of stability: train with several seeds, or for at least {FEWEST_BLOCKS} batches.",
        f"No hay cifra de estabilidad: entrene con varias semillas, o durante al menos {FEWEST_BLOCKS} lotes.",
    )


def _footer(block: int) -> tuple[Text, ...]:
    said = Text(
        "Spread: standard deviation of the test accuracy over the seeds (n - 1). Roughness: standard deviation of the "
        "mean training loss of {block} examples about its own trend, in nats; the same number of examples for every "
        "batch size. Less is steadier.",
        "Dispersión: desviación típica de la exactitud en prueba entre las semillas (n - 1). Rugosidad: desviación "
        "típica de la pérdida media de {block} ejemplos respecto de su propia tendencia, en nats; el mismo número de "
        "ejemplos para todos los lotes. Menos es más estable.",
    )
    return (said.format(block=number(block)),)
