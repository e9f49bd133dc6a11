"""What was almost said in an answer that a model wrote, on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from llm_tui.attribution.piece_heats import cut_anew
from llm_tui.attribution.piece_job import Trace
from llm_tui.cli.why_rows import Ask
from llm_tui.errors import UserError
from llm_tui.export.heat import Heat
from llm_tui.export.table import Column, Table
from llm_tui.foundation.alternatives import BEAMS, NO_PIECES
from llm_tui.foundation.job import Answer, Generate, Generated
from llm_tui.foundation.pieces_table import pieces_heat
from llm_tui.foundation.tables import how
from llm_tui.i18n import Text


def heats(job: Generate, result: Generated, given: dict[str, Any], ask: Ask) -> list[Heat]:
    """Of each answer its pieces. With several texts a model of this machine goes through each answer as it was given,
    and a server is asked once more.

    Raises:
        UserError: there are none: of beams, of a server that gives none.
    """
    if job.settings.beams > 1:
        raise UserError(str(BEAMS))
    if result.pieces:
        return [_heat(job, result)]
    pairs = zip(job.texts, result.answers, strict=True)
    return [_alone(replace(job, texts=(text,), pieces=True), answer, ask) for text, answer in pairs]


def _alone(job: Generate, answer: Answer, ask: Ask) -> Heat:
    """An answer asked again, of which a draw would be another one, would not be explained."""
    if job.model.served or not answer.text:
        return _heat(job, ask(job))
    trace = Trace(job, answer.text, count=answer.output_pieces)
    made: Generated = ask(trace)
    heat = _heat(job, made)
    return replace(heat, caption=(cut_anew(trace, made), *heat.caption))


def _heat(job: Generate, made: Generated) -> Heat:
    if not made.pieces:
        raise UserError(str(NO_PIECES))
    return pieces_heat(made.pieces, made.answers[0].text, made.made_by, how(job.settings, made.made_by))


def pieces_of(heats: Sequence[Heat]) -> Table:
    """The pieces of all answers in one table, for a program to read; of several each row says of which text it is."""
    tables = [heat.beside for heat in heats if heat.beside is not None]
    if len(tables) == 1:
        return tables[0]
    columns = (Column("text", Text("text no.", "texto n.º"), numeric=True), *tables[0].columns)
    rows = tuple((number, *row) for number, table in enumerate(tables, start=1) for row in table.rows)
    return Table(columns, rows, tables[0].footer[-1:])
