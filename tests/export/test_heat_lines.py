"""A heat in lines: nothing of the text is lost or said twice, no row is too wide, each mark begins once."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from llm_tui.export.heat import Heat, Mark, signed
from llm_tui.export.heat_lines import bar, heavy_signs, level, wrapped
from llm_tui.i18n import Text
from llm_tui.visible import visible, width

TITLE = Text("title", "título")

TEXTS = st.text(
    st.one_of(st.sampled_from("ab c  .,\n\t\x1b[]映画שלוםe\u0301\u200d\u200b\u00a0\u3000🙂"), st.characters()),
    max_size=60,
)


@st.composite
def heats(draw: st.DrawFn) -> Heat:
    text = draw(TEXTS)
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=12)))
    values = st.floats(-9, 9) | st.sampled_from([math.nan, math.inf])
    pairs = zip(cuts[::2], cuts[1::2], strict=False)
    return Heat(TITLE, text, tuple(Mark(start, end, draw(values)) for start, end in pairs))


@pytest.mark.parametrize("measure", [width, cell_len])
@given(heat=heats(), room=st.integers(2, 40))
def test_the_rows_are_the_visible_text_and_each_mark_begins_once_in_order(measure, heat, room):
    rows = wrapped(heat, room, measure)
    spans = [span for row in rows for span in row]
    shown = visible(heat.text, keep_newlines=True).replace("\n", "")
    assert "".join(span.text for span in spans).replace("␊", "") == shown.replace("␊", "")
    assert [span.mark for span in spans if span.begins] == list(range(len(heat.marks)))
    for number, mark in enumerate(heat.marks):
        assert "".join(span.text for span in spans if span.mark == number) == visible(heat.word(mark))


@given(heat=heats(), room=st.integers(8, 40))
def test_no_row_is_wider_than_there_is_room_but_for_spaces_at_its_end(heat, room):
    for row in wrapped(heat, room, cell_len):
        text = "".join(span.text for span in row)
        letters = [cell_len(span.text) for span in row]
        assert sum(letters) <= room or text[-1].isspace(), text


@given(heat=heats(), room=st.integers(8, 40))
def test_a_row_ends_between_words_where_there_is_such_a_place(heat, room):
    """As the standard library wraps words, of which none is longer than a row."""
    words = [word[: room - 1] for word in heat.text.split() if word.isascii() and word.isprintable()]
    text = " ".join(words)
    rows = ["".join(span.text for span in row).rstrip() for row in wrapped(Heat(TITLE, text, ()), room)]
    assert " ".join(rows).split() == words
    for row, after in pairwise(rows):
        assert len(row) + 1 + len(after.split()[0]) > room


@given(value=st.floats(allow_nan=True), largest=st.floats(0, allow_infinity=False), columns=st.integers(1, 30))
def test_what_stands_below_a_word_is_as_wide_as_the_word_and_tells_the_sign(value, largest, columns):
    below = bar(value, largest, columns)
    assert cell_len(below) == columns
    assert below[0] in ("?" if not math.isfinite(value) else "+╋" if value > 0 else "-━" if value < 0 else " ")


@pytest.mark.parametrize("columns", [1, 2, 9])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_word_of_any_width_tells_a_large_value_from_a_small_one(columns, sign):
    assert bar(sign * 2.0, 2.0, columns) != bar(sign * 0.2, 2.0, columns)


def test_the_heavy_signs_are_explained_where_there_are_some():
    short, long = Mark(0, 1, 2.0), Mark(2, 6, -2.0)
    assert heavy_signs(Heat(TITLE, "A goal", (short, long))) == "╋ half of it or more"
    assert heavy_signs(Heat(TITLE, "A goal", (replace(short, value=0.1), long))) == ""


def test_shades_go_by_the_share_of_the_largest():
    assert [level(value, 2.0) for value in (0.0, 0.09, -0.1, 0.5, -1.0, 1.5, -2.0)] == [0, 0, 1, 2, 3, 4, 4]
    assert level(1.0, 0.0) == level(math.nan, 1.0) == 0


@pytest.mark.parametrize("marks", [[(0, 0)], [(3, 1)], [(0, 2), (1, 3)], [(2, 3), (0, 1)], [(0, 9)]])
def test_marks_that_cannot_be_drawn_are_refused(marks):
    with pytest.raises(ValueError, match="mark"):
        Heat(TITLE, "text", tuple(Mark(start, end, 1.0) for start, end in marks))


def test_values_are_said_with_their_sign():
    assert [signed(value) for value in (0.31415, -2.04, 0.0, 1e-9)] == ["+0.314", "-2.04", "0", "+1e-09"]
