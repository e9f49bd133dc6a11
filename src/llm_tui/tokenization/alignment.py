"""Where in a text each piece stands, for tokenizers that do not say it: found again by the pieces' own text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

AHEAD = 64
"""How many characters may have been dropped before a piece."""

# What sentencepiece, WordPiece, and two older byte-pair encoders add to the text of a piece.
_MARKS = re.compile(r"^##|▁|</w>$|@@$")


def align(line: str, pieces: Sequence[str]) -> list[tuple[int, int]]:
    """Start and end in `line`, in characters, of each piece, in order.

    Both sides are compared without spaces, in compatibility form and without regard to case (NFKC and casefold, which
    is what most tokenizers do to a text at the most). A piece that is not found, such as an unknown one, gets all that
    its neighbours leave between them.
    """
    plain, origin = _folded(line)
    spans: list[tuple[int, int] | None] = []
    at = 0
    for piece in pieces:
        wanted = _folded(_MARKS.sub("", piece))[0]
        found = plain.find(wanted, at, at + len(wanted) + AHEAD) if wanted else -1
        if found < 0:
            spans.append(None)
            continue
        at = found + len(wanted)
        spans.append((origin[found][0], origin[at - 1][1]))
    return _between(spans, len(line), line)


def _folded(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text as it is compared, and for each of its characters the part of `text` that it stands for."""
    plain: list[str] = []
    origin: list[tuple[int, int]] = []
    start = 0
    while start < len(text):
        end = start + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        folded = "".join(unicodedata.normalize("NFKC", text[start:end]).casefold().split())
        plain.append(folded)
        origin += [(start, end)] * len(folded)
        start = end
    return "".join(plain), origin


def _between(spans: Sequence[tuple[int, int] | None], length: int, line: str) -> list[tuple[int, int]]:
    """Fill in the spans that were not found with what lies between those that were, without the spaces around it."""
    filled: list[tuple[int, int]] = []
    ends_before = 0
    nexts = [length] * (len(spans) + 1)
    for i in range(len(spans) - 1, -1, -1):
        span = spans[i]
        nexts[i] = span[0] if span else nexts[i + 1]
    for i, span in enumerate(spans):
        if span is None:
            # Its neighbours may be parts of one character, such as ﷺ: then it is another part of that.
            start, end = sorted((ends_before, nexts[i]))
            inner = line[start:end]
            start += len(inner) - len(inner.lstrip())
            filled.append((start, max(start, start + len(inner.strip()))))
        else:
            filled.append(span)
            ends_before = span[1]
    return filled
