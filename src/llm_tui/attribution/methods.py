"""Three ways to ask how much each word had to do with a logit. Each gives one number for each unit of the input."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from llm_tui.attribution.embeddings import Lookup, gradients, lookups
from llm_tui.attribution.job import GRADIENT, INTEGRATED, OCCLUSION, Attribution, is_complete
from llm_tui.engine.job import Context
from llm_tui.foundation.batches import check_pieces, logits
from llm_tui.foundation.decoding import no_numbers
from llm_tui.foundation.memory import Loaded
from llm_tui.i18n import tr

FEWEST, MOST = 32, 512
"""Parts of the path at first, and at last: what is missed then is told as it is."""

ROOM = 512
"""Pieces that go through the model at a time: their gradients find room on a small GPU."""


@dataclass(frozen=True, slots=True)
class Question:
    """What the model is given, not padded; of each piece the number of its unit, None of a special token; and the
    logit that is explained, read from the logits of a batch: one number for each input.
    """

    loaded: Loaded
    encoded: dict[str, list[int]]
    of_piece: list[int | None]
    units: int
    read: Callable[[Tensor], Tensor]

    def inputs(self, times: int = 1) -> dict[str, Tensor]:
        there = self.loaded.device
        return {name: torch.tensor([values] * times, device=there) for name, values in self.encoded.items()}

    @property
    def at_a_time(self) -> int:
        return max(1, ROOM // len(self.of_piece))

    def gradients(self, vectors: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        """The logit [batch] where the lookups give `vectors`, and its gradients by them."""
        with self.loaded.answering():
            inputs = self.inputs(len(vectors[0]))
            return gradients(self.loaded.model, inputs, vectors, lambda given: self.read(given.logits.float()))

    def lookups(self) -> tuple[list[Lookup], float]:
        """What the model looks up for the input, and the logit."""
        with self.loaded.answering():
            check_pieces(self.loaded, max(*self.encoded["input_ids"], self.loaded.tokenizer.pad_token_id))
            found, given = lookups(self.loaded.model, self.inputs())
        return found, self._finite(self.read(given.logits.float()).item())

    def attribution(
        self, method: str, found: Iterable[Lookup], of_vectors: Iterable[Tensor], **more: float | int
    ) -> Attribution:
        """From a number for each vector that was looked up, [1, pieces] each, one for each unit."""
        values, special = [0.0] * self.units, 0.0
        for lookup, numbers in zip(found, of_vectors, strict=True):
            for piece, number in zip(self._pieces(lookup), numbers[0].tolist(), strict=True):
                unit = None if piece is None else self.of_piece[piece]
                if unit is None:
                    special += number
                else:
                    values[unit] += number
        self._finite(sum(values) + special)
        return Attribution(method, tuple(values), special, **more)  # type: ignore[arg-type]

    def blank(self, lookup: Lookup) -> Tensor:
        """What the lookup gives where every piece but the special tokens is padding, [1, pieces, dimension]."""
        ids, padding = lookup.ids.clone(), self.loaded.tokenizer.pad_token_id
        for place, piece in enumerate(self._pieces(lookup)):
            if piece is not None and self.of_piece[piece] is not None:
                ids[0, place] = padding
        with torch.no_grad(), self.loaded.answering():
            return lookup.module(ids)  # type: ignore[no-any-return]

    def _pieces(self, lookup: Lookup) -> list[int | None]:
        """For each place of a lookup the number of the input's piece: a decoder's are shifted by one."""
        ids, own = lookup.ids[0].tolist(), self.encoded["input_ids"]
        if ids == own:
            return list(range(len(own)))
        if ids[1:] == own[:-1]:
            return [None, *range(len(own) - 1)]
        return [None] * len(ids)

    def _finite(self, number: float) -> float:
        if number - number != 0:
            raise no_numbers(self.loaded.name)
        return number


def gradient_times_input(question: Question, context: Context) -> Attribution:
    """The gradient of the logit by each embedding, times the embedding, summed over its dimension."""
    context.progress(0, 1, tr("gradient × input", "gradiente × entrada"))
    found, _ = question.lookups()
    _, slopes = question.gradients([lookup.vectors for lookup in found])
    parts = [(slope * lookup.vectors).sum(-1) for slope, lookup in zip(slopes, found, strict=True)]
    return question.attribution(GRADIENT, found, parts)


def integrated_gradients(question: Question, context: Context) -> Attribution:
    """Sundararajan et al. 2017, from padding in place of every word; special tokens stay. The integral is Clenshaw and
    Curtis's, with twice as many parts until the values sum to the difference of the logits (completeness).
    """
    found, logit = question.lookups()
    begin = [question.blank(lookup) for lookup in found]
    ways = [lookup.vectors - blank for lookup, blank in zip(found, begin, strict=True)]
    baseline = question.gradients(begin)[0].item()
    wanted, parts = logit - baseline, FEWEST
    along = _along(question, begin, ways, _places(parts), context)
    while True:
        weights = torch.tensor(_weights(parts), dtype=torch.float32)
        sums = [weights[None] @ numbers for numbers in along]
        attribution = question.attribution(INTEGRATED, found, sums, baseline=baseline, steps=parts + 1)
        if is_complete(attribution.total - wanted, wanted) or parts >= MOST:
            return attribution
        parts *= 2
        between = _along(question, begin, ways, _places(parts)[1::2], context)
        along = [_interleaved(old, new) for old, new in zip(along, between, strict=True)]


def _along(
    question: Question, begin: list[Tensor], ways: list[Tensor], places: NDArray[np.float64], context: Context
) -> list[Tensor]:
    """The gradients at some places of the way from 0 to 1, times the way: for each lookup [places, pieces]."""
    alphas = torch.tensor(places, dtype=torch.float32, device=ways[0].device)[:, None, None]
    what = tr(f"integrated gradients, {len(places)} points", f"gradientes integrados, {len(places)} puntos")
    rows: list[list[Tensor]] = [[] for _ in ways]
    for first in range(0, len(places), question.at_a_time):
        context.progress(first, len(places), what)
        some = alphas[first : first + question.at_a_time]
        slopes = question.gradients([blank + some * way for blank, way in zip(begin, ways, strict=True)])[1]
        for of_lookup, slope, way in zip(rows, slopes, ways, strict=True):
            of_lookup.append((slope * way).sum(-1).cpu())
    return [torch.cat(of_lookup) for of_lookup in rows]


def _places(parts: int) -> NDArray[np.float64]:
    """The ends of so many parts of the way from 0 to 1. Those of twice as many hold them, every other one."""
    return (1 - np.cos(np.pi * np.arange(parts + 1) / parts)) / 2


def _weights(parts: int) -> NDArray[np.float64]:
    """What each of these places counts; `parts` is even. Exact for polynomials up to that degree."""
    of = np.arange(1, parts // 2 + 1)
    factors = np.where(of == parts // 2, 1.0, 2.0) / (4 * of**2 - 1)
    inner = 1 - np.cos(2 * np.pi * np.outer(np.arange(parts + 1), of) / parts) @ factors
    inner[[0, -1]] /= 2
    return inner / parts


def _interleaved(old: Tensor, new: Tensor) -> Tensor:
    both = old.new_empty(len(old) + len(new), old.shape[1])
    both[0::2], both[1::2] = old, new
    return both


def occlusion(question: Question, context: Context) -> Attribution:
    """By how much the logit falls where the pieces of a unit, one unit after another, are hidden behind the mask."""
    _, mask = mask_of(question.loaded)
    inputs = [question.encoded]
    for unit in range(question.units):
        ids = zip(question.encoded["input_ids"], question.of_piece, strict=True)
        inputs.append({**question.encoded, "input_ids": [mask if of == unit else id for id, of in ids]})
    what = tr("hiding one word after another", "ocultando una palabra tras otra")
    rows = dict(logits(question.loaded, inputs, question.at_a_time, what, context))
    whole, *hidden = (question.read(rows[i][None]).item() for i in range(len(inputs)))
    return Attribution(OCCLUSION, tuple(whole - without for without in hidden))


def mask_of(loaded: Loaded) -> tuple[str, int]:
    """The token that hides a word, and its number: the mask, else the unknown one, else padding."""
    tokenizer = loaded.tokenizer
    token = tokenizer.mask_token or tokenizer.unk_token or tokenizer.pad_token
    return str(token), int(tokenizer.convert_tokens_to_ids(token))


ALL = {GRADIENT: gradient_times_input, INTEGRATED: integrated_gradients, OCCLUSION: occlusion}
