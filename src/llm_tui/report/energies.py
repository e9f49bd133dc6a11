"""The report's tables of energy: what the work of the lab took, and what stands in its exercises."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress

from llm_tui.engine.energy import Energy, reasons, total
from llm_tui.errors import UserError
from llm_tui.exercises.registry import Row
from llm_tui.export import energy
from llm_tui.export.table import Cell, Column, Table
from llm_tui.foundation.tables import model_name
from llm_tui.i18n import Text
from llm_tui.lab.audit import job_name
from llm_tui.lab.lab import Lab


def energies(lab: Lab, sheets: Mapping[Row, Energy], language: str) -> dict[str, Table]:
    """By a name for files: of every job in the log, what failed and what was asked again among them, and of what stands
    in the exercises, most of it the same. None where no job of this lab could have been measured.
    """
    jobs: dict[tuple[str, str], list[Energy]] = {}
    with suppress(UserError):  # the table of the log says so; a sum of a part would look like a whole one
        log = lab.tally()
        for (job, model), used in log.energies.items():
            names = job_name(job).within(language), model_name(model)
            jobs.setdefault(names, []).extend(one.times(count) for one, count in used.items())
        if log.skipped:
            jobs[NO_LINE.within(language), ""] = [Energy.unknown("unread").times(log.skipped)]
    standing = {(row.short.within(language).lower(), ""): [one] for row, one in sheets.items() if one.stretches}
    said = {"energy": (jobs, OF_ALL), "energy-exercises": (standing, OF_SHEETS)}
    return {name: _table(groups, of, language) for name, (groups, of) in said.items() if _measurable(groups.values())}


OF_ALL = Text("of all jobs in the log", "de todos los trabajos del registro")
OF_SHEETS = Text(
    "of what stands in the exercises, not to be added to that of the log",
    "de lo que hay en los ejercicios, que no se suma a la del registro",
)
NO_LINE = Text("(lines that could not be read)", "(líneas que no se pudieron leer)")


def _measurable(groups: Iterable[list[Energy]]) -> bool:
    """Not in a lab of an earlier version, which measured nothing."""
    return any(one.measured or {*one.why} - {"unknown", "unread"} for group in groups for one in group)


def _table(groups: Mapping[tuple[str, str], list[Energy]], of: Text, language: str) -> Table:
    rows = [(*names, total(group)) for names, group in sorted(groups.items())]
    whole = total(one for _, _, one in rows)
    together = Text("all together", "en total").within(language)
    cells = tuple(_row(*row, language) for row in (*rows, (together, "", whole)))
    return Table(_COLUMNS, cells, (energy.footnote([whole], of),))


def _row(what: str, model: str, one: Energy, language: str) -> tuple[Cell, ...]:
    why = reasons(one.why).within(language)
    return what, model, one.stretches, one.measured, energy.cell(one), why


_COLUMNS = (
    Column("of", Text("energy of", "energía de")),
    Column("model", Text("model", "modelo")),
    Column("stretches", Text("times", "veces"), numeric=True),
    Column("measured", Text("measured", "medidas"), numeric=True),
    energy.COLUMN,
    Column("why", Text("without a figure because", "sin cifra porque")),
)
