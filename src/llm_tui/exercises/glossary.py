"""Hints on a translation between Spanish and English: false cognates in it, and terms that it does not render.

A word list knows neither context nor region: these are hints for a person who reads, never verdicts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from llm_tui.exercises import data
from llm_tui.i18n import Text


@dataclass(frozen=True, slots=True)
class _Glossary:
    false_cognates: tuple[tuple[str, str, str, str], ...]
    terms: tuple[tuple[str, str, str], ...]


_GLOSSARY = data.read("glossary", _Glossary)

FALSE_COGNATES = _GLOSSARY.false_cognates
"""A Spanish word, its false friend in English, what each of the two is in the other language; as lists of forms."""
TERMS = _GLOSSARY.terms
"""An English term, the Spanish term, what else is accepted in a translation; as lists of forms."""


@dataclass(frozen=True, slots=True)
class Hint:
    """What to look at: `start` to `end`, in characters, of the `side` named ("source" or "target"), and why."""

    start: int
    end: int
    side: str
    said: Text


def hints(source: str, target: str, direction: str) -> tuple[Hint, ...]:
    """What a translation may have got wrong, in the order of its places: first the source's, then the target's.

    A false cognate is marked where the target has it and the source has its false friend; a term, once, where the
    source has it and the target has none of its renderings. `direction` is "es-en" or "en-es", or ValueError.
    """
    if direction not in ("es-en", "en-es"):
        raise ValueError(f"direction must be es-en or en-es, not {direction!r}")
    from_spanish = direction == "es-en"
    found = (*_terms(source, target, from_spanish), *_false_cognates(source, target, from_spanish))
    return tuple(sorted(found, key=lambda hint: (hint.side, hint.start)))


def _terms(source: str, target: str, from_spanish: bool) -> Iterator[Hint]:
    seen = set()
    for start, end, entry in _find(_term_index(from_spanish), source):
        english, spanish, also = TERMS[entry]
        term, renderings = (spanish, english) if from_spanish else (english, spanish)
        if entry in seen or _any(f"{renderings}, {also}" if also else renderings).search(target):
            continue
        seen.add(entry)
        usual = Text("{term} is usually {names}", "{term} suele ser {names}")
        said = Text(usual.en + "; not found in the translation.", usual.es + "; no se encuentra en la traducción.")
        names = _quoted(renderings, spanish=not from_spanish)
        yield Hint(start, end, "source", said.format(term=_head(term, spanish=from_spanish), names=names))


def _false_cognates(source: str, target: str, from_spanish: bool) -> Iterator[Hint]:
    for start, end, entry in _find(_cognate_index(from_spanish), target):
        spanish, english, in_english, in_spanish = FALSE_COGNATES[entry]
        if not _any(spanish if from_spanish else english).search(source):
            continue
        of_spanish = (_head(spanish, spanish=True), _quoted(in_english, spanish=False))
        of_english = (_head(english, spanish=False), _quoted(in_spanish, spanish=True))
        (word, means), (friend, renders) = (of_english, of_spanish) if from_spanish else (of_spanish, of_english)
        said = Text(
            "{word} usually means {means}; {friend} is usually {renders}.",
            "{word} suele significar {means}; {friend} suele ser {renders}.",
        )
        yield Hint(start, end, "target", said.format(word=word, means=means, friend=friend, renders=renders))


def _forms(forms: str) -> list[str]:
    return forms.split(", ")


def _quoted(forms: str, *, spanish: bool) -> str:
    """The forms that can be shown, three at most, in the quotes of their language."""
    shown = [form for form in _forms(forms) if "*" not in form][:3]
    return ", ".join(f"«{form}»" if spanish else f"“{form}”" for form in shown)


def _head(forms: str, *, spanish: bool) -> str:
    return _quoted(_forms(forms)[0], spanish=spanish)


_MARKS = "\u0300-\u036f"
_START = rf"(?<![\w{_MARKS}])"
_END = rf"(?![\w{_MARKS}])"
# A vocabulary without a letter leaves its unknown piece, as text, as a space, or nothing at all.
_LOST = r"<unk>| ?⁇ ?|\ufffd|\?|(?<=\w) (?=\w)"


def _letters(text: str) -> str:
    """The expression for `text` composed or decomposed, its accented letters perhaps lost. A plain letter is another
    letter: «práctica» is not «practica».
    """
    return "".join(
        char if char.isascii() else f"(?:{char}|{unicodedata.normalize('NFD', char)}|{_LOST})?" for char in text
    )


def _word(word: str) -> str:
    if word.endswith("*"):
        return _letters(word[:-1]) + rf"[\w{_MARKS}]*"
    if word.endswith("ón"):
        return _letters(word[:-2]) + f"(?:{_letters('ón')}|ones)"
    if word.endswith("y"):
        return _letters(word[:-1]) + "(?:ys?|ies)"
    return _letters(word) + "(?:e?s)?"


def _expression(form: str) -> str:
    return r"[\s\-]+".join(map(_word, re.split(r"[ -]", form)))


@cache
def _any(forms: str) -> re.Pattern[str]:
    return re.compile(f"{_START}(?:{'|'.join(map(_expression, _forms(forms)))}){_END}", re.IGNORECASE)


Index = tuple[re.Pattern[str], tuple[int, ...]]
"""One expression for a whole list, with a group for each form, and the entry that each group stands for."""


@cache
def _term_index(spanish: bool) -> Index:
    return _index(term[1 if spanish else 0] for term in TERMS)


@cache
def _cognate_index(english: bool) -> Index:
    return _index(pair[1 if english else 0] for pair in FALSE_COGNATES)


def _index(entries: Iterable[str]) -> Index:
    """The longest forms stand first: a «despliegue canario» is not a «despliegue»."""
    forms = [(form, entry) for entry, forms in enumerate(entries) for form in _forms(forms)]
    forms.sort(key=lambda pair: (-pair[0].count(" "), -len(pair[0])))
    groups = "|".join(f"({_expression(form)})" for form, _ in forms)
    return re.compile(f"{_START}(?:{groups}){_END}", re.IGNORECASE), tuple(entry for _, entry in forms)


def _find(index: Index, text: str) -> Iterator[tuple[int, int, int]]:
    """Start, end and entry of every form in `text`."""
    pattern, entries = index
    for match in pattern.finditer(text):
        yield match.start(), match.end(), entries[(match.lastindex or 1) - 1]
