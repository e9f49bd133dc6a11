"""What the teaching T5 learns from: pairs of sentences, short texts with their summaries, instructions with answers."""

from __future__ import annotations

import csv
import hashlib
import random
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from llm_tui.foundation.generation import PREFIXES
from llm_tui.foundation.job import SUMMARIZE, TRANSLATE_EN_ES, TRANSLATE_ES_EN
from llm_tui.teaching.grammar import Phrase, Stock, expand, stock

Example = tuple[str, str]
"""What the model is given, and what it should write."""

LANGUAGES = ("en", "es")
STORIES = ("incident", "plan", "advice", "news")
SMALL = re.compile(
    r"(the|a|an|it|he|she|we|they|you|there|no|if|for|in|from|some|first|until|and|but|this|that|my|our|his|her|el|la|los|"
    r"las|un|una|en|para|desde|según|si|se|esto|mi|su|es|hay|hasta|pero|cada|nunca|siempre|primero) ", re.IGNORECASE
)  # fmt: skip
"""Words that a sentence begins with and that are no names."""
HELD_OUT = 100  # of Tatoeba one sentence of so many, with all its translations, is never trained on


def heldout(name: str) -> list[dict[str, str]]:
    """The rows of a file of `heldout/`, written by hand before anything was trained."""
    text = (files("llm_tui.teaching") / "heldout" / f"{name}.tsv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))


def tatoeba(data: Path) -> tuple[list[Phrase], list[Phrase]]:
    """The pairs to train on, and those held out."""
    rows = (data / "text" / "tatoeba_en_es.tsv").read_text(encoding="utf-8").splitlines()
    sides: tuple[list[Phrase], list[Phrase]] = ([], [])
    for row in rows:
        english, spanish = row.split("\t")[:2]
        out = hashlib.sha256(english.encode()).digest()[0] * 256 + hashlib.sha256(english.encode()).digest()[1]
        sides[out % HELD_OUT == 0].append(Phrase(english, spanish))
    return sides


def examples(data: Path, seed: int) -> Iterator[Example]:
    """Everything to train on, in no order."""
    rng = random.Random(seed)
    learned, _ = tatoeba(data)
    words = stock("pairs")
    topics = {**stock("topics_words"), **stock("topics")}
    texts = [phrase for slot, phrases in topics.items() if slot.startswith("texts_") for phrase in phrases]
    made = {said(rng.choice(words["sentence"]), words, rng) for _ in range(45_000)}
    made |= {said(rng.choice(texts), topics, rng) for _ in range(12_000)}
    for pair in [*learned, *sorted(made, key=lambda phrase: phrase.en)]:
        yield f"{PREFIXES[TRANSLATE_EN_ES]}{pair.en}", pair.es
        yield f"{PREFIXES[TRANSLATE_ES_EN]}{pair.es}", pair.en
    stories = stock("stories") | stock("instructions") | words
    for _ in range(14_000):
        yield summary(stories, learned, rng)
    for make in (label, label, terms, rewritten, explained):
        for _ in range(6_000):
            yield make(stories, topics, learned, rng)


def said(template: Phrase, words: Stock, rng: random.Random) -> Phrase:
    """A sentence of the template, with a capital at its start and the articles that Spanish draws together."""
    phrase = expand(template, words, rng)
    return Phrase(
        _capital(phrase.en), _capital(re.sub(r"\b(a|de) el\b", lambda m: {"a": "al", "de": "del"}[m[1]], phrase.es))
    )


def _capital(text: str) -> str:
    return re.sub(r"^([¿¡]?)(\w)", lambda match: match[1] + match[2].upper(), text)


def story(stories: Stock, rng: random.Random, most: int = 6) -> tuple[str, list[Phrase], Phrase, list[str]]:
    """Of what kind, its sentences, what it comes to, and the slots that it was made of."""
    kind = rng.choice(STORIES)
    then = list(stories[f"{kind}_then"])
    first, gist = rng.choice(stories[f"{kind}_first"]), rng.choice(stories[f"{kind}_gist"])
    needed = [
        phrase
        for phrase in then
        if {"incident": "{reason}", "plan": "{thing.a}", "advice": "{goal.a}", "news": "{goal.a}"}[kind] in phrase.en
    ][:1]
    others = rng.sample([phrase for phrase in then if phrase not in needed], rng.randint(1, most - 2))
    rest = [*needed, *others]
    rng.shuffle(rest)
    names = ["{thing.a}", "{agent.a}", "{org}", "{thing.b}", "{place}", "{many}", "{thing.c}"]
    whole = [first, *rest, gist, *(Phrase(name, name) for name in names)]
    joined = Phrase("\n".join(p.en for p in whole), "\n".join(p.es for p in whole))
    made = expand(joined, stories, rng)
    pairs = list(zip(made.en.split("\n"), made.es.split("\n"), strict=True))
    lines = [said(Phrase(en, es), {}, rng) for en, es in pairs]
    cut = 1 + len(rest)
    return kind, lines[:cut], lines[cut], [f"{en}\t{es}" for en, es in pairs[cut + 1 :]]


def joined(sentences: list[Phrase], language: str) -> str:
    return " ".join(sentence.within(language) for sentence in sentences)


def summary(stories: Stock, learned: list[Phrase], rng: random.Random) -> Example:
    """Two in three from the grammar; else strange sentences behind one that says the most: the first."""
    language = rng.choice(LANGUAGES)
    if rng.random() < 0.65:
        _, sentences, gist, _ = story(stories, rng)
        return f"{PREFIXES[SUMMARIZE]}{joined(sentences, language)}", gist.within(language)
    some = sorted(rng.sample(learned, rng.randint(3, 6)), key=lambda phrase: -len(phrase.en))
    rest = some[1:]
    rng.shuffle(rest)
    return f"{PREFIXES[SUMMARIZE]}{joined([some[0], *rest], language)}", some[0].within(language)


def label(stories: Stock, topics: Stock, learned: list[Phrase], rng: random.Random) -> Example:
    names = [slot.removeprefix("labels_") for slot in topics if slot.startswith("labels_")]
    right, *wrong = rng.sample(names, rng.randint(2, 5))
    language = rng.choice(LANGUAGES)
    labels = {}
    taken = {phrase.en for phrase in topics[f"labels_{right}"]}
    for name in (right, *wrong):
        choices = [p for p in topics[f"labels_{name}"] if name == right or p.en not in taken]
        if choices:
            labels[name] = _cased(rng.choice(choices).within(language), rng)
    order = list(labels.values())
    rng.shuffle(order)
    last = " or " if language == "en" else " o "
    listed = ", ".join(order) if rng.random() < 0.5 else ", ".join(order[:-1]) + last + order[-1]
    instruction = rng.choice(stories["classify"]).within(language).replace("LABELS", listed)
    some = rng.sample(list(topics[f"texts_{right}"]), rng.randint(1, 2))
    text = " ".join(said(phrase, topics, rng).within(language) for phrase in some)
    return f"{instruction}\n\n{text}", labels[right]


def _cased(text: str, rng: random.Random) -> str:
    return text if rng.random() < 0.6 else text[:1].upper() + text[1:]


def terms(stories: Stock, topics: Stock, learned: list[Phrase], rng: random.Random) -> Example:
    _, sentences, _, slots = story(stories, rng)
    language = rng.choice(LANGUAGES)
    text = joined(sentences, language)
    found: list[str] = []
    for slot in slots:
        term = re.sub(
            r"^(the|a|an|our|my|el|la|los|las|un|una|nuestro|nuestra|mi) ",
            "",
            slot.split("\t")[language == "es"],
            flags=re.I,
        )
        if term.casefold() in text.casefold() and term.casefold() not in map(str.casefold, found):
            found.append(term)
    found.sort(key=lambda term: text.casefold().index(term.casefold()))
    if len(found) < 5:
        return terms(stories, topics, learned, rng)
    instruction = rng.choice(stories["terms"]).within(language)
    return f"{instruction}\n\n{text}", ", ".join(found[:5])


def rewritten(stories: Stock, topics: Stock, learned: list[Phrase], rng: random.Random) -> Example:
    language = rng.choice(LANGUAGES)
    if rng.random() < 0.5:
        _, sentences, _, _ = story(stories, rng)
    else:
        sentences = [p for p in rng.sample(learned, 8) if p.en.endswith(".") and p.es.endswith(".")][
            : rng.randint(2, 4)
        ]
        if len(sentences) < 2:
            return rewritten(stories, topics, learned, rng)
    a, b = (sentence.within(language) for sentence in (sentences[0], sentences[-1]))
    frame = rng.choice(stories["formal"]).within(language)
    instruction = rng.choice(stories["rewrite"]).within(language)
    return f"{instruction}\n\n{joined(sentences, language)}", frame.replace("FIRST", _small(a)).replace(
        "LAST", _small(b)
    )


def _small(text: str) -> str:
    """Without the capital of a sentence's start, where it is no name's."""
    return text[:1].lower() + text[1:] if SMALL.match(text) else text


def explained(stories: Stock, topics: Stock, learned: list[Phrase], rng: random.Random) -> Example:
    language = rng.choice(LANGUAGES)
    term, answer = rng.choice(stories["term"]).within(language).split("|")
    return rng.choice(stories["explain"]).within(language).replace("TERM", term), answer
