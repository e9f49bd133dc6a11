"""The settings in which runs differ, a column a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from textual.content import Content

from llm_tui import i18n
from llm_tui.classifier.job import Training
from llm_tui.exercises.looks import Looks
from llm_tui.export.table import Column, Table
from llm_tui.i18n import Text, tr
from llm_tui.lab.runs import Run
from llm_tui.visible import visible
from llm_tui.widgets.table_view import table_content

MOST = 6
"""Runs beside each other."""


def settings_content(runs: Sequence[Run], looks: Looks, room: int = 0) -> Content | None:
    """What differs between these runs, the pinned one first; None of fewer than two, and where all of them have a
    result: the comparison of those says it.
    """
    if all(run.result for run in runs):
        return None
    runs = sorted(runs, key=lambda run: run.id != looks.pin)[:MOST]
    if len(runs) < 2:
        return None
    head = Content.styled(tr("Settings that differ", "Configuración que difiere"), "bold $accent")
    table = settings_diff(runs, looks)
    if not table.rows:
        return Content("\n").join([head, Content(tr("None: they were asked for alike.", "Nada: se pidieron igual."))])
    return Content("\n").join([head, table_content(table, i18n.language(), room)])


def settings_diff(runs: Sequence[Run], looks: Looks) -> Table:
    """A row for each setting that is not the same in all of them."""
    rows = []
    for name, of in [*((field.name, _setting(runs, field.name)) for field in fields(Training)), *_around(runs)]:
        if len(set(of)) > 1:
            rows.append((name, *of))
    heads = [visible(looks.names.get(run.id) or f"{run.job.batch_size}·{run.job.seed}") for run in runs]
    columns = [Column(f"run_{number}", Text(head, head)) for number, head in enumerate(heads, start=1)]
    return Table((Column("setting", Text("setting", "opción")), *columns), tuple(rows))


def _setting(runs: Sequence[Run], name: str) -> list[str]:
    return [visible(str(getattr(run.job, name))) for run in runs]


def _around(runs: Sequence[Run]) -> list[tuple[str, list[str]]]:
    """What they ran with beside what was asked for."""
    devices = [visible(run.config.device.label) if run.config.device else "-" for run in runs]
    versions = [visible(run.config.version) for run in runs]
    return [(tr("device used", "dispositivo usado"), devices), (tr("version", "versión"), versions)]
