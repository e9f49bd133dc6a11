"""Random values of the right type for everything that a lab stores: what a file could hold that nobody ever typed."""

from __future__ import annotations

import dataclasses
import json
import random
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from llm_tui.exercises.checklist import COURSE_ITEMS, TOPICS
from llm_tui.exercises.prompting import TITLES
from llm_tui.exercises.registry import handed_in
from llm_tui.exercises.summaries import RUBRIC
from llm_tui.lab.holder import Holder
from llm_tui.lab.runs import Config, Ending, Point
from llm_tui.playground import registry
from llm_tui.playground.state import SETTINGS, Playground

ANSWERS = {row.number: row.exercise().answers for row in handed_in()}

KNOWN = [
    *("a", "b", "32", "64", "sample", "basic_english", "auto", "es-en", "en-es", "met", "open", "high", "2", "yes"),
    *(item.id for item in COURSE_ITEMS[:3]), *TOPICS, *TITLES, *RUBRIC,
    *(field.name for field in SETTINGS), *(task.name for task in registry.tasks()),
]  # fmt: skip
"""Words that mean something somewhere."""

TEXT = (
    st.sampled_from(KNOWN)
    | st.sampled_from(["", " ", "\n", "|", "`", "<unk>", "\x1b[2J", "{}", "0", "1e999"])
    | st.text(max_size=6)
)
NUMBER = st.integers(-2, 3) | st.integers(-(2**63), 2**63 - 1)
REAL = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([0.0, -0.0, 0.5, 1.0, -1.0])


def values(kind: Any) -> st.SearchStrategy[Any]:
    """What JSON may hold where `kind` is expected."""
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        parts = {f.name: values(hints[f.name]) for f in dataclasses.fields(kind) if f.name != "version"}
        needed = {f.name for f in dataclasses.fields(kind) if f.default is f.default_factory is dataclasses.MISSING}
        return st.fixed_dictionaries(
            {name: part for name, part in parts.items() if name in needed},
            optional={name: part for name, part in parts.items() if name not in needed},
        )
    arguments = typing.get_args(kind)
    match typing.get_origin(kind) or kind:
        case typing.Union | types.UnionType:
            return st.one_of([values(argument) for argument in arguments])
        case typing.Literal:
            return st.sampled_from(arguments)
        case builtin if builtin is tuple and arguments[-1] is Ellipsis:
            return st.lists(values(arguments[0]), max_size=4)
        case builtin if builtin is tuple:
            return st.tuples(*map(values, arguments)).map(list)
        case mapping if isinstance(mapping, type) and issubclass(mapping, Mapping):
            return st.dictionaries(TEXT, values(arguments[1]), max_size=4)
    return {
        str: TEXT,
        int: NUMBER,
        float: REAL,
        bool: st.booleans(),
        type(None): st.none(),
        bytes: st.just(""),
    }[kind]


ENTRY = st.fixed_dictionaries(
    {"outcome": st.sampled_from(["finished", "failed", "cancelled"])},
    optional={
        name: TEXT | NUMBER | REAL | st.none() | st.dictionaries(TEXT, TEXT | REAL | st.lists(TEXT), max_size=3)
        for name in ("time", "job", "settings", "device", "revision", "precision", "seconds", "llm_tui")
    },
)
FILES = {f"exercises/{number}.json": values(kind) for number, kind in ANSWERS.items()} | {
    "exercises/playground.json": values(Playground),
    ".open.json": values(Holder),
    "runs/20260101-000000-000000-b32-s0/config.json": values(Config),
    "runs/20260101-000000-000000-b32-s0/result.json": values(Ending),
    "runs/20260101-000000-000001-b64-s0/config.json": values(Config),
    "runs/20260101-000000-000001-b64-s0/result.json": values(Ending),
}
LINES = {
    "audit.jsonl": st.lists(ENTRY, max_size=3),
    "runs/20260101-000000-000000-b32-s0/metrics.jsonl": st.lists(values(Point), max_size=3),
}
LABS = st.fixed_dictionaries(
    {},
    optional=FILES
    | LINES
    | {"lab.toml": st.dictionaries(st.sampled_from(["name", "log_texts", "group"]), TEXT | NUMBER | st.booleans())},
)


def write(folder: Path, lab: dict[str, Any]) -> None:
    for name, content in lab.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name in LINES:
            text = "".join(json.dumps(line) + "\n" for line in content)
        elif name == "lab.toml":
            text = "".join(f"{key} = {json.dumps(value)}\n" for key, value in content.items())
        else:
            text = json.dumps(content)
        path.write_text(text, encoding="utf-8", errors="surrogatepass")


def mutated(content: Any, luck: random.Random) -> Any:
    """A good file with one of its values, however deep, replaced by another of its type."""
    places: list[tuple[Any, Any]] = []

    def walk(value: Any) -> None:
        parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, part in parts:
            places.append((value, key))
            walk(part)

    content = json.loads(json.dumps(content))
    walk(content)
    owner, key = luck.choice(places)
    match owner[key]:
        case bool(value):
            owner[key] = not value
        case int() | float() as value:
            owner[key] = luck.choice([0, -1, 2**31, -(2**63), value * 1000])
        case str():
            owner[key] = luck.choice(["", " ", "|", "\x1b[2J", *KNOWN])
        case list(value):
            owner[key] = luck.choice([[], value[1:], value[:1] * 2, value * 2])
        case dict(value) if value and isinstance(next(iter(value.values())), str | dict):
            owner[key] = luck.choice([{}, dict(list(value.items())[1:]), {**value, "x": next(iter(value.values()))}])
    return content
