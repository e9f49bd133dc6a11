"""How much each word had to do with one piece of an answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from llm_tui.attribution.embeddings import stoppable
from llm_tui.attribution.job import GRADIENT, INTEGRATED, OCCLUSION, Attribution
from llm_tui.attribution.methods import Question, gradient_times_input, integrated_gradients, mask_of
from llm_tui.attribution.piece_job import PieceAttribution, PieceExplained
from llm_tui.attribution.written import read_of, row_of
from llm_tui.engine.job import Context
from llm_tui.errors import UserError
from llm_tui.foundation.decoding import no_numbers
from llm_tui.foundation.loading import load
from llm_tui.foundation.purpose import GENERATE
from llm_tui.i18n import tr


def explain(job: PieceAttribution, context: Context) -> PieceExplained:
    """What each method says of the words that stood before a piece, asked in float32: gradients in half precision are
    too coarse to sum to anything.

    Raises:
        UserError: there is no answer or no such piece, or the model cannot be had or looked into.
    """
    asked = replace(job.asked, model=replace(job.asked.model, precision="float32"))
    loaded = load(asked.model, GENERATE, context)
    row = row_of(loaded, replace(job, asked=asked), context)
    if not 0 <= job.place < len(row.answer):
        raise UserError(
            tr(
                f"The answer has {len(row.answer)} pieces, and none of number {job.place + 1}.",
                f"La respuesta tiene {len(row.answer)} piezas y ninguna con el número {job.place + 1}.",
            )
        )
    read, of_piece = read_of(row, job)
    encoded, piece = row.inputs(job.place), row.answer[job.place]
    of_piece = of_piece[: len(encoded["input_ids"])]
    question = Question(loaded, encoded, of_piece, len(read.units), lambda rows: rows[:, -1].log_softmax(-1)[:, piece])
    meter = loaded.meter(context)
    with stoppable(loaded.model, context):
        _, logprob = question.lookups()
        attributions = tuple(_METHODS[method](question, context) for method in job.methods)
    return PieceExplained(read, job.place, logprob, attributions, loaded.made(meter), mask_of(loaded)[0])


def occlusion(question: Question, context: Context) -> Attribution:
    """By how much the log-probability falls where the pieces of a unit, one unit after another, are hidden."""
    _, mask = mask_of(question.loaded)
    what = tr("hiding one word after another", "ocultando una palabra tras otra")
    there = sorted({of for of in question.of_piece if of is not None})
    rows: list[list[int]] = [question.encoded["input_ids"]]
    for unit in there:
        ids = zip(question.encoded["input_ids"], question.of_piece, strict=True)
        rows.append([mask if of == unit else id for id, of in ids])
    found: list[float] = []
    for first in range(0, len(rows), question.at_a_time):
        context.progress(first, len(rows), what)
        some = rows[first : first + question.at_a_time]
        inputs: dict[str, Any] = question.inputs(len(some))
        inputs["input_ids"] = torch.tensor(some, device=question.loaded.device)
        with torch.inference_mode(), question.loaded.answering():
            numbers: Tensor = question.read(question.loaded.model(**inputs).logits.float())
        if not bool(numbers.isfinite().all()):
            raise no_numbers(question.loaded.name)
        found += numbers.tolist()
    values = [0.0] * question.units
    for unit, without in zip(there, found[1:], strict=True):
        values[unit] = found[0] - without
    return Attribution(OCCLUSION, tuple(values))


_METHODS: dict[str, Callable[[Question, Context], Attribution]] = {
    GRADIENT: gradient_times_input,
    INTEGRATED: integrated_gradients,
    OCCLUSION: occlusion,
}
