"""The heat that goes into the hand-in beside an exercise: which a person has put there, and how the lab keeps it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeVar

from llm_tui.errors import UserError
from llm_tui.export.figure import Curves, Series, drawable
from llm_tui.export.heat import Heat, Mark
from llm_tui.export.markdown import escape_markdown
from llm_tui.export.shades import MOST as MOST_SIDE
from llm_tui.export.shades import Shades
from llm_tui.i18n import Text, tr
from llm_tui.marks import Each, Later

T = TypeVar("T")

NAME = "heats"
"""Under which the lab keeps them."""

MOST = 5
"""Beside one exercise: a hand-in is read."""

NEAR = 1e-3
"""Of the largest value: what is nearer to another is the same, in a heat that is made again."""

MOST_LETTERS = 20_000
"""Of a text that is kept; what is drawn of it ends sooner."""

TITLE = Text("Why this answer", "Por qué esta respuesta")


class Lab(Protocol):
    """Where they are kept."""

    def answers(self, exercise: int | str, kind: type[T]) -> T: ...


@dataclass(frozen=True, slots=True)
class KeptMatrix:
    """A matrix of which a heat is a row, its shares in thousandths.

    Raises:
        ValueError: it cannot be drawn.
    """

    title: Text
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    shares: tuple[tuple[int, ...], ...]
    told_as: Text
    axes: Text

    def __post_init__(self) -> None:
        sizes = {len(row) for row in self.shares}
        if len(self.shares) != len(self.rows) or sizes - {len(self.columns)} or max(len(self.rows), *sizes) > MOST_SIDE:
            raise ValueError("the shares are no matrix of these names")

    @classmethod
    def of(cls, matrix: Shades) -> KeptMatrix:
        shares = tuple(tuple(round(1000 * share) for share in row) for row in matrix.shares)
        return cls(matrix.title, matrix.rows, matrix.columns, shares, matrix.told_as, matrix.axes)

    def shades(self) -> Shades:
        shares = tuple(tuple(share / 1000 for share in row) for row in self.shares)
        return Shades(self.title, self.rows, self.columns, shares, self.told_as, self.axes)


@dataclass(frozen=True, slots=True)
class Kept:
    """A heat without its table, which is that of its largest values then. `marks` are (start, end, value).

    Raises:
        ValueError: it cannot be drawn.
    """

    title: Text
    text: str
    marks: tuple[tuple[int, int, float], ...]
    unit: Text
    caption: tuple[Text, ...]
    plus: Text
    minus: Text
    matrix: Later[KeptMatrix | None] = None

    def __post_init__(self) -> None:
        self.heat()

    @classmethod
    def of(cls, heat: Heat) -> Kept:
        text = heat.text[:MOST_LETTERS]
        marks = tuple((m.start, m.end, m.value) for m in heat.marks if m.end <= len(text) and math.isfinite(m.value))
        matrix = KeptMatrix.of(heat.matrix) if heat.matrix else None
        return cls(heat.title, text, marks, heat.unit, heat.caption, heat.plus, heat.minus, matrix)

    def heat(self) -> Heat:
        marks = tuple(Mark(*mark) for mark in self.marks)
        matrix = self.matrix.shades() if self.matrix else None
        of = (self.title, self.text, marks, self.unit, self.caption, None, self.plus, self.minus, matrix)
        return Heat(*of).with_table()

    def same(self, other: Kept) -> bool:
        """Whether it says the same: a model that is asked again gives other last digits, another model other values."""
        if (self.title, self.text, self.unit) != (other.title, other.text, other.unit):
            return False
        near = NEAR * max((abs(value) for _, _, value in self.marks), default=0.0)
        both = zip(self.marks, other.marks, strict=False)
        return len(self.marks) == len(other.marks) and all(
            (start, end) == (begin, stop) and abs(value - then) <= near
            for (start, end, value), (begin, stop, then) in both
        )


@dataclass(frozen=True, slots=True)
class KeptLine:
    """A curve of a picture. `colour` counts from 0."""

    name: str
    points: tuple[tuple[float, float], ...]
    colour: int


@dataclass(frozen=True, slots=True)
class KeptCurves:
    """Curves as they were looked at."""

    title: Text
    x: Text
    y: Text
    where: Text
    lines: tuple[KeptLine, ...]
    logarithmic: bool
    log_y: bool

    @classmethod
    def of(cls, figure: Curves) -> KeptCurves:
        lines = tuple(KeptLine(one.name, tuple(drawable(one.points)), one.colour) for one in figure.series)
        return cls(figure.title, figure.x, figure.y, figure.where, lines, figure.logarithmic, figure.log_y)

    def figure(self) -> Curves:
        series = tuple(Series(line.name, line.points, line.colour) for line in self.lines)
        return Curves(
            self.title, self.x, self.y, series, logarithmic=self.logarithmic, where=self.where, log_y=self.log_y
        )


@dataclass(frozen=True, slots=True)
class Heats:
    """By the exercises' numbers, in the order in which they were put there; `curves` likewise."""

    kept: Mapping[str, Each[Kept]] = field(default_factory=dict)
    version: int = 1
    curves: Later[Mapping[str, Each[KeptCurves]]] = field(default_factory=dict)

    def of(self, exercise: int | str) -> tuple[Kept, ...]:
        return self.kept.get(str(exercise), ())

    def turned(self, exercise: int | str, heat: Heat) -> Heats:
        """With this one; without it, where it is there.

        Raises:
            UserError: there are as many as may be.
        """
        one, there = Kept.of(heat), self.of(exercise)
        left = tuple(kept for kept in there if not kept.same(one))
        if left == there and len(there) == MOST:
            raise _full()
        return replace(self, kept={**self.kept, str(exercise): left if left != there else (*there, one)})

    def with_curves(self, exercise: int | str, figures: Sequence[Curves]) -> Heats:
        """With these curves, a figure each; without them, where all of them are there.

        Raises:
            UserError: there would be more than may be.
        """
        new, there = [KeptCurves.of(figure) for figure in figures], self.curves.get(str(exercise), ())
        left = tuple(kept for kept in there if kept not in new)
        now = left if len(there) - len(left) == len(new) else (*left, *new)
        if len(now) > MOST:
            raise _full()
        return replace(self, curves={**self.curves, str(exercise): now})


def _full() -> UserError:
    return UserError(
        tr(
            f"This exercise has {MOST} such figures already: take one out first, with the same key.",
            f"Este ejercicio ya tiene {MOST} figuras así: saque antes una, con la misma tecla.",
        )
    )


def of(lab: Lab, exercise: int | str) -> list[Heat]:
    """Those of an exercise, each with its table.

    Raises:
        UserError: they cannot be read.
    """
    return [kept.heat() for kept in lab.answers(NAME, Heats).of(exercise)]


def readable(lab: Lab, exercise: int | str) -> tuple[list[Heat], bool]:
    """As `of`, and whether they could not be read: that costs no exercise."""
    try:
        return of(lab, exercise), False
    except UserError:
        return [], True


def curves(lab: Lab, exercise: int | str) -> list[Curves]:
    """The curves that a person has put there; none where they cannot be read."""
    try:
        return [kept.figure() for kept in lab.answers(NAME, Heats).curves.get(str(exercise), ())]
    except UserError:
        return []


def with_curves(document: str, figures: Sequence[Curves], language: str) -> str:
    """The document of an exercise with what these curves did, in Markdown, which has no pictures of its own."""
    parts = [document.rstrip("\n")]
    for figure in figures:
        title, told = (escape_markdown(text.within(language), "*_[]") for text in (figure.title, figure.told()))
        parts.append(f"**{title}**\n\n{told}.")
    return "\n\n".join(filter(None, parts)) + "\n" if figures else document


def below(document: str, heats: Sequence[Heat], language: str) -> str:
    """The document of an exercise with them at its end, in Markdown."""
    if not heats:
        return document
    parts = [document.rstrip("\n"), f"**{TITLE.within(language)}**", *(heat.markdown(language) for heat in heats)]
    return "\n\n".join(part.rstrip("\n") for part in parts if part) + "\n"
