"""What a course file changes of what comes with the program, in a line for each key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields

from llm_tui.course.course import Course
from llm_tui.course.tables import EXERCISES, KEYS
from llm_tui.i18n import Text, tr
from llm_tui.visible import shortened, visible

ROOM = 60


def changes(course: Course, shipped: Course) -> Iterator[tuple[str, str]]:
    """The key, and what stands there now; `shipped` has the models and the questions that hold without a file."""
    plain = Course()
    for key in KEYS:
        name = EXERCISES[key][0] if key in EXERCISES else key
        part, before = getattr(course, name), getattr(plain, name)
        if key not in EXERCISES:
            if isinstance(part, Mapping):
                part = {name: said for name, said in part.items() if said != shipped.models.get(name)}
            yield from [(key, _said(part))] if part and part != before else []
            continue
        for field in fields(part):
            known = (getattr(before, field.name), getattr(getattr(shipped, name), field.name))
            if (value := getattr(part, field.name)) not in known:
                yield f"{key} {field.name.replace('_', '-')}", _said(value)


def _said(value: object) -> str:
    if isinstance(value, Mapping):
        said = ", ".join(f"{name} {part}" for name, part in value.items())
    elif isinstance(value, tuple) and all(isinstance(part, str) for part in value):
        said = ", ".join(value)
        if len(said) > ROOM:
            said = tr(f"{len(value)} texts", f"{len(value)} textos")
    elif isinstance(value, tuple):
        said = tr(f"{len(value)} in all", f"{len(value)} en total")
    else:
        said = str(value) if isinstance(value, Text) or value else tr("none", "ninguno")
    return shortened(visible(" ".join(said.split())), ROOM)
