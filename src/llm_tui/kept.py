"""What is worked out of values that never change: kept, and made anew only where something else has come in.

A sheet may have thousands of texts, and one of them changes with a key. To compare all of them by what they say takes
as long as the work itself, so what is the very same object is taken for the same, and nothing else is.
"""

from __future__ import annotations

from collections import Counter
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
    It takes them by their places alone, TypeError else. May be called on any thread.
    """
    known: tuple[tuple[tuple[object, ...], T], ...] = ()

    def given(*args: P.args, **names: P.kwargs) -> T:
        nonlocal known
        if names:
            raise TypeError(f"{', '.join(names)}: by their places")
        for of, made in known:
            if len(of) == len(args) and all(map(is_, of, args)):
                return made
        made = make(*args)  # type: ignore[call-arg]
        known = ((args, made), *known[: MOST - 1])
        return made

    return given


def compared(before: Sequence[Any], now: Sequence[Any]) -> tuple[int, ...]:
    """The places at which two sequences, equally long, do not have the very same object."""
    return () if before is now else tuple(compress(count(), map(is_not, before, now)))


differing = kept(compared)
"""The same of sequences that nobody changes: several ask for those of the same two, one after the other."""


class Rows(Generic[T]):
    """What `make` gives for each place of some columns, and for what is given `beside` them. A place at which all
    columns have what they had the last time keeps its row, the very same object; so do all of them together, where
    those that were made anew are what they were. Of what is made by turns, each that is as long has a name, `of`. May
    be called on any thread.
    """

    def __init__(self, make: Callable[..., T]):
        self._make = make
        self._known: dict[Hashable, tuple[tuple[Sequence[Any], ...], tuple[T, ...]]] = {}

    def __call__(self, *columns: Sequence[Any], beside: tuple[Hashable, ...] = (), of: str = "") -> tuple[T, ...]:
        """One row for each place; the columns are equally long, and nobody changes them afterwards."""
        name = of, beside, len(columns[0])
        before, rows = self._known.get(name, (None, ()))
        if before is None:
            made = tuple(self._make(*cells, *beside) for cells in zip(*columns, strict=True))
        else:
            changed = {place for was, now in zip(before, columns, strict=True) for place in differing(was, now)}
            fresh = {place: self._make(*(column[place] for column in columns), *beside) for place in changed}
            made = rows
            if any(row is not rows[place] for place, row in fresh.items()):
                found = list(rows)
                for place, row in fresh.items():
                    found[place] = row
                made = tuple(found)
        others = [(key, value) for key, value in self._known.items() if key != name]
        self._known = dict([*others, (name, (columns, made))][-MOST:])
        return made


class Counts(Generic[T]):
    """How often each value stands in a sequence, counted by what has changed. Names are those of `Rows`. May be called
    on any thread.
    """

    def __init__(self) -> None:
        self._known: dict[Hashable, tuple[Sequence[T], Counter[T]]] = {}

    def __call__(self, values: Sequence[T], of: str = "") -> Counter[T]:
        """Nobody changes the values, nor what is given back."""
        name = of, len(values)
        before, counted = self._known.get(name, (None, Counter[T]()))
        if before is None:
            counted = Counter(values)
        elif places := differing(before, values):
            counted = counted.copy()
            counted.subtract(before[place] for place in places)
            counted.update(values[place] for place in places)
            counted = +counted
        others = [(key, value) for key, value in self._known.items() if key != name]
        self._known = dict([*others, (name, (values, counted))][-MOST:])
        return counted
