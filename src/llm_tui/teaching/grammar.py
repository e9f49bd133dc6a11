"""Sentences in two languages from templates and a stock of words: what this project writes itself to train on."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

_SLOT = re.compile(r"\{(\w+)(?:\.(\w+))?\}")


@dataclass(frozen=True, slots=True)
class Phrase:
    """The same thing in English and Spanish."""

    en: str
    es: str

    def within(self, language: str) -> str:
        return self.es if language == "es" else self.en


Stock = Mapping[str, Sequence[Phrase]]
"""Words by the name of their slot."""


def stock(name: str) -> dict[str, list[Phrase]]:
    """A file of `stock/`: tables of arrays; an entry is a text for both languages, or a pair [English, Spanish]."""
    raw = tomllib.loads((files("llm_tui.teaching") / "stock" / f"{name}.toml").read_text(encoding="utf-8"))
    return {
        slot: [Phrase(e, e) if isinstance(e, str) else Phrase(*e) for e in entries] for slot, entries in raw.items()
    }


def stocks(*names: str) -> dict[str, list[Phrase]]:
    """Several files of `stock/` as one: the words of a slot that stands in more than one are put together."""
    found: dict[str, list[Phrase]] = {}
    for name in names:
        for slot, entries in stock(name).items():
            found[slot] = [*found.get(slot, []), *entries]
    return found


TOPICS = ("topics_words", "topics", "topics_existing", "topics_more")
"""What texts are about: labels, texts and words by topic."""


def expand(template: Phrase, words: Stock, rng: random.Random) -> Phrase:
    """The template with a word of the stock in each {slot}, itself expanded. {slot.a} and {slot.b} are two different
    draws, {slot} twice is one draw, {Slot} is the same with a capital; both languages get the same draws.
    """
    drawn: dict[str, Phrase] = {}
    for match in _SLOT.finditer(template.en + template.es):
        if match[0].lower() not in drawn:
            entries = words[match[1].lower()]
            others = [phrase for phrase in entries if phrase not in drawn.values()]
            drawn[match[0].lower()] = rng.choice(others or entries)
    full = {slot: expand(phrase, words, rng) for slot, phrase in drawn.items()}

    def filled(language: str) -> str:
        def word(match: re.Match[str]) -> str:
            text = full[match[0].lower()].within(language)
            return text[:1].upper() + text[1:] if match[1][0].isupper() else text

        return _SLOT.sub(word, template.within(language))

    return Phrase(filled("en"), filled("es"))
