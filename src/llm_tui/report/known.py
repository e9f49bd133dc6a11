"""What a lab knows beside the answers of an exercise."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import cache

from llm_tui.errors import UserError
from llm_tui.exercises import bias, bias_tables
from llm_tui.exercises.contract import Beside
from llm_tui.export.table import Table
from llm_tui.i18n import Text
from llm_tui.lab.found import RunIndex
from llm_tui.lab.lab import Lab
from llm_tui.lab.runs import Run
from llm_tui.report.evidence import facts


def known(lab: Lab) -> Beside:
    """The lab as it is when it is first asked: runs and facts are read once, and only where an exercise wants them."""

    @cache
    def runs() -> list[Run]:
        return lab.runs.all()

    @cache
    def said() -> Mapping[str, Text]:
        return {fact.key: fact.said for fact in facts(lab)}

    def reports(run: str) -> list[tuple[int, float, float]]:
        return [(p.step, p.loss, p.accuracy) for one in runs() if one.id == run for p in one.points()]

    return Beside(lambda kept: RunIndex(runs(), kept), said, reports, lambda language: in_pairs(lab, language))


def in_pairs(lab: Lab, language: str) -> Mapping[str, Table]:
    """What was measured in pairs; none of a file that cannot be read, which the lab tells."""
    with suppress(UserError):
        return bias_tables.tables(lab.answers(bias.NUMBER, bias.Answers), language)
    return {}
