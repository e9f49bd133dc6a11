"""What is worked out of values that never change: kept, and made anew only where something else has come in.

A sheet may have thousands of texts, and one of them changes with a key. To compare all of them by what they say takes
as long as the work itself, so what is the very same object is taken for the same, and nothing else is.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from itertools import compress, count
from operator import is_, is_not
from typing import Any, Generic, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

MOST = 8
"""What is kept of each function, or of each `Rows`: some templates and languages, of a state or two."""


def kept(make: Callable[P, T]) -> Callable[P, T]:
    """`make`, which gives the same for the same arguments, with what it gave last; these are told apart by identity.
    It takes them by their places alone. May be called on any thread.
    """
    known: tuple[tuple[tuple[object, ...], T], ...] = ()

    def given(*args: P.args, **names: P.kwargs) -> T:
        nonlocal known
        for of, made in known:
            if all(map(is_, of, args)):
                return made
        made = make(*args, **names)
        known = ((args, made), *known[: MOST - 1])
        return made

    return given


def differing(before: Sequence[Any], now: Sequence[Any]) -> list[int]:
    """The places at which two sequences, equally long, do not have the very same object."""
    return list(compress(count(), map(is_not, before, now)))


class Rows(Generic[T]):
    """What `make` gives for each place of some columns, and for what is given `beside` them. A place at which all
    columns have what they had the last time keeps its row, the very same object; of what is made by turns each has a
    name, `of`. May be called on any thread.
    """

    def __init__(self, make: Callable[..., T]):
        self._make = make
        self._known: dict[Hashable, tuple[tuple[Sequence[Any], ...], tuple[T, ...]]] = {}

    def __call__(self, *columns: Sequence[Any], beside: tuple[Hashable, ...] = (), of: str = "") -> tuple[T, ...]:
        """One row for each place; the columns are equally long, and nobody changes them afterwards."""
        before, rows = self._known.get((of, beside), (None, ()))
        if before is None or len(rows) != len(columns[0]):
            made = tuple(self._make(*cells, *beside) for cells in zip(*columns, strict=True))
        else:
            changed = {place for was, now in zip(before, columns, strict=True) for place in differing(was, now)}
            found = list(rows)
            for place in changed:
                found[place] = self._make(*(column[place] for column in columns), *beside)
            made = tuple(found) if changed else rows
        others = [(key, value) for key, value in self._known.items() if key != (of, beside)]
        self._known = dict([*others, ((of, beside), (columns, made))][-MOST:])
        return made
