"""The log-probabilities of an answer's pieces, as the API has them: `logprobs.content` of a choice."""

from __future__ import annotations

import codecs
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

MOST_PIECES = 16_384
MOST_TOP = 20
MOST_TEXT = 1000
"""Characters of one piece."""

SLACK = 1e-3
"""What a log-probability may be above 0, and what probabilities may sum to above 1: servers round."""


@dataclass(frozen=True, slots=True)
class Told:
    """A piece with its log-probability in nats; `bytes` of a piece that may be half a character, None where the server
    does not give them.
    """

    text: str
    logprob: float
    bytes: bytes | None = None


@dataclass(frozen=True, slots=True)
class ToldPiece:
    """A piece of an answer, and the likeliest ones in its place, the likeliest first."""

    chosen: Told
    top: tuple[Told, ...] = ()


class Pieces:
    """Takes them event by event. One that can be none, or too many, and there are none of this answer."""

    def __init__(self) -> None:
        self._found: list[ToldPiece] = []
        self._sound = True

    def take(self, logprobs: Any) -> None:
        """What a choice says under `logprobs`, which may be nothing."""
        content = logprobs.get("content") if isinstance(logprobs, dict) else None
        if not self._sound or not isinstance(content, list):
            return
        try:
            if len(self._found) + len(content) > MOST_PIECES:
                raise ValueError
            self._found += [_piece(row) for row in content]
        except (TypeError, KeyError, ValueError, AttributeError, OverflowError):
            self._sound = False

    def found(self) -> tuple[ToldPiece, ...]:
        return tuple(self._found) if self._sound else ()


def _piece(row: Any) -> ToldPiece:
    """
    Raises:
        TypeError, KeyError, ValueError, AttributeError, OverflowError: it is none.
    """
    chosen = _told(row)
    top = [_told(each) for each in (row.get("top_logprobs") or [])[:MOST_TOP]]
    top.sort(key=lambda each: -each.logprob)
    if math.fsum(math.exp(each.logprob) for each in top) > 1 + SLACK:
        raise ValueError
    return ToldPiece(chosen, tuple(top))


def _told(row: Any) -> Told:
    text, logprob, octets = row["token"], float(row["logprob"]), row.get("bytes")
    if not isinstance(text, str) or len(text) > MOST_TEXT or not math.isfinite(logprob) or logprob > SLACK:
        raise ValueError
    whole = bytes(octets[:MOST_TEXT]) if isinstance(octets, list) else None
    return Told(text.encode(errors="replace").decode(), min(0.0, logprob), whole)


def texts_of(pieces: Sequence[ToldPiece], text: str) -> list[str] | None:
    """What each piece adds to the answer's text; a character is of the piece that completes it. A last piece may add
    nothing: the end. None where the pieces do not make the text.
    """
    if all(piece.chosen.bytes is not None for piece in pieces):
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        parts = [decoder.decode(piece.chosen.bytes or b"") for piece in pieces]
        if pieces:
            parts[-1] += decoder.decode(b"", final=True)
    else:
        parts = [piece.chosen.text for piece in pieces]
    if "".join(parts) == text:
        return parts
    return [*parts[:-1], ""] if "".join(parts[:-1]) == text else None
