"""What the terminal sends, as the app gets it: pastes with marks around them, cut anywhere, and without."""

from __future__ import annotations

import asyncio
from itertools import pairwise

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


def got(driver, chunks: list[str]) -> list[str]:
    """Keys as they are, pastes between «»."""
    told = [message for chunk in chunks for message in driver._messages(chunk)]
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


@given(st.lists(st.integers(0, 2 * len(PROSE)), max_size=4))
def test_a_paste_with_marks_is_one_wherever_it_is_cut(make, cuts):
    text = f"a\x1b[200~{PROSE}\n{PROSE}\x1b[201~b"
    edges = [0, *sorted(cuts), len(text)]
    chunks = [text[begin:end] for begin, end in pairwise(edges)]
    assert got(make(), chunks) == ["a", f"«{PROSE}\n{PROSE}»", "b"]
