"""Taking back: steps, typing, and what nobody did."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from llm_tui.widgets.undo import MOST_STEPS, STEP_SECONDS, Undo


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def typed(undo: Undo[str], before: str, letters: str, place: str = "answer") -> str:
    for letter in letters:
        undo.keep(before, typing=place)
        before += letter
    return before


def test_letters_in_a_row_are_one_step() -> None:
    undo = Undo[str](Clock())
    assert undo.back(typed(undo, "", "hello")) == ""


def test_typing_in_two_places_makes_two_steps() -> None:
    undo = Undo[str](Clock())
    there = typed(undo, typed(undo, "", "ab", "answer"), "cd", "note")
    assert undo.back(there) == "ab"
    assert undo.back("ab") == ""


def test_long_typing_is_taken_back_a_few_seconds_at_a_time() -> None:
    clock = Clock()
    undo = Undo[str](clock)
    text = ""
    for letter in "abcdef":
        text = typed(undo, text, letter)
        clock.now += STEP_SECONDS / 2.5
    assert undo.back(text) == "abc"


def test_a_deed_that_is_no_typing_is_a_step_of_its_own() -> None:
    undo = Undo[str](Clock())
    undo.keep("a")
    undo.keep("b")
    assert [undo.back("c"), undo.back("b"), undo.back("a")] == ["b", "a", "a"]
    assert not undo.can_go_back


def test_a_new_deed_forgets_what_was_taken_back() -> None:
    undo = Undo[str](Clock())
    undo.keep("a")
    undo.back("b")
    assert undo.can_go_forth
    undo.keep("a")
    assert not undo.can_go_forth and undo.forth("c") == "c"


def test_what_nobody_did_is_not_taken_back() -> None:
    undo = Undo[tuple[str, ...]](Clock())
    undo.keep(("mine",))
    undo.map(lambda state: (*state, "the model's"))
    assert undo.back(("other", "the model's")) == ("mine", "the model's")


def test_typing_that_came_to_nothing_is_no_step() -> None:
    undo = Undo[str](Clock())
    undo.keep("a")
    undo.keep("b", typing="answer")
    assert undo.back("b") == "a"


@given(st.lists(st.integers(), max_size=2 * MOST_STEPS))
def test_going_back_and_forth_again_ends_where_it_began(states: list[int]) -> None:
    undo = Undo[int](Clock())
    now = 0
    for state in states:
        undo.keep(now)
        now = state
    at = now
    for _ in range(3 * MOST_STEPS):
        at = undo.back(at)
    for _ in range(3 * MOST_STEPS):
        at = undo.forth(at)
    assert at == now
