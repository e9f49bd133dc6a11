"""Find the named entities of a text."""

from __future__ import annotations

from llm_tui.export.table import Column, Table
from llm_tui.foundation import tables, teaching
from llm_tui.foundation.labels_job import ENTITY_MODEL, Entities, Recognized
from llm_tui.i18n import Text, tr
from llm_tui.playground.task import Command, Given, Span, Task
from llm_tui.visible import visible

COLUMNS = (
    Column("number", Text("text", "texto"), numeric=True),
    Column("span", Text("span", "fragmento")),
    Column("type", Text("type", "tipo")),
    Column("score", Text("score", "puntuación"), numeric=True),
    Column("start", Text("start", "inicio"), numeric=True),
    Column("end", Text("end", "fin"), numeric=True),
)


class EntitiesTask(Task[Entities, Recognized]):
    name = "entities"
    title = Text("Entities", "Entidades")
    example = "Ada Lovelace trabajó en Londres con Charles Babbage mucho antes de que existieran IBM o Amazon."
    command = Command(
        "entities",
        Text("Find named entities.", "Encuentra entidades."),
        Text("Find the named entities of each text.", "Encuentra las entidades de cada texto."),
    )
    model = ENTITY_MODEL
    stand_in = teaching.ENTITIES

    def job(self, given: Given) -> Entities:
        return Entities(given.texts, given.model, given.asking.batch_size)

    def table(self, job: Entities, result: Recognized) -> Table:
        rows = tuple(
            (number, text[entity.start : entity.end], entity.type, entity.score, entity.start, entity.end)
            for number, (text, entities) in enumerate(zip(job.texts, result.texts, strict=True), start=1)
            for entity in entities
        )
        return Table(COLUMNS, rows, (tables.made_by(result.made_by),))

    def plain(self, job: Entities, result: Recognized) -> list[str]:
        return [
            "  ".join(f"{text[e.start : e.end]} [{e.type} {e.score:.3f}]" for e in found)
            for text, found in zip(job.texts, result.texts, strict=True)
        ]

    def line(self, job: Entities, result: Recognized) -> str:
        return ", ".join(f"{job.texts[0][e.start : e.end]} [{e.type}]" for e in result.texts[0]) or "-"

    def shown(self, job: Entities, result: Recognized) -> list[Span]:
        """The text with its entities marked, and below it one on each line."""
        text, found = job.texts[0], result.texts[0]
        spans: list[Span] = []
        at = 0
        for entity in found:
            spans += [
                (visible(text[at : entity.start], keep_newlines=True), ""),
                (f"[{visible(text[entity.start : entity.end])}", "accent"),
                (f" {visible(entity.type)}]", "muted"),
            ]
            at = entity.end
        rows = [f"{visible(e.type):<6} {e.score:.3f}  {visible(text[e.start : e.end])}" for e in found]
        listed = "\n".join(rows) or tr("no entity found", "ninguna entidad")
        return [*spans, (visible(text[at:], keep_newlines=True), ""), ("\n\n", ""), (listed, "")]


TASK = EntitiesTask()
