"""A translation and its way back."""

from __future__ import annotations

from llm_tui.engine.job import Context, run_job
from llm_tui.foundation.instructions import OTHER_WAY
from llm_tui.foundation.job import Answer, Generate, Generated, RoundTrip, ThereAndBack
from llm_tui.foundation.overlap import chrf, chrf_signature
from llm_tui.foundation.thinking import is_thinking


def generate(job: Generate, context: Context) -> Generated:
    """Each way by the runner of its own model: one may be here and the other one a server's."""
    generated: Generated = run_job(job, context)
    return generated


def translate(job: RoundTrip, context: Context) -> ThereAndBack:
    """A model that answers nothing has nothing to be translated back: the way back is empty then, as it is where a
    server ended in the middle of the way there, or a model has only thought.

    Raises:
        UserError: as `generate`.
    """
    there = generate(Generate(job.task, (job.text,), job.model, job.settings), context)
    translation = there.answers[0]
    back, back_by = Answer("", "", 0, 0, False, True, ""), there.made_by
    if translation.text.strip() and not translation.broken and not is_thinking(translation.text):
        context.token("\n")
        made = generate(Generate(OTHER_WAY[job.task], (translation.text,), job.back, job.settings), context)
        back, back_by = made.answers[0], made.made_by
    score = chrf(back.text, job.text)
    return ThereAndBack(translation, back, score, chrf_signature(), there.made_by, back_by)
