"""Words in a plane: each seen at its place or under a more frequent one, with a letter for its class."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from llm_tui.classifier.why_job import Plane
from llm_tui.widgets.word_plane import draw, letters_of

names = st.lists(st.text(max_size=8), min_size=1, max_size=30)
words = st.lists(
    st.tuples(st.text(min_size=1, max_size=9), st.floats(-5, 5), st.floats(-5, 5), st.integers(0, 2)), max_size=40
)


@settings(max_examples=20)
@given(names)
def test_each_class_has_a_letter_of_its_own(classes: list[str]) -> None:
    letters = letters_of(classes)
    assert len(set(letters)) == len(letters) == len(classes)
    assert all(len(letter) == 1 and letter.isalnum() for letter in letters)


def test_a_class_has_a_letter_of_its_name_where_it_can() -> None:
    assert letters_of(["World", "Sports", "Business", "Sci/Tech"]) == ["W", "S", "B", "C"]
    assert letters_of(["世界", "A", "a"]) == ["A", "B", "C"]


@settings(max_examples=15)
@given(words, st.integers(1, 60), st.integers(1, 20), st.data())
def test_no_word_is_covered_by_a_name(
    found: list[tuple[str, float, float, int]], columns: int, lines: int, data: st.DataObject
) -> None:
    cursor = data.draw(st.none() | st.integers(0, len(found) - 1)) if found else None
    plane = Plane(
        tuple(w for w, *_ in found), tuple((x, y) for _, x, y, _ in found), tuple(of for *_, of in found), 0.5
    )
    letters = ["W", "S", "B"]
    drawn = draw(plane, letters, columns, lines, cursor)
    alone = draw(Plane(("\u4e16",) * len(found), plane.points, plane.speaks_for, 0.5), letters, columns, lines)
    assert [len(row) for row in drawn] == [columns] * lines
    for row, only in zip(drawn, alone, strict=True):
        for (sign, of), (letter, its) in zip(row, only, strict=True):
            if letter != " " and (of is None or of >= 0):
                assert (sign, of) == (letter, its)
    assert not any(sign < " " for row in drawn for sign, _ in row)


def test_left_is_less_above_is_more_and_the_farthest_is_named() -> None:
    plane = Plane(("left", "up", "right"), ((-1.0, 0.0), (0.0, 1.0), (1.0, -1.0)), (0, 1, 2), 1.0)
    rows = ["".join(sign for sign, _ in row) for row in draw(plane, ["W", "S", "B"], 21, 5)]
    assert rows[0] == "          S up        "[:21]
    assert rows[2].startswith("W left")
    assert rows[4].endswith("right B")
