"""Short texts with what they come to, for the teaching T5."""

from __future__ import annotations

import random
import re

from llm_tui.foundation.instructions import PREFIXES
from llm_tui.foundation.job import SUMMARIZE
from llm_tui.teaching.grammar import Phrase, Stock, expand

Example = tuple[str, str]
"""What the model is given, and what it should write."""

LANGUAGES = ("en", "es")
STORIES = {"incident": "{reason}", "plan": "{thing.a}", "advice": "{goal.a}", "news": "{goal.a}"}
"""Kinds of short texts, and the slot that the sentence has without which there is nothing to sum up."""
FUSED = re.compile(r",? (?:because|porque|but|pero) ")
"""Where two sentences were made one."""
TELLING = "! "
"""How a sentence of a report begins that its summary needs."""


def spoken(phrase: Phrase) -> Phrase:
    """With a capital at its start and the articles that Spanish draws together."""
    drawn = re.sub(r"\b([ad]e?) el\b", lambda m: f"{m[1]}l", phrase.es)
    return Phrase(capital(phrase.en), capital(drawn))


def capital(text: str) -> str:
    return re.sub(r"^([¿¡]?)(\w)", lambda match: match[1] + match[2].upper(), text)


def story(stories: Stock, rng: random.Random, most: int = 6) -> tuple[list[Phrase], Phrase]:
    """The sentences of a short text, and what it comes to."""
    kind, telling = rng.choice(list(STORIES.items()))
    then = list(stories[f"{kind}_then"])
    first, gist = rng.choice(stories[f"{kind}_first"]), rng.choice(stories[f"{kind}_gist"])
    needed = [phrase for phrase in then if telling in phrase.en][:1]
    others = rng.sample([phrase for phrase in then if phrase not in needed], rng.randint(1, most - 2))
    rest = [*needed, *others]
    rng.shuffle(rest)
    whole = [first, *rest, gist]
    made = expand(Phrase("\n".join(p.en for p in whole), "\n".join(p.es for p in whole)), stories, rng)
    pairs = zip(made.en.split("\n"), made.es.split("\n"), strict=True)
    *sentences, last = [spoken(Phrase(en, es)) for en, es in pairs]
    return sentences, last


def report(reports: Stock, rng: random.Random) -> tuple[list[Phrase], Phrase]:
    """The sentences of a text that tells the cause, the price or what follows later than it begins, and a summary of
    one sentence that has both.
    """
    kind = rng.choice([slot.removesuffix("_first") for slot in reports if slot.endswith("_first")])
    first, gist = rng.choice(reports[f"{kind}_first"]), rng.choice(reports[f"{kind}_gist"])
    then = reports[f"{kind}_then"]
    others = rng.sample([phrase for phrase in then if not phrase.en.startswith(TELLING)], rng.randint(1, 4))
    rest = [phrase for phrase in then if phrase.en.startswith(TELLING)] + others
    rng.shuffle(rest)
    whole = [first, *rest, gist]
    made = expand(Phrase("\n".join(p.en for p in whole), "\n".join(p.es for p in whole)), reports, rng)
    pairs = zip(made.en.split("\n"), made.es.split("\n"), strict=True)
    *sentences, last = [spoken(Phrase(en.removeprefix(TELLING), es.removeprefix(TELLING))) for en, es in pairs]
    return sentences, last


def joined(sentences: list[Phrase], language: str) -> str:
    return " ".join(sentence.within(language) for sentence in sentences)


def summary(stories: Stock, reports: Stock, learned: list[Phrase], fused: list[Phrase], rng: random.Random) -> Example:
    """Reports and the grammar's stories come to their gist; among everyday sentences in no order the first is what they
    come to, as in a newspaper, or the first two where a conjunction had held them together.
    """
    language = rng.choice(LANGUAGES)
    draw = rng.random()
    if draw < 0.65:
        sentences, gist = report(reports, rng) if draw < 0.5 else story(stories, rng)
        return f"{PREFIXES[SUMMARIZE]}{joined(sentences, language)}", gist.within(language)
    rest = " ".join(pair.within(language) for pair in rng.sample(learned, rng.randint(1, 4)))
    if draw < 0.85:
        whole = rng.choice(fused).within(language)
        halves = FUSED.split(whole, maxsplit=1)
        first, second = halves[0].rstrip(" ,"), capital(halves[-1])
        return f"{PREFIXES[SUMMARIZE]}{first}. {second} {rest}", whole
    first = max((pair.within(language) for pair in rng.sample(learned, 3)), key=len)
    return f"{PREFIXES[SUMMARIZE]}{first} {rest}", first
