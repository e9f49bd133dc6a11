"""Taking back: steps, typing, and what nobody did."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from llm_tui.widgets.undo import MOST_LEARNT, MOST_STEPS, STEP_LETTERS, Undo


def typed(undo: Undo[str], before: str, letters: str, place: str = "answer") -> str:
    for letter in letters:
        undo.keep(before, typing=place)
        before += letter
    return before


def test_letters_in_a_row_are_one_step() -> None:
    undo = Undo[str]()
    assert undo.back(typed(undo, "", "hello")) == ""


def test_typing_in_two_places_makes_two_steps() -> None:
    undo = Undo[str]()
    there = typed(undo, typed(undo, "", "ab", "answer"), "cd", "note")
    assert undo.back(there) == "ab"
    assert undo.back("ab") == ""


def test_long_typing_is_taken_back_a_part_at_a_time() -> None:
    undo = Undo[str]()
    text = typed(undo, "", "a" * (2 * STEP_LETTERS + 5))
    assert [len(text := undo.back(text)) for _ in range(3)] == [2 * STEP_LETTERS, STEP_LETTERS, 0]


def test_a_deed_that_is_no_typing_is_a_step_of_its_own() -> None:
    undo = Undo[str]()
    undo.keep("a")
    undo.keep("b")
    assert [undo.back("c"), undo.back("b"), undo.back("a")] == ["b", "a", "a"]
    assert not undo.can_go_back


def test_a_new_deed_forgets_what_was_taken_back() -> None:
    undo = Undo[str]()
    undo.keep("a")
    undo.back("b")
    assert undo.can_go_forth
    undo.keep("a")
    assert not undo.can_go_forth and undo.forth("c") == "c"


def test_what_nobody_did_is_not_taken_back() -> None:
    undo = Undo[tuple[str, ...]]()
    undo.keep(("mine",))
    undo.map(lambda state: (*state, "the model's"))
    assert undo.back(("other", "the model's")) == ("mine", "the model's")


State = tuple[int, tuple[int, ...]]


@given(st.lists(st.sampled_from("dlbf"), max_size=60))
def test_what_is_learnt_is_in_every_state_and_in_each_once(order: str) -> None:
    """Deeds, things learnt, steps back and forth in any order: what is learnt is numbered, and so is what is done."""
    undo, learnt = Undo[State](), 0
    now: State = 0, ()
    for deed, what in enumerate(order, start=1):
        if what == "d":
            undo.keep(now)
            now = (deed, now[1])
        elif what == "l":
            learnt += 1

            def learn(state: State, new: int = learnt) -> State:
                return state[0], (*state[1], new)

            undo.map(learn)
            now = learn(now)
        else:
            now = undo.back(now) if what == "b" else undo.forth(now)
        assert now[1] == tuple(range(1, learnt + 1))


def test_what_comes_in_is_put_into_a_state_when_it_is_gone_to() -> None:
    """A person has typed a hundred labels, and a thousand answers come in: not a hundred thousand sheets are made."""
    undo, calls = Undo[int](), 0
    for state in range(100):
        undo.keep(state)

    def more(state: int) -> int:
        nonlocal calls
        calls += 1
        return state

    for _ in range(MOST_LEARNT - 1):
        undo.map(more)
    assert calls == 0
    assert undo.back(100) == 99 and calls == MOST_LEARNT - 1
    undo.map(more)
    assert undo.back(99) == 98 and undo.forth(98) == 99


def test_typing_that_came_to_nothing_is_no_step() -> None:
    undo = Undo[str]()
    undo.keep("a")
    undo.keep("b", typing="answer")
    assert undo.back("b") == "a"


@given(st.lists(st.integers(), max_size=2 * MOST_STEPS))
def test_going_back_and_forth_again_ends_where_it_began(states: list[int]) -> None:
    undo = Undo[int]()
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
