"""The built-in data: news-like texts in the four classes of AG_NEWS, composed from the words of `sample.toml`.

The people, places, teams and companies are invented. Most texts are plainly of their class. The others are on a
subject that belongs to two classes (a club sells shares): texts that read alike may bear different labels there, as
in real news, so that no classifier gets all of them right.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from itertools import cycle, islice
from random import Random
from typing import Any

CLASSES = ("World", "Sports", "Business", "Sci/Tech")

LONGEST = 45
BORDERLINE = 0.4
"""The share of texts on a subject of two classes."""
TELLING = 0.6
"""The share of last sentences that speak of the class, rather than say what any news might."""

Template = tuple[str, list[list[str]]]
"""A text for `str.format`, and the stock of words for each of its slots."""


def compose(count: int, seed: int) -> tuple[list[str], list[int]]:
    """The first `count` of `stories`: their texts and their classes."""
    rows = list(islice(stories(seed), count))
    return [text for text, _ in rows], [label for _, label in rows]


def stories(seed: int) -> Iterator[tuple[str, int]]:
    """Texts without end, each with its class from 0; the same `seed` gives the same on every machine and Python.

    A text is a headline and one or two sentences, 25 to 45 words in all. Classes are drawn evenly.
    """
    random = Random(seed).random
    while True:
        label = int(random() * len(CLASSES))
        subjects = _shared_subjects(label) if random() < BORDERLINE else [(label,)]
        story = _written(_stories(subjects[int(random() * len(subjects))]), random)
        ending = _written(_endings(label if random() < TELLING else None), random)
        fits = story.count(" ") + ending.count(" ") + 2 <= LONGEST
        yield (f"{story} {ending}" if fits else story), label


def _written(templates: list[Template], random: Callable[[], float]) -> str:
    """One of the templates with its slots filled. Squaring makes the later words of a stock the rarer ones."""
    form, stocks = templates[int(random() * len(templates))]
    text = form.format(*[stock[int((r := random()) * r * len(stock))] for stock in stocks])
    return "".join([part[:1].upper() + part[1:] for part in text.split("^")])


@cache
def _shared_subjects(label: int) -> list[tuple[int, ...]]:
    subjects = (tuple(stories["classes"]) for stories in _said()["stories"])
    return [subject for subject in subjects if label in subject and len(subject) > 1]


@cache
def _stories(subject: tuple[int, ...]) -> list[Template]:
    """Every story of the subject in every frame."""
    said = _said()
    texts = next(stories["texts"] for stories in said["stories"] if tuple(stories["classes"]) == subject)
    return [
        _template(frame.replace("HEADLINE", headline).replace("CLAUSE", clause))
        for headline, clause in texts
        for frame in said["frames"]
    ]


@cache
def _endings(label: int | None) -> list[Template]:
    texts = next(endings["texts"] for endings in _said()["endings"] if endings.get("class") == label)
    return [_template(text) for text in texts]


def _template(text: str) -> Template:
    """Cut a text into form and stocks: a slot `{name}` is a stock of `_stocks`, `{one|another}` its own. A slot that
    comes twice has the same words both times.
    """
    slots = list(dict.fromkeys(re.findall(r"\{([^{}]+)\}", text)))
    form = re.sub(r"\{([^{}]+)\}", lambda slot: f"{{{slots.index(slot[1])}}}", text)
    return form, [slot.split("|") if "|" in slot else _stocks()[slot] for slot in slots]


@cache
def _said() -> dict[str, Any]:
    """The words of the file, as they stand there."""
    return tomllib.loads((files("llm_tui.classifier") / "sample.toml").read_text(encoding="utf-8"))


@cache
def _stocks() -> dict[str, list[str]]:
    """The words for each slot, the frequent ones first. Names that may meet in one text are from two halves, so that
    nobody meets himself.
    """
    names = _said()["names"]
    towns = _join(names["town_begins"], names["town_ends"])
    surnames = _join(names["surname_begins"], names["surname_ends"])
    first = cycle(names["first_names"])
    people = [f"{next(first)} {surname}" for surname in surnames]
    firms = _join(names["firm_begins"], names["firm_ends"])
    companies, tech_firms = (_join(firms, names[kind], " ") for kind in ("companies", "tech_firms"))
    teams = _join(towns, names["teams"], " ")
    return {
        "country": names["countries"][::2],
        "neighbour": names["countries"][1::2],
        "city": towns[::2],
        "town": towns[1::2],
        "CITY": [town.upper() for town in towns],
        "person": people[::2],
        "other": people[1::2],
        "company": companies[::2],
        "target": companies[1::2],
        "techfirm": tech_firms[::2],
        "techrival": tech_firms[1::2],
        "airline": _join(firms, ["Airlines", "Airways", "Air"], " "),
        "craft": firms,
        "team": teams[::2],
        "rival": teams[1::2],
        "number": [str(number) for number in range(13, 60)],
        "hundreds": [f"{number:,}" for number in range(250, 9000, 50)],
        "percent": [f"{whole}.{tenth} percent" for whole in range(1, 15) for tenth in range(1, 10)],
        "million": [f"${whole}.{tenth} million" for whole in range(2, 60) for tenth in range(1, 10)],
        "billion": [f"${whole}.{tenth} billion" for whole in range(1, 30) for tenth in range(1, 10)],
        "year": [str(year) for year in range(2002, 1949, -1)],
        **_said()["choices"],
    }


def _join(starts: list[str], ends: list[str], between: str = "") -> list[str]:
    """Each start with each end, neighbours differing in both, so that the frequent ones do not look alike."""
    turns = range(len(ends))
    return [start + between + ends[(i + turn) % len(ends)] for turn in turns for i, start in enumerate(starts)]
