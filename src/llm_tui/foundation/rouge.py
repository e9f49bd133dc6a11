"""ROUGE: how much of a reference a text has, in words, pairs of words, and words in the same order.

Lin 2004, ROUGE: A Package for Automatic Evaluation of Summaries, https://aclanthology.org/W04-1013
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rouge:
    """Of what the text has, the share that is in the reference (`precision`); of what the reference has, the share
    that is in the text (`recall`); and their harmonic mean. 0 to 1; a share of nothing is 0, as the usual package has
    it.
    """

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Overlap:
    """One text against its reference.

    `rouge_1`, `rouge_2` and `rouge_l` are on Unicode words (`words_of`); `ascii_1`, `ascii_2` and `ascii_l` are what
    the package rouge-score gives (`ascii_words_of`). `chrf` is 0 to 100, and `signature` says how it was counted.
    """

    rouge_1: Rouge
    rouge_2: Rouge
    rouge_l: Rouge
    ascii_1: Rouge
    ascii_2: Rouge
    ascii_l: Rouge
    chrf: float
    signature: str


def words_of(text: str) -> list[str]:
    """The runs of letters, marks and digits of any script, in lower case and composed (NFC); one of marks alone, as
    behind an emoji, is none. Of an ASCII text the same as `ascii_words_of`. That is why these are not the words that
    tokenizers are compared by, in which an apostrophe or an underscore does not part.
    """
    lower = unicodedata.normalize("NFC", text.lower())
    runs = "".join(char if unicodedata.category(char)[0] in "LMN" else " " for char in lower).split()
    return [run for run in runs if any(unicodedata.category(char)[0] != "M" for char in run)]


def ascii_words_of(text: str) -> list[str]:
    """The runs of `a` to `z` and `0` to `9` in lower case, which are the words of the package rouge-score 0.1.2 without
    its stemmer. Every other letter parts: "mañana" is "ma" and "ana".
    """
    return re.findall("[a-z0-9]+", text.lower())


def rouge_n(n: int, words: Sequence[str], reference: Sequence[str]) -> Rouge:
    """ROUGE-N (Lin 2004, section 2): the runs of `n` words that both have, each as often as both have it."""
    own, others = _runs(n, words), _runs(n, reference)
    return _rouge((own & others).total(), own.total(), others.total())


def _runs(n: int, words: Sequence[str]) -> Counter[tuple[str, ...]]:
    return Counter(zip(*(words[i:] for i in range(n)), strict=False))


def rouge_l(words: Sequence[str], reference: Sequence[str]) -> Rouge:
    """ROUGE-L of the whole text as one sentence (Lin 2004, section 3.1): the longest common subsequence.

    Precision and recall weigh the same, as in rouge-score's `rougeL`.
    """
    return _rouge(_longest_common_subsequence(words, reference), len(words), len(reference))


def _longest_common_subsequence(first: Sequence[str], second: Sequence[str]) -> int:
    """Its length, in len(second) steps on integers of len(first) bits.

    Hyyrö 2004, Bit-parallel LCS-length computation revisited, AWOCA.
    """
    places: dict[str, int] = {}
    for i, word in enumerate(first):
        places[word] = places.get(word, 0) | 1 << i
    everything = (1 << len(first)) - 1
    free = everything
    for word in second:
        matched = free & places.get(word, 0)
        free = (free + matched | free - matched) & everything
    return len(first) - free.bit_count()


def _rouge(common: int, own: int, others: int) -> Rouge:
    return Rouge(
        precision=common / own if own else 0.0,
        recall=common / others if others else 0.0,
        f1=2 * common / (own + others) if own + others else 0.0,
    )
