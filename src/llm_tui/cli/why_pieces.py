"""What was almost said in an answer that a model wrote, on the command line."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from llm_tui.cli.why_rows import Ask
from llm_tui.errors import UserError
from llm_tui.export.heat import Heat
from llm_tui.foundation.alternatives import BEAMS, NO_PIECES
from llm_tui.foundation.job import Generate, Generated
from llm_tui.foundation.pieces_table import pieces_heat
from llm_tui.foundation.tables import how


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
