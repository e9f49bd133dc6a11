"""What is kept of values that never change is what would be made anew, and is made anew no more often than it must."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from llm_tui.kept import MOST, Rows, differing, kept


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


def test_the_places_that_differ_are_those_of_other_objects():
    one, other = "a" * 50, "".join(["a"] * 50)
    assert one == other and differing([one, 1, None], [other, 1, None]) == [0]


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
    assert made == [column[777]] and differing(before, now) == [777]
    assert rows(column, beside=("x",), of="one") is now and len(made) == 1
