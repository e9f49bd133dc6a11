"""A matrix of shares as a figure: the darker a cell, the larger its share."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from llm_tui.colours import BLUE
from llm_tui.export.figure import lettering, page
from llm_tui.export.table import Table
from llm_tui.i18n import Text
from llm_tui.visible import shortened, visible, width

STEPS = (0.03, 0.1, 0.3, 0.6)
"""From which share on a cell has the next shade."""

MOST = 64
"""Rows and columns of a figure; of a larger matrix it shows a part."""

MOST_NAME = 14

MOST_TITLE = 100
"""Columns of a line."""

_LETTER = 6
"""Pixels of a column, at the most on the average."""

_INK = (0.0, 0.15, 0.4, 0.7, 1.0)
_CELL, _LEFT, _TOP, _LEGEND = 14, 110, 104, 26


def step_of(share: float) -> int:
    """Which shade a share has, from 0 to 4; what is no number has none."""
    return bisect_right(STEPS, share) if share >= 0 else 0


@dataclass(frozen=True, slots=True)
class Shades:
    """The shares of `columns` in each of `rows`, at most `MOST` of both. `told_as` says what it shows, for those who do
    not see it, `axes` what its rows and columns are.
    """

    title: Text
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    shares: tuple[tuple[float, ...], ...]
    told_as: Text
    axes: Text
    beside: Table | None = None

    def told(self) -> Text:
        return self.told_as

    @property
    def width(self) -> int:
        longest = max(min(width(said), MOST_TITLE) for line in (self.title, self.axes) for said in (line.en, line.es))
        return max(_LEFT + _CELL * len(self.columns) + 10, _LETTER * longest + 8)

    def svg(self, language: str) -> str:
        height = _TOP + _CELL * len(self.rows) + _LEGEND
        return page(self.width, height, self.told().within(language), self._drawn(language))

    def _drawn(self, language: str) -> Iterator[str]:
        yield lettering(4, 16, shortened(visible(self.title.within(language)), MOST_TITLE))
        yield lettering(4, 30, self.axes.within(language))
        for j, name in enumerate(self.columns):
            x, y = _LEFT + _CELL * (j + 0.5) + 4, _TOP - 4
            turned = f' transform="rotate(-90 {x:.1f} {y})" font-size="9"'
            yield lettering(x, y, shortened(visible(name), MOST_NAME - 2), more=turned)
        for i, (name, shares) in enumerate(zip(self.rows, self.shares, strict=True)):
            y = _TOP + _CELL * i
            yield lettering(_LEFT - 4, y + 11, shortened(visible(name), MOST_NAME), "end")
            for j, share in enumerate(shares):
                if step := step_of(share):
                    yield _box(_LEFT + _CELL * j, y, step)
        wide, high = _CELL * len(self.columns), _CELL * len(self.rows)
        yield f'<rect x="{_LEFT}" y="{_TOP}" width="{wide}" height="{high}" fill="none" stroke="#999"/>'
        for number, least in enumerate(STEPS, start=1):
            x, y = _LEFT + 58 * (number - 1), _TOP + high + 8
            yield _box(x, y, number)
            yield lettering(x + _CELL + 4, y + 11, f"{least * 100:g} %")


def _box(x: float, y: float, step: int) -> str:
    return f'<rect x="{x}" y="{y}" width="{_CELL}" height="{_CELL}" fill="{BLUE}" fill-opacity="{_INK[step]}"/>'
