"""Text from outside on a terminal: shown, never obeyed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from wcwidth import wcswidth

from llm_tui.errors import UserError, reason
from llm_tui.visible import padded, shortened, visible, width


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("mañana 日本 👩‍🚀", "mañana 日本 👩‍🚀"),
        ("\x1b[2J\x1b]0;title\x07", "␛[2J␛]0;title␇"),
        ("a\r\nb\tc\x00\x7f", "a␍␊b␉c␀␡"),
        ("\x9b31m", "⟨009B⟩31m"),  # C1: an escape sequence in one character
        ("abc\u202edcba", "abc⟨202E⟩dcba"),  # would turn the reading direction of the rest of the line
        ("\u2066x\u2069", "⟨2066⟩x⟨2069⟩"),
        ("a\u200bb\ufeffc\u00add", "a⟨200B⟩b⟨FEFF⟩c⟨00AD⟩d"),
        ("a\u2028b\u2029c", "a⟨2028⟩b⟨2029⟩c"),
        ("name-\udcff.csv", "name-⟨DCFF⟩.csv"),  # a file name that is not UTF-8
    ],
)
def test_what_a_terminal_would_obey_is_shown_as_a_sign(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_line_ends_may_be_kept() -> None:
    assert visible("one\ntwo\x1b\n", keep_newlines=True) == "one\ntwo␛\n"


ANY = st.text(st.characters())  # surrogates too: they come from file names


@given(ANY)
@example("".join(map(chr, range(0x300))))
def test_no_control_character_is_left(text: str) -> None:
    shown = visible(text)
    assert "Cc" not in map(unicodedata.category, shown)
    assert len(shown.splitlines()) <= 1
    shown.encode()


@given(ANY)
def test_kept_line_ends_are_the_only_control_characters(text: str) -> None:
    shown = visible(text, keep_newlines=True)
    assert shown.count("\n") == text.count("\n")
    assert "Cc" not in map(unicodedata.category, shown.replace("\n", ""))


@given(ANY)
def test_showing_twice_is_showing_once(text: str) -> None:
    assert visible(visible(text)) == visible(text)


@given(st.text(st.characters(categories=["L", "M", "N", "P", "S", "Zs"])))
def test_readable_text_stays_as_it_is(text: str) -> None:
    assert visible(text) == text


def test_an_error_shows_names_from_outside_safely() -> None:
    assert str(UserError("There is no file \x1b[31mx\n.")) == "There is no file ␛[31mx␊."


def test_the_reason_of_an_error_leaves_out_the_path_that_the_sentence_names() -> None:
    assert reason(FileNotFoundError(2, "No such file or directory", "/home/ana/x")) == "No such file or directory"
    assert reason(OSError("told otherwise")) == "told otherwise"
    assert reason(TimeoutError()) == "TimeoutError"


@pytest.mark.parametrize("text", ["hola", "¿mañana?", "日本語", "e\u0301", "▁observa", "👩", "ｶﾞ", "שלום", "Ġqué"])
def test_the_width_is_that_of_a_terminal(text):
    assert width(text) == wcswidth(text)


@given(st.text(st.sampled_from("aé日\u0301👩 ")), st.integers(-2, 12))
@example("日本語", 4)
def test_a_text_is_cut_to_the_columns_that_there_are(text, room):
    cut = shortened(text, room)
    assert width(cut) <= max(0, room)
    assert cut == text or (text.startswith(cut[:-1]) and cut.endswith("…")) or room < 1
    if width(text) <= room:
        assert cut == text


def test_cells_of_wide_characters_stand_below_each_other():
    assert padded("日本", 6) == "日本  "
    assert padded("日本", 6, right=True) == "  日本"
    assert padded("longer", 3) == "longer"
