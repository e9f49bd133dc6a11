"""What is sent to the terminal: what is new, and never less than makes it show what was drawn."""

from __future__ import annotations

import os
import signal
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from llm_tui.bench.terminal import Terminal
from llm_tui.repaint import Changes, Row

WIDTH, HEIGHT = 36, 3
CONSOLE = Console(color_system="256", width=WIDTH, force_terminal=True)
assert CONSOLE._color_system is ColorSystem.EIGHT_BIT

STYLES = (None, Style(color="red"), Style(bold=True, bgcolor="blue"), Style(reverse=True))
WORDS = st.sampled_from(["a", "ab", "a b", "          ", "ñandú", "━━━━", "日本", "🙂", "e\u0301", ""])
SEGMENTS = st.lists(st.tuples(WORDS, st.sampled_from(STYLES)).map(lambda one: Segment(*one)), min_size=1, max_size=5)
PARTS = st.tuples(st.integers(0, HEIGHT - 1), st.integers(0, 4), SEGMENTS)


def shown(sent: list[str]) -> list[list[Any]]:
    """The cells of a terminal that got this; a blank has no colour of its own but where it is turned round."""
    screen = pyte.Screen(WIDTH, HEIGHT)
    pyte.Stream(screen).feed("\x1b[?7l" + "".join(sent))  # as the driver does: no line goes on in the next
    return [[screen.buffer[y][x] for x in range(WIDTH)] for y in range(HEIGHT)]


def update(y: int, x: int, segments: list[Segment]) -> LayoutUpdate:
    strip = Strip(segments).crop(0, WIDTH - x)
    return LayoutUpdate([[strip]], Region(x, y, strip.cell_length, 1))


@pytest.mark.parametrize("says", [2, 9])
def test_a_strip_that_is_not_as_long_as_it_says_is_sent_whole_and_so_is_what_comes_there(says: int):
    rows: defaultdict[int, Row] = defaultdict(list)
    wrong = LayoutUpdate([[Strip([Segment("hello")], says)]], Region(0, 0, says, 1))
    right = update(0, 0, [Segment("hello")])
    for each in (right, wrong, wrong, right):
        assert "hello" in Changes(each, rows).render_segments(CONSOLE)
    assert Changes(right, rows).render_segments(CONSOLE) == ""


@given(st.lists(PARTS, max_size=12))
def test_the_terminal_shows_the_same_as_if_all_had_been_sent(parts: list[tuple[int, int, list[Segment]]]):
    updates = [update(*part) for part in parts]
    rows: defaultdict[int, Row] = defaultdict(list)
    whole = [one.render_segments(CONSOLE) + "\x1b[0m" for one in updates]
    ours = [Changes(one, rows).render_segments(CONSOLE) for one in updates]
    assert shown(ours) == shown(whole)


STRANGE = "日本🙂\u0301\u093f🇪👩\u200d"
MIXED = st.sampled_from(["ab", " ", "日本", "🙂", "e\u0301", "🇪🇪", "a👩\u200d👩b", "कि", "ñ"])
MIXED_PARTS = st.tuples(st.integers(0, 1), st.integers(0, 30), st.lists(MIXED.map(Segment), min_size=1, max_size=4))


@settings(max_examples=40)
@given(st.lists(MIXED_PARTS, min_size=1, max_size=8), st.lists(st.integers(0, 2), min_size=9, max_size=9))
def test_where_a_terminal_counts_some_letters_otherwise_all_others_are_in_their_place(parts, widths):
    other = dict(zip(STRANGE, widths, strict=False))
    meant: dict[tuple[int, int], str | None] = {}
    rows: defaultdict[int, Row] = defaultdict(list)
    sent = []
    for y, x, segments in parts:
        one = update(y, x, segments)
        sent.append(Changes(one, rows).render_segments(CONSOLE))
        for text, *_ in Strip(segments).crop(0, WIDTH - x):
            letters = [text] if any(letter in STRANGE for letter in text) else text
            for letter in letters:
                wide = cell_len(letter)
                meant.update({(y, x + i): letter if letter in "ab ñ" else None for i in range(wide)})
                x += wide
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pyte.screens.wcwidth", lambda letter: other.get(letter, 1))
        there = shown(sent)
    assert {at: there[at[0]][at[1]].data for at, letter in meant.items() if letter} == {
        at: letter for at, letter in meant.items() if letter
    }


def test_a_picture_of_the_screen_leaves_the_terminal_its_colours():
    style = Style(color="#f4f4f4", bgcolor="#123456")
    style.render("x", color_system=ColorSystem.TRUECOLOR)  # as a picture is drawn
    sent = Changes(update(0, 0, [Segment("x", style)]), defaultdict(list)).render_segments(CONSOLE)
    assert "38;5;" in sent and "48;5;" in sent and "38;2;" not in sent


def test_what_stands_there_is_not_sent_again_and_of_a_line_what_has_changed():
    rows: defaultdict[int, Row] = defaultdict(list)
    line = [Segment("batch 32, ", STYLES[1]), Segment("epoch 1 of 20 and so on", STYLES[2])]
    first = Changes(update(1, 0, line), rows).render_segments(CONSOLE)
    assert "batch 32, " in first and "epoch 1 of 20 and so on" in first
    assert Changes(update(1, 0, line), rows).render_segments(CONSOLE) == ""
    line[1] = Segment("epoch 2 of 20 and so on", STYLES[2])
    assert Changes(update(1, 0, line), rows).render_segments(CONSOLE) == "\x1b[2;17H\x1b[1;44m2\x1b[0m"


def test_a_part_of_a_line_goes_where_textual_puts_it():
    chops = [{0: Strip([Segment("left")]), 4: Strip([Segment("middle")]), 10: Strip([Segment("right")])}]
    partly = ChopsUpdate(chops, [(0, 4, 8)], [[4, 10, 15]])
    assert shown([Changes(partly, defaultdict(list)).render_segments(CONSOLE)]) == shown(
        [partly.render_segments(CONSOLE)]
    )


APP = """
from textual.widgets import Static
from llm_tui.repaint import Repaints

class Letters(Repaints):
    def compose(self):
        yield Static("one line that stays, of some length")
        yield Static("0", id="number")

    def on_key(self, event):
        if event.key == "a":
            self.query_one("#number").update(event.character)
        elif event.key == "r":
            self.action_redraw()
        else:
            self.refresh()

Letters().run()
"""


@pytest.mark.skipif(os.name != "posix", reason="a pseudo-terminal")
def test_all_is_sent_again_when_the_terminal_tells_its_size_though_it_is_the_same_and_when_it_is_asked_for(
    tmp_path: Path,
):
    env = {**os.environ, "TERM": "xterm-256color", "HOME": str(tmp_path)}
    with Terminal([sys.executable, "-c", APP], env) as terminal:
        terminal.wait_for("one line that stays")
        terminal.send("a")
        terminal.wait_for(lambda now: now.row(1).startswith("a"))
        assert b"stays" not in terminal.reads[-1][1]
        terminal.screen.reset()  # as after another program that had the terminal
        os.kill(terminal.pid, signal.SIGWINCH)
        terminal.wait_for("one line that stays")
        terminal.screen.reset()
        terminal.send("r")
        terminal.wait_for("one line that stays")
