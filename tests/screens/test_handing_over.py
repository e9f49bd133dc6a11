"""A sweep is handed to the scheduler on the training screen, and seen there until it is back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from driving import eventually, painted, said, screen_of, text_of
from filled_lab import ASKING
from launching.fake import Handed, Scheduler, works
from textual.pilot import Pilot
from textual.widgets import OptionList, TextArea

from llm_tui import i18n
from llm_tui.app import LabApp
from llm_tui.classifier.job import Training
from llm_tui.exercises import prompting
from llm_tui.foundation.job import Generate
from llm_tui.lab.lab import Lab
from llm_tui.launching import launches, payload
from llm_tui.launching.launches import Launches
from llm_tui.screens import elsewhere
from llm_tui.screens.lab_runs import LabRuns


@pytest.fixture
def scheduler(monkeypatch) -> Scheduler:
    fake = Scheduler()
    monkeypatch.setattr(launches, "launcher", lambda name: fake)
    monkeypatch.setattr(launches, "ASK_SECONDS", 0.2)
    monkeypatch.setattr(launches, "ASK_SECONDS_AT_MOST", 0.2)
    monkeypatch.setattr(elsewhere, "LOOK_SECONDS", 0.2)
    monkeypatch.setattr(elsewhere.Elsewhere, "possible", True)
    return fake


@asynccontextmanager
async def training(lab: Lab, engine) -> AsyncIterator[Pilot[None]]:
    app = LabApp(lab, engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f3")
        await eventually(pilot, lambda: app.current_mode == "train" and bool(app.screen.query(TextArea)))
        engine.cancel()  # the survey of the machine
        yield pilot


def listed(pilot: Pilot[None]) -> list[str]:
    """The list of runs, as it is shown."""
    options = pilot.app.screen.query_one("#runs OptionList", OptionList).options
    return [" ".join(str(option.prompt).split()) for option in options]


async def test_a_sweep_is_handed_over_after_a_question_and_comes_back_as_runs(
    lab: Lab, engine, scheduler, notices
) -> None:
    async with training(lab, engine) as pilot:
        await pilot.press("L")
        await eventually(pilot, lambda: "3 runs as one array" in painted(pilot))
        await pilot.press("y")
        await eventually(pilot, lambda: listed(pilot) == [f"{size} waits: no room yet" for size in (128, 64, 32)])
        await eventually(pilot, lambda: "Scheduler: 0 running, 3 waiting" in painted(pilot))
        assert not engine.numbers(Training)
        handed = Handed(lab, scheduler, Launches(lab).launched.all()[0])
        handed.begins(0)
        await eventually(pilot, lambda: listed(pilot)[-1] == "32 on node7")
        await eventually(pilot, lambda: len(screen_of(pilot.app).curves_of(handed.sweep)) == 1)
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: said(notices, "The scheduler has this sweep"))
        handed.ends(0)
        await eventually(pilot, lambda: listed(pilot)[-1].startswith("32 0.900"))
        await eventually(pilot, lambda: said(notices, "A run is back"))
        assert screen_of(pilot.app).answers.latest.sweep == handed.sweep


async def test_a_program_that_is_started_later_finds_it_says_how_it_went_and_cancels_after_a_question(
    lab: Lab, engine, scheduler, notices
) -> None:
    handed = Handed(lab, scheduler)
    handed.begins(1)
    handed.fails(0, "Error: There is no file x.csv.")
    i18n.use("es")
    async with training(lab, engine) as pilot:
        before = ["64 espera: sin sitio", "64 espera: sin sitio", "32 en node7", "32 falló"]
        await eventually(pilot, lambda: listed(pilot) == before)
        runs = pilot.app.screen.query_one(LabRuns)
        runs.list.focus()
        runs.list.highlighted = 2
        await pilot.press("d")
        await eventually(pilot, lambda: said(notices, "Se está entrenando"))
        runs.list.highlighted = 3
        await pilot.press("enter")
        await eventually(pilot, lambda: "There is no file x.csv." in painted(pilot))
        handed.requeues(1)
        await eventually(pilot, lambda: "32 reencolada: pronto" in listed(pilot))
        await pilot.press("ctrl+x")
        await eventually(pilot, lambda: "¿Cancelar lo que tiene el planificador (3)?" in painted(pilot))
        await pilot.press("s")
        await eventually(pilot, lambda: len(scheduler.cancelled) == 3)
        scheduler.heard.clear()
        await eventually(pilot, lambda: listed(pilot) == ["64 detenida", "64 detenida", "32 detenida", "32 falló"])


async def test_a_sheet_is_handed_over_and_its_answers_come_into_the_open_screen_beside_what_is_typed(
    lab: Lab, engine, scheduler, notices
) -> None:
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        app.switch_mode("sheet-6")
        await eventually(pilot, lambda: bool(app.screen.query("#answer-text")))
        engine.cancel()
        await pilot.press("L")
        await eventually(pilot, lambda: "one task" in painted(pilot))
        await pilot.press("y")
        await eventually(pilot, lambda: "Scheduler: 0 running, 1 waiting" in painted(pilot))
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: said(notices, "The scheduler has it"))
        assert not engine.numbers(Generate)
        await pilot.press("Q", *"Hola")
        away = Launches(lab)
        (launch,) = away.launched.all()
        folder = away.launched.task(launch, launch.tasks[0])
        works(Lab(folder), Lab(folder).answers(6, prompting.Answers))
        (folder / payload.ENDED).write_text("0\n")
        await eventually(pilot, lambda: said(notices, "Exercise 6: what was asked is back."))
        assert "Observabilidad" in text_of(pilot, "#answer-text")
        await eventually(pilot, lambda: not away.launched.all())
        await screen_of(app).flush()
    kept = lab.answers(6, prompting.Answers)
    assert kept.answer == "Hola" and not list(kept.pending(ASKING))


async def test_where_there_is_no_scheduler_the_key_is_not_offered(lab: Lab, engine) -> None:
    async with training(lab, engine) as pilot:
        assert "SLURM" not in painted(pilot)
        await pilot.press("L")
        assert len(pilot.app.screen_stack) == 1
