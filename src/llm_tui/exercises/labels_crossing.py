"""Where one line overtakes another on the logarithmic axis of labelled examples, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from llm_tui.i18n import Text, number


@dataclass(frozen=True, slots=True)
class Level:
    """The mean accuracy with `count` labelled examples, and the ends of its interval. `single` is one draw of them
    alone: how much another draw would change, its interval does not know.
    """

    count: int
    mean: float
    low: float
    high: float
    single: bool = False


@dataclass(frozen=True, slots=True)
class Crossing:
    """With `after` examples, which are the first to do so, one line is above the other and stays at or above it; with
    `before` it was not above, None where there is no smaller number. `about` is interpolated between the two. By their
    intervals it may already be so from `possible` on, and is so from `certain` on; None of what is not reached.
    `ahead` are the numbers with which it was above, for good or not.
    """

    before: int | None
    after: int | None
    about: float | None
    possible: int | None
    certain: int | None
    last: int
    ahead: tuple[int, ...] = ()


def found(one: Sequence[Level], other: Sequence[Level], level: bool) -> Crossing | None:
    """Where `one` overtakes `other` for good; `level` says that the other has one value for all numbers. None where
    there is no number of examples above 0 that both have.
    """
    beside = {x.count: x for x in other}
    pairs = [(x, replace(other[0], count=x.count) if level else beside[x.count])
             for x in one if x.count and (level or x.count in beside)]  # fmt: skip
    if not pairs:
        return None
    gaps = [(x.count, x.mean - y.mean) for x, y in pairs]
    at = len(gaps)
    while at and gaps[at - 1][1] >= 0:
        at -= 1
    while at < len(gaps) and gaps[at][1] <= 0:  # lines that touch do not cross
        at += 1
    after = gaps[at][0] if at < len(gaps) else None
    before = gaps[at - 1][0] if at else None
    about = None
    if after is not None and before is not None:
        (n0, g0), (n1, g1) = gaps[at - 1], gaps[at]
        about = math.exp(math.log(n0) + (math.log(n1) - math.log(n0)) * -g0 / (g1 - g0))
    possible = _first([(x.count, x.high >= y.low) for x, y in pairs])
    certain = _first([(x.count, x.low > y.high and not x.single and not y.single) for x, y in pairs])
    ahead = tuple(count for count, gap in gaps if gap > 0)
    return Crossing(before, after, about, possible, certain, gaps[-1][0], ahead)


def _first(points: Sequence[tuple[int, bool]]) -> int | None:
    """The number of examples from which on all of them are so."""
    found = None
    for count, so in reversed(points):
        if not so:
            break
        found = count
    return found


def crossing(one: Text, line: Sequence[Level], other: Text, beside: Sequence[Level], level: bool) -> Text:
    """In a sentence or two."""
    where = found(line, beside, level)
    if where is None:
        said = Text(
            "{one} and {other} have no number of labels in common.",
            "{one} y {other} no tienen ningún número de etiquetas en común.",
        )
        return said.format(one=one, other=other)
    if where.after is None and where.ahead:
        said = Text(
            "{one} is ahead of {other} with {some} labels, but no more with {last}",
            "{one}: supera a {other} con {some} etiquetas, pero ya no con {last}",
        )
    elif where.after is None:
        said = Text(
            "{one} never overtakes {other} up to {last} labels",
            "{one}: nunca supera a {other} hasta {last} etiquetas",
        )
    elif where.before is None:
        said = Text(
            "{one} is ahead of {other} from {b} labels on, the fewest that were tried",
            "{one}: supera a {other} desde {b} etiquetas, las menos que se probaron",
        )
    else:
        said = Text(
            "{one} overtakes {other} between {a} and {b} labels, at about {n}",
            "{one}: supera a {other} entre {a} y {b} etiquetas, hacia {n}",
        )
    values = {"a": where.before, "b": where.after, "n": where.about and _round(where.about), "last": where.last}
    told = {name: number(value or 0) for name, value in values.items()}
    told["some"] = Text(", ", ", ").join([number(count) for count in where.ahead])
    return Text("", "").join([said.format(one=one, other=other, **told), _sure(where)])


def _sure(where: Crossing) -> Text:
    """What the intervals allow."""
    if where.possible is None:
        said = Text("; by the intervals not with {last} labels.", "; según los intervalos, no con {last} etiquetas.")
    elif where.certain is None:
        said = Text(
            "; by the intervals perhaps from {a} on, and nowhere for certain.",
            "; según los intervalos, quizá desde {a}, y en ningún punto con certeza.",
        )
    else:
        said = Text(
            "; by the intervals perhaps from {a} on, for certain from {b}.",
            "; según los intervalos, quizá desde {a}; con certeza desde {b}.",
        )
    return said.format(a=number(where.possible or 0), b=number(where.certain or 0), last=number(where.last))


def _round(count: float) -> int:
    """To two figures: more the interpolation does not know."""
    return int(round(count, 1 - math.floor(math.log10(count))))
