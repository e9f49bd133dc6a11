"""Figures of the hand-in as plain data, and each of them as one SVG that needs nothing else.

Names in them are a student's or a model's: they are text, cut to a length, and never an address or a style.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, ClassVar, Protocol

from llm_tui.colours import BLUE, PAPER
from llm_tui.export.table import Table
from llm_tui.export.told import LARGEST, PLAIN, Point, curve
from llm_tui.i18n import Text
from llm_tui.visible import legal, shortened, visible

DASHES = ("", "6 3", "2 2", "8 3 2 3", "1 3", "10 4", "4 1")
"""So that they are told apart on grey paper as well."""

MOST_POINTS = 400
"""Of a curve: more than there are pixels between its ends."""

MOST_MARKS = 9
"""On a logarithmic axis, where what was measured is marked rather than round numbers."""

MOST_NAME = 22
"""Columns of a name in a figure."""


class Figure(Protocol):
    """What can stand in the hand-in beside its tables: a dataclass, as those below, heat on a text, a map of shades."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def title(self) -> Text: ...

    @property
    def beside(self) -> Table | None:
        """The table that it stands behind; without one it stands at the end."""
        ...

    @property
    def width(self) -> int:
        """Pixels."""
        ...

    def told(self) -> Text:
        """What it shows, for those who do not see it."""
        ...

    def svg(self, language: str) -> str:
        """It alone, with nothing from elsewhere."""
        ...


@dataclass(frozen=True, slots=True)
class Series:
    """A curve through `points` (x, y). `spread` has the lower and upper end at each of them, where there are some. A
    series without a name has no line in the legend; `colour` counts from 0.
    """

    name: str
    points: Sequence[Point]
    colour: int = 0
    spread: Sequence[Point] = ()


@dataclass(frozen=True, slots=True)
class Curves:
    """Lines over one axis; `logarithmic` says it of x, which begins at 0 all the same, `log_y` of y, where only what is
    above 0 is drawn. `low` and `high` are ends that the y axis reaches at least. `where` names a place of the x axis in
    a sentence, as `told.curve` has it.
    """

    title: Text
    x: Text
    y: Text
    series: tuple[Series, ...]
    low: float | None = None
    high: float | None = None
    logarithmic: bool = False
    beside: Table | None = None
    where: Text = PLAIN
    log_y: bool = False

    def upward(self, y: float) -> float:
        return math.log10(y) if self.log_y else y

    def shown(self, points: Sequence[Point]) -> list[Point]:
        return [p for p in drawable(points) if p[1] > 0 or not self.log_y]

    def across(self, x: float) -> float:
        return math.log10(max(x, 0.0) + 1) if self.logarithmic else x

    def told(self) -> Text:
        """What it shows, for those who do not see it: what each curve did."""
        said = Text("{name}: {told}", "{name}: {told}")
        ends = [
            said.format(name=visible(one.name), told=curve(one.points, self.where)) for one in self.series if one.name
        ]
        head = Text("{y} against {x}. {ends}", "{y} frente a {x}. {ends}")
        return head.format(y=self.y, x=self.x, ends=Text("; ", "; ").join(ends))

    @property
    def width(self) -> int:
        return _WIDTH

    def svg(self, language: str) -> str:
        legend = _TOP_OF_LEGEND + _LINE * sum(bool(one.name) for one in self.series)
        return page(_WIDTH, max(_HEIGHT, legend), self.told().within(language), _curves(self, language))


@dataclass(frozen=True, slots=True)
class Matrix:
    """Counts by true (`rows`) and predicted label (`columns`), the darker the larger its share of the row."""

    title: Text
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    beside: Table | None = None

    def told(self) -> Text:
        """What it shows, for those who do not see it: row by row."""
        said = Text("true {row}: {cells}", "verdadera {row}: {cells}")
        lines = [
            said.format(
                row=visible(row),
                cells=", ".join(f"{visible(c)} {n}" for c, n in zip(self.columns, counts, strict=True)),
            )
            for row, counts in zip(self.rows, self.counts, strict=True)
        ]
        return Text("; ", "; ").join(lines)

    @property
    def width(self) -> int:
        return _LEFT + _CELL_W * len(self.columns) + 10

    def svg(self, language: str) -> str:
        height = _TOP + _CELL_H * len(self.rows) + 10
        return page(self.width, height, self.told().within(language), _matrix(self, language))


_WIDTH, _HEIGHT = 480, 250
_BOX = (52, 14, 350, 206)
"""Left, top, right and bottom of what curves are drawn into."""

_TOP_OF_LEGEND, _LINE = _BOX[1] + 6, 16

_LEFT, _TOP, _CELL_W, _CELL_H = 130, 44, 62, 26


def page(width: int, height: int, told: str, inside: Iterator[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" font-size="11" fill="#222"><title>{escape(legal(told))}</title>'
    )
    return f"{head}{''.join(inside)}</svg>"


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where numbers stand between two ends of an axis, in pixels; `ticks` are some of them in their order."""

    ticks: Sequence[float]
    begin: float
    end: float

    def at(self, value: float) -> float:
        first, last = self.ticks[0], self.ticks[-1]
        return self.begin + (value - first) / (last - first) * (self.end - self.begin)


def _curves(figure: Curves, language: str) -> Iterator[str]:
    left, top, right, bottom = _BOX
    ends = [end for end in (figure.low, figure.high) if end is not None and not figure.log_y]
    drawn = [figure.shown(one.points) for one in figure.series]
    spread = [end for one in figure.series for pair in drawable(one.spread) for end in pair]
    xs = sorted({figure.across(x) for points in drawn for x, _ in points})
    across = _Scale(xs if figure.logarithmic and 1 < len(xs) <= MOST_MARKS else _ticks(xs), left, right)
    up = _Scale(_ticks([*(figure.upward(y) for points in drawn for _, y in points), *spread, *ends]), bottom, top)
    yield from _axes(figure, across, up, language)
    named = 0
    for one, points in zip(figure.series, drawn, strict=True):
        place = one.colour % len(PAPER)
        dashes = DASHES[(one.colour + one.colour // len(PAPER)) % len(DASHES)]  # with a colour again, other ones
        line = f'stroke="{PAPER[place]}" stroke-width="1.6" stroke-dasharray="{dashes or "none"}" fill="none"'
        for (x, _), (low, high) in zip(one.points, one.spread, strict=False):
            if len(drawable([(x, low), (x, high)])) == 2:
                upright = f"M{across.at(figure.across(x)):.1f} {up.at(low):.1f}V{up.at(high):.1f}"
                yield f'<path d="{upright}" stroke="{PAPER[place]}" fill="none"/>'
        for x, y in points if len(points) == 1 else ():
            dot = f'cx="{across.at(figure.across(x)):.1f}" cy="{up.at(figure.upward(y)):.1f}" r="2.5"'
            yield f'<circle {dot} fill="{PAPER[place]}"/>'
        if points[1:]:
            path = " ".join(f"{across.at(figure.across(x)):.1f},{up.at(figure.upward(y)):.1f}" for x, y in points)
            yield f'<polyline points="{path}" {line}/>'
        if one.name:
            y = _TOP_OF_LEGEND + _LINE * named
            named += 1
            yield f'<path d="M{right + 10} {y}h20" {line}/>' + lettering(
                right + 34, y + 4, shortened(visible(one.name), 15)
            )


def _axes(figure: Curves, across: _Scale, up: _Scale, language: str) -> Iterator[str]:
    left, top, right, bottom = _BOX
    for tick in up.ticks:
        yield f'<path d="M{left} {up.at(tick):.1f}H{right}" stroke="#ddd" fill="none"/>'
        said = f"{10**tick:.2g}" if figure.log_y else f"{tick:g}"
        yield lettering(left - 6, up.at(tick) + 4, said, "end")
    for tick in across.ticks:
        yield f'<path d="M{across.at(tick):.1f} {bottom}v4" stroke="#555" fill="none"/>'
        said = f"{round(10**tick - 1)}" if figure.logarithmic else f"{tick:g}"
        yield lettering(across.at(tick), bottom + 16, said, "middle")
    yield f'<path d="M{left} {top}V{bottom}H{right}" stroke="#555" fill="none"/>'
    yield lettering((left + right) / 2, _HEIGHT - 8, figure.x.within(language), "middle")
    middle = (top + bottom) / 2
    yield lettering(12, middle, figure.y.within(language), "middle", f' transform="rotate(-90 12 {middle:.1f})"')


def _matrix(figure: Matrix, language: str) -> Iterator[str]:
    yield lettering(4, 16, Text("true ↓   predicted →", "verdadera ↓   predicha →").within(language))
    for j, label in enumerate(figure.columns):
        yield lettering(_LEFT + _CELL_W * (j + 0.5), _TOP - 8, shortened(visible(label), 10), "middle")
    for i, (label, counts) in enumerate(zip(figure.rows, figure.counts, strict=True)):
        y = _TOP + _CELL_H * i
        yield lettering(_LEFT - 8, y + 17, shortened(visible(label), MOST_NAME - 3), "end")
        for j, count in enumerate(counts):
            share = count / (sum(counts) or 1)
            x = _LEFT + _CELL_W * j
            yield (
                f'<rect x="{x}" y="{y}" width="{_CELL_W}" height="{_CELL_H}" stroke="#999" fill="{BLUE}" '
                f'fill-opacity="{share:.3f}"/>'
            )
            ink = ' fill="#fff"' if share > 0.5 else ""
            yield lettering(x + _CELL_W / 2, y + 17, str(count), "middle", ink)


def lettering(x: float, y: float, text: str, anchor: str = "start", more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{more}>{escape(legal(text))}</text>'


def drawable(points: Sequence[Point]) -> list[Point]:
    """Those that are numbers, thinned out evenly; the last one stays."""
    kept = [p for p in points if all(math.isfinite(v) and abs(v) < LARGEST for v in p)]
    step = math.ceil(len(kept) / MOST_POINTS) or 1
    return [*kept[:-1:step], *kept[-1:]]


def _ticks(values: Sequence[float]) -> list[float]:
    """Some five round numbers; between the first and the last are all `values`."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    most = max(abs(low), abs(high))
    rough = (high - low if high - low > 1e-9 * max(most, 1.0) else most if most > 1e-9 else 1.0) / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = power * next(m for m in (1, 2, 2.5, 5, 10) if m * power >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(i * step, 12) for i in range(first, max(last, first + 1) + 1)]
