"""What the terminal sends, as the app gets it: pastes with marks around them, cut anywhere, and without."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events

from llm_tui.app import LabApp
from llm_tui.lab.lab import Lab

driver = pytest.importorskip("llm_tui.driver")


@pytest.fixture(scope="module")
def make(tmp_path_factory):
    """A driver of an app that is not running."""
    app = LabApp(Lab(tmp_path_factory.mktemp("lab")))

    async def made():
        return driver.RobustDriver(app)

    return lambda: asyncio.run(made())


def got(driver, chunks: list[str | bytes]) -> list[str]:
    """Keys as they are, pastes between «»."""
    reads = [chunk.encode() if isinstance(chunk, str) else chunk for chunk in chunks]
    told = [message for read in reads for message in driver._messages(read)]
    told += list(driver._parser.tick())
    return [
        f"«{each.text}»" if isinstance(each, events.Paste) else each.key
        for each in told
        if isinstance(each, events.Paste | events.Key)
    ]


PROSE = "Un texto que alguien pega de otra ventana, más largo que lo que se escribe de una vez."


def test_a_paste_without_marks_is_one_all_the_same(make):
    assert got(make(), [f"\x0c{PROSE}\r{PROSE}"]) == ["ctrl+l", f"«{PROSE}»", "enter", f"«{PROSE}»"]
    assert got(make(), ["hola\r"]) == ["h", "o", "l", "a", "enter"]
    assert got(make(), ["j" * 100]) == ["j"] * 100  # held down on a slow line


@given(st.integers(1, 6 + 2 * len(PROSE)), st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_whatever_is_between_the_marks_of_a_paste_is_text(make, cut, inside):
    text = f"\x1b[200~{inside.replace(driver.END, '')}{PROSE}\x1b[2J\x1b[A\n{PROSE}\x1b[201~b"
    pasted = text.removeprefix("\x1b[200~").removesuffix("\x1b[201~b")
    assert got(make(), [text[:cut], text[cut:]]) == [f"«{pasted}»", "b"]


def test_a_paste_may_be_large_and_come_in_any_pieces(make):
    whole = f"{PROSE}\n" * 12_000  # 1 MB
    text = f"\x1b[200~{whole}\x1b[201~"
    assert got(make(), [text[at : at + 4096] for at in range(0, len(text), 4096)]) == [f"«{whole}»"]
    assert got(make(), ["\x1b[200~uno\x1b[20", "1~\x1b[A"]) == ["«uno»", "up"]


def test_the_mark_of_a_paste_may_come_in_pieces(make):
    pasted = f"{PROSE}\rcorta\r{PROSE}"
    text = f"a\x1b[200~{pasted}\x1b[201~b"
    for cut in range(2, 7):
        assert got(make(), [text[:cut], text[cut:-7], text[-7:]]) == ["a", f"«{pasted}»", "b"]
    assert got(make(), [*text]) == ["a", f"«{pasted}»", "b"]
    assert got(make(), ["\x1b[", "A", "\x1b[20", "~", PROSE]) == ["up", "f9", f"«{PROSE}»"]


def test_keys_that_do_nothing_by_themselves_are_none(make):
    """As kitty tells of them: shift, AltGr, caps lock with num lock on, shift with num lock."""
    alone = ["\x1b[57441;2u", "\x1b[57453u", "\x1b[57358;129u", "\x1b[57360;2u"]
    assert got(make(), [*alone, "\x1b[97;2;65u"]) == ["A"]


def test_reports_of_the_mouse_in_bytes_are_no_letters(make):
    assert got(make(), [b"\x1b[MC\xa5\x30", b"x\x1b[M", b"C\xc3", b"\xa9y"]) == ["x", "y"]
    assert got(make(), ["\x1b[200~uno\x1b[M", "dos\x1b[Mtres\x1b[201~"]) == ["«uno\x1b[Mdos\x1b[Mtres»"]
