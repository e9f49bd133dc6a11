"""The pieces of a server's answer, with what it says of them. Light."""

from __future__ import annotations

from llm_tui.foundation.alternatives import Alternative, Piece
from llm_tui.serving.logprobs import Told, texts_of
from llm_tui.serving.stream import Reply
from llm_tui.visible import visible


def served_pieces(reply: Reply, text: str) -> tuple[Piece, ...]:
    """Where each stands in the answer's `text`, which is the end of the reply, without space around it; none where the
    server gives none, or such as do not make the text that it wrote.
    """
    parts = texts_of(reply.pieces, reply.text) if reply.pieces else None
    if parts is None:
        return ()
    found: list[Piece] = []
    at = len(text) - len(reply.text.rstrip())
    for number, (piece, part) in enumerate(zip(reply.pieces, parts, strict=True), start=1):
        start, at = at, at + len(part)
        ends = number == len(parts) and not part and reply.complete
        chosen = _alternative(piece.chosen, ends)
        others = [_alternative(each, ends and each.text == piece.chosen.text) for each in piece.top]
        found.append(Piece(chosen, _within(start, text), _within(at, text), None, tuple(others or [chosen])))
    return tuple(found)


def _within(place: int, text: str) -> int:
    return max(0, min(place, len(text)))


def _alternative(told: Told, ends: bool) -> Alternative:
    """Half a character is written as its bytes, as a vocabulary's piece is here."""
    text = told.text
    if told.bytes is not None:
        text = told.bytes.decode("utf-8", "backslashreplace") or text
    return Alternative(visible(text) or "∅", told.logprob, None, ends)
