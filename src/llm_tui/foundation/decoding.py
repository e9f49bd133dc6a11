"""What a model's generation_config.json may say of how its answers are generated: what changes what it writes, and
nothing that changes what `generate` gives back or how it computes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from transformers import GenerationConfig, LogitsProcessor

from llm_tui.errors import UserError
from llm_tui.i18n import tr

Check = Callable[[Any, int], bool]


def _whole(value: Any, vocabulary: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**6


def _number(value: Any, vocabulary: int) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _id(value: Any, vocabulary: int) -> bool:
    return _whole(value, vocabulary) and value < vocabulary


def _ids(value: Any, vocabulary: int) -> bool:
    return isinstance(value, list) and len(value) > 0 and all(_id(part, vocabulary) for part in value)


def _one_or_more_ids(value: Any, vocabulary: int) -> bool:
    return _id(value, vocabulary) or _ids(value, vocabulary)


def _lists_of_ids(value: Any, vocabulary: int) -> bool:
    return isinstance(value, list) and len(value) > 0 and all(_ids(part, vocabulary) for part in value)


_KEPT: dict[str, Check] = {
    "bos_token_id": _id,
    "eos_token_id": _one_or_more_ids,
    "decoder_start_token_id": _id,
    "forced_bos_token_id": _id,
    "forced_eos_token_id": _one_or_more_ids,
    "bad_words_ids": _lists_of_ids,
    "suppress_tokens": _ids,
    "begin_suppress_tokens": _ids,
    "min_length": _whole,
    "no_repeat_ngram_size": _whole,
    "encoder_no_repeat_ngram_size": _whole,
    "length_penalty": _number,
    "early_stopping": lambda value, _: isinstance(value, bool),
    "renormalize_logits": lambda value, _: isinstance(value, bool),
}
"""What is taken over, where its value can be one. What a person sets is not among it."""


def own_settings(model: Any) -> GenerationConfig:
    """The settings of a model's own that are taken over."""
    vocabulary = model.get_input_embeddings().num_embeddings
    said = model.generation_config
    kept = {name: getattr(said, name, None) for name in _KEPT}
    taken = {name: value for name, value in kept.items() if _KEPT[name](value, vocabulary)}
    # Each answer says how many beams it has. With one transformers complains on stderr, whatever the answer says.
    return GenerationConfig(**taken, num_beams=2)  # type: ignore[no-untyped-call]


def check_start(model: Any, name: str) -> None:
    """That a model with a decoder says with which piece its answers begin.

    Raises:
        UserError: it does not.
    """
    settings = model.generation_config
    if model.config.is_encoder_decoder and settings.decoder_start_token_id is None and settings.bos_token_id is None:
        raise UserError(
            tr(
                f"The model {name} does not say with which piece its answers begin (decoder_start_token_id in its "
                "generation_config.json): fetch it again, or choose another.",
                f"El modelo {name} no dice con qué pieza empiezan sus respuestas (decoder_start_token_id en su "
                "generation_config.json): descárguelo de nuevo, o elija otro.",
            )
        )


def no_numbers(name: str) -> UserError:
    return UserError(
        tr(
            f"The model {name} gives no numbers (NaN): its weights are damaged, or need another precision; try "
            "float32, or choose another model.",
            f"El modelo {name} no da números (NaN): sus pesos están dañados o necesitan otra precisión; pruebe con "
            "float32, o elija otro modelo.",
        )
    )


class NumbersAlone(LogitsProcessor):  # type: ignore[misc]
    """Ends a generation in which the model gives no numbers: the most probable piece of them would be a made-up one."""

    def __init__(self, name: str):
        self._name = name

    def __call__(self, input_ids: Any, scores: torch.Tensor) -> torch.Tensor:
        if bool(scores.isnan().any()):
            raise no_numbers(self._name)
        return scores


class Settled(LogitsProcessor):  # type: ignore[misc]
    """Leaves of the first pieces of an answer those alone that it has begun with. It stands behind what looks at
    the scores; `given` pieces stand before the answer.
    """

    def __init__(self, begun: Sequence[int], given: int):
        self._begun = begun
        self._given = given

    def __call__(self, input_ids: Any, scores: torch.Tensor) -> torch.Tensor:
        place = input_ids.shape[1] - self._given
        if place >= len(self._begun):
            return scores
        alone = torch.full_like(scores, -torch.inf)
        alone[:, self._begun[place]] = 0
        return alone
