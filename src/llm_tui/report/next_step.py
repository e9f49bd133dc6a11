"""What to do next in a lab: the first step of the first exercise that is not complete."""

from __future__ import annotations

from collections.abc import Sequence

from llm_tui.errors import UserError
from llm_tui.exercises.next_step import Step, next_step
from llm_tui.exercises.registry import EXERCISES, Row, row
from llm_tui.lab.lab import Lab
from llm_tui.report.known import known


def in_lab(lab: Lab, first: Sequence[int | str] = ()) -> tuple[Row, Step] | None:
    """The `first` exercises are looked at before the others; one that cannot be read is not spoken of."""
    beside = known(lab)
    for each in dict.fromkeys((*map(row, first), *EXERCISES)):
        try:
            step = next_step(each, lab.answers(each.number, each.exercise().answers), beside)
        except UserError:
            continue
        if step is not None:
            return each, step
    return None
