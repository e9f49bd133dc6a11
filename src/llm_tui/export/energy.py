"""Energy in tables: a figure never stands there without what it lacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from llm_tui.engine.energy import Energy, reasons, total
from llm_tui.export.table import Cell, Column, Measure, Table
from llm_tui.i18n import Text

COLUMN = Column("energy_wh", Text("energy (Wh)", "energía (Wh)"), numeric=True, digits=4)

UNIT = 3600
"""Joules of a watt-hour."""


def cell(energy: Energy | None, unit: float = UNIT, column: Column = COLUMN) -> Cell:
    """The figure in units of so many joules; marked as `footnote` explains where it is for more than was meant, or for
    less. None where there is none.
    """
    if energy is None or energy.joules is None:
        return None
    return _marked(energy.joules / unit, energy, column)


def mean_cell(energies: Sequence[Energy | None]) -> Cell:
    """The mean of several runs in watt-hours, of those that have a figure, and marked likewise."""
    figures = [one.joules / UNIT for one in energies if one and one.whole and one.joules is not None]
    return _marked(Measure.of(figures), total(energies), COLUMN) if figures else None


def with_column(table: Table, at: int, rows: Sequence[Sequence[Energy | None]], of: Text) -> Table:
    """The table with a column of energies more, the mean of those of each row, and below it what they are."""
    cells = zip(table.rows, map(mean_cell, rows), strict=True)
    footer = (*table.footer, footnote([one for row in rows for one in row], of)) if any(rows) else table.footer
    return replace(
        table,
        columns=(*table.columns[:at], COLUMN, *table.columns[at:]),
        rows=tuple((*row[:at], mean, *row[at:]) for row, mean in cells),
        footer=footer,
    )


def _marked(figure: float | Measure, of: Energy, column: Column) -> Cell:
    lacks = "" if of.whole else f" ({of.measured}/{of.stretches})"
    others = " *" if of.shared else ""
    return f"{column.show(figure)}{lacks}{others}" if lacks or others else figure


def footnote(energies: Sequence[Energy | None], of: Text) -> Text:
    """What the figures of these are, `of` which work, and what they lack; one sentence or several."""
    whole = total(energies)
    parts = []
    if whole.joules is not None:
        said = Text(
            "Energy: {of}, by {source}, what an idle device draws included.",
            "Energía: {of}, según {source}, con lo que el dispositivo consume en reposo.",
        )
        parts.append(said.format(of=of, source=whole.source))
    if whole.shared:
        parts.append(Text("*: other processes on the device included.", "*: otros procesos del dispositivo incluidos."))
    if whole.stretches and not whole.whole:
        lacking = Text(
            "Without a figure of energy: {n} of {all} ({why}).", "Sin cifra de energía: {n} de {all} ({why})."
        )
        n = whole.stretches - whole.measured
        parts.append(lacking.format(n=n, all=whole.stretches, why=reasons(whole.why)))
    return Text(" ", " ").join(parts)
