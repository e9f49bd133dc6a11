"""A sweep is handed to the scheduler on the training screen, and seen there until it is back."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

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
from llm_tui.launching.settings import Settings
from llm_tui.playground.state import Playground
from llm_tui.screens import elsewhere
from llm_tui.screens.dialogs import ConfirmDialog
from llm_tui.screens.lab_runs import LabRuns
from llm_tui.screens.prompting import PromptingScreen


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


@pytest.fixture
def answers(scheduler, monkeypatch) -> threading.Event:
    """Set, and the scheduler answers: until then it says nothing to what is handed over."""
    may, submit = threading.Event(), scheduler.submit
    monkeypatch.setattr(scheduler, "submit", lambda *of: (may.wait(60), submit(*of))[1])
    return may


async def hands_over(pilot: Pilot[None]) -> None:
    await pilot.press("L")
    await eventually(pilot, lambda: isinstance(pilot.app.screen, ConfirmDialog))
    await pilot.press("y")
    await eventually(pilot, lambda: not isinstance(pilot.app.screen, ConfirmDialog))


@pytest.mark.parametrize("mode", ["sheet-3", "sheet-6"])
async def test_a_file_that_is_opened_while_the_scheduler_takes_a_sheet_cuts_nothing_off(
    lab, engine, scheduler, answers, tmp_path, notices, mode
) -> None:
    (tmp_path / "text.txt").write_text("Un texto.\n", encoding="utf-8")
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        app.switch_mode(mode)
        await eventually(pilot, lambda: bool(app.screen.query("#table")))
        await hands_over(pilot)
        await pilot.press("ctrl+l", *str(tmp_path / "text.txt"), "enter")
        await eventually(pilot, lambda: not app.screen.is_modal)
        await pilot.pause(0.5)
        answers.set()
        await eventually(pilot, lambda: app.elsewhere.anything)


@pytest.mark.parametrize(("mode", "told"), [("sheet-6", "The scheduler has it"), ("train", "is being handed over")])
async def test_what_the_scheduler_has_not_answered_to_yet_is_not_handed_over_again(
    lab, engine, scheduler, answers, notices, mode, told
) -> None:
    app = LabApp(lab, engine)
    async with app.run_test(size=(120, 40)) as pilot:
        app.switch_mode(mode)
        await eventually(pilot, lambda: bool(app.screen.query("#table")))
        await hands_over(pilot)
        await pilot.press("L")
        await eventually(pilot, lambda: said(notices, told))
        answers.set()
        await eventually(pilot, lambda: "Scheduler: 0 running" in painted(pilot))
        assert len(Launches(lab).launched.all()) == 1


async def test_what_is_handed_over_while_a_look_is_under_way_is_there_for_the_next(
    lab, engine, scheduler, notices, monkeypatch
) -> None:
    seen, look = threading.Event(), Launches.look
    monkeypatch.setattr(Launches, "look", lambda self: (look(self), seen.wait(60))[0])
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        app.switch_mode("sheet-6")
        await eventually(pilot, lambda: bool(app.screen.query("#table")))
        await hands_over(pilot)
        await eventually(pilot, lambda: bool(Launches(lab).launched.all()))
        await pilot.press("L")
        await eventually(pilot, lambda: said(notices, "The scheduler has it"))
        seen.set()
        await eventually(pilot, lambda: "Scheduler: 0 running, 1 waiting" in painted(pilot))


@pytest.mark.parametrize("made", [True, False])
async def test_what_is_back_while_its_screen_is_opened_is_on_it_and_is_not_written_over(
    lab, engine, scheduler, notices, monkeypatch, made
) -> None:
    away = Launches(lab)
    launch = away.fill(6, prompting.Answers(), Playground().all_settings(), "slurm", Settings())
    folder = away.launched.task(launch, launch.tasks[0])
    works(Lab(folder), Lab(folder).answers(6, prompting.Answers))
    (folder / payload.ENDED).write_text("0\n")
    ready, begun, may, brought = (threading.Event() for _ in range(4))
    look, bring = Launches.look, Launches.bring

    def held(*of: Any) -> None:
        begun.set()
        may.wait(60)
        bring(*of)
        brought.set()

    async def composed(screen: PromptingScreen) -> None:
        while not (made or brought.is_set()):
            await asyncio.sleep(0.01)

    monkeypatch.setattr(Launches, "look", lambda self: (ready.wait(60), look(self))[1])
    monkeypatch.setattr(Launches, "bring", held)
    monkeypatch.setattr(PromptingScreen, "on_compose", composed, raising=False)
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        ready.set()
        async with asyncio.timeout(60):  # the app sees to nothing else meanwhile, which a pilot would wait for
            while not begun.is_set():
                await asyncio.sleep(0.01)
            app.switch_mode("sheet-6")
            while made and not (isinstance(app.screen, PromptingScreen) and app.screen.is_mounted):
                await asyncio.sleep(0.01)
        may.set()
        await eventually(pilot, lambda: said(notices, "Exercise 6: what was asked is back."))
        await eventually(pilot, lambda: bool(app.screen.query("#answer-text")))
        await pilot.press("Q", *"Hola")
        await screen_of(app).flush()
    kept = lab.answers(6, prompting.Answers)
    assert kept.answer == "Hola" and not list(kept.pending(ASKING))


async def test_where_there_is_no_scheduler_the_key_is_not_offered(lab: Lab, engine) -> None:
    async with training(lab, engine) as pilot:
        assert "SLURM" not in painted(pilot)
        await pilot.press("L")
        assert len(pilot.app.screen_stack) == 1
