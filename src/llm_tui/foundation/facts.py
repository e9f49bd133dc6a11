"""What can be counted and looked up in a text that a model wrote, without judging it. Light, and no model is asked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from operator import itemgetter

from llm_tui.foundation.rouge import words_of

ABBREVIATIONS = {
    *("dr", "dra", "sr", "sra", "srta", "ud", "uds", "d", "p", "ej", "pág", "art", "núm", "vs", "aprox"),
    *("mr", "mrs", "Ms", "prof", "st", "e.g", "i.e", "fig", "cf"),
}
"""Words whose full stop ends no sentence; one with a capital only so, for ms are milliseconds."""

_NUMBER = re.compile(r"\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)*")
_NEXT = re.compile(r"\s*(\S?)")
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_STOPS, _CLOSING, _OPENING = ".?!…", "\"'»”’)]", "(¿¡«“\"'"
_BEFORE_SENTENCE = ".?!…:\"'«»“”‘’¿¡(-—–•*"

AROUND = " \t\n\r.,;:!?¡¿…\"'`«»“”‘’()[]*_-"
"""What may stand around a term in an answer."""


def word_count(text: str) -> int:
    """Runs of letters, marks and digits."""
    return len(words_of(text))


def compression(source: str, text: str) -> float | None:
    """Words of the text per word of the source; None for a source without words."""
    words = word_count(source)
    return word_count(text) / words if words else None


def new_words(source: str, text: str) -> float | None:
    """The share of the words of the text that the source does not have; None for a text without words."""
    known, words = set(words_of(source)), words_of(text)
    return sum(word not in known for word in words) / len(words) if words else None


def repeated(text: str, n: int = 3) -> tuple[str, ...]:
    """Runs of `n` words or more that come more than once, in lower case, in the order in which they first come; of no
    run a part. These are the supermaximal repeats (Gusfield 1997, section 7.12), which stand where neighbours in the
    order of suffixes share more than those around them (Abouelhoda, Kurtz & Ohlebusch 2004, section 3).
    """
    words = words_of(text)
    order = _sorted_suffixes(words)
    alike = [
        (shared, [i for i, _ in group]) for shared, group in groupby(enumerate(_shared(words, order)), itemgetter(1))
    ]
    found = []
    for (before, _), (length, places), (behind, _) in zip(
        [(0, []), *alike], alike, [*alike[1:], (0, [])], strict=False
    ):
        if length >= n and before < length > behind:
            starts = [order[places[0] - 1], *(order[i] for i in places)]
            left = [words[start - 1] for start in starts if start]
            if len(set(left)) == len(left):
                found.append((min(starts), length))
    return tuple(" ".join(words[start : start + length]) for start, length in sorted(found))


def _sorted_suffixes(words: Sequence[str]) -> list[int]:
    """The places of the words, in the order of what begins there (Manber & Myers 1993): compared by one word, by two,
    by four and so on.
    """
    number = {word: i for i, word in enumerate(sorted(set(words)))}
    ranks, length = [number[word] for word in words], 1
    while True:
        keys = [(rank, behind) for rank, behind in zip(ranks, [*ranks[length:], *[-1] * length], strict=False)]
        order = sorted(range(len(words)), key=keys.__getitem__)
        for before, place in pairwise(order):
            ranks[place] = ranks[before] + (keys[place] != keys[before])
        if length >= len(words) or ranks[order[-1]] == len(words) - 1:
            return order
        length *= 2


def _shared(words: Sequence[str], order: Sequence[int]) -> list[int]:
    """With how many words what begins at each place of the order begins as its neighbour before (Kasai et al. 2001)."""
    rank = {place: i for i, place in enumerate(order)}
    shared, length = [0] * len(words), 0
    for place in range(len(words)):
        other = order[rank[place] - 1]
        if not rank[place]:
            length = 0
            continue
        while max(place, other) + length < len(words) and words[place + length] == words[other + length]:
            length += 1
        shared[rank[place]] = length
        length = max(length - 1, 0)
    return shared


def invented(source: str, text: str) -> tuple[str, ...]:
    """The numbers and names of the text that the source does not have, as the text writes them, in its order.

    A number is compared by its digits, whatever parts thousands and decimals. A name is a word with a capital letter
    that begins no sentence, or has two capitals or more; case and accents are left aside, so that a model whose
    vocabulary lost the accents is not accused of inventing. What is found is composed (NFC).
    """
    source, text = (unicodedata.normalize("NFC", words) for words in (source, text))
    numbers = {_digits(found.group()) for found in _NUMBER.finditer(source)}
    words = {_plain(found.group()) for found in _WORD.finditer(source)}
    strange: list[tuple[int, str]] = []
    for found in _NUMBER.finditer(text):
        if _digits(found.group()) not in numbers:
            strange.append((found.start(), found.group()))
    for found in _WORD.finditer(text):
        word = found.group()
        capitals = sum(char.isupper() for char in word)
        begins = _begins_sentence(text[max(0, found.start() - 8) : found.start()])
        if ((capitals and not begins) or capitals > 1) and _plain(word) not in words:
            strange.append((found.start(), word))
    return tuple(dict.fromkeys(word for _, word in sorted(strange)))


def _begins_sentence(before: str) -> bool:
    """Whether what follows these few characters begins a sentence, a line, a quotation or an entry of a list."""
    bare = before.rstrip()
    return not bare or bare[-1] in _BEFORE_SENTENCE or "\n" in before[len(bare) :]


def _digits(number: str) -> str:
    """1.200, 1,200, 1 200 and 1200 are one number, and so are 12,5 and 12.5 and 12.50."""
    parts = re.split(r"[^\d]", number)
    grouped = parts[0] != "0" and all(len(part) == 3 for part in parts[1:])
    if len(parts) > 1 and grouped:
        return "".join(parts).lstrip("0") or "0"
    whole, decimals = "".join(parts[:-1]) if len(parts) > 1 else parts[0], parts[-1] if len(parts) > 1 else ""
    decimals = decimals.rstrip("0")
    return (whole.lstrip("0") or "0") + (f".{decimals}" if decimals else "")


def _plain(word: str) -> str:
    parts = unicodedata.normalize("NFD", word.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))


def sentences(text: str) -> int:
    """How many sentences there are; see `each_sentence`."""
    return len(split_sentences(text))


def split_sentences(text: str) -> list[str]:
    """All of them; see `each_sentence`."""
    return list(each_sentence(text))


def each_sentence(text: str) -> Iterator[str]:
    """Sentences: parts that end with `.`, `?`, `!` or `…` before white space or the end, the rest being one too. The
    full stop of a common abbreviation, or of a single letter, ends none; that of "no" only before a number, that of
    "etc" unless a sentence begins behind it. A part without words is none.
    """
    begin, words = 0, False
    end = len(text.rstrip())
    for run in re.finditer(r"\S+", text):
        words = words or bool(words_of(run.group()))
        before = run.group().rstrip(_CLOSING).rstrip(_STOPS)
        stop = run.group()[len(before) :].rstrip(_CLOSING)
        short = stop == "." and _is_short(before.lstrip(_OPENING), text, run.end())
        if stop and words and (run.end() == end or not short):
            yield text[begin : run.end()].strip()
            begin, words = run.end(), False
    if words:
        yield text[begin:].strip()


def _is_short(word: str, text: str, end: int) -> bool:
    """Whether the full stop at the end of a word, which is at `end` of the text, ends no sentence."""
    small = word.lower()
    if small in ("no", "etc"):
        after = _NEXT.match(text, end)
        first = after[1] if after else ""
        return first.isdecimal() if small == "no" else not (first.isupper() or first in "¿¡")
    return bool({word, small} & ABBREVIATIONS) or (len(word) == 1 and word.isalpha())


def caseless(text: str) -> str:
    """To compare terms, whatever stands around them."""
    return unicodedata.normalize("NFC", text.strip(AROUND).casefold())


def place(text: str, term: str) -> int | None:
    """Where the text has the term first as whole words, in any case; to be compared with the places of other terms."""
    said, wanted = (caseless(one) or one.strip() for one in (text, term))
    found = re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", said)
    return found.start() if found else None
