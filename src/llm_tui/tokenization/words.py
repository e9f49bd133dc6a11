"""The one definition of a word, for every tokenizer: a segment of Unicode's default word boundaries that is not only
punctuation (UAX #29, section 4, rules WB3 to WB13b).
"""

from __future__ import annotations

import numpy as np
import regex
from numpy.typing import NDArray

from llm_tui.tokenization.word_pattern import WORD

Ints = NDArray[np.int32]

_WORD = regex.compile(WORD)

_SPACE, _PLAIN, _LETTER_KIND, _MID, _OTHER = range(5)


def _kinds() -> NDArray[np.uint8]:
    """By code point: white space; never part of a word; letter; joins two letters; or one for the expression to judge.

    The last entry stands for every code point beyond.
    """
    some = "".join(map(chr, range(0x2100)))
    kinds = np.full(len(some) + 1, _OTHER, np.uint8)
    space = r"\p{WB=WSegSpace}\p{WB=Newline}\p{WB=CR}\p{WB=LF}"
    for kind, pattern in (
        (_SPACE, rf"[{space}]"),
        (_PLAIN, r"(?V1)[[\p{WB=Other}\p{WB=MidNum}]--[\p{L}\p{N}\p{Extended_Pictographic}]]"),
        (_LETTER_KIND, r"\p{WB=ALetter}"),
        (_MID, r"[\p{WB=MidLetter}\p{WB=MidNumLet}']"),
    ):
        kinds[[match.start() for match in regex.finditer(pattern, some)]] = kind
    return kinds


_KINDS = _kinds()


def find(text: str, codes: NDArray[np.uint32]) -> tuple[Ints, Ints]:
    """Start and end of each word of `text`, in characters, in order; `codes` are its code points.

    The expression judges only what has more in it, between two spaces, than letters and plain punctuation: in ordinary
    text that is little, and judging all would take most of the time of a comparison.
    """
    kinds = _KINDS[np.minimum(codes, len(_KINDS) - 1)]
    followed = np.append(kinds[1:] > _PLAIN, False)
    hard = np.flatnonzero((kinds == _OTHER) | ((kinds == _MID) & followed))
    spaces = np.concatenate([[-1], np.flatnonzero(kinds == _SPACE), [len(codes)]])
    found: list[tuple[int, int]] = []
    after = np.unique(np.searchsorted(spaces, hard))
    for start, end in zip((spaces[after - 1] + 1).tolist(), spaces[after].tolist(), strict=True):
        kinds[start:end] = _PLAIN
        found += [match.span() for match in _WORD.finditer(text, start, end)]
    letters = np.concatenate([[False], kinds == _LETTER_KIND, [False]])
    edges = np.flatnonzero(letters[1:] != letters[:-1])
    starts, ends = np.concatenate([edges.reshape(-1, 2), np.array(found, dtype=np.int64).reshape(-1, 2)]).T
    order = np.argsort(starts, kind="stable")
    return starts[order].astype(np.int32), ends[order].astype(np.int32)
