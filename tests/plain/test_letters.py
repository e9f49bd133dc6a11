"""What plain mode sends: nothing that a terminal obeys, nothing that is drawn."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plain.talking import FORBIDDEN

from llm_tui.plain.console import Sent, ascii_only
from llm_tui.plain.letters import plain, spelled


@settings(max_examples=40)
@given(st.text())
def test_whatever_comes_nothing_that_is_forbidden_is_sent(text):
    assert not FORBIDDEN.search(plain(text))


@settings(max_examples=40)
@given(st.text())
def test_to_ascii_alone_nothing_else_is_sent(text):
    assert spelled(plain(text)).isascii()


def test_drawn_characters_are_seen_as_what_they_are():
    assert plain("│a├─┐ ▁b █ ⣿ \x1b[31m") == "|a+-+ _b # ⟨28FF⟩ ␛[31m"


def test_in_ascii_an_accent_stays_with_its_letter():
    assert spelled("año, ano, ¿cuál? «pingüino» …") == 'an~o, ano, ?cua\'l? "pingu"ino" ...'


def test_a_stream_makes_safe_what_commands_print():
    to = io.StringIO()
    print("\x1b[1m│ sí\x1b[0m", file=Sent(to, ascii_only=True))
    assert to.getvalue() == "\\u241b[1m| si'\\u241b[0m\n"


@pytest.mark.parametrize(
    ("environ", "encoding", "only"),
    [
        ({"LANG": "C"}, "utf-8", True),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, "utf-8", True),  # as Python makes it of LANG=C
        ({"LC_ALL": "POSIX", "LANG": "es_ES.UTF-8"}, "utf-8", True),
        ({"LC_ALL": "C.UTF-8", "LC_CTYPE": "C.UTF-8"}, "utf-8", False),
        ({"LANG": "es_ES.UTF-8"}, "utf-8", False),
        ({}, "utf-8", False),
        ({"LANG": "es_ES.UTF-8"}, "ascii", True),
    ],
)
def test_who_takes_ascii_alone(environ, encoding, only):
    assert ascii_only(environ, io.TextIOWrapper(io.BytesIO(), encoding)) == only
