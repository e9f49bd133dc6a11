"""One point of the labels curve is measured: the rows are read, some are drawn, and a method gets to work."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import cast

from llm_tui.classifier.data import Dataset, Split, load
from llm_tui.engine.job import Context, run_job
from llm_tui.errors import NotTaken, UserError
from llm_tui.foundation.facts import place
from llm_tui.foundation.job import PROMPT, Generate, Generated, Settings
from llm_tui.foundation.labels_job import Classified, ZeroShot
from llm_tui.i18n import tr
from llm_tui.labels.job import (
    BATCH,
    CLASSIC,
    DECAY,
    EPOCHS,
    FEW_SHOT,
    PROBE,
    RATE,
    STEPS,
    ZERO_SHOT,
    Measure,
    Point,
    drawn,
)

ANSWER = Settings(max_new_tokens=12)


@dataclass(frozen=True, slots=True)
class Found:
    """The classes that a method gave the test rows, or None where it could not be asked; and where it worked."""

    predicted: Sequence[int | None] | None
    device: str
    cut: int = 0


def measure(job: Measure, context: Context) -> Point:
    """
    Raises:
        UserError: the data or a model is not what it should be.
    """
    rows = _rows(job, context)
    taken = drawn(rows.train.labels, job.count, job.seed)
    examples = Split([rows.train.texts[i] for i in taken], [rows.train.labels[i] for i in taken])
    began = time.perf_counter()
    lacking = len(taken) < job.count  # where there are fewer rows than were asked for, nobody learns from so many
    found = Found(None, "") if lacking else _METHODS[job.method](job, rows, examples, context)
    seconds = time.perf_counter() - began
    hits = None
    if found.predicted is not None:
        hits = sum(a == b for a, b in zip(rows.test.labels, found.predicted, strict=True))
    return Point(
        job.method, job.count, job.seed, hits, len(rows.test.labels), len(rows.train.labels), len(rows.classes),
        rows.name, rows.synthetic, seconds, found.device, found.cut,
    )  # fmt: skip


def _rows(job: Measure, context: Context) -> Dataset:
    """Read once for all points.

    Raises:
        UserError: they are not those of the other points.
    """
    key = ("labelled rows", job.data, job.data.stamp())
    known: Dataset | None = context.models.find(key)
    if known is None:
        context.progress(0, 0, tr("reading the data", "leyendo los datos"))
        known = load(job.data, context, up_to=True)
        context.models.keep(key, known, most=1)
    if job.stamp not in (None, job.data.stamp()):  # asked after the reading, for a file may change meanwhile
        data = job.data.data
        raise UserError(
            tr(
                f"The data {data} have changed since this labels curve began, and its points are of the rows before: "
                "run it again, and it begins anew.",
                f"Los datos {data} cambiaron desde que empezó esta curva de etiquetas, y sus puntos son de las filas "
                "de antes: ejecútela otra vez y empezará de nuevo.",
            )
        )
    return known


def _classic(job: Measure, rows: Dataset, examples: Split, context: Context) -> Found:
    from llm_tui.labels.scratch import predicted

    steps = math.ceil(len(examples.labels) / BATCH)
    epochs = max(EPOCHS, math.ceil(STEPS / steps))
    training = replace(job.data, batch_size=BATCH, epochs=epochs, gamma=DECAY ** (1 / epochs), lr=RATE, seed=job.seed)
    return Found(*predicted(training, examples, rows.test, len(rows.classes), context))


def _probe(job: Measure, rows: Dataset, examples: Split, context: Context) -> Found:
    from llm_tui.labels.probe import predicted

    assert job.model is not None
    key = (job.data, job.data.stamp())
    taken = drawn(rows.train.labels, job.count, job.seed)
    return Found(*predicted(job.model, key, rows, taken, job.batch_size, job.title(), context))


def _zero_shot(job: Measure, rows: Dataset, examples: Split, context: Context) -> Found:
    assert job.model is not None
    asked = ZeroShot(tuple(rows.test.texts), rows.classes, job.template, False, job.model, job.batch_size)
    done: Classified = run_job(asked, context)
    return Found([text.best for text in done.texts], done.made_by.device)


def _few_shot(job: Measure, rows: Dataset, examples: Split, context: Context) -> Found:
    """Asked of the longest text first: where the examples do not fit before it, that is the end of the line."""
    assert job.model is not None
    asked = "\n\n".join([_INSTRUCTION.format(classes=", ".join(rows.classes)), "{text}"])
    pairs = tuple((asked.replace("{text}", text), rows.classes[label])
                  for text, label in zip(examples.texts, examples.labels, strict=True))  # fmt: skip
    texts = tuple(asked.replace("{text}", text) for text in rows.test.texts)
    longest = Generate(PROMPT, (max(texts, key=len),), job.model, ANSWER, 1, pairs)
    first = _first(longest, context.silent())
    if first is None or any(answer.cut for answer in first.answers):
        return Found(None, "")
    done: Generated = run_job(replace(longest, texts=texts, batch_size=job.batch_size), context)
    if done.broken:  # of half an answer nobody knows what it names
        raise UserError(done.broken)
    if any(answer.cut for answer in done.answers):  # what has the most characters need not have the most pieces
        return Found(None, "")
    return Found([named(answer.text, rows.classes) for answer in done.answers], done.made_by.device)


def _first(longest: Generate, context: Context) -> Generated | None:
    """None where it is the examples that keep the text from being asked. What may pass, as lack of memory or a busy
    server, says nothing of them.
    """
    try:
        return cast(Generated, run_job(longest, context))
    except NotTaken:
        if not longest.examples:
            raise
        run_job(replace(longest, examples=()), context)
        return None


_INSTRUCTION = "Which of these topics is the text about: {classes}? Answer with the topic alone."


def named(answer: str, classes: Sequence[str]) -> int | None:
    """The class that an answer names first as whole words, of several there the longest (Sci/Tech, not Sci); None where
    it names none.
    """
    places = ((place(answer, name), -len(name), number) for number, name in enumerate(classes))
    found = [(at, length, number) for at, length, number in places if at is not None]
    return min(found)[-1] if found else None


_METHODS: dict[str, Callable[[Measure, Dataset, Split, Context], Found]] = {
    CLASSIC: _classic, PROBE: _probe, ZERO_SHOT: _zero_shot, FEW_SHOT: _few_shot,
}  # fmt: skip
