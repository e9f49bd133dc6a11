"""The tasks of the playground, in their order on the screen."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import import_module
from typing import Any

from llm_tui.exercises import guides
from llm_tui.fields import Field
from llm_tui.foundation.teaching import TEACHING
from llm_tui.i18n import Text
from llm_tui.playground.task import Task

AnyTask = Task[Any, Any]

ROWS: tuple[str, ...] = (
    "llm_tui.playground.tasks.zero_shot",
    "llm_tui.playground.tasks.translation",
    "llm_tui.playground.tasks.summary",
    "llm_tui.playground.tasks.entities",
    "llm_tui.playground.tasks.prompt",
    "llm_tui.playground.tasks.sentiment",
)
"""The module of each, which has it as `TASK`; imported when somebody first asks what tasks there are."""


def tasks() -> tuple[AnyTask, ...]:
    return _tasks(ROWS)


@cache
def _tasks(rows: tuple[str, ...]) -> tuple[AnyTask, ...]:
    return tuple(import_module(row).TASK for row in rows)


def task(name: str) -> AnyTask:
    """The task of this name, else the first one: a lab may have been written where there was one more."""
    return next((task for task in tasks() if task.name == name), tasks()[0])


def titles(names: Iterable[str]) -> tuple[str, ...]:
    """What tasks are called in a sentence, by their names; a name that none has stays."""
    known = {task.name: str(task.title).lower() for task in tasks()}
    return tuple(known.get(name, name) for name in names)


def of_exercise(number: int | str) -> tuple[AnyTask, ...]:
    """The tasks with which an exercise is done."""
    return tuple(task for task in tasks() if task.exercise == number)


def fields() -> tuple[Field[Any], ...]:
    """Those of all tasks, each name once."""
    found: dict[str, Field[Any]] = {}
    for field in (field for task in tasks() for field in task.all_fields):
        found.setdefault(field.name, field)
    return tuple(found.values())


def definitions() -> Text:
    """What the words and numbers of the settings mean, then those of each task, in Markdown."""
    said, of_tasks = guides.definitions("play"), [task.definitions for task in tasks() if task.definitions]
    return Text("", "").join([Text(said.within("en"), said.within("es")), *of_tasks])


def offered() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The models that the catalogue offers, and the names of the tasks that each is for: the tasks' own first, then
    others that were made for them, on the hub before those that come through pip, then the teaching models.
    """
    others = [model for task in tasks() for model in task.others]
    own = [name for task in tasks() for name in (task.course_model, task.model)]
    own = [name for task in tasks() for name in (task.course_model, task.model)]
    names = dict.fromkeys([*own, *sorted(others, key=lambda name: "/" not in name), *TEACHING])
    return tuple((name, tuple(task.name for task in tasks() if _is_for(name, task))) for name in names)


def of_servers() -> tuple[str, ...]:
    """The names of the tasks that a server's model is for."""
    return tuple(task.name for task in tasks() if task.of_servers)


def _is_for(model: str, task: AnyTask) -> bool:
    return model in (task.course_model, task.model, *task.others, task.stand_in.name)
