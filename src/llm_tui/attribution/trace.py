"""How likely each piece of a written answer was: the model comes to it again, piece by piece, and is held to it."""

from __future__ import annotations

from dataclasses import replace

from llm_tui.attribution.piece_job import Trace
from llm_tui.attribution.written import row_of
from llm_tui.engine.job import Context
from llm_tui.foundation import branch
from llm_tui.foundation.generation import generate
from llm_tui.foundation.job import Generated
from llm_tui.foundation.loading import load
from llm_tui.foundation.purpose import GENERATE


def trace(job: Trace, context: Context) -> Generated:
    """The answer with its pieces, each with its probability and its alternatives. Where it was cut into pieces anew its
    text may be another one.

    Raises:
        UserError: there is no answer, the model cannot be had, or with beams.
    """
    loaded = load(job.asked.model, GENERATE, context)
    row = row_of(loaded, job, context)
    settings = job.asked.settings
    most = max(settings.max_new_tokens, len(row.answer))
    asked = replace(job.asked, settings=replace(settings, max_new_tokens=most), pieces=True)
    return generate(branch.of(asked, tuple(row.answer), only=True), context)
