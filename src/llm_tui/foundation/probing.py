"""The probes put to a model, one after the other."""

from __future__ import annotations

from llm_tui.engine.job import Context
from llm_tui.foundation.generation import generate
from llm_tui.foundation.job import PROMPT, Generate, Provenance
from llm_tui.foundation.probes import PROBES, Probed, ProbeReport, Probing, check


def ask(job: Probing, context: Context) -> ProbeReport:
    """What the model answers, and whether it kept the rules.

    Raises:
        UserError: as of `generate`.
    """
    results: list[Probed] = []
    by: Provenance | None = None
    for number, probe in enumerate(PROBES):
        context.progress(number, len(PROBES), job.title())
        made = generate(Generate(PROMPT, (probe.prompt,), job.model, job.settings), context)
        by = made.made_by.after(by)
        answer = made.answers[0].text
        results.append(Probed(probe.id, check(probe, answer), answer))
    return ProbeReport(tuple(results), by or made.made_by, job.settings)
