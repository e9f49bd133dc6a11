"""What a model might have written in the place of each piece, captured while it writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from transformers import LogitsProcessor

from llm_tui.foundation.alternatives import KEPT_BYTES, SHOWN, Alternative, Piece
from llm_tui.tokenization.loading import Cutter

CHUNK_BYTES = 16 * 2**20
"""Rows of scores wait for their computation until they take so much."""


_CHANGE = (
    *("bad_words_ids", "suppress_tokens", "begin_suppress_tokens", "forced_bos_token_id", "forced_eos_token_id"),
    *("repetition_penalty", "min_length", "no_repeat_ngram_size", "encoder_no_repeat_ngram_size"),
)
"""Settings that change a distribution before a piece is chosen."""

_NOTHING: dict[str, float] = {
    "repetition_penalty": 1.0, "min_length": 0, "no_repeat_ngram_size": 0, "encoder_no_repeat_ngram_size": 0,
}  # fmt: skip
"""With these values they change nothing, as without any."""


class _Settled(NamedTuple):
    """Of one piece: its log-probability, the entropy of its distribution, the ids and log-probabilities of the
    likeliest pieces, all log-probabilities as bytes where they are kept, and what the model itself would have put
    first where that is another one.
    """

    id: int
    logprob: float
    entropy: float
    ids: list[int]
    logprobs: list[float]
    scores: bytes
    first: tuple[int, float] | None


class Capture(LogitsProcessor):  # type: ignore[misc]
    """Keeps the scores from which each piece of one answer is chosen. `generate` calls it behind what changes them and
    before temperature, top-k and top-p, which it does not see; it changes nothing, and draws no random number.

    `given` is how many pieces stand before the answer in its row.
    """

    def __init__(self, given: int, kept_bytes: int = KEPT_BYTES):
        self._given = given
        self._left = kept_bytes
        self._rows: list[torch.Tensor] = []
        self._own: list[torch.Tensor] = []
        self._waiting = 0
        self._settled: list[_Settled] = []

    def __call__(self, input_ids: Any, scores: torch.Tensor) -> torch.Tensor:
        if self._waiting >= CHUNK_BYTES:
            self._settle(input_ids[0, self._given :].tolist())
        # A copy: what comes behind may work in place.
        self._rows.append(scores[0].clone())
        self._waiting += scores[0].nbytes
        return scores

    @contextmanager
    def hearing(self, model: Any, options: Mapping[str, Any]) -> Iterator[None]:
        """Inside, the model's own first pieces are heard as well, where `options` or its settings may change them."""
        said = {name: options.get(name, getattr(model.generation_config, name, None)) for name in _CHANGE}
        changed = any(value is not None and value != _NOTHING.get(name) for name, value in said.items())
        hook = model.register_forward_hook(self._hear) if changed else None
        try:
            yield
        finally:
            if hook is not None:
                hook.remove()

    def _hear(self, module: Any, arguments: Any, output: Any) -> None:
        self._own.append(output.logits[0, -1].clone())

    def _settle(self, answer: Sequence[int]) -> None:
        """Compute what is told of the rows that wait, now that it is known which pieces were chosen."""
        rows, own = self._rows, self._own
        ids = list(answer[len(self._settled) :][: len(rows)])
        if ids:
            logits = torch.stack(own[: len(ids)]).float() if own else None
            self._settled += self._computed(torch.stack(rows[: len(ids)]).float(), ids, logits)
        # A row of the model's own is there already for the piece whose scores are about to come.
        self._rows, self._own, self._waiting = [], own[len(rows) :], 0

    def _computed(self, scores: torch.Tensor, ids: list[int], own: torch.Tensor | None) -> Any:
        logs = scores.log_softmax(-1)
        numbers = torch.tensor(ids, device=logs.device)
        chosen = _at(logs, numbers)
        # torch.special.entr is compiled at its first use on a GPU, which takes a second of the first answer.
        entropies = torch.where(logs == -torch.inf, 0.0, -logs.exp() * logs).sum(-1).tolist()
        top, top_ids = logs.topk(min(SHOWN, logs.shape[-1]))
        leading = torch.where(chosen == top[:, 0], numbers, top_ids[:, 0])
        firsts = _firsts(own, leading) if own is not None else [None] * len(ids)
        keep = max(0, min(len(ids), self._left // (logs.shape[-1] * 4)))
        whole = [row.numpy().tobytes() for row in logs[:keep].cpu()] + [b""] * (len(ids) - keep)
        self._left -= keep * logs.shape[-1] * 4
        return map(_Settled, ids, chosen.tolist(), entropies, top_ids.tolist(), top.tolist(), whole, firsts)

    def pieces(self, answer: Sequence[int], spans: Sequence[tuple[int, int]], spelling: Spelling) -> tuple[Piece, ...]:
        """Of the ids of an answer, its end among them, where each stands in its text. None where the scores are no
        distribution.
        """
        self._settle(answer)
        told = [_piece(each, span, spelling) for each, span in zip(self._settled, spans, strict=False)]
        return tuple(piece for piece in told if piece is not None) if None not in told else ()


def _at(rows: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
    """Of each row what it has for one piece."""
    return rows.gather(-1, ids[:, None])[:, 0]


def _firsts(logits: torch.Tensor, leading: torch.Tensor) -> list[tuple[int, float] | None]:
    """The likeliest piece of each row of a model's own scores, and its log-probability; None where `leading`, the one
    that comes first after what has changed them, is as likely: in half precision many are.
    """
    most, ids = logits.max(-1)
    logprobs, less = (most - logits.logsumexp(-1)).tolist(), (_at(logits, leading) < most).tolist()
    found = zip(ids.tolist(), logprobs, less, strict=True)
    return [(id, logprob) if is_less else None for id, logprob, is_less in found]


@dataclass(frozen=True)
class Spelling:
    """How a vocabulary writes a piece, for a person, and which pieces end an answer."""

    cutter: Cutter
    ends: frozenset[int]

    def __call__(self, id: int, logprob: float) -> Alternative:
        try:
            text = self.cutter.shown(id, self.cutter.raw(id))
        except (OverflowError, ValueError, IndexError, KeyError):  # more rows of weights than pieces in the vocabulary
            text = f"#{id}"
        return Alternative(text or f"#{id}", min(0.0, logprob), id, id in self.ends)


def _piece(settled: _Settled, span: tuple[int, int], spelling: Spelling) -> Piece | None:
    found = [(id, lp) for id, lp in zip(settled.ids, settled.logprobs, strict=True) if lp > float("-inf")]
    if not found or not settled.entropy >= 0 or not settled.logprob > float("-inf"):
        return None  # +inf among the scores, or NaN
    # Of pieces that are equally likely the chosen one comes first.
    found.sort(key=lambda each: (-each[1], each[0] != settled.id))
    alternatives = tuple(spelling(id, logprob) for id, logprob in found)
    first = spelling(*settled.first) if settled.first else None
    return Piece(spelling(settled.id, settled.logprob), *span, settled.entropy, alternatives, first, settled.scores)
