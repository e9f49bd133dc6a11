"""What temperature, top-k and top-p would do to one distribution. numpy alone: it is computed while a person types."""

from __future__ import annotations

from dataclasses import dataclass

from llm_tui.foundation.alternatives import Piece


@dataclass(frozen=True, slots=True)
class Moved:
    """The probabilities of a piece's alternatives in their order, 0 of what was cut off, and of all others together;
    `left` pieces of the vocabulary can still be drawn. `entropy` is in nats. `chosen` is that of the chosen piece.
    """

    probabilities: tuple[float, ...]
    others: float
    left: int
    entropy: float
    chosen: float


def moved(piece: Piece, temperature: float, top_k: int, top_p: float) -> Moved | None:
    """As transformers' warpers would, in their order; 0 as `top_k` keeps all. None where the whole distribution was not
    kept.
    """
    if not piece.scores:
        return None
    import numpy as np  # a widget names this module; numpy is there since a model has answered

    logits = np.frombuffer(piece.scores, np.float32).astype(np.float64) / temperature
    if 0 < top_k < len(logits):
        least = np.partition(logits, -top_k)[-top_k]
        logits[logits < least] = -np.inf
    shares = np.exp(logits - logits.max())
    shares /= shares.sum()
    if top_p < 1:
        order = np.argsort(shares, kind="stable")
        cut = order[np.cumsum(shares[order]) <= 1 - top_p]
        shares[cut[cut != order[-1]]] = 0
        shares /= shares.sum()
    there = shares[shares > 0]
    told = tuple(float(shares[each.id]) for each in piece.alternatives if each.id is not None)
    return Moved(
        told,
        max(0.0, 1.0 - sum(told)),
        len(there),
        max(0.0, float(-(there * np.log(there)).sum())),
        float(shares[piece.chosen.id]) if piece.chosen.id is not None else 0.0,
    )
