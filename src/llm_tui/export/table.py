"""The one table that the screen shows and the exports write."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from llm_tui.i18n import Text


@dataclass(frozen=True, slots=True)
class Measure:
    """Mean and sample standard deviation of `n` measurements; `std` is None where `n` is 1."""

    mean: float
    std: float | None
    n: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Measure:
        std = statistics.stdev(values) if len(values) > 1 else None
        return cls(statistics.fmean(values), std, len(values))


@dataclass(frozen=True, slots=True)
class Own:
    """A number with decimals of its own: in a table with a row for each fact those of a column are of many kinds."""

    value: float
    digits: int

    @classmethod
    def of(cls, value: float | None, digits: int) -> Own | None:
        return None if value is None else cls(value, digits)


Cell = str | int | float | Measure | Own | None


@dataclass(frozen=True, slots=True)
class Column:
    """`key` names the column in JSON, `head` on screen, in Markdown and in CSV.

    `digits` are the decimals of a float. A `p_value` is never 0: where they do not show it, it is less than the last.
    An `editable` column is the student's; where it holds scores, `most` is the highest, and where only some texts
    count, these are `among`.
    """

    key: str
    head: Text
    numeric: bool = False
    digits: int = 3
    p_value: bool = False
    editable: bool = False
    most: int | None = None
    among: tuple[str, ...] = ()

    def show(self, cell: Cell) -> str:
        """The cell as a person reads it; empty where there is no value."""
        if isinstance(cell, Measure):
            shown = self.show(cell.mean)
            return shown if cell.std is None else f"{shown} ± {self.show(cell.std)}"
        if isinstance(cell, Own):
            return f"{cell.value:.{cell.digits}f}" if math.isfinite(cell.value) else ""
        if isinstance(cell, float):
            return self._decimals(cell) if math.isfinite(cell) else ""
        return "" if cell is None else str(cell)

    def _decimals(self, value: float) -> str:
        shown = f"{value:.{self.digits}f}"
        return f"<{10**-self.digits:.{self.digits}f}" if self.p_value and not float(shown) else shown


@dataclass(frozen=True, slots=True)
class Table:
    """Columns, rows, and the sentences below that say what made it. `keys` names each row for edits. A `title` stands
    above it in Markdown, where the table is not the exercise's own.

    `held` is what the student wrote into a cell, by the keys of its row and its column, where the cell shows more.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    footer: tuple[Text, ...] = ()
    keys: tuple[str, ...] = ()
    held: Mapping[tuple[str, str], str] = field(default_factory=dict)
    title: Text | None = None

    def for_reading(self) -> Table:
        """Without the columns in which nothing stands, but for those that a person fills in."""
        kept = [
            i
            for i, column in enumerate(self.columns)
            if column.editable or any(row[i] not in (None, "") for row in self.rows)
        ]
        rows = tuple(tuple(row[i] for i in kept) for row in self.rows)
        return Table(tuple(self.columns[i] for i in kept), rows, self.footer, self.keys, title=self.title)
