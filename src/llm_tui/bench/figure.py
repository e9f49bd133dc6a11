"""One line of a benchmark's table."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from llm_tui.bench.measure import Spent
from llm_tui.export.table import Column, Table
from llm_tui.i18n import Text

NONE = Text("", "")
MET, MISSED = Text("met", "cumplida"), Text("MISSED", "NO CUMPLIDA")

COLUMNS = (
    Column("what", Text("what", "qué")),
    Column("ours", Text("llm-tui", "llm-tui"), numeric=True),
    Column("reference", Text("beside", "junto a")),
    Column("theirs", Text("its", "lo suyo"), numeric=True),
    Column("ratio", Text("ratio", "razón"), numeric=True, digits=2),
    Column("goal", Text("goal", "meta"), numeric=True),
    Column("met", Text("is", "está")),
    Column("note", Text("note", "nota")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """`ratio` is what is judged by `goal`; where there is none it is `ours`. Without a goal nothing was asked for."""

    what: Text
    reference: Text = NONE
    ours: Spent | float
    theirs: Spent | float | None = None
    unit: str = "s"
    ratio: float | None = None
    goal: float | None = None
    at_least: bool = False
    note: Text = NONE

    @property
    def met(self) -> bool | None:
        """None where nothing was asked for."""
        judged = _wall(self.ours) if self.ratio is None else self.ratio
        if self.goal is None:
            return None
        return judged >= self.goal if self.at_least else judged <= self.goal


def compared(
    what: Text,
    reference: Text,
    ours: Sequence[Spent],
    theirs: Sequence[Spent],
    goal: float | None = None,
    *,
    clock: Literal["cpu", "wall"] = "cpu",
    at_least: bool = False,
    note: Text = NONE,
) -> Figure:
    """The medians of turns taken in pairs, and the median of the pairs' ratios: ours over theirs, or, where the goal
    is how many times faster, theirs over ours.
    """
    ratios = [getattr(mine, clock) / max(getattr(other, clock), 1e-9) for mine, other in zip(ours, theirs, strict=True)]
    return Figure(
        what=what,
        reference=reference,
        ours=_median(ours),
        theirs=_median(theirs),
        ratio=statistics.median(1 / ratio if at_least else ratio for ratio in ratios),
        goal=goal,
        at_least=at_least,
        note=note,
    )


def table(figures: Iterable[Figure], language: str) -> Table:
    """As a person reads it; seconds are those on the wall, and in brackets those of the processors."""
    return Table(COLUMNS, tuple(_row(figure, language) for figure in figures)).for_reading()


def _row(figure: Figure, language: str) -> tuple[str | float | None, ...]:
    goal = "" if figure.goal is None else f"{'≥' if figure.at_least else '≤'} {figure.goal:g}"
    met = {True: MET, False: MISSED, None: NONE}[figure.met]
    return (
        figure.what.within(language),
        _shown(figure.ours, figure.unit),
        figure.reference.within(language),
        _shown(figure.theirs, figure.unit),
        figure.ratio,
        goal,
        met.within(language),
        figure.note.within(language),
    )


def _shown(value: Spent | float | None, unit: str) -> str:
    if value is None:
        return ""
    if isinstance(value, Spent):
        return f"{value.wall:.3f} s ({value.cpu:.3f})"
    return f"{value:.{0 if value >= 1000 else 1 if value >= 10 else 3}f} {unit}".rstrip()


def _wall(value: Spent | float) -> float:
    return value.wall if isinstance(value, Spent) else value


def _median(turns: Sequence[Spent]) -> Spent:
    return Spent(statistics.median(one.wall for one in turns), statistics.median(one.cpu for one in turns))
