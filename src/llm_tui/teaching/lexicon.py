"""Words that are each other's translation, found in pairs of sentences."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

MOST = 3


def words(text: str) -> set[str]:
    return set(re.findall(r"[a-záéíóúüñ]+", text.lower()))


def translations(pairs: Sequence[tuple[str, str]]) -> dict[str, list[tuple[str, float]]]:
    """For each word of the second sides the words of the first sides that stand in the same pairs most often, best
    first, with the share of their pairs that they have in common (Dice 1945).
    """
    firsts: Counter[str] = Counter()
    seconds: Counter[str] = Counter()
    both: dict[str, Counter[str]] = defaultdict(Counter)
    for first, second in set(pairs):
        here, there = words(first), words(second)
        firsts.update(here)
        seconds.update(there)
        for word in there:
            both[word].update(here)
    return {
        word: sorted(
            ((other, 2 * shared / (firsts[other] + seconds[word])) for other, shared in found.items()),
            key=lambda pair: (-pair[1], pair[0]),
        )[:MOST]
        for word, found in both.items()
        if found
    }
