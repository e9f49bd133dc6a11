"""What was almost said in an answer that a model wrote, on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from llm_tui.cli.why_rows import Ask
from llm_tui.errors import UserError
from llm_tui.export.heat import Heat
from llm_tui.export.table import Column, Table
from llm_tui.foundation.alternatives import BEAMS, NO_PIECES
from llm_tui.foundation.job import Generate, Generated
from llm_tui.foundation.pieces_table import pieces_heat
from llm_tui.foundation.tables import how
from llm_tui.i18n import Text


def heats(job: Generate, result: Generated, given: dict[str, Any], ask: Ask) -> list[Heat]:
    """Of each answer its pieces. With several texts each is asked once more, alone: only then pieces are captured.

    Raises:
        UserError: there are none: of beams, of a server that gives none.
    """
    if job.settings.beams > 1:
        raise UserError(str(BEAMS))
    made = [result] if result.pieces else [ask(replace(job, texts=(text,), pieces=True)) for text in job.texts]
    if not all(each.pieces for each in made):
        raise UserError(str(NO_PIECES))
    return [
        pieces_heat(each.pieces, each.answers[0].text, each.made_by, how(job.settings, each.made_by)) for each in made
    ]


def pieces_of(heats: Sequence[Heat]) -> Table:
    """The pieces of all answers in one table, for a program to read; of several each row says of which text it is."""
    tables = [heat.beside for heat in heats if heat.beside is not None]
    if len(tables) == 1:
        return tables[0]
    columns = (Column("text", Text("text no.", "texto n.º"), numeric=True), *tables[0].columns)
    rows = tuple((number, *row) for number, table in enumerate(tables, start=1) for row in table.rows)
    return Table(columns, rows, tables[0].footer[-1:])
