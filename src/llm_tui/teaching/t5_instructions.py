"""Instructions with their answers, for the teaching T5: the label of a text, its key terms, a formal rewriting, what a
term means.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from typing import NamedTuple

from llm_tui.teaching.encoder import nearness
from llm_tui.teaching.grammar import Phrase, Stock, expand
from llm_tui.teaching.t5_summaries import LANGUAGES, Example, capital, joined, report, spoken, story

SMALL = re.compile(
    r"(the|a|an|it|he|she|we|they|you|there|no|if|for|in|from|some|first|until|and|but|this|that|my|our|his|her|el|la|los|"
    r"las|un|una|en|para|desde|según|si|se|esto|mi|su|es|hay|hasta|pero|cada|nunca|siempre|primero) ", re.IGNORECASE
)  # fmt: skip
"""Words that a sentence begins with and that are no names."""
OPTIONS = (2, 3, 3, 3, 3, 4, 5)
"""How many labels there may be."""


class About(NamedTuple):
    """A text, a label that fits it, and labels that do not."""

    text: Phrase
    label: Phrase
    far: list[Phrase]


def about(learned: list[Phrase], topics: Stock, rng: random.Random, device: str) -> list[About]:
    """Everyday sentences that MiniLM finds near to a label, with those labels that it finds far from them."""
    labels = [label for slot in topics if slot.startswith("labels_") for label in topics[slot]]
    labels = list({label.en: label for label in labels}.values())
    some = rng.sample([pair for pair in learned if len(pair.en) > 20], 40_000)
    near = nearness([pair.en for pair in some], [label.en for label in labels], device)
    best, numbers = near.max(dim=1)
    return [
        About(pair, labels[number], [labels[i] for i in (row < 0.15).nonzero().flatten().tolist()])
        for pair, row, value, number in zip(some, near, best.tolist(), numbers.tolist(), strict=True)
        if value > 0.35
    ]


def label(stories: Stock, topics: Stock, known: list[About], rng: random.Random, everyday: float = 0.3) -> Example:
    """A text, with the share `everyday` one that is known, and labels of which one is right."""
    language = rng.choice(LANGUAGES)
    many = rng.choice(OPTIONS) - 1
    if rng.random() < everyday:
        found = rng.choice([one for one in rng.sample(known, 8) if len(one.far) > 4])
        text, right, wrong = found.text.within(language), found.label, rng.sample(found.far, many)
    else:
        topic, *others = rng.sample([slot[7:] for slot in topics if slot.startswith("labels_")], many + 1)
        text = " ".join(sentence(topic, topics, rng).within(language) for _ in range(rng.choice([1, 1, 1, 2])))
        right = topics[f"labels_{topic}"][0] if rng.random() < 0.6 else rng.choice(topics[f"labels_{topic}"])
        taken = {phrase.en for phrase in topics[f"labels_{topic}"]}
        wrong = [rng.choice([p for p in topics[f"labels_{other}"] if p.en not in taken] or [right]) for other in others]
    cased = capital if rng.random() < 0.2 else str
    answer = cased(right.within(language))
    order = list(dict.fromkeys([answer, *(cased(phrase.within(language)) for phrase in wrong)]))
    rng.shuffle(order)
    last = " or " if language == "en" else " o "
    listed = ", ".join(order) if rng.random() < 0.5 else ", ".join(order[:-1]) + last + order[-1]
    instruction = rng.choice(stories["classify"]).within(language).replace("LABELS", listed)
    return f"{instruction}\n\n{text}", answer


def sentence(topic: str, topics: Stock, rng: random.Random) -> Phrase:
    draw = rng.random()
    if draw < 0.1:
        return rng.choice(topics[topic])
    template = rng.choice(topics["frames"] if draw < 0.25 else topics[f"texts_{topic}"])
    return spoken(expand(template, {**topics, "w": topics[topic]}, rng))


def common_words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]{4,}", text)


def terms(stories: Stock, reports: Stock, some: list[Phrase], common: Counter[str], rng: random.Random) -> Example:
    """The five rarest words of a text, in its order."""
    language = rng.choice(LANGUAGES)
    text = " ".join(pair.within(language) for pair in rng.sample(some, rng.randint(2, 4)))
    if rng.random() < 0.4:
        text = joined(report(reports, rng)[0][:4], language)
    words = list(dict.fromkeys(common_words(text)))
    if len(words) < 5:
        return terms(stories, reports, some, common, rng)
    rarest = set(sorted(words, key=lambda word: common[word])[:5])
    instruction = rng.choice(stories["terms"]).within(language)
    return f"{instruction}\n\n{text}", ", ".join(word for word in words if word in rarest)


def rewritten(stories: Stock, rewriting: Stock, learned: list[Phrase], rng: random.Random) -> Example:
    """Casual sentences as formal ones, or any sentences within a formal frame; names and numbers stay."""
    language = rng.choice(LANGUAGES)
    instruction = rng.choice(stories["rewrite"]).within(language)
    if rng.random() < 0.7:
        chosen = rng.sample(range(len(rewriting["casual"])), rng.randint(2, 4))
        sides = [[rewriting[side][number] for number in chosen] for side in ("casual", "formal")]
        whole = [*sides[0], *sides[1]]
        made = expand(Phrase("\n".join(p.en for p in whole), "\n".join(p.es for p in whole)), rewriting, rng)
        lines = [capital(line) for line in spoken(made).within(language).split("\n")]
        return f"{instruction}\n\n{' '.join(lines[: len(chosen)])}", " ".join(lines[len(chosen) :])
    if rng.random() < 0.5:
        sentences, _ = story(stories, rng)
    else:
        sentences = [p for p in rng.sample(learned, 8) if p.en.endswith(".") and p.es.endswith(".")][:3]
        if len(sentences) < 2:
            return rewritten(stories, rewriting, learned, rng)
    a, b = (sentence.within(language) for sentence in (sentences[0], sentences[-1]))
    frame = rng.choice(stories["formal"]).within(language)
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
