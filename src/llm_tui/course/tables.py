"""The tables of a course file, one for each exercise: their keys, and what must fit together in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llm_tui.course.course import (
    BatchSizes,
    Course,
    Ethics,
    Moderation,
    Prompting,
    Subwords,
    Summaries,
    Translation,
)
from llm_tui.course.values import (
    Check,
    Reading,
    both,
    day,
    item,
    label,
    language,
    line,
    many,
    mapping,
    marked,
    model,
    of_tasks,
    passage,
    template,
)
from llm_tui.i18n import Text
from llm_tui.toml_lines import Place

MOST = 1_000
"""Texts, sentences or questions of a list."""
MOST_TOKENIZERS = 6


def _batch_sizes(reading: Reading, at: Place, value: object) -> BatchSizes:
    return BatchSizes(**_fields(reading, at, value, {}))


def _subwords(reading: Reading, at: Place, value: object) -> Subwords:
    keys = {"text": passage, "tokenizers": many(model, 2, MOST_TOKENIZERS)}
    return Subwords(**_fields(reading, at, value, keys))


def _moderation(reading: Reading, at: Place, value: object) -> Moderation:
    keys = {
        "labels": many(label, 2, 26),
        "key-label": label,
        "hypothesis": template,
        "model": model,
        "texts": many(marked, 1, MOST),
    }
    given = _fields(reading, at, value, keys)
    labels = given.get("labels", Moderation().labels)
    if "labels" in mapping(value) and None in given.get("labels", (None,)):
        return Moderation()  # what is wrong with them is told; nothing can be held against them
    if given.setdefault("key_label", _first(Moderation().key_label, labels)) not in labels:
        reading.tell((*at, "key-label"), _no_label(given["key_label"], labels))
    if "texts" not in given:  # those of the program have its labels
        given["texts"] = tuple((said, mark if mark in labels else "", kind) for said, mark, kind in Moderation().texts)
    for number, (_, mark, _) in ((n, row) for n, row in enumerate(given["texts"]) if row):
        if mark and mark not in labels:
            reading.tell((*at, "texts", number), _no_label(mark, labels))
    return Moderation(**given)


def _translation(reading: Reading, at: Place, value: object) -> Translation:
    keys = {"model": model, "spanish": many(line, 1, MOST), "english": many(line, 1, MOST)}
    return Translation(**_fields(reading, at, value, keys))


def _summaries(reading: Reading, at: Place, value: object) -> Summaries:
    keys = {"systems": many(model, 2, 2), "fallback": model, "source": passage, "source-en": passage}
    given = _fields(reading, at, value, keys)
    if "source" in given:  # the program's is no translation of it
        given.setdefault("source_en", "")
    return Summaries(**given)


def _prompting(reading: Reading, at: Place, value: object) -> Prompting:
    keys = {
        "model": model,
        "labels": many(label, 2, 26),
        "classification": passage,
        "terms": passage,
        "rewriting": passage,
        "paragraph": passage,
    }
    given = _fields(reading, at, value, keys)
    if "labels" in given and "classification" not in given:
        said = Text(
            "the instruction “classification” names the labels: write it for these too",
            "la instrucción «classification» nombra las etiquetas: escríbala también para estas",
        )
        reading.tell((*at, "labels"), said)
    return Prompting(**given)


def _ethics(reading: Reading, at: Place, value: object) -> Ethics:
    return Ethics(**_fields(reading, at, value, {"checklist": many(item, 1, MOST, distinct=False)}))


def _fields(reading: Reading, at: Place, value: object, keys: Mapping[str, Check]) -> dict[str, Any]:
    """The fields of an exercise's part; each may have its question."""
    return {key.replace("-", "_"): part for key, part in reading.table(at, value, {"question": both, **keys}).items()}


def _first(wanted: str, labels: tuple[str, ...]) -> str:
    return wanted if wanted in labels else labels[0]


def _no_label(said: str, labels: tuple[str, ...]) -> Text:
    known = ", ".join(labels)
    there = Text("“{said}” is none of the labels ({known})", "«{said}» no es ninguna de las etiquetas ({known})")
    return there.format(said=said, known=known)


EXERCISES: Mapping[str, tuple[str, Check]] = {
    "exercise-1": ("batch_sizes", _batch_sizes),
    "exercise-2": ("subwords", _subwords),
    "exercise-3": ("moderation", _moderation),
    "exercise-4": ("translation", _translation),
    "exercise-5": ("summaries", _summaries),
    "exercise-6": ("prompting", _prompting),
    "exercise-7": ("ethics", _ethics),
}
"""The part of a course that each table is."""

KEYS: Mapping[str, Check] = {
    "title": line,
    "language": language,
    "due": day,
    "models": of_tasks,
    **{table: check for table, (_, check) in EXERCISES.items()},
}


def course(reading: Reading, said: object, digest: str) -> Course:
    """The course that a whole file is."""
    taken = reading.table((), said, KEYS)
    named = {EXERCISES[key][0] if key in EXERCISES else key: part for key, part in taken.items()}
    return Course(digest=digest, **named)
