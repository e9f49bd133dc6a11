"""What is kept of values that never change is what would be made anew, and is made anew no more often than it must."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_tui.kept import MOST, Counts, Rows, differing, kept


def test_the_same_object_is_asked_for_once_and_an_equal_one_again():
    calls: list[list[int]] = []

    @kept
    def total(numbers: list[int]) -> int:
        calls.append(numbers)
        return sum(numbers)

    first, second = [1, 2], [1, 2]
    assert [total(first), total(second), total(first), total(second)] == [3, 3, 3, 3]
    assert len(calls) == 2
    for number in range(MOST):
        total([number])
    assert total(first) == 3 and len(calls) == 3 + MOST  # and no more is kept than that


def test_one_argument_more_is_another_question_and_a_name_is_refused():
    @kept
    def total(first: tuple[int, ...], second: tuple[int, ...] = ()) -> int:
        return sum((*first, *second))

    one, other = (1, 2), (3,)
    assert [total(one), total(one, other), total(one), total(one, ())] == [3, 6, 3, 3]
    with pytest.raises(TypeError):
        total(one, second=other)


def test_the_places_that_differ_are_those_of_other_objects():
    one, other = "a" * 50, "".join(["a"] * 50)
    assert one == other and differing([one, 1, None], [other, 1, None]) == (0,)


STATES = st.lists(st.lists(st.integers(0, 3), max_size=6), min_size=1, max_size=8)


@given(STATES)
def test_rows_are_those_of_the_columns_however_they_change(states: list[list[int]]):
    stock = [(number,) for number in range(4)]  # a few objects, which come and go
    rows = Rows(lambda cell, other, sign: (cell, other, sign))
    for state in states:
        column = [stock[number] for number in state]
        for sign in "+-":
            made = rows(column, column[::-1], beside=(sign,))
            assert made == tuple(zip(column, column[::-1], sign * len(column), strict=True))


def test_one_row_of_ten_thousand_is_made_anew_where_one_has_changed():
    made: list[object] = []

    def make(cell: object, sign: str) -> list[object]:
        made.append(cell)
        return [cell, sign]

    rows, column = Rows(make), [object() for _ in range(10_000)]
    before = rows(column, beside=("x",), of="one")
    rows(column, beside=("x",), of="other")
    made.clear()
    column = [*column[:777], object(), *column[778:]]
    now = rows(column, beside=("x",), of="one")
    assert made == [column[777]] and differing(before, now) == (777,)
    assert rows(column, beside=("x",), of="one") is now and len(made) == 1


def test_rows_that_come_out_the_same_are_all_the_same_object():
    lengths = Rows(len)
    before = lengths(["a", "b"])
    assert lengths(["a", "c"]) is before and lengths(["a", "cc"]) == (1, 2)


@given(STATES)
def test_values_are_counted_however_they_change(states: list[list[int]]):
    stock = [(str(number),) for number in (0, 1, 1, 2)]  # two of them are equal
    counts = Counts[tuple[str]]()
    for state in states:
        values = [stock[number] for number in state]
        assert counts(values) == Counter(values) and 0 not in counts(values).values()
        assert counts(values, of="other") == Counter(values)


def test_of_ten_thousand_values_those_that_have_changed_are_counted():
    hashed: list[object] = []

    class Value:
        def __hash__(self) -> int:
            hashed.append(self)
            return 1

        def __eq__(self, other: object) -> bool:
            return True

    counts, values = Counts[Value](), [Value() for _ in range(10_000)]
    before = counts(values)
    hashed.clear()
    now = counts([*values[:777], Value(), *values[778:]])
    assert len(hashed) < 10 and before == now == {values[0]: 10_000}
