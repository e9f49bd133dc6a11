"""Where a piece of an answer looked, what had to do with it, and the answer that goes on from another piece."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from driving import eventually, painted
from screens.test_pieces_pane import MADE, TEXT
from screens.test_play_screen import BY, answered, ask, play

from llm_tui.attribution.job import INTEGRATED, OCCLUSION, Attribution, Unit
from llm_tui.attribution.piece_job import Looked, Looking, Part, PieceAttribution, PieceExplained, Read, Trace
from llm_tui.engine.events import Finished
from llm_tui.foundation.branch import Branch
from llm_tui.screens.why import WhyScreen
from llm_tui.widgets.answers import AnswerPane
from llm_tui.widgets.why.source import SourcePane

SOURCE = "Pocas [b]palabras"
UNITS = (Unit(0, 5), Unit(6, 9), Unit(9, 17))
PARTS = tuple(Part("p", piece.start, piece.end) for piece in MADE.pieces)
READ = Read(SOURCE, TEXT, UNITS, PARTS, causal=False, cut=False, anew=False, apart=False)
FIRST = [0.7, 0.1, 0.1, 0.1, 0.1, 0.1, 0.6, 0.2, 0.2, 0.2, 0.2, 0.4, 0.3, 0.3, 0.3, 0.1, 0.0, 0.0, 0.0, 1.0]
LAYERS = (FIRST, [value / 2 for value in FIRST])
LOOKED = Looked(READ, LAYERS, BY)


async def opened(pilot, engine, result: Any = MADE) -> tuple[int, Any]:
    """The window on an answer, at its source; the job that it asks."""
    number, _ = await ask(pilot, engine, "5")
    engine.end(Finished(number, result))
    await eventually(pilot, lambda: TEXT in painted(pilot))
    await pilot.press("w")
    await eventually(pilot, lambda: isinstance(pilot.app.screen, WhyScreen))
    await pilot.press("2")
    await eventually(pilot, lambda: any(isinstance(job, Looking) for job in engine.jobs.values()))
    return next((number, job) for number, job in engine.jobs.items() if isinstance(job, Looking))


def attributed(engine) -> list[tuple[int, tuple[int, tuple[str, ...]]]]:
    """The numbers of the jobs that asked what had to do with a piece, with the piece and the methods."""
    return [(n, (job.place, job.methods)) for n, job in engine.jobs.items() if isinstance(job, PieceAttribution)]


def pane(pilot) -> SourcePane:
    return pilot.app.screen.query_one(SourcePane)


def values(pilot) -> list[float]:
    """The values that stand in the heat of the source."""
    return [round(mark.value, 3) for mark in pane(pilot).heats()[0].marks]


async def test_the_cursor_goes_from_piece_to_piece_and_keys_to_layers_and_methods(lab, engine):
    async with play(lab, engine, (80, 24)) as pilot:
        number, job = await opened(pilot, engine)
        assert (job.answer, job.pieces) == (TEXT, tuple(piece.chosen.id for piece in MADE.pieces))
        engine.end(Finished(number, LOOKED))
        await eventually(pilot, lambda: "[b]palabras" in painted(pilot))
        assert values(pilot) == [0.525, 0.075, 0.075]  # the mean of both layers
        await pilot.press("j", "right")
        await eventually(pilot, lambda: values(pilot) == [0.1, 0.1, 0.6])
        assert "20" in str(pane(pilot).heats()[0].caption[1])  # what went to special tokens
        await pilot.press("Y")
        await eventually(pilot, lambda: any(isinstance(job, PieceAttribution) for job in engine.jobs.values()))
        number, asked = next((n, job) for n, job in engine.jobs.items() if isinstance(job, PieceAttribution))
        assert (asked.place, asked.methods) == (1, (OCCLUSION,))
        assert not pane(pilot).heats()
        found = Attribution(OCCLUSION, (0.25, -0.5, 2.0))
        engine.end(Finished(number, PieceExplained(READ, 1, -1.5, (found,), BY)))
        await eventually(pilot, lambda: bool(pane(pilot).heats()) and values(pilot) == [0.25, -0.5, 2.0])
        assert "-" in painted(pilot) and "Adebayo" in pane(pilot).document("en")
        await pilot.press("k")
        await eventually(pilot, lambda: values(pilot) == [0.075, 0.075, 0.45])  # where it looked, the mean again
        await pilot.press("Y", "Y", "Y", "right")
        await eventually(pilot, lambda: attributed(engine)[-1][1] == (2, (INTEGRATED,)))
        open_ones = {number for number, _ in [*filter(None, [engine.running()]), *engine.waiting()]}
        # The methods on the way there, and the piece before, are asked no further.
        assert [of for of in attributed(engine) if of[0] in open_ones] == attributed(engine)[-1:]
        assert "Stopped" not in painted(pilot)


async def test_an_answer_goes_on_from_another_piece_beside_the_first(lab, engine):
    async with play(lab, engine) as pilot:
        number, _ = await ask(pilot, engine, "5")
        engine.end(Finished(number, MADE))
        await eventually(pilot, lambda: TEXT in painted(pilot))
        await pilot.press("w")
        await eventually(pilot, lambda: isinstance(pilot.app.screen, WhyScreen) and "p0" in painted(pilot))
        await pilot.press("right", "down", "enter")
        await eventually(pilot, lambda: any(isinstance(job, Branch) for job in engine.jobs.values()))
        number, job = next((n, job) for n, job in engine.jobs.items() if isinstance(job, Branch))
        taken = MADE.pieces[1].alternatives[2]  # below the one that was chosen
        assert job.begun == (MADE.pieces[0].chosen.id, taken.id)
        assert (job.taken, job.instead) == (taken.shown, MADE.pieces[1].chosen.shown)
        await eventually(pilot, lambda: not isinstance(pilot.app.screen, WhyScreen))
        engine.end(Finished(number, answered("Another answer")))
        await eventually(pilot, lambda: "Another answer" in painted(pilot))
        assert TEXT in painted(pilot) and "└ piece 2: Another answer" in painted(pilot)
        assert pilot.app.screen.query_one(AnswerPane).query_one("#pinned").display
        await pilot.press("C")
        await eventually(pilot, lambda: "begun = " in painted(pilot) or "not here" in painted(pilot))


async def test_an_answer_without_its_pieces_is_gone_through_as_it_stands(lab, engine):
    made = answered(TEXT, output_pieces=3)
    async with play(lab, engine) as pilot:
        await opened(pilot, engine, made)
        await pilot.press("1")
        await eventually(pilot, lambda: any(isinstance(job, Trace) for job in engine.jobs.values()))
        number, job = next((n, job) for n, job in engine.jobs.items() if isinstance(job, Trace))
        assert (job.answer, job.pieces, job.count) == (TEXT, (), 3)
        engine.end(Finished(number, replace(MADE, answers=(replace(MADE.answers[0], output_pieces=4),))))
        await eventually(pilot, lambda: "wrote it in others" in painted(pilot))


async def test_a_source_that_comes_behind_another_pane_takes_no_focus(lab, engine):
    async with play(lab, engine) as pilot:
        number, _ = await opened(pilot, engine)
        await pilot.press("1")
        await eventually(pilot, lambda: "p0" in painted(pilot))
        engine.end(Finished(number, LOOKED))
        await eventually(pilot, lambda: pane(pilot).heats() != ())
        focused = pilot.app.screen.focused
        assert focused is None or pane(pilot) not in focused.ancestors
