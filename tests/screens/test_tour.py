"""The tour in small: its line, followed by keys with an engine that the test drives. The recorded one is in
`tests/test_tour.py`.
"""

from __future__ import annotations

from typing import Any

import pytest
from driving import eventually, painted
from textual.pilot import Pilot

from llm_tui import i18n
from llm_tui.app import LabApp
from llm_tui.classifier.job import Training, TrainingResult
from llm_tui.config import Config
from llm_tui.engine.events import Finished, Metric, Started
from llm_tui.exercises.batch_sizes import Answers
from llm_tui.keys import use
from llm_tui.screens.tour import STOPS
from llm_tui.widgets.next_step import NextStep

RESULT = TrainingResult(
    accuracy=0.75, test_loss=0.5, seconds=0.25, prepare_seconds=0.1, steps=157, data_name="sample", synthetic=True,
    train_rows=10_000, test_rows=40, vocabulary_size=3, classes=("World", "Sports"), confusion=((2, 1), (0, 1)),
    mistakes=(), device="CPU", torch="2.13.0",
)  # fmt: skip


@pytest.fixture(autouse=True)
def standard_again():
    yield
    use({})


def line(pilot: Pilot[None]) -> str:
    found = pilot.app.screen.query(NextStep)
    return found.first().whole() if found else ""


async def says(pilot: Pilot[None], words: str) -> None:
    await eventually(pilot, lambda: words in line(pilot))


def train(engine) -> None:
    values = {"steps": 10, "examples_per_second": 1e4, "seconds_left": 0.0, "loss": 1.0, "accuracy": 0.4}
    for number in engine.numbers(Training):
        engine.tell(Started(number))
        engine.tell(Metric(number, 5, values))
        engine.end(Finished(number, RESULT))


async def to_the_note(pilot: Pilot[None], engine) -> None:
    pilot.app.action_tour()  # type: ignore[attr-defined]
    await says(pilot, "1/7: go to the training of exercise 1: F3")
    await pilot.press("f3")
    await says(pilot, "2/7: train three batch sizes, in seconds: ctrl+r")
    await pilot.press("ctrl+r")
    await eventually(pilot, lambda: len(engine.numbers(Training)) == 3)
    await eventually(pilot, lambda: line(pilot).endswith("in seconds"))  # it is waited for: no key
    train(engine)
    await says(pilot, "3/7: which curve is steadier? See what was confused: 2")
    await pilot.press("2")
    await says(pilot, "4/7: write a note on a batch size: n")


async def test_who_presses_what_it_says_fills_exercise_1(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await to_the_note(pilot, engine)
        await pilot.press("n", "enter")
        await says(pilot, "4/7: write a note on a batch size: enter")
        await pilot.press(*"noisy", "enter")
        await says(pilot, "5/7: answer the question of the exercise: Q")
        await pilot.press("Q", *"64")
        await says(pilot, "5/7: answer the question of the exercise: esc")
        await pilot.press("escape")
        await says(pilot, "6/7: write the exercise to a file: ctrl+e")
        await pilot.press("ctrl+e")
        await says(pilot, "7/7: see what you hand in: F7")
        await pilot.press("f7")
        await says(pilot, "this is what you hand in")
        await pilot.press("escape", "escape")  # the notice that it was written, and the tour
        await says(pilot, "Next: Exercise 1: note of batch size 64 is missing: F3")
    answers = lab.answers(1, Answers)
    assert answers.notes["32"] == "noisy" and answers.answer == "64"
    assert "noisy" in (lab.folder / "exports" / "exercise-1.md").read_text(encoding="utf-8")


@pytest.mark.slow
async def test_who_does_something_else_is_waited_for_and_escape_ends_it_anywhere(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test(size=(60, 20)) as pilot:
        await to_the_note(pilot, engine)
        await pilot.press("Q", *"64 is best", "escape")  # before the note
        await pilot.press("f5")
        await says(pilot, "4/7: write a note on a batch size: F3")
        await pilot.press("f3", "n", "enter", *"x", "enter")
        await says(pilot, "6/7: write")  # what is answered is not asked for again
        await pilot.press("n", "enter")
        await pilot.press("escape")  # out of the field, not out of the tour
        await says(pilot, "6/7: write")
        await pilot.press("escape")
        await says(pilot, "Next: Note of batch size 64 is missing")
        assert app.tour is None
        app.action_tour()
        await says(pilot, "6/7")  # from the beginning, past all that is there


async def test_it_speaks_spanish_with_a_persons_own_keys_in_60_columns(lab, engine, tmp_path):
    i18n.use("es")
    config = Config(tmp_path / "config.toml", True, {"keys": {"train": "f12", "end-tour": "ctrl+b"}})
    app: Any = LabApp(lab, engine, config=config)
    async with app.run_test(size=(60, 20)) as pilot:
        app.action_tour()
        await eventually(pilot, lambda: "Recorrido 1/7: vaya al entrenamiento del ejercicio 1: F12" in painted(pilot))
        await pilot.press("f12")
        await eventually(pilot, lambda: "Recorrido 2/7: entrene tres lotes, en segundos: ctrl+r" in painted(pilot))
        await pilot.press("ctrl+b")
        await eventually(pilot, lambda: "Siguiente: " in painted(pilot))


def test_its_stops_are_seven_and_fit_beside_their_keys():
    assert len(STOPS) == 7
    assert all(len(f"Recorrido 1/7: {said}: ctrl+r") <= 79 for stop in STOPS for said in (stop.said.en, stop.said.es))
