"""Which heat explains an answer on the command line: a row for each kind of job. Light."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pkgutil import resolve_name
from typing import Any

from llm_tui.engine.job import Job
from llm_tui.errors import UserError
from llm_tui.export.heat import Heat
from llm_tui.i18n import tr

Ask = Callable[[Job], Any]
"""Runs a job, with its progress told and its line in the log, and gives its result."""

ROWS: dict[str, str] = {
    "zero-shot": "llm_tui.cli.why_words:heats",
    "sentiment": "llm_tui.cli.why_words:heats",
    "entities": "llm_tui.cli.why_words:heats",
    "generation": "llm_tui.cli.why_pieces:heats",
}
"""By a job's `kind`, who explains it: `module:function` of the job, its result, the options given, and `Ask`."""

Explain = Callable[[Job, object, dict[str, Any], Ask], Sequence[Heat]]


def explains(job: Job) -> Explain:
    """What explains the answers of a job.

    Raises:
        UserError: nothing does.
    """
    if job.kind not in ROWS:
        raise UserError(tr(f"Nothing explains this: {job.name}.", f"De esto no hay explicación: {job.name}."))
    explain: Explain = resolve_name(ROWS[job.kind])
    return explain
