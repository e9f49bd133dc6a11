"""Whether exercise 1 learns as much as the notebook's loop and as fastText: test accuracies over several seeds."""

from __future__ import annotations

import math
import statistics
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from llm_tui.bench import fasttext
from llm_tui.bench.figure import Figure
from llm_tui.classifier.job import Sweep, Training
from llm_tui.engine.job import Context, run_job
from llm_tui.i18n import Text

STANDARD_ERRORS = 2.0

FEW = 8
"""Texts of a batch with which it learns as much as fastText, which takes a step after each text."""


def beside_notebook(base: Training, sizes: Sequence[int], seeds: Sequence[int]) -> Iterator[Figure]:
    """A figure for each batch size. Both draw differently: the same seeds are other weights and another order."""
    from llm_tui.bench.notebook import Notebook

    notebook = Notebook(Path(base.data), base.train_size, base.test_size)
    ours = of_seeds(base, sizes, seeds)
    for size in sizes:
        theirs = [notebook.run(size, seed) for seed in seeds]
        yield Figure(
            what=Text(
                "batch {size}, means of {n} seeds apart, in standard errors",
                "lote {size}, medias de {n} semillas, distancia en errores estándar",
            ).format(size=size, n=len(seeds)),
            reference=Text("the notebook's loop", "el bucle del cuaderno"),
            ours=abs(apart(ours[size], theirs)),
            unit="",
            goal=STANDARD_ERRORS,
            note=Text("accuracy {ours}; its {theirs}", "exactitud {ours}; la suya {theirs}").format(
                ours=spread(ours[size]), theirs=spread(theirs)
            ),
        )


def beside_fasttext(
    job: Training, rates: tuple[float, float, float], seeds: Sequence[int], folder: Path
) -> Iterator[Figure]:
    """As the course trains; with the rate and the gamma that suit it, in the same batches; and in small ones. `rates`
    are fastText's, and the other two.

    What the course's weights begin as, within 0.5 of zero, is noise in the words that come seldom: in batches of 32
    three epochs do not overcome it. fastText's begin at nought or within 1/128 of it.
    """
    its, rate, gamma = rates
    _, theirs = fasttext.apart(job, its, folder)
    suited = replace(job, lr=rate, gamma=gamma)
    for each in (replace(job, lr=Training().lr), suited, replace(suited, batch_size=FEW)):
        (ours,) = of_seeds(each, [each.batch_size], seeds).values()
        yield Figure(
            what=Text(
                "accuracy, batch {batch}, epochs {epochs}, rate {rate}, gamma {gamma}: mean of {n} seeds",
                "exactitud, lote {batch}, épocas {epochs}, tasa {rate}, gamma {gamma}: media de {n} semillas",
            ).format(
                batch=each.batch_size, epochs=each.epochs, rate=f"{each.lr:g}", gamma=f"{each.gamma:g}", n=len(seeds)
            ),
            reference=Text("fastText, rate {rate}", "fastText, tasa {rate}").format(rate=f"{its:g}"),
            ours=statistics.mean(ours),
            theirs=theirs,
            unit="",
            goal=round(theirs, 4) if each == suited else None,
            at_least=True,
            note=Text("{spread}, on {rows} test rows", "{spread}, con {rows} filas de prueba").format(
                spread=spread(ours), rows=each.test_size
            ),
        )


def of_seeds(base: Training, sizes: Sequence[int], seeds: Sequence[int]) -> dict[int, list[float]]:
    """The accuracies of this program, one per seed, for each batch size."""
    context, found = silent(), {size: list[float]() for size in sizes}
    for job in Sweep(replace(base, keep_model=False), tuple(sizes), tuple(seeds)).runs():
        found[job.batch_size].append(run_job(job, context).accuracy)
    return found


def apart(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The difference of two means in units of its standard error."""
    error = math.sqrt(sum(statistics.variance(values) / len(values) for values in (ours, theirs)))
    return (statistics.mean(ours) - statistics.mean(theirs)) / max(error, 1e-9)


def spread(values: Sequence[float]) -> str:
    """Mean and standard deviation."""
    return f"{statistics.mean(values):.4f} ± {statistics.stdev(values):.4f}"


def silent() -> Context:
    """A context for jobs that nobody watches."""
    return Context(0, lambda event: None, threading.Event())
