"""Which rows of a table are seen, and in which order: as in a dictionary, and as a person counts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_tui.export.listing import View, collated, number, ordered, searched
from llm_tui.export.table import Cell, Column, Measure, Own, Table
from llm_tui.i18n import Text
from llm_tui.visible import folded


def table(*cells: Cell, numeric: bool = False) -> Table:
    column = Column("x", Text("x", "x"), numeric=numeric)
    return Table((column,), tuple((cell,) for cell in cells), keys=tuple(map(str, range(len(cells)))))


def in_order(*cells: Cell, descending: bool = False) -> list[Cell]:
    return [cells[row] for row in ordered(table(*cells), "x", descending)]


def test_a_spanish_dictionary_has_n_with_tilde_after_n_and_accents_among_the_letters():
    words = ["zorro", "ñu", "nube", "árbol", "Arbusto", "oso", "arañar", "ara", "niño", "nino", "él", "el", "Él"]
    assert in_order(*words) == [
        "ara", "arañar", "árbol", "Arbusto", "el", "él", "Él", "nino", "niño", "nube", "ñu", "oso", "zorro",
    ]  # fmt: skip
    assert collated("nz") < collated("ña") < collated("oa")
    assert in_order("batch 128", "batch 16", "batch 32") == ["batch 16", "batch 32", "batch 128"]


@pytest.mark.parametrize(
    "text, worth",
    [
        ("0,78", (0.78, "")), ("0.78", (0.78, "")), ("12 %", (12, "%")), ("1.2 k", (1200, "")), 
        ("1,234.5", (1234.5, "")),
        ("1.234,5", (1234.5, "")), ("1.234.567", (1234567, "")), ("-3", (-3, "")), ("\u22123", (-3, "")),
        ("800 ms", (0.8, "s")), ("2 min", (120, "s")), ("0.781 ± 0.012", (0.781, "")), ("1e-05", (1e-5, "")),
        ("77 MB", (77e6, "B")), ("2 GiB", (2 * 1024**3, "B")),
        ("1.2.3", None), ("2026-11-27", None), ("12 apples", None), ("", None), ("—", None), ("²", None),
        ("1,23,4", None),
    ],
)  # fmt: skip
def test_what_a_text_is_worth(text, worth):
    found = number(text)
    assert (found is None) == (worth is None)
    assert not found or (found[0] == pytest.approx(worth[0]) and found[1] == worth[1])


def test_numbers_are_sorted_by_what_they_are_worth_and_what_says_nothing_is_last_both_ways():
    assert in_order("10", "9,5", "—", "", "1.2 k") == ["9,5", "10", "1.2 k", "—", ""]
    assert in_order("10", "9,5", "—", "", "1.2 k", descending=True) == ["1.2 k", "10", "9,5", "—", ""]
    assert in_order("1 s", "800 ms") == ["800 ms", "1 s"]
    assert in_order(3.0, None, 1, float("nan"), Measure(2.0, 0.1, 3))[:3] == [1, Measure(2.0, 0.1, 3), 3.0]
    assert in_order(Own(2.5, 1), Own(10, 0)) == [Own(2.5, 1), Own(10, 0)]


def test_what_is_not_all_numbers_of_one_kind_is_sorted_as_text():
    """12 s against 3 MB, or 10 against "none", have no order that means anything."""
    assert in_order("3 MB", "12 s", "2") == ["2", "3 MB", "12 s"]
    assert in_order("b", "10", "a") == ["10", "a", "b"]


@settings(max_examples=20)
@given(st.lists(st.one_of(st.text(max_size=8), st.floats(), st.integers(), st.none()), max_size=12), st.booleans())
def test_an_order_has_every_row_once_and_equals_keep_theirs(cells, descending):
    made = table(*cells)
    rows = ordered(made, "x", descending)
    assert sorted(rows) == list(range(len(cells)))
    same = [row for row in rows if cells[row] == "a"]
    assert same == sorted(same)
    assert made.rows == tuple((cell,) for cell in cells)


@settings(max_examples=30)
@given(st.text(max_size=30))
def test_a_text_is_found_by_itself_in_other_letters(text):
    assert folded(text) in folded(f"before {text.upper() if text.upper().lower() == text.lower() else text} after")


def test_neither_case_nor_accents_count_and_all_words_must_be_there():
    made = table("La CANCIÓN del niño", "una cancion", "العربية", "ﬁn", "weiß")

    def seen(wanted: str) -> list[int]:
        return View(wanted=wanted).rows(made, searched(made))

    assert seen("canción") == [0, 1] and seen("NINO cancion") == [0] and seen("nino una") == []
    assert seen("عربي") == [2] and seen("fin") == [3] and seen("WEISS") == [4] and seen("  ") == [0, 1, 2, 3, 4]


def test_a_column_is_sorted_up_then_down_then_as_it_was():
    up = View(wanted="w").sorted_by("a")
    down = up.sorted_by("a")
    assert (up.by, up.descending, down.by, down.descending) == ("a", False, "a", True)
    assert down.sorted_by("a").by == "" and down.sorted_by("b") == View("w", "b", False)
    assert View(by="gone").rows(table("b", "a"), []) == [0, 1]
