"""The pieces that a model is given, and the words that they are of. A word is the house's; what stands between words, a
mark or an emoji, is a unit of its own, for a model hears it too.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import regex

from llm_tui.attribution.job import Unit
from llm_tui.foundation.batches import encode
from llm_tui.foundation.memory import Loaded
from llm_tui.tokenization.alignment import align
from llm_tui.tokenization.word_pattern import WORD

_WORD, _BETWEEN = regex.compile(WORD), regex.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a piece stands, in characters: in the text, or in the hypothesis."""

    start: int
    end: int
    of_hypothesis: bool = False


@dataclass(frozen=True, slots=True)
class Pieces:
    """What the model is given, not padded, and where each piece stands; None of a special token. `cut` says that the
    end of the text was left out.
    """

    encoded: dict[str, list[int]]
    places: tuple[Place | None, ...]
    cut: bool


def pieces(loaded: Loaded, text: str, hypothesis: str | None) -> Pieces:
    """A text, or it and a hypothesis about it, as `foundation.batches.encode` gives it, and where each piece stands."""
    tokenizer, pairs = loaded.tokenizer, None if hypothesis is None else [hypothesis]
    (encoded,) = encode(loaded, [text], pairs)
    ids = encoded["input_ids"]
    with loaded.answering():
        whole = tokenizer(text, hypothesis, split_special_tokens=True, verbose=False)["input_ids"]
        if not tokenizer.is_fast:
            return Pieces(encoded, _aligned(loaded, ids, text, hypothesis), len(whole) > len(ids))
        limit = loaded.most_input
        given = tokenizer(
            text,
            hypothesis,
            truncation="only_first" if limit else False,
            max_length=limit,
            split_special_tokens=True,
            return_offsets_mapping=True,
            verbose=False,
        )
        of = given.sequence_ids(0)
    spans = zip(of, given["offset_mapping"], strict=True)
    places = (None if part is None else Place(start, end, part == 1) for part, (start, end) in spans)
    return Pieces(encoded, tuple(places), len(whole) > len(ids))


def _aligned(loaded: Loaded, ids: list[int], text: str, hypothesis: str | None) -> tuple[Place | None, ...]:
    """Of a tokenizer that does not say where its pieces stand."""
    tokenizer = loaded.tokenizer
    special = tokenizer.get_special_tokens_mask(ids, already_has_special_tokens=True)
    own = [i for i, is_special in enumerate(special) if not is_special]
    behind = 0
    if hypothesis is not None:
        behind = len(tokenizer(hypothesis, add_special_tokens=False, verbose=False)["input_ids"])
    spelled = list(map(str, tokenizer.convert_ids_to_tokens([ids[i] for i in own])))
    first = len(own) - behind
    places: list[Place | None] = [None] * len(ids)
    for line, numbers, words in (
        (text, own[:first], spelled[:first]),
        (hypothesis or "", own[first:], spelled[first:]),
    ):
        for number, (start, end) in zip(numbers, align(line, words), strict=True):
            places[number] = Place(start, end, number in own[first:])
    return tuple(places)


def units(text: str, hypothesis: str | None, places: Sequence[Place | None]) -> tuple[list[Unit], list[int | None]]:
    """The units that the pieces are of, in order, the text's first; and for each piece the number of its unit, None for
    a special token. Words that share a piece are one unit; a piece that is only white space is of the word behind it.
    """
    found: list[Unit] = []
    of_piece: list[int | None] = [None] * len(places)
    for of_hypothesis, line in ((False, text), (True, hypothesis or "")):
        segments = _segments(line)
        numbers = [i for i, place in enumerate(places) if place and place.of_hypothesis == of_hypothesis]
        ranges = [_range(segments, place) for i in numbers if (place := places[i])]
        unit_of: dict[int, int] = {}
        end_of_last = -1
        for first, last in sorted(r for r in ranges if r):
            if first > end_of_last:
                found.append(Unit(segments[first][0], segments[last][1], of_hypothesis))
            else:
                found[-1] = Unit(found[-1].start, max(found[-1].end, segments[last][1]), of_hypothesis)
            end_of_last = max(end_of_last, last)
            unit_of |= dict.fromkeys(range(first, last + 1), len(found) - 1)
        for i, where in zip(numbers, ranges, strict=True):
            of_piece[i] = unit_of[where[0]] if where else None
    return found, of_piece


def _segments(line: str) -> list[tuple[int, int]]:
    """Start and end of each word, and of what is neither word nor white space, in order."""
    segments: list[tuple[int, int]] = []
    at = 0
    for start, end in [*(match.span() for match in _WORD.finditer(line)), (len(line), len(line))]:
        segments += [match.span() for match in _BETWEEN.finditer(line, at, start)]
        segments += [(start, end)] if start < end else []
        at = end
    return segments


def _range(segments: Sequence[tuple[int, int]], place: Place) -> tuple[int, int] | None:
    """The first and the last segment that a piece is of; None where the line has none."""
    if not segments:
        return None
    first = bisect_right(segments, place.start, key=lambda segment: segment[1])
    last = bisect_left(segments, max(place.end, place.start + 1), key=lambda segment: segment[0]) - 1
    return (first, last) if first <= last else (min(first, len(segments) - 1),) * 2
