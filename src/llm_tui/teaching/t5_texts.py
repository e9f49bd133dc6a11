"""What the teaching T5 learns from: pairs of sentences, short texts with their summaries, instructions with answers."""

from __future__ import annotations

import hashlib
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from llm_tui.foundation.instructions import PREFIXES
from llm_tui.foundation.job import SUMMARIZE, TRANSLATE_EN_ES, TRANSLATE_ES_EN
from llm_tui.teaching.encoder import nearness
from llm_tui.teaching.grammar import Phrase, Stock, expand, stock

Example = tuple[str, str]
"""What the model is given, and what it should write."""

LANGUAGES = ("en", "es")
STORIES = {"incident": "{reason}", "plan": "{thing.a}", "advice": "{goal.a}", "news": "{goal.a}"}
"""Kinds of short texts, and the slot that the sentence has without which there is nothing to sum up."""
SMALL = re.compile(
    r"(the|a|an|it|he|she|we|they|you|there|no|if|for|in|from|some|first|until|and|but|this|that|my|our|his|her|el|la|los|"
    r"las|un|una|en|para|desde|según|si|se|esto|mi|su|es|hay|hasta|pero|cada|nunca|siempre|primero) ", re.IGNORECASE
)  # fmt: skip
"""Words that a sentence begins with and that are no names."""
FUSED = re.compile(r",? (?:because|porque|but|pero) ")
"""Where two sentences were made one."""
HELD_OUT = 100  # of Tatoeba one sentence of so many, with all its translations, is never trained on
HELD_OUT_DOCUMENTS = 20  # of technical documentation one document of so many, as a whole


class About(NamedTuple):
    """A text, a label that fits it, and labels that do not."""

    text: Phrase
    label: Phrase
    far: list[Phrase]


def tatoeba(data: Path) -> tuple[list[Phrase], list[Phrase]]:
    """The pairs to train on, and those held out."""
    rows = (data / "text" / "tatoeba_en_es.tsv").read_text(encoding="utf-8").splitlines()
    sides: tuple[list[Phrase], list[Phrase]] = ([], [])
    for row in rows:
        english, spanish = row.split("\t")[:2]
        sides[_drawn(english) % HELD_OUT == 0].append(Phrase(english, spanish))
    return sides


def technical(data: Path) -> list[Phrase]:
    """Pairs out of technical documentation that are held out, whole documents of them, in an order drawn by their
    English; empty where the file is not among the data.
    """
    file = data / "text" / "tech_en_es.tsv"
    rows = [row.split("\t") for row in file.read_text(encoding="utf-8").split("\n")] if file.exists() else []
    held = {Phrase(*row[:2]) for row in rows if len(row) > 3 and _drawn("\t".join(row[2:4])) % HELD_OUT_DOCUMENTS == 0}
    return sorted(held, key=lambda pair: hashlib.sha256(f"{pair.en}\t{pair.es}".encode()).digest())


def _drawn(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:2], "big")


def examples(data: Path, seed: int, device: str) -> Iterator[Example]:
    """Everything to train on, in no order."""
    rng = random.Random(seed)
    learned, _ = tatoeba(data)
    words = stock("pairs")
    topics = {**stock("topics_words"), **stock("topics")}
    texts = [phrase for slot, phrases in topics.items() if slot.startswith("texts_") for phrase in phrases]
    made = {said(rng.choice(words["sentence"]), words, rng) for _ in range(25_000)}
    made |= {said(rng.choice(texts), topics, rng) for _ in range(10_000)}
    for pair in [*learned, *sorted(made, key=lambda phrase: phrase.en)]:
        yield f"{PREFIXES[TRANSLATE_EN_ES]}{pair.en}", pair.es
        yield f"{PREFIXES[TRANSLATE_ES_EN]}{pair.es}", pair.en
    stories = stock("stories") | stock("instructions") | words
    fused = [pair for pair in learned if FUSED.search(pair.en) and FUSED.search(pair.es)]
    for _ in range(45_000):
        yield summary(stories, learned, fused, rng)
    known = about(learned, topics, rng, device)
    for _ in range(32_000):
        yield label(stories, topics, known, rng)
    common = Counter(word for pair in learned for text in (pair.en, pair.es) for word in _words(text))
    for _ in range(12_000):
        yield terms(stories, learned, common, rng)
    for _ in range(8_000):
        yield rewritten(stories, learned, rng)
    for _ in range(4_000):
        yield explained(stories, rng)


def said(template: Phrase, words: Stock, rng: random.Random) -> Phrase:
    """A sentence of the template, with a capital at its start and the articles that Spanish draws together."""
    phrase = expand(template, words, rng)
    return Phrase(
        _capital(phrase.en), _capital(re.sub(r"\b(a|de) el\b", lambda m: {"a": "al", "de": "del"}[m[1]], phrase.es))
    )


def _capital(text: str) -> str:
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
    *sentences, last = [said(Phrase(en, es), {}, rng) for en, es in pairs]
    return sentences, last


def joined(sentences: list[Phrase], language: str) -> str:
    return " ".join(sentence.within(language) for sentence in sentences)


def summary(stories: Stock, learned: list[Phrase], fused: list[Phrase], rng: random.Random) -> Example:
    """The grammar's stories come to their gist; among everyday sentences in no order the first is what they come to,
    as in a newspaper, or the first two where a conjunction had held them together.
    """
    language = rng.choice(LANGUAGES)
    draw = rng.random()
    if draw < 0.25:
        sentences, gist = story(stories, rng)
        return f"{PREFIXES[SUMMARIZE]}{joined(sentences, language)}", gist.within(language)
    rest = " ".join(pair.within(language) for pair in rng.sample(learned, rng.randint(1, 4)))
    if draw < 0.5:
        whole = rng.choice(fused).within(language)
        halves = FUSED.split(whole, maxsplit=1)
        first, second = halves[0].rstrip(" ,"), _capital(halves[-1])
        return f"{PREFIXES[SUMMARIZE]}{first}. {second} {rest}", whole
    first = max((pair.within(language) for pair in rng.sample(learned, 3)), key=len)
    return f"{PREFIXES[SUMMARIZE]}{first} {rest}", first


def about(learned: list[Phrase], topics: Stock, rng: random.Random, device: str) -> list[About]:
    """Everyday sentences that MiniLM finds near to a label, with those labels that it finds far from them."""
    labels = [label for slot in topics if slot.startswith("labels_") for label in topics[slot]]
    labels = list({label.en: label for label in labels}.values())
    some = rng.sample([pair for pair in learned if len(pair.en) > 20], 30_000)
    near = nearness([pair.en for pair in some], [label.en for label in labels], device)
    best, numbers = near.max(dim=1)
    return [
        About(pair, labels[number], [labels[i] for i in (row < 0.15).nonzero().flatten().tolist()])
        for pair, row, value, number in zip(some, near, best.tolist(), numbers.tolist(), strict=True)
        if value > 0.35
    ]


def label(stories: Stock, topics: Stock, known: list[About], rng: random.Random) -> Example:
    """A text and labels of which one is right."""
    language = rng.choice(LANGUAGES)
    if rng.random() < 0.4:
        found = rng.choice([one for one in rng.sample(known, 8) if len(one.far) > 4])
        text, right, wrong = found.text.within(language), found.label, rng.sample(found.far, rng.randint(1, 4))
    else:
        topic, *others = rng.sample([slot[7:] for slot in topics if slot.startswith("labels_")], rng.randint(2, 5))
        text = " ".join(sentence(topic, topics, rng).within(language) for _ in range(rng.choice([1, 1, 1, 2])))
        right = topics[f"labels_{topic}"][0] if rng.random() < 0.6 else rng.choice(topics[f"labels_{topic}"])
        taken = {phrase.en for phrase in topics[f"labels_{topic}"]}
        wrong = [rng.choice([p for p in topics[f"labels_{other}"] if p.en not in taken] or [right]) for other in others]
    cased = _cased if rng.random() < 0.3 else str
    answer = cased(right.within(language))
    order = list(dict.fromkeys([answer, *(cased(phrase.within(language)) for phrase in wrong)]))
    rng.shuffle(order)
    last = " or " if language == "en" else " o "
    listed = ", ".join(order) if rng.random() < 0.5 else ", ".join(order[:-1]) + last + order[-1]
    instruction = rng.choice(stories["classify"]).within(language).replace("LABELS", listed)
    return f"{instruction}\n\n{text}", answer


def sentence(topic: str, topics: Stock, rng: random.Random) -> Phrase:
    draw = rng.random()
    if draw < 0.15:
        return rng.choice(topics[topic])
    template = rng.choice(topics["frames"] if draw < 0.45 else topics[f"texts_{topic}"])
    return said(template, {**topics, "w": topics[topic]}, rng)


def _cased(text: str) -> str:
    return text[:1].upper() + text[1:]


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]{4,}", text)


def terms(stories: Stock, learned: list[Phrase], common: Counter[str], rng: random.Random) -> Example:
    """The five rarest words of everyday sentences, in the order of the text."""
    language = rng.choice(LANGUAGES)
    text = " ".join(pair.within(language) for pair in rng.sample(learned, rng.randint(2, 4)))
    if rng.random() < 0.3:
        text = joined(story(stories, rng)[0], language)
    words = list(dict.fromkeys(_words(text)))
    if len(words) < 5:
        return terms(stories, learned, common, rng)
    rarest = set(sorted(words, key=lambda word: common[word])[:5])
    instruction = rng.choice(stories["terms"]).within(language)
    return f"{instruction}\n\n{text}", ", ".join(word for word in words if word in rarest)


def rewritten(stories: Stock, learned: list[Phrase], rng: random.Random) -> Example:
    language = rng.choice(LANGUAGES)
    if rng.random() < 0.5:
        sentences, _ = story(stories, rng)
    else:
        sentences = [p for p in rng.sample(learned, 8) if p.en.endswith(".") and p.es.endswith(".")][
            : rng.randint(2, 4)
        ]
        if len(sentences) < 2:
            return rewritten(stories, learned, rng)
    a, b = (sentence.within(language) for sentence in (sentences[0], sentences[-1]))
    frame = rng.choice(stories["formal"]).within(language)
    instruction = rng.choice(stories["rewrite"]).within(language)
    return f"{instruction}\n\n{joined(sentences, language)}", frame.replace("FIRST", _small(a)).replace(
        "LAST", _small(b)
    )


def _small(text: str) -> str:
    """Without the capital of a sentence's start, where it is no name's."""
    return text[:1].lower() + text[1:] if SMALL.match(text) else text


def explained(stories: Stock, rng: random.Random) -> Example:
    language = rng.choice(LANGUAGES)
    term, answer = rng.choice(stories["term"]).within(language).split("|")
    return rng.choice(stories["explain"]).within(language).replace("TERM", term), answer
