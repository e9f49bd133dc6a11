"""An exercise with its state, as Home and the report list it."""

from __future__ import annotations

import textwrap

from textual.content import Content

from llm_tui.exercises.registry import Row, handed_in

NARROWEST = 10


def exercise_line(exercise: Row, state: str, room: int) -> Content:
    """The exercise with the whole of its state: beside it, or where `room` columns do not hold both, below it."""
    indent = "\n  "
    title = indent.join(textwrap.wrap(str(exercise.title), max(NARROWEST, room - 2)))
    beside = max(len(str(e.title)) for e in handed_in()) + 2
    gap = " " * (beside - len(title))
    if len(state) > room - beside - 2:
        gap = indent
        state = indent.join(textwrap.wrap(state, max(NARROWEST, room - 2)))
    return Content.assemble((exercise.key, "bold $accent"), f" {title}{gap}", (state, "$text-muted"))
