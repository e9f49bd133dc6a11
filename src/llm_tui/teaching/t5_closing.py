"""What the teaching T5's training ends with: answers that take their words from the text, labels and definitions, asked
for in many words, over texts of every kind that it knows.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from llm_tui.teaching.grammar import TOPICS, Phrase, Stock, expand, stock, stocks
from llm_tui.teaching.parallel import sound, tatoeba, technical
from llm_tui.teaching.t5_instructions import About, common_words, explained, label
from llm_tui.teaching.t5_summaries import FUSED, LANGUAGES, Example, capital, report, spoken, story, summary
from llm_tui.teaching.t5_texts import otherwise_named

SUMMARIES, TERMS, REWRITINGS, LABELS, DEFINITIONS = 15_000, 12_000, 18_000, 12_000, 3_000
TERMS_WANTED = 5
COMMON = 500
"""Written small so often, a word before a capital is no first name."""
_WORD = re.compile(r"[^\W\d_]+")


def closing(data: Path, seed: int, known: list[About], world: Stock) -> Iterator[Example]:
    """The examples, in no order. `known` are everyday texts with a label; `world` has names of people beside those of
    the stock, so that a name has to be copied.
    """
    rng = random.Random(f"{seed} closing")
    learned = tatoeba(data)[0]
    names = stock("entities")
    names = {**names, **{slot: [*names[slot], *world.get(slot, ())] for slot in ("first", "last")}}
    stories = stocks("stories", "instructions", "asking", "pairs")
    people = [expand(Phrase("{first} {last}", "{first} {last}"), names, rng) for _ in range(1_000)]
    reports = {**stock("reports"), "person": people}
    fused = [pair for pair in learned if FUSED.search(pair.en) and FUSED.search(pair.es)]
    documents = [pair for pair in technical(data)[0] if sound(pair)]
    mixed = [otherwise_named(pair, names, rng) for pair in rng.sample(learned, min(30_000, len(learned)))]
    mixed += rng.sample(documents, min(12_000, len(documents)))
    words = Counter(word for pair in learned for text in (pair.en, pair.es) for word in _WORD.findall(text))
    asked, topics = stock("closing"), stocks(*TOPICS)
    draw = texts(stories, reports, mixed, rng)
    for _ in range(SUMMARIES):
        yield summary(stories, reports, mixed, fused, rng)
    for _ in range(TERMS):
        yield key_terms(draw, asked, words, rng)
    casual = {**reports, **stock("rewriting")}
    for _ in range(REWRITINGS):
        yield formally(draw, asked, casual, words, rng)
    for _ in range(LABELS):
        yield label(stories, topics, known, rng, everyday=0.6)
    for _ in range(DEFINITIONS):
        yield explained(stories, rng)


def texts(
    stories: Stock, reports: Stock, mixed: Sequence[Phrase], rng: random.Random
) -> Callable[[int, int], list[Phrase]]:
    """Draws the sentences of a text, so many at least and at most: of a report, of a story, or of any that state."""
    stating = [pair for pair in mixed if not re.search(r"[?!¿¡]|[^.]$", pair.en + pair.es)]

    def draw(least: int, most: int) -> list[Phrase]:
        kind, many = rng.random(), rng.randint(least, most)
        if kind < 0.3:
            return (report(reports, rng) if kind < 0.25 else story(stories, rng))[0][:many]
        return rng.sample(stating, many)

    return draw


def key_terms(
    draw: Callable[[int, int], list[Phrase]], asked: Stock, words: Counter[str], rng: random.Random
) -> Example:
    """The five rarest words of a text, in its order; a word with a capital is as rare as the same in small letters."""
    language = rng.choice(LANGUAGES)
    text = " ".join(sentence.within(language) for sentence in draw(2, 4))
    found = list({word.casefold(): word for word in reversed(common_words(text))}.values())[::-1]
    if len(found) < TERMS_WANTED:
        return key_terms(draw, asked, words, rng)
    rarest = set(sorted(found, key=lambda word: words[word.casefold()] or words[word])[:TERMS_WANTED])
    answer = ", ".join(word for word in found if word in rarest)
    return f"{rng.choice(asked['terms']).within(language)}\n\n{text}", answer


def formally(
    draw: Callable[[int, int], list[Phrase]], asked: Stock, casual: Stock, words: Counter[str], rng: random.Random
) -> Example:
    """A text and the same in two or three formal sentences that say all that it says: what is said in a casual way has
    its formal one beside it, of other sentences the plain words give way.
    """
    language = rng.choice(LANGUAGES)
    formal = {p.en.split("|")[0].casefold(): p.en.split("|")[1] for p in asked[f"formal_{language}"]}
    kind = rng.random()
    sides = [] if kind < 0.5 else said_casually(casual, language, rng.randint(1 if kind < 0.8 else 2, 3), rng)
    if kind < 0.8:
        plain = [sentence.within(language) for sentence in draw(2 if not sides else 1, 4 - len(sides))]
        sides += [(text, in_register(text, formal)) for text in plain]
        rng.shuffle(sides)
    answer = bound([other for _, other in sides], asked, language, words, rng, always=kind < 0.5 or rng.random() < 0.4)
    instruction = rng.choice(asked["rewrite"]).within(language)
    return f"{instruction}\n\n{' '.join(text for text, _ in sides)}", answer


def said_casually(casual: Stock, language: str, many: int, rng: random.Random) -> list[tuple[str, str]]:
    """Casual sentences of the stock, each with its formal one, about the same people and places."""
    chosen = rng.sample(range(len(casual["casual"])), many)
    whole = [casual[side][number] for side in ("casual", "formal") for number in chosen]
    made = expand(Phrase("\n".join(p.en for p in whole), "\n".join(p.es for p in whole)), casual, rng)
    lines = [capital(line) for line in spoken(made).within(language).split("\n")]
    return list(zip(lines[:many], lines[many:], strict=True))


def in_register(text: str, formal: dict[str, str]) -> str:
    """The text with its plain words replaced by formal ones, with a capital where they had one."""

    def other(match: re.Match[str]) -> str:
        new = formal[match[0].casefold()]
        return capital(new) if match[0][:1].isupper() else new

    return _any_of(tuple(formal)).sub(other, text)


@lru_cache(maxsize=2)
def _any_of(plain: tuple[str, ...]) -> re.Pattern[str]:
    longest = sorted(plain, key=len, reverse=True)
    starts = [r"\b" if one[0].isalpha() else "" for one in longest]
    every = [rf"{start}{re.escape(one)}\b" for start, one in zip(starts, longest, strict=True)]
    return re.compile("|".join(every), re.IGNORECASE)


def bound(
    sentences: list[str], asked: Stock, language: str, words: Counter[str], rng: random.Random, always: bool
) -> str:
    """Sentences as two or three at most, bound together by what formal texts say between them."""

    def one(slot: str) -> str:
        return rng.choice(asked[slot]).within(language)

    many = min(len(sentences), rng.choice((2, 3, 3)))
    ends = sorted(rng.sample(range(1, len(sentences)), many - 1)) if many > 1 else []
    found = []
    for first, last in zip([0, *ends], [*ends, len(sentences)], strict=True):
        head, *others = sentences[first:last]
        begin = "" if not always else one("further") if first else one("opening") if rng.random() < 0.7 else ""
        said = begin + (within_sentence(head, words) if begin else head)
        for other in others:
            said = said.rstrip(".") + one("within") + within_sentence(other, words)
        found.append(said)
    return " ".join(found)


def within_sentence(text: str, words: Counter[str]) -> str:
    """Without the capital of its start, unless that is a name's: of a word that is seldom written small."""
    begin = re.match(r"([^\W\d_]+)(?: ([^\W\d_]))?", text)
    if not begin or begin[1] == "I":
        return text
    least = COMMON if begin[2] and begin[2].isupper() else 3
    return text[:1].lower() + text[1:] if words[begin[1].lower()] >= least else text
