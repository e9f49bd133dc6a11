"""The pieces of an answer under it, and in the window that says why: alternatives, and settings tried on them."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from driving import eventually, painted, said
from screens.test_play_screen import BY, answered, ask, play

from llm_tui.attribution.piece_job import Trace
from llm_tui.engine.events import Finished
from llm_tui.foundation.alternatives import Alternative, Piece, without_scores
from llm_tui.foundation.job import Generate, ModelChoice, Settings
from llm_tui.foundation.moved import moved
from llm_tui.foundation.pieces_table import pieces_heat
from llm_tui.screens.why import WhyScreen
from llm_tui.widgets.piece_strip import PieceStrip, bar
from llm_tui.widgets.why.alternatives import filled, share
from llm_tui.widgets.why.pieces import PiecesPane

CLEAR = ("end", *["backspace"] * 5)

TEXT = "A [b]few[/b] words"


def piece(start: int, end: int, chosen: int, *shares: float, ends: bool = False) -> Piece:
    """Of a vocabulary of as many pieces as there are shares."""
    logs = np.log(np.array(shares, np.float32) / sum(shares))
    order = sorted(range(len(shares)), key=lambda id: -shares[id])
    found = tuple(Alternative(f"p{id}", float(logs[id]), id, ends=ends and id == chosen) for id in order)
    entropy = float(-(np.exp(logs) * logs).sum())
    return Piece(
        next(each for each in found if each.id == chosen), start, end, entropy, found[:3], None, logs.tobytes()
    )


PIECES = (
    piece(0, 1, 0, 97, 1, 1, 1),
    piece(1, 9, 1, 6, 3, 1, 0.1),
    piece(9, 13, 2, 90, 8, 1.5, 0.5),
    piece(13, 18, 3, 20, 15, 10, 1),
    piece(18, 18, 0, 80, 10, 5, 5, ends=True),
)
MADE = replace(answered(TEXT), pieces=PIECES)


async def opened(pilot, engine):
    number, job = await ask(pilot, engine, "5")
    assert job.pieces
    engine.end(Finished(number, MADE))
    await eventually(pilot, lambda: TEXT in painted(pilot))
    await pilot.press("w")
    await eventually(pilot, lambda: isinstance(pilot.app.screen, WhyScreen) and "p0" in painted(pilot))


async def test_under_the_answer_each_piece_has_a_bar_of_its_surprise(lab, engine):
    async with play(lab, engine, (80, 24)) as pilot:
        number, _ = await ask(pilot, engine, "5")
        assert not pilot.app.screen.query_one(PieceStrip).display
        engine.end(Finished(number, MADE))
        await eventually(pilot, lambda: "⟂ p0│" in painted(pilot))
        lines = painted(pilot).splitlines()
        below = next(i for i, line in enumerate(lines) if "A│ [b]few[│" in line)
        bars, pieces = lines[below - 1], lines[below]
        heights = [bars[pieces.index(label)] for label in ("A│", " [b]few", "/b]", "words│", "⟂ p0")]
        assert heights == [bar(each.surprise) for each in PIECES]
        assert sorted(heights, key=" ▁▂▃▄▅▆▇█".index) == [heights[i] for i in (0, 4, 1, 3, 2)]


async def test_the_window_shows_alternatives_and_what_settings_would_make_of_them(lab, engine):
    async with play(lab, engine, (80, 24)) as pilot:
        await opened(pilot, engine)
        await pilot.press("right")
        await eventually(pilot, lambda: "“ [b]few[” 2/5" in painted(pilot))
        assert "surprise 1.21 nats" in painted(pilot) and "rank 2" in painted(pilot)
        assert f"all others{share(PIECES[1].others):>8}" in painted(pilot)
        assert "● p1" in painted(pilot)
        await pilot.press("s", *CLEAR, *"0.5")
        then = moved(PIECES[1], 0.5, 0, 1.0)
        await eventually(pilot, lambda: f"→ {share(then.probabilities[0])}" in painted(pilot))
        await pilot.press("down", *CLEAR, "1")
        await eventually(pilot, lambda: "With these settings pieces that can be drawn: 1" in painted(pilot))
        await pilot.press(*CLEAR, "x")
        await eventually(pilot, lambda: "top-k" in painted(pilot) and "“x”" in painted(pilot))


async def test_an_alternative_is_taken_and_the_piece_that_stands_there_is_not(lab, engine, notices, monkeypatch):
    async with play(lab, engine, (80, 24)) as pilot:
        await opened(pilot, engine)
        taken: list[PiecesPane.Taken] = []
        monkeypatch.setattr(
            WhyScreen, "on_pieces_pane_taken", lambda self, message: taken.append(message), raising=False
        )
        await pilot.press("right", "enter")
        await eventually(pilot, lambda: said(notices, "Choose another piece"))
        await pilot.press("up", "enter")
        await eventually(pilot, lambda: bool(taken))
        (message,) = taken
        assert (message.number, message.alternative.id, message.result) == (1, 0, MADE)


async def test_an_answer_without_its_pieces_is_gone_through_again_and_one_of_beams_is_not(lab, engine):
    async with play(lab, engine, (80, 24)) as pilot:
        number, _ = await ask(pilot, engine, "5")
        engine.end(Finished(number, answered(TEXT)))
        await eventually(pilot, lambda: TEXT in painted(pilot))
        await pilot.press("w")
        await eventually(pilot, lambda: len(engine.numbers(Trace)) == 1)
        again = engine.numbers(Trace)[-1]
        engine.end(Finished(again, MADE))
        await eventually(pilot, lambda: "A│ [b]few[│" in painted(pilot))
        pane = PiecesPane(Generate("prompt", ("x",), ModelChoice("m"), Settings(beams=2)), answered(TEXT))
        pilot.app.screen.dismiss()
        await pilot.pause()
        await pilot.app.push_screen(WhyScreen([pane]))
        await eventually(pilot, lambda: "With beams there are no pieces" in painted(pilot))
        assert len(engine.numbers(Trace)) == 1


async def test_it_is_exported_with_a_row_for_each_piece(lab, engine):
    async with play(lab, engine, (80, 24)) as pilot:
        await opened(pilot, engine)
        await pilot.press("ctrl+e")
        await eventually(pilot, lambda: any((lab.folder / "exports").glob("*why*.md")))
        (file,) = (lab.folder / "exports").glob("*why*.md")
        document = " ".join(file.read_text(encoding="utf-8").split())
        assert "| 2 | p1 | 0.2970 | 1.214 |" in document
        assert "p0 0.594, p2 0.099" in document


def test_only_the_newest_answer_keeps_whole_distributions():
    assert [each.scores for each in without_scores(PIECES)] == [b""] * len(PIECES)
    assert without_scores(PIECES) == PIECES


def test_a_bar_grows_with_the_surprise_and_is_full_at_four_nats():
    heights = [bar(surprise) for surprise in (0, 0.02, 0.3, 0.7, 1.2, 1.7, 2.2, 2.7, 3.2, 4.0, 99)]
    assert "".join(heights) == "  ▁▂▃▄▅▆▇██"


def test_shares_and_bars_never_lie_about_nothing_and_all():
    assert share(0) == "    0 %" and share(1e-9) == " <0.1 %" and share(1) == "100.0 %"
    assert filled(1, 10) == "█" * 10 and filled(0, 10) == "" and filled(0.5, 9) == "████▌"


def test_the_heat_has_each_piece_once_and_its_end():
    heat = pieces_heat(PIECES, TEXT, BY)
    assert [heat.word(mark) for mark in heat.marks] == ["A", " [b]few[", "/b] ", "words", "⟂ p0"]
    assert [mark.value for mark in heat.marks] == [each.surprise for each in PIECES]
    assert math.isclose(sum(mark.value for mark in heat.marks), sum(each.surprise for each in PIECES))
