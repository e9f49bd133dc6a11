"""The line that says what to do next: who does on the real screens what it says, key by key, completes the exercise."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from driving import eventually, painted
from textual.pilot import Pilot

from llm_tui import i18n
from llm_tui.app import LabApp
from llm_tui.classifier.job import Training, TrainingResult
from llm_tui.config import Config
from llm_tui.engine.events import Finished, Metric, Started
from llm_tui.exercises import batch_sizes, prompting
from llm_tui.foundation.job import Answer, Generate, Generated, Provenance
from llm_tui.lab.lab import Lab
from llm_tui.widgets.bars import JobBar
from llm_tui.widgets.host import JobStatus
from llm_tui.widgets.next_step import NextStep

SAID = {"esc": "escape", "space": "space", "enter": "enter"}


RESULT = TrainingResult(
    accuracy=0.75, test_loss=0.5, seconds=0.25, prepare_seconds=0.1, steps=157, data_name="sample", synthetic=True,
    train_rows=10_000, test_rows=40, vocabulary_size=3, classes=("World", "Sports"), confusion=((2, 1), (0, 1)),
    mistakes=(), device="CPU", torch="2.13.0",
)  # fmt: skip


def finish(engine, number: int) -> None:
    values = {"steps": 10, "examples_per_second": 1e4, "seconds_left": 0.0, "loss": 1.0, "accuracy": 0.4}
    engine.tell(Started(number))
    engine.tell(Metric(number, 5, values))
    engine.end(Finished(number, RESULT))


def answer(engine, number: int) -> None:
    by = Provenance("google/flan-t5-small", "abcdef1", "CPU", "float32", 1, 0.5)
    engine.end(Finished(number, Generated((Answer("Seguridad", "x", 9, 5, False, True, ""),), by)))


@asynccontextmanager
async def screen(
    lab: Lab, engine, mode: str, size=(80, 24), config: Config | None = None
) -> AsyncIterator[Pilot[None]]:
    app = LabApp(lab, engine, config=config)
    async with app.run_test(size=size) as pilot:
        await app.switch_mode(mode)
        await eventually(pilot, lambda: app.current_mode == mode and bool(app.screen.query(NextStep)))
        await pilot.pause()
        yield pilot


def line(pilot: Pilot[None]) -> str:
    """What it says, whole."""
    return pilot.app.screen.query_one(NextStep).whole()


async def does_what_it_says(pilot: Pilot[None], run: Callable[[], None], ask: type, engine) -> list[str]:
    """Until it says nothing; what it said, in its order."""
    told: list[str] = []
    while now := line(pilot):
        assert len(told) < 20, told
        told.append(now)
        for key in now.rpartition(": ")[2].split():
            await pilot.press(SAID.get(key, key))
        if now.endswith("ctrl+r"):
            await eventually(pilot, lambda: bool(engine.numbers(ask)))
            assert not line(pilot)  # the job bar says it
            run()
            await eventually(pilot, lambda now=now: line(pilot) not in ("", now))
            continue
        await pilot.press(*(["enter"] if now.endswith(": n") else []), *"x", "escape")
        await eventually(pilot, lambda now=now: line(pilot) != now)
    return told


async def test_exercise_6_is_completed_by_what_the_line_says(lab, engine):
    async with screen(lab, engine, "sheet-6") as pilot:

        def run() -> None:
            for number in engine.numbers(Generate):
                answer(engine, number)

        told = await does_what_it_says(pilot, run, Generate, engine)
        assert told[:2] == [
            "Next: The model's answer to “Classification” is missing: ctrl+r",
            "Next: The note on “Classification” is missing: n",
        ]
        assert prompting.state(pilot.app.screen.answers).complete  # type: ignore[attr-defined]
        assert not pilot.app.screen.query_one(NextStep).display


async def test_exercise_1_is_completed_by_what_the_line_says(lab, engine):
    async with screen(lab, engine, "train") as pilot:

        def run() -> None:
            for number in engine.numbers(Training):
                finish(engine, number)

        told = await does_what_it_says(pilot, run, Training, engine)
        assert told[0] == "Next: Train the batch sizes 32, 64 and 128: ctrl+r"
        assert [said.partition(" is missing")[0] for said in told[1:4]] == [
            f"Next: Note of batch size {size}" for size in (32, 64, 128)
        ]
        assert told[-1] == "Next: Your answer to the question is missing: Q"
        answers = pilot.app.screen.answers  # type: ignore[attr-defined]
        assert answers.notes == {"32": "x", "64": "x", "128": "x"} and answers.answer == "x"


async def test_it_stands_in_the_line_of_the_job_bar_while_that_is_empty(lab, engine):
    async with screen(lab, engine, "train") as pilot:
        body = pilot.app.screen.query_one("#body").size
        step, jobs = pilot.app.screen.query_one(NextStep), pilot.app.screen.query_one(JobBar)
        await eventually(pilot, lambda: step.display and not jobs.display)
        app: Any = pilot.app
        app.status = JobStatus("something else", 1, 4)
        app.changed.publish("status")
        await eventually(pilot, lambda: jobs.display and step.display)
        await eventually(pilot, lambda: "Next: Train" in painted(pilot) and "something else" in painted(pilot))
        app.status = None
        app.changed.publish("status")
        await eventually(pilot, lambda: not jobs.display and pilot.app.screen.query_one("#body").size == body)


@pytest.mark.parametrize(("mode", "way"), [("home", "1"), ("report", "F3"), ("flows", "F3"), ("play", "x")])
async def test_other_screens_say_the_way_there(lab, engine, mode, way):
    async with screen(lab, engine, mode) as pilot:
        await eventually(pilot, lambda: line(pilot).endswith(f": {way}"))
        assert line(pilot).startswith("Next: Exercise 3: " if mode == "play" else "Next: Exercise 1: train")


async def test_to_a_sheet_home_leads(lab, engine):
    lab.save_answers(1, batch_sizes.Answers())
    async with screen(lab, engine, "report") as pilot:
        from llm_tui.exercises.next_step import Step
        from llm_tui.exercises.registry import row
        from llm_tui.i18n import Text
        from llm_tui.widgets.next_step import AtHand

        step = Step(Text("a note is missing", "falta una nota"), ("table",))
        pilot.app.screen.query_one(NextStep).show(AtHand(row(6), step, here=False))
        assert line(pilot) == "Next: Exercise 6: a note is missing: F2 6"


async def test_a_long_one_is_cut_with_its_key_and_is_whole_in_the_help(lab, engine):
    i18n.use("es")
    async with screen(lab, engine, "sheet-4", size=(60, 20)) as pilot:
        await eventually(pilot, lambda: "…: ctrl+r" in painted(pilot))
        whole = "Las oraciones 1, 2, 3, 4 y 6 más no están traducidas ida y vuelta: ctrl+r"
        assert whole in pilot.app.screen.about()  # type: ignore[attr-defined]


async def test_it_names_a_persons_own_keys_and_the_way_out_of_a_field(lab, engine, tmp_path):
    config = Config(tmp_path / "config.toml", True, {"keys": {"run": "f12"}})
    async with screen(lab, engine, "train", config=config) as pilot:
        await eventually(pilot, lambda: line(pilot) == "Next: Train the batch sizes 32, 64 and 128: F12")
        await pilot.press("f12")
        await eventually(pilot, lambda: bool(engine.numbers(Training)))
        for number in engine.numbers(Training):
            finish(engine, number)
        await eventually(pilot, lambda: line(pilot) == "Next: Note of batch size 32 is missing: n")
        await pilot.press("Q")
        await eventually(pilot, lambda: line(pilot) == "Next: Note of batch size 32 is missing: esc n")
        await pilot.press("escape", "n")
        await eventually(pilot, lambda: line(pilot) == "Next: Note of batch size 32 is missing: enter")
        await pilot.press("enter")
        await eventually(pilot, lambda: line(pilot) == "Next: Note of batch size 32 is missing")  # here it is written
