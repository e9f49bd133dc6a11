"""One task more, as its author would write it: the question is looked for among the pieces that a model sees."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from llm_tui.engine.job import Context
from llm_tui.export.table import Column, Table
from llm_tui.fields import Line
from llm_tui.foundation import tables, teaching
from llm_tui.foundation.job import ModelChoice, Provenance
from llm_tui.i18n import Text
from llm_tui.playground.task import Command, Given, Span, Task
from llm_tui.tokenization.opening import open_tokenizer

QUESTION = Line(
    name="question", label=Text("part", "parte"), default="os", metavar="P",
    help=Text("What is looked for.", "Qué se busca."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    """Count the pieces of each of `texts`, and those that have `question` in them."""

    kind: ClassVar[str] = "look"
    name: ClassVar[Text] = Text("look at pieces", "examen de piezas")
    runner: ClassVar[str] = "one_more_task:look"
    imports: ClassVar[tuple[str, ...]] = ("torch", "transformers")

    texts: tuple[str, ...]
    question: str
    model: ModelChoice

    def title(self) -> str:
        return "looking"


@dataclass(frozen=True, slots=True)
class Seen:
    pieces: tuple[tuple[str, ...], ...]
    made_by: Provenance


def look(job: Look, context: Context) -> Seen:
    context.check()
    began, model = time.monotonic(), teaching.TEACHING[job.model.name]
    tokenizer = open_tokenizer(model.folder).tokenizer
    pieces = tuple(tuple(tokenizer.tokenize(text)) for text in job.texts)
    made_by = Provenance(model.name, model.revision, "CPU", "float32", 0, time.monotonic() - began)
    return Seen(pieces, made_by)


class LookTask(Task[Look, Seen]):
    name = "look"
    title = Text("Pieces", "Piezas")
    example = "Los gatos y los perros."
    command = Command("look", Text("Look at pieces.", "Examina piezas."), Text("Count pieces.", "Cuenta piezas."))
    fields = (QUESTION,)
    definitions = Text("- **part**: what a piece has in it.\n", "- **parte**: lo que una pieza contiene.\n")
    model = "somebody/looker"
    stand_in = teaching.T5

    def job(self, given: Given) -> Look:
        return Look(given.texts, given.values[QUESTION], given.model)

    def table(self, job: Look, result: Seen) -> Table:
        columns = (
            tables.TEXT,
            Column("pieces", Text("pieces", "piezas"), numeric=True),
            Column("found", Text("with the part", "con la parte"), numeric=True),
        )
        rows = tuple(
            (text, len(pieces), _found(job, pieces)) for text, pieces in zip(job.texts, result.pieces, strict=True)
        )
        return Table(columns, rows, (tables.made_by(result.made_by),))

    def plain(self, job: Look, result: Seen) -> list[str]:
        return [f"{_found(job, pieces)}/{len(pieces)}" for pieces in result.pieces]

    def line(self, job: Look, result: Seen) -> str:
        return self.plain(job, result)[0]

    def shown(self, job: Look, result: Seen) -> list[Span]:
        return [(f"{piece} ", "accent" if job.question in piece else "") for piece in result.pieces[0]]


def _found(job: Look, pieces: Sequence[str]) -> int:
    return sum(job.question in piece for piece in pieces)


TASK = LookTask()
