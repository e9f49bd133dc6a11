"""How several answers are written at once: in a loop that `generate` calls in place of its own."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence
from transformers import Cache
from transformers.utils.generic import ModelOutput


def without_ended(
    model: Any,
    input_ids: Tensor,
    logits_processor: Any,
    stopping_criteria: Any,
    generation_config: Any,
    **state: Any,
) -> Tensor:
    """What `generate` writes greedily behind each row of `input_ids`, shape (rows, pieces), with padding behind shorter
    answers. A row that has ended is left out of the batch, where `generate` computes it until the longest has ended.
    `state` is what the model is given beside the ids, a `Cache` among it.
    """
    rows = list(input_ids)
    going = torch.arange(len(rows), device=input_ids.device)
    first = True
    while len(going):
        given = model.prepare_inputs_for_generation(
            input_ids, next_sequence_length=None if first else 1, is_first_iteration=first, **state
        )
        output = model(**given, return_dict=True)
        state = model._update_model_kwargs_for_generation(output, state, model.config.is_encoder_decoder)
        # A copy: what changes the scores may work in place, and those of a whole prompt are let go.
        scores = output.logits[:, -1].to(torch.float32, copy=True)
        del given, output
        chosen = logits_processor(input_ids, scores).argmax(-1, keepdim=True)
        input_ids, first = torch.cat([input_ids, chosen], -1), False
        ended = stopping_criteria(input_ids, None)
        if bool(ended.any()):
            for number, row in zip(going[ended].tolist(), input_ids[ended], strict=True):
                rows[number] = row
            kept = (~ended).nonzero()[:, 0]
            going, input_ids = going[kept], input_ids[kept]
            state = {name: _rows(value, kept) for name, value in state.items()}
    return pad_sequence(rows, batch_first=True, padding_value=generation_config.pad_token_id)


def _rows(value: Any, kept: Tensor) -> Any:
    """Of what a model is given for each row, that of the rows that are kept."""
    if isinstance(value, Cache):
        value.batch_select_indices(kept)
        return value
    if isinstance(value, ModelOutput):
        return type(value)(**{name: _rows(part, kept) for name, part in value.items()})
    return value[kept] if isinstance(value, Tensor) else value
