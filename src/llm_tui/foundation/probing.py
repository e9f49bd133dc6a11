"""The probes put to a model, one after the other."""

from __future__ import annotations

from llm_tui.engine.job import Context, run_job
from llm_tui.errors import UserError
from llm_tui.foundation.job import PROMPT, Generate, Generated, Provenance
from llm_tui.foundation.probes import PROBES, Probed, ProbeReport, Probing, check


def ask(job: Probing, context: Context) -> ProbeReport:
    """What the model answers, and whether it kept the rules.

    Raises:
        UserError: the model cannot be asked, or its server ended in mid-answer.
    """
    results: list[Probed] = []
    by: Provenance | None = None
    for number, probe in enumerate(PROBES):
        context.progress(number, len(PROBES), job.title())
        made: Generated = run_job(Generate(PROMPT, (probe.prompt,), job.model, job.settings), context)
        if made.broken:
            raise UserError(made.broken)
        by = made.made_by.after(by)
        answer = made.answers[0].text
        results.append(Probed(probe.id, check(probe, answer), answer))
    return ProbeReport(tuple(results), by or made.made_by, job.settings)
