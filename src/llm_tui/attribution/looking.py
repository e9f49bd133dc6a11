"""Where a model looked as it wrote each piece of an answer: one pass over both, with the attention that gives its
weights.
"""

from __future__ import annotations

from array import array

import torch
from torch import Tensor

from llm_tui.attribution.attention import check_size, looked, without
from llm_tui.attribution.attention_job import CROSS, ITSELF
from llm_tui.attribution.piece_job import Looked, Looking
from llm_tui.attribution.written import read_of, row_of
from llm_tui.engine.job import Context
from llm_tui.foundation.decoding import no_numbers
from llm_tui.foundation.loading import load
from llm_tui.foundation.purpose import GENERATE


def look(job: Looking, context: Context) -> Looked:
    """The attention with which each piece was written, from its words.

    Raises:
        UserError: there is no answer, the model cannot be had or gives no attention, or there is no memory.
    """
    loaded = load(job.asked.model, GENERATE, context)
    row = row_of(loaded, job, context)
    read, of_piece = read_of(row, job)
    batch = row.batch(len(row.answer) - 1)
    check_size(loaded, *(ids[0].tolist() for name, ids in batch.items() if name != "attention_mask"))
    context.progress(0, 0, job.title())
    meter = loaded.meter(context)
    with loaded.answering():
        seen = looked(loaded.model, batch, context)
    layers = seen.layers.get(CROSS if loaded.seq2seq else ITSELF, [])
    if not layers:
        raise without(loaded.name)
    found = tuple(_by_unit(layer[:, row.first :], of_piece, len(read.units)) for layer in layers)
    made_by = loaded.made(meter)
    if any(value - value != 0 for values in found for value in values):
        raise no_numbers(loaded.name)
    return Looked(read, found, made_by)


def _by_unit(layer: Tensor, of_piece: list[int | None], units: int) -> array[float]:
    """From weights (heads, pieces that look, pieces that are looked at) those of each unit, and what is left."""
    mean = layer.float().mean(0)
    numbers = [units if of is None else of for of in of_piece[: mean.shape[1]]]
    sums = mean.new_zeros(mean.shape[0], units + 1)
    sums.index_add_(1, torch.tensor(numbers, device=mean.device), mean)
    return array("f", sums.cpu().numpy().tobytes())
