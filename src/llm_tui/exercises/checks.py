"""What exercise 6 asks of an answer, checked without a model: what the answer did, not whether it is right."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from llm_tui.foundation.facts import AROUND, caseless, place, sentences
from llm_tui.i18n import Text

_EMPTY = Text("the answer is empty", "la respuesta está vacía")
_BETWEEN_TERMS = re.compile(r"[,;\n•]|(?:^|\s)(?:\d{1,2}[.)]|[-*–])\s", re.MULTILINE)
_LAST_AND = re.compile(r"(?<!\s)\s+(?:y|e|and)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Check:
    passed: bool
    said: Text


def is_label(answer: str, labels: Sequence[str]) -> Check:
    """The answer is one of `labels` and nothing else; case and what stands around it do not count."""
    if not answer.strip():
        return Check(False, _EMPTY)
    known = {caseless(label): label for label in labels}
    if label := known.get(caseless(answer)):
        return Check(
            True, Text("it is one of the labels: {label}", "es una de las etiquetas: {label}").format(label=label)
        )
    if not (found := named(answer, labels)):
        return Check(False, Text("it names none of the labels", "no nombra ninguna de las etiquetas"))
    said = Text("it names {labels}, and more", "nombra {labels}, y algo más")
    return Check(False, said.format(labels=", ".join(found)))


def named(text: str, terms: Sequence[str]) -> list[str]:
    """Those of the terms that the text has as whole words, in any case, each once."""
    known = {caseless(term): term for term in terms}
    return [term for term in known.values() if place(text, term) is not None]


def has_terms(answer: str, wanted: int) -> Check:
    """The answer lists `wanted` different terms, parted by commas, semicolons, lines, bullets or numbers."""
    if not answer.strip():
        return Check(False, _EMPTY)
    terms = listed(answer)
    different = len(set(terms))
    has = (
        Text("it has one term", "tiene un término")
        if different == 1
        else Text("it has {n} different terms", "tiene {n} términos distintos").format(n=different)
    )
    said = Text(f"{has.en}; {wanted} are asked for", f"{has.es}; se piden {wanted}")
    if len(terms) > different:
        said = Text(said.en + " (others repeat)", said.es + " (otros se repiten)")
    return Check(different == wanted, said)


def listed(answer: str) -> list[str]:
    """The terms of a list, without what stands around them, in lower case."""
    parts = [part for part in _BETWEEN_TERMS.split(answer) if part.strip(AROUND)]
    if len(parts) > 1:  # «a, b y c»
        parts[-1:] = _LAST_AND.split(parts[-1])
    elif len(_LAST_AND.split(answer)) > 1:
        parts = _LAST_AND.split(answer)
    return [caseless(part) for part in parts if part.strip(AROUND)]


LEAST_SENTENCES, MOST_SENTENCES = 2, 3


def has_sentences(answer: str) -> Check:
    """The answer has as many sentences as are asked for."""
    if not answer.strip():
        return Check(False, _EMPTY)
    count = sentences(answer)
    has = (
        Text("it has one sentence", "tiene una oración")
        if count == 1
        else Text("it has {n} sentences", "tiene {n} oraciones").format(n=count)
    )
    asked = Text("{least} or {most} are asked for", "se piden {least} o {most}").format(
        least=LEAST_SENTENCES, most=MOST_SENTENCES
    )
    return Check(LEAST_SENTENCES <= count <= MOST_SENTENCES, Text("; ", "; ").join([has, asked]))
