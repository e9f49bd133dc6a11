"""What the teaching T5 learns from: pairs of sentences, everyday and technical, short texts with their summaries, and
instructions with answers.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from llm_tui.foundation.instructions import PREFIXES
from llm_tui.foundation.job import TRANSLATE_EN_ES, TRANSLATE_ES_EN
from llm_tui.teaching.grammar import TOPICS, Phrase, Stock, expand, stock, stocks
from llm_tui.teaching.parallel import sound, tatoeba, technical
from llm_tui.teaching.t5_instructions import about, common_words, explained, label, rewritten, terms
from llm_tui.teaching.t5_summaries import FUSED, Example, spoken, summary

PEOPLE = re.compile(r"\b(?:Tom|Mary|John|Ken|Jim|Bill|Jane|Boston)\b")
"""Names of Tatoeba that stand so in both languages."""
NUMBER = re.compile(r"\b\d{2,4}\b")
DOCUMENTS = 24_000
"""Sentences of technical documentation each way."""
OWN = (("pairs", 6_000), ("devops", 9_000))
"""Files of templates, and how many sentences are made of them."""


def otherwise_named(pair: Phrase, names: Stock, rng: random.Random) -> Phrase:
    """The pair with other people and other numbers on both sides, so that a name is copied, not known."""
    english, spanish = pair.en, pair.es
    for found in sorted(set(PEOPLE.findall(english)) & set(PEOPLE.findall(spanish))):
        new = rng.choice(names["first"]).en
        if rng.random() < 0.5:
            new += " " + rng.choice(names["last"]).en
        english, spanish = (re.sub(rf"\b{found}\b", new, text) for text in (english, spanish))
    for found in sorted(set(NUMBER.findall(english)) & set(NUMBER.findall(spanish))):
        new = str(rng.randint(10 ** (len(found) - 1), 10 ** len(found) - 1))
        english, spanish = (re.sub(rf"\b{found}\b", new, text) for text in (english, spanish))
    return Phrase(english, spanish)


def examples(data: Path, seed: int, device: str) -> Iterator[Example]:
    """Everything to train on, in no order."""
    rng = random.Random(seed)
    learned, _ = tatoeba(data)
    yield from translations(data, learned, rng)
    stories = stocks("stories", "instructions", "asking", "pairs")
    reports = stock("reports")
    fused = [pair for pair in learned if FUSED.search(pair.en) and FUSED.search(pair.es)]
    for _ in range(11_000):
        yield summary(stories, reports, learned, fused, rng)
    topics = stocks(*TOPICS)
    known = about(learned, topics, rng, device)
    for _ in range(60_000):
        yield label(stories, topics, known, rng)
    common = Counter(word for pair in learned for text in (pair.en, pair.es) for word in common_words(text))
    words = stock("devops")
    composed = [said(rng.choice(words["sentence"]), words, rng) for _ in range(3000)]
    for _ in range(8_000):
        yield terms(stories, reports, rng.choice([learned, composed]), common, rng)
    rewriting = {**reports, **stock("rewriting")}
    for _ in range(9_000):
        yield rewritten(stories, rewriting, learned, rng)
    for _ in range(1_500):
        yield explained(stories, rng)


def translations(data: Path, learned: Sequence[Phrase], rng: random.Random) -> Iterator[Example]:
    """Both ways: half of Tatoeba each, the shorter sentences of technical documentation, and own sentences."""
    names = stock("entities")
    documents = [pair for pair in technical(data)[0] if sound(pair)]
    made: list[Phrase] = []
    for name, many in OWN:
        words = stock(name)
        made += {said(rng.choice(words["sentence"]), words, rng) for _ in range(many)}
        made += words.get("fixed", []) * 3
    made.sort(key=lambda phrase: (phrase.en, phrase.es))
    for to_spanish in (True, False):
        everyday = [otherwise_named(pair, names, rng) for pair in rng.sample(learned, len(learned) // 2)]
        for pair in [*everyday, *rng.sample(documents, min(DOCUMENTS, len(documents))), *made]:
            if to_spanish:
                yield f"{PREFIXES[TRANSLATE_EN_ES]}{pair.en}", pair.es
            else:
                yield f"{PREFIXES[TRANSLATE_ES_EN]}{pair.es}", pair.en


def said(template: Phrase, words: Stock, rng: random.Random) -> Phrase:
    """A sentence of the template, with a capital at its start and the articles that Spanish draws together."""
    return spoken(expand(template, words, rng))
