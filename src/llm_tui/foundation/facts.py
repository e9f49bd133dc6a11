"""What can be counted and looked up in a text that a model wrote, without judging it. Light, and no model is asked."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

from llm_tui.foundation.rouge import words_of

ABBREVIATIONS = {
    *("dr", "dra", "sr", "sra", "srta", "ud", "uds", "d", "p", "ej", "pág", "art", "núm", "etc", "vs", "aprox"),
    *("mr", "mrs", "ms", "prof", "st", "no", "e.g", "i.e", "fig", "cf"),
}
"""Words whose full stop ends no sentence."""

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_STOPS, _CLOSING, _OPENING = ".?!…", "\"'»”’)]", "(¿¡«“\"'"
_BEFORE_SENTENCE = ".?!…:\"'«»“”‘’¿¡(-—–•*"


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
    """Runs of `n` words or more that come more than once, in lower case, the longest in place of its parts, in the
    order in which they first come.
    """
    words = words_of(text)
    counts = Counter(_grams(words, n))
    twice = [i for i, gram in enumerate(_grams(words, n)) if counts[gram] > 1]
    runs: list[tuple[int, int]] = []
    for i in twice:
        if runs and i == runs[-1][1] - n + 1:
            runs[-1] = (runs[-1][0], i + n)
        else:
            runs.append((i, i + n))
    found = dict.fromkeys(" ".join(words[start:end]) for start, end in runs)
    # Of a run that also comes as a part of a longer one, the longer one says it.
    padded = [f" {run} " for run in found]
    return tuple(run.strip() for run in padded if not any(run in other and run != other for other in padded))


def _grams(words: list[str], n: int) -> Iterator[tuple[str, ...]]:
    return zip(*(words[i:] for i in range(n)), strict=False)


def invented(source: str, text: str) -> tuple[str, ...]:
    """The numbers and names of the text that the source does not have, as the text writes them, in its order.

    A number is compared by its digits, whatever parts thousands and decimals. A name is a word with a capital letter
    that begins no sentence, or has two capitals or more; case and accents are left aside, so that a model whose
    vocabulary lost the accents is not accused of inventing.
    """
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
    """1.200, 1,200 and 1200 are one number, and so are 12,5 and 12.5 and 12.50."""
    parts = re.split(r"[.,]", number)
    if len(parts) > 1 and all(len(part) == 3 for part in parts[1:]):
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
    full stop of a common abbreviation, or of a single capital letter, ends none; a part without words is none.
    """
    begin, words = 0, False
    end = len(text.rstrip())
    for run in re.finditer(r"\S+", text):
        words = words or bool(words_of(run.group()))
        before = run.group().rstrip(_CLOSING).rstrip(_STOPS)
        stop = run.group()[len(before) :].rstrip(_CLOSING)
        word = before.lstrip(_OPENING).lower()
        short = stop == "." and (word in ABBREVIATIONS or (len(word) == 1 and word.isalpha()))
        if stop and words and (run.end() == end or not short):
            yield text[begin : run.end()].strip()
            begin, words = run.end(), False
    if words:
        yield text[begin:].strip()
