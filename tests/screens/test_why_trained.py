"""Why a trained classifier answers as it does, on its screens: a sentence, a mistake, a class, a word."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import cast

import pytest
from driving import eventually, painted, said
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, TextArea
from trained_run import CLASSES, LED_ASTRAY, RESULT, keep_run

from llm_tui import i18n
from llm_tui.app import LabApp
from llm_tui.classifier.job import Predict, Training
from llm_tui.classifier.why_job import Directions, Neighbours, Plane, Weigh
from llm_tui.engine.events import Finished, Picture, Started
from llm_tui.engine.job import Context, run_job
from llm_tui.lab.lab import Lab
from llm_tui.screens.why import WhyScreen
from llm_tui.widgets.mistakes import Evaluation
from llm_tui.widgets.why.class_words import ClassWords
from llm_tui.widgets.why.word_neighbours import WordNeighbours
from llm_tui.widgets.why.word_shares import WordShares

GROWING = Plane(("[i]far", "near"), ((-2.0, 1.0), (1.0, -1.0)), (1, 0), 0.4, 7, 10, CLASSES)


@pytest.fixture
def run_there(lab: Lab) -> Lab:
    """A lab with a run that has a model."""
    keep_run(lab)
    return lab


@asynccontextmanager
async def training(lab: Lab, engine, size: tuple[int, int] = (100, 40)) -> AsyncIterator[Pilot[None]]:
    app = LabApp(lab, engine)
    async with app.run_test(size=size) as pilot:
        await pilot.press("f3")
        await eventually(pilot, lambda: app.current_mode == "train" and bool(app.screen.query(TextArea)))
        await eventually(pilot, lambda: bool(app.screen.query("#runs OptionList").results(OptionList)))
        yield pilot


def answer(engine, kind: type) -> None:
    """What the model says to the question of this kind that was asked last."""
    number = engine.open(kind)[-1]
    engine.end(Finished(number, run_job(engine.jobs[number], Context(1, lambda _: None, threading.Event()))))


async def evaluated(pilot: Pilot[None]) -> Evaluation:
    runs = pilot.app.screen.query_one("#runs OptionList", OptionList)
    await eventually(pilot, lambda: runs.option_count == 1)
    await pilot.press("l", "enter")
    await eventually(pilot, lambda: pilot.app.focused is pilot.app.screen.query_one(Evaluation))
    return pilot.app.screen.query_one(Evaluation)


async def explained(pilot: Pilot[None], engine) -> WordShares:
    await eventually(pilot, lambda: isinstance(pilot.app.screen, WhyScreen) and bool(engine.open(Weigh)))
    answer(engine, Weigh)
    await eventually(pilot, lambda: "softmax" in painted(pilot))
    return pilot.app.screen.query_one(WordShares)


def fresh(folder: str, text: str) -> Sequence[float]:
    return run_job(Predict(folder, text), Context(1, lambda _: None, threading.Event())).probabilities


async def test_a_mistake_is_found_by_its_cell_and_explained_by_the_words_that_led_astray(run_there, engine):
    async with training(run_there, engine) as pilot:
        evaluation = await evaluated(pilot)
        for cell, of in (((1, 2), [1]), ((0, 2), [2]), ((0, 1), [0]), ((2, 1), [])):  # the most frequent first
            await pilot.press("right")
            mistakes = [RESULT.mistakes[i] for i in of]
            assert evaluation.mistake == (mistakes[0] if mistakes else None), cell
            await eventually(pilot, lambda n=f"›{RESULT.confusion[cell[0]][cell[1]]}": n in painted(pilot))
            below = painted(pilot).partition(" taken for ")[2]
            assert [m.confidence for m in RESULT.mistakes if f"{m.confidence:.3f} true" in below] == [
                m.confidence for m in mistakes
            ]
        await pilot.press("right")
        assert evaluation.mistake == RESULT.mistakes[0]
        await eventually(pilot, lambda: len(evaluation.query(".mistakes Static")) == len(RESULT.mistakes))
        await pilot.click(evaluation.query(".mistakes Static").last())
        await eventually(pilot, lambda: evaluation.mistake == RESULT.mistakes[2])
        await pilot.press("up", "enter")
        pane = await explained(pilot, engine)
        (heat,) = pane.heats()
        assert heat.text == LED_ASTRAY
        assert "[b]Sports" in heat.title.en.split(" minus ")[-1]  # the true class
        assert "(true)" in painted(pilot)
        await pilot.press("escape")
        await eventually(pilot, lambda: not isinstance(pilot.app.screen, WhyScreen))
        assert evaluation.mistake == RESULT.mistakes[1]


async def test_what_if_follows_what_is_typed_and_is_what_a_fresh_prediction_says(run_there, engine):
    i18n.use("es", asked=True)
    async with training(run_there, engine, (80, 24)) as pilot:
        evaluation = await evaluated(pilot)
        await pilot.press("down", "w")
        pane = await explained(pilot, engine)
        assert "veces" in painted(pilot) and all(name in painted(pilot) for name in CLASSES)  # all has room
        asked = len(engine.jobs)

        async def shows(text: str) -> None:
            await eventually(pilot, lambda: pane.heats()[0].text == text)
            expected = fresh(str(evaluation.run.folder), text)
            await eventually(pilot, lambda: all(f" {p:.3f}" in painted(pilot) for p in expected))

        await shows(LED_ASTRAY)
        await pilot.press("right", "d")
        await shows("a for the [b] market")
        await pilot.press("u")
        await shows(LED_ASTRAY)
        await pilot.press("t", "space", *"rain", "enter")  # it is not written anew
        await shows(f"{LED_ASTRAY} rain")
        for text in ("market market the goal", "serverless rain", ""):
            await pilot.press("t")
            line = pane.query_one(Input)
            line.value = text[:-1]
            await pilot.press("end", *text[-1:])
            await shows(text)
            await pilot.press("enter")
        assert len(engine.jobs) == asked  # nobody was asked for it


async def test_each_class_is_explained_its_words_are_listed_and_a_word_has_neighbours(run_there, engine):
    async with training(run_there, engine) as pilot:
        await evaluated(pilot)
        await pilot.press("down", "enter")
        pane = await explained(pilot, engine)
        seen = set()
        for _ in CLASSES:
            seen.add(pane.heats()[0].title.en.split(" minus ")[0])
            await pilot.press("k")
        assert seen == set(CLASSES)
        await pilot.press("equals_sign")
        (heat,) = pane.heats()
        assert heat.beside and "share of the logit" in heat.title.en
        *words, bias, logit = [cast(float, row[2]) for row in heat.beside.rows]
        assert bias + sum(words) == pytest.approx(logit)
        assert sum(mark.value for mark in heat.marks) == pytest.approx(logit - bias)

        await pilot.press("2")
        await eventually(pilot, lambda: "came" in painted(pilot))
        of_class = pilot.app.screen.query_one(ClassWords)
        assert not engine.open(Weigh)  # they were read once, for all panes
        assert {row[0] for row in of_class.tables()[0].rows} == {"goal", "market", "[b]", "the", "rain", "a"}
        of_class.query_one(Input).value = "50"
        assert {row[0] for row in of_class.tables()[0].rows} == {"the", "a"}
        good = of_class.tables()[0].rows[0]
        await pilot.press("equals_sign")
        assert of_class.tables()[0].rows[0] != good

        await pilot.press("3", "t", *"Market", "enter")
        await eventually(pilot, lambda: bool(engine.open(Neighbours)))
        answer(engine, Neighbours)
        await eventually(pilot, lambda: "Nearest to market" in painted(pilot))
        near = pilot.app.screen.query_one(WordNeighbours)
        assert {row[0] for row in near.tables()[0].rows} == {"goal", "[b]", "the", "rain", "a"}  # those not rare
        near.query_one(Input).value = "[red]serverless"
        await pilot.press("t", "enter")
        await eventually(pilot, lambda: bool(engine.open(Neighbours)))
        answer(engine, Neighbours)
        await eventually(pilot, lambda: "does not have" in painted(pilot) and "[red]serverless" in painted(pilot))
        assert not near.tables()


async def test_the_vectors_are_seen_as_the_training_goes_and_those_of_a_saved_run(run_there, engine):
    async with training(run_there, engine) as pilot:
        await evaluated(pilot)
        assert not engine.open(Directions)  # nobody looks yet
        await pilot.press("5")
        await eventually(pilot, lambda: bool(engine.open(Directions)))
        answer(engine, Directions)
        await eventually(pilot, lambda: "of the vectors' variance" in painted(pilot))
        assert "W World" in painted(pilot) and "B [b]Sports" in painted(pilot)
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: bool(engine.open(Training)))
        number = engine.open(Training)[0]
        engine.tell(Started(number), Picture(number, GROWING))
        await pilot.press("5")
        await eventually(pilot, lambda: "step 7/10" in painted(pilot) and "[i]far" in painted(pilot))
        await pilot.press("right")
        await eventually(pilot, lambda: "[i]far: speaks most for [b]Sports" in painted(pilot))


async def test_without_a_model_there_is_nothing_to_ask(lab, engine, notices):
    async with training(lab, engine) as pilot:
        await pilot.press("w")
        await eventually(pilot, lambda: said(notices, "No run has a model that could be asked why"))
