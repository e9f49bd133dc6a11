"""What to do next in an exercise: the first of its steps that is not done, as its own file in `steps` tells them.

Light, and without keys: a screen says them with the person's own, plain mode with its commands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pkgutil import resolve_name
from typing import TYPE_CHECKING

from llm_tui.i18n import Text

if TYPE_CHECKING:
    from llm_tui.exercises.contract import Answers, Beside
    from llm_tui.exercises.registry import Row

AT_MOST = 4
"""Rows that a sentence names."""


@dataclass(frozen=True, slots=True)
class Step:
    """`said` is what is lacking, in a few words without a full stop. `keys` are the ids of the keys of the exercise's
    screen that do it, one or the other; `way` is that of the key which leads to the part where they hold. `row` is the
    key of the table's row that it is about.
    """

    said: Text
    keys: tuple[str, ...]
    way: str = ""
    row: str = ""


def steps(row: Row, answers: Answers, known: Beside) -> Iterator[Step]:
    """What is still to do, in the order of the exercise's work; nothing where it is complete. Of an exercise that tells
    no steps, what its state lacks.
    """
    if row.steps:
        yield from resolve_name(row.steps)(answers, known)
    elif not (state := row.exercise().state(answers, known)).complete:
        lacking = Text("still lacking: {what}", "falta: {what}")
        yield from (Step(lacking.format(what=what), ()) for what in state.missing)


def next_step(row: Row, answers: Answers, known: Beside) -> Step | None:
    """The first of them; None where there is nothing to do."""
    return next(steps(row, answers, known), None)


def listed(names: Iterable[object]) -> Text:
    """The first of some rows as a sentence names them: "3 and 7", "1, 2, 3, 4 and 16 more"."""
    shown = list(map(str, names))
    if len(shown) > AT_MOST + 1:
        said = Text("{some} and {n} more", "{some} y {n} más")
        return said.format(some=", ".join(shown[:AT_MOST]), n=len(shown) - AT_MOST)
    before, last = ", ".join(shown[:-1]), shown[-1]
    return Text(f"{before} and {last}", f"{before} y {last}") if before else Text(last, last)


def answer(exercise: int | str, asked: bool, said: str) -> Iterator[Step]:
    """The answer to the guiding question, where the course asks it and there is none."""
    if asked and not said.strip():
        yield Step(Text("your answer to the question is missing", "falta su respuesta a la pregunta"), ("answer",))
