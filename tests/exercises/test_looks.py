"""How runs are told apart."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from llm_tui.exercises.looks import MOST_NAME, Looks


@given(st.text())
def test_any_text_is_a_name_of_one_line_or_takes_it_away(name):
    looks = Looks().named("a", "before").named("a", name)
    kept = looks.names.get("a")
    assert (kept is None) == (not name.split())
    assert kept is None or (len(kept) <= MOST_NAME and len(kept.splitlines()) == 1)


def test_what_is_done_twice_is_as_before():
    looks = Looks({"a": "x"}, ("b",), "c")
    assert looks.turned("a").turned("a") == looks
    assert looks.pinned("c").pinned("c") == looks
    assert looks.pinned("a").pin == "a"
