"""What the trainings of a table were made with, in the sentences below it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from llm_tui.classifier.job import BASIC_ENGLISH, Training, TrainingResult
from llm_tui.i18n import Text, number

if TYPE_CHECKING:
    from llm_tui.exercises.batch_sizes import Row


_COMMA, _SEMICOLON = Text(", ", ", "), Text("; ", "; ")


def sentences(runs: Sequence[Row]) -> tuple[Text, ...]:
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
    said = facts.format(synthetic=synthetic, **values)
    return (said, *_devices(runs), *vocabulary(job, first), *first.notes)


def _devices(runs: Sequence[Row]) -> Iterator[Text]:
    """Which runs ran where, where that was not on one device: `auto` takes the one that there is."""
    ran: dict[str, dict[int, list[int]]] = {}
    for run in runs:
        if run.result:
            ran.setdefault(run.result.device, {}).setdefault(run.job.batch_size, []).append(run.job.seed)
    if len(ran) < 2:
        return
    of_size = Text("batch_size {size} (seed {seeds})", "batch_size {size} (semilla {seeds})")
    where = []
    for device, sizes in ran.items():
        each = [of_size.format(size=size, seeds=_listed(seeds)) for size, seeds in sizes.items()]
        where.append(Text("{device}: {runs}", "{device}: {runs}").format(device=device, runs=_COMMA.join(each)))
    yield Text(
        "The times of different devices do not compare: {where}.",
        "Los tiempos de dispositivos distintos no se comparan: {where}.",
    ).format(where=_SEMICOLON.join(where))


def vocabulary(job: Training, result: TrainingResult) -> Iterator[Text]:
    """Whose words were known, and how many of the test rows were not; runs of earlier versions do not say it."""
    if result.unknown is None:
        return
    if job.tokenizer != BASIC_ENGLISH:
        said = Text(
            "Vocabulary: the {n} pieces of the tokenizer; of the pieces of the test rows {share} % are unknown.",
            "Vocabulario: las {n} piezas del tokenizador; de las piezas de las filas de prueba, el {share} % son "
            "desconocidas.",
        )
    elif job.whole_split:
        said = Text(
            "Vocabulary: {n} words, of the whole train split; of the words of the test rows {share} % are unknown.",
            "Vocabulario: {n} palabras, de toda la partición de entrenamiento; de las palabras de las filas de prueba, "
            "el {share} % son desconocidas.",
        )
    else:
        said = Text(
            "Vocabulary: {n} words, of the training rows taken; of the words of the test rows {share} % are unknown.",
            "Vocabulario: {n} palabras, de las filas de entrenamiento tomadas; de las palabras de las filas de prueba, "
            "el {share} % son desconocidas.",
        )
    yield said.format(n=number(result.vocabulary_size), share=f"{100 * result.unknown:.1f}")


def _listed(values: Iterable[object]) -> str:
    return ", ".join(dict.fromkeys(map(str, values)))
