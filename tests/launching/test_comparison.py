"""The comparison of the two flows handed over: with the classifier; its table comes to the screen that shows it."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest
from driving import eventually, painted, said
from filled_lab import by
from launching.fake import RESULT, Scheduler

from llm_tui.app import LabApp
from llm_tui.classifier.job import Retest, Retested, Training
from llm_tui.cli.models import compare_flows
from llm_tui.engine.events import Finished, Metric, Started
from llm_tui.exercises import flows
from llm_tui.foundation.job import Classified, Labelled, ModelChoice, ZeroShot
from llm_tui.lab.lab import Lab
from llm_tui.launching import comparison, launches, payload
from llm_tui.launching.launches import Launches
from llm_tui.launching.settings import Settings
from llm_tui.playground.state import Playground
from llm_tui.screens import elsewhere
from llm_tui.screens.flows import Entered

CLASSIC = Retested(("a", "b"), (0, 1), (0, 0), ("World", "Sports"), "sample", True, 400, 540_000, 0.1)
ASKED = ZeroShot(CLASSIC.texts, CLASSIC.classes, "This is {}.", False, ModelChoice("m"), 16)
SCORED = Classified(CLASSIC.classes, (Labelled((0.9, 0.1)), Labelled((0.2, 0.8))), by("m"))


@pytest.fixture
def scheduler(monkeypatch) -> Scheduler:
    fake = Scheduler()
    monkeypatch.setattr(launches, "launcher", lambda name: fake)
    monkeypatch.setattr(elsewhere, "slurm_here", lambda: True)
    monkeypatch.setattr(elsewhere, "LOOK_SECONDS", 0.2)
    monkeypatch.setattr(launches, "ASK_SECONDS", 0.2)
    return fake


@pytest.fixture
def trained(lab: Lab) -> Lab:
    values = {"steps": 10, "loss": 1.0, "accuracy": 0.5, "examples_per_second": 100.0, "seconds_left": 1.0}
    for listener in lab.listeners(Training()):
        for event in (Started(1), Metric(1, 10, values), Finished(1, RESULT)):
            listener(event)
    return lab


def compares(folder) -> None:
    """What the task does."""
    task = Lab(folder)
    for job, result in ((Retest("elsewhere", Training(), 2), CLASSIC), (ASKED, SCORED)):
        for listener in task.listeners(job):
            listener(Started(1))
            listener(Finished(1, result))
    (folder / payload.ENDED).write_text("0\n")


def test_the_task_has_the_classifier_and_the_command_line(trained, scheduler):
    away = Launches(trained)
    run = trained.runs.trained()
    settings = {**Playground().all_settings(), **asdict(replace(Entered(), rows="20"))}
    launch = away.compare(run, settings, "slurm", Settings())
    folder = away.launched.task(launch, launch.tasks[0])
    assert Lab(folder).runs.trained().id == run.id
    arguments = comparison.arguments(settings, folder)
    assert arguments[0] == "compare-flows"
    given = compare_flows.make_context("x", arguments[1:]).params
    assert (given["rows"], given["lab"], given["template"]) == (20, folder, Entered().template)
    compares(folder)
    (back,) = away.look().sheets
    assert comparison.table_of(back.found) == flows.table(CLASSIC, SCORED, ASKED.template)


async def test_the_table_waits_for_the_screen_that_shows_it(trained, engine, scheduler, notices):
    app = LabApp(trained, engine)
    async with app.run_test(size=(120, 30)) as pilot:
        app.switch_mode("flows")
        await eventually(pilot, lambda: "F1" in painted(pilot) and app.current_mode == "flows")
        await pilot.press("escape", "L")
        await eventually(pilot, lambda: "one task" in painted(pilot))
        await pilot.press("y")
        away = Launches(trained)
        await eventually(pilot, lambda: bool(away.launched.all()))
    (launch,) = away.launched.all()
    compares(away.launched.task(launch, launch.tasks[0]))
    app = LabApp(trained, engine)
    async with app.run_test(size=(120, 30)) as pilot:
        await eventually(pilot, lambda: app.elsewhere.anything is False)
        assert away.launched.all()
        app.switch_mode("flows")
        await eventually(pilot, lambda: said(notices, "The two flows: what was asked is back."))
        assert "0.500" in painted(pilot) and "1.000" in painted(pilot)
        assert not away.launched.all()
