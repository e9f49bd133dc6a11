"""The steps of exercise 5."""

from __future__ import annotations

from collections.abc import Iterator

from llm_tui.exercises.contract import Beside
from llm_tui.exercises.next_step import Step, answer
from llm_tui.exercises.summaries import (
    EXERCISE,
    MARKS,
    RUBRIC,
    SLOTS,
    Answers,
    Marked,
    name_of,
    source_lacks,
    table,
    with_itself,
)
from llm_tui.i18n import Text


def steps(answers: Answers, known: Beside) -> Iterator[Step]:
    """The source, two systems, their summaries, the marks of each, the answer if asked."""
    if lacks := source_lacks(answers):
        yield Step(Text("the course asks for {what}", "el curso pide {what}").format(what=lacks), ("text",))
    if not answers.source.strip():
        yield Step(Text("the source is empty", "la fuente está vacía"), ("text",))
    if answers.system("a") == answers.system("b"):
        said = Text("both systems are the same: name another second one",
                    "los dos sistemas son el mismo: indique otro segundo")  # fmt: skip
        yield Step(said, ("setup",))
    if not all(answers.summary(slot) for slot in SLOTS):
        yield Step(Text("the summaries are missing", "faltan los resúmenes"), ("run",))
        return
    if itself := with_itself(answers):
        yield Step(Text("still lacking: {what}", "falta: {what}").format(what=itself), ("setup",))
    heads = {column.key: column.head for column in table(answers).columns}
    for slot in answers.order():
        marks = answers.marked.get(slot, Marked()).marks
        name = Text(*(name_of(answers, slot, language) for language in ("en", "es")))
        for criterion in RUBRIC:
            if marks.get(criterion) not in MARKS:
                said = Text("the {what} of {name} is not scored", "falta la {what} de {name}")
                yield Step(said.format(what=heads[criterion], name=name), ("table",), row=slot)
    yield from answer(5, EXERCISE.asked_by_course, answers.answer)
