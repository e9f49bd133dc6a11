"""The comparison of the two flows handed over: with the classifier; its table comes to the screen that shows it."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from driving import eventually, painted, said
from filled_lab import by
from launching.fake import RESULT, Scheduler

from llm_tui.app import LabApp
from llm_tui.classifier.job import Retested, Training
from llm_tui.cli import cli
from llm_tui.cli.flows import compare_flows
from llm_tui.engine.events import Finished, Metric, Started
from llm_tui.errors import UserError
from llm_tui.exercises import flows
from llm_tui.foundation.job import ModelChoice
from llm_tui.foundation.labels_job import TEMPLATE, Classified, Labelled, ZeroShot
from llm_tui.lab.lab import Lab
from llm_tui.launching import comparison, launches, payload
from llm_tui.launching.launches import Launches
from llm_tui.launching.settings import Settings
from llm_tui.playground.state import Playground
from llm_tui.screens import elsewhere

CLASSIC = Retested(("a", "b"), (0, 1), (0, 0), ("World", "Sports"), "sample", True, 400, 540_000, 0.1)
ASKED = ZeroShot(CLASSIC.texts, CLASSIC.classes, "This is {}.", False, ModelChoice("m"), 16)
SCORED = Classified(CLASSIC.classes, (Labelled((0.9, 0.1)), Labelled((0.2, 0.8))), by("m"))


@pytest.fixture
def scheduler(monkeypatch) -> Scheduler:
    fake = Scheduler()
    monkeypatch.setattr(launches, "launcher", lambda name: fake)
    monkeypatch.setattr(elsewhere.Elsewhere, "possible", True)
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


def compares(folder, so_far: int = 2) -> None:
    """What the task does; of its two parts the second may fail."""
    task = Lab(folder)
    retest = comparison.retest(task.runs.trained(), 2)
    for job, result in ((retest, CLASSIC), (ASKED, SCORED))[:so_far]:
        for listener in task.listeners(job):
            listener(Started(1))
            listener(Finished(1, result))
    if so_far < 2:
        (folder / payload.BEGUN).write_text("node7 0\n")
        (folder / payload.LOG).write_text("no room for the model\n")
    (folder / payload.ENDED).write_text("0\n" if so_far == 2 else "2\n")


def test_the_task_has_the_classifier_and_the_command_line(trained, scheduler):
    away = Launches(trained)
    run = trained.runs.trained()
    entered = {"rows": "20", "model": "m", "template": TEMPLATE}
    settings = {**Playground().all_settings(), **entered}
    launch = away.compare(run, settings, "slurm", Settings())
    folder = away.launched.task(launch, launch.tasks[0])
    assert Lab(folder).runs.trained().id == run.id
    arguments = comparison.arguments(settings, folder)
    assert arguments[0] == "compare-flows"
    given = compare_flows.make_context("x", arguments[1:]).params
    assert (given["rows"], given["lab"], given["template"]) == (20, folder, TEMPLATE)
    compares(folder)
    (back,) = away.look().sheets
    answers = back.put_into(flows.Answers())
    assert answers == flows.Answers().with_result(comparison.retest(run, 2), CLASSIC).with_result(ASKED, SCORED)
    assert answers.classic.run == run.id and answers.classic.train_seconds == RESULT.seconds


async def test_the_table_is_there_whether_its_screen_is_open_or_not(trained, engine, scheduler, notices):
    app = LabApp(trained, engine)
    async with app.run_test(size=(120, 30)) as pilot:
        app.switch_mode("flows")
        await eventually(pilot, lambda: "F1" in painted(pilot) and app.current_mode == "flows")
        await pilot.press("L")
        await eventually(pilot, lambda: "one task" in painted(pilot))
        await pilot.press("y")
        away = Launches(trained)
        await eventually(pilot, lambda: bool(away.launched.all()))
    (launch,) = away.launched.all()
    compares(away.launched.task(launch, launch.tasks[0]))
    app = LabApp(trained, engine)
    async with app.run_test(size=(120, 30)) as pilot:
        await eventually(pilot, lambda: said(notices, "The two flows: what was asked is back."))
        assert not away.launched.all()
        app.switch_mode("flows")
        await eventually(pilot, lambda: "0.500" in painted(pilot) and "1.000" in painted(pilot))
    assert trained.answers("flows", flows.Answers).models[0].hits == 2


def test_a_server_of_this_machine_is_none_of_a_node_which_the_command_line_says_too(trained, scheduler):
    there = ("compare-flows", "--lab", str(trained.folder), "--model", "http://127.0.0.1:9/v1#m", "--launcher", "slurm")
    done = CliRunner().invoke(cli, [*there, "--detach", "--lang", "en"])
    assert done.exit_code == 0, done.output
    assert "On a node, 127.0.0.1:9 is a server of the node's own" in done.output


def asked_elsewhere(lab: Lab, so_far: int = 2):
    """The command line hands it over and leaves; the task comes to its end, and the same command fetches it."""
    command = ["compare-flows", "--lab", str(lab.folder), "--rows", "2", "--launcher", "slurm", "--lang", "en"]
    assert CliRunner().invoke(cli, [*command, "--detach"]).exit_code == 0
    away = Launches(lab)
    (launch,) = away.launched.all()
    compares(away.launched.task(launch, launch.tasks[0]), so_far)
    return lambda: CliRunner().invoke(cli, command)


def test_another_comparison_waits_for_the_one_that_is_away(trained, scheduler):
    command = ["compare-flows", "--lab", str(trained.folder), "--launcher", "slurm", "--detach", "--lang", "en"]

    def asked(*more: str):
        return CliRunner().invoke(cli, [*command, *more]), Launches(trained).launched.all()

    assert asked("--rows", "2", "--model", "m")[0].exit_code == 0
    for other in (("--rows", "1", "--model", "m"), ("--rows", "2", "--model", "n")):
        done, away = asked(*other)
        assert done.exit_code == 2 and "The two flows: what was handed over earlier asks something else" in done.stderr
        assert len(away) == 1
    done, (launch,) = asked("--rows", "2", "--model", "m")
    assert done.exit_code == 0 and "Handed over" not in done.output
    compares(Launches(trained).launched.task(launch, launch.tasks[0]))
    done, (second,) = asked("--rows", "1", "--model", "m")  # what is back is kept, and makes room
    assert done.exit_code == 0 and "Handed over" in done.output
    assert second.name != launch.name and second.settings["rows"] == "1"
    assert trained.answers_anew("flows", flows.Answers).classic.rows == 2


def test_of_a_task_that_fails_the_lab_keeps_what_it_has_found_out(trained, scheduler, monkeypatch):
    monkeypatch.setattr(launches, "SETTLE_SECONDS", 0)
    done = asked_elsewhere(trained, so_far=1)()
    assert done.exit_code == 2 and "no room for the model" in done.output
    kept = trained.answers("flows", flows.Answers)
    assert kept == flows.Answers().with_result(comparison.retest(trained.runs.trained(), 2), CLASSIC)
    assert not Launches(trained).launched.all()


def test_what_the_lab_cannot_save_is_fetched_again(trained, scheduler, monkeypatch):
    fetch = asked_elsewhere(trained)

    def full(*_):
        raise UserError("no space")

    with monkeypatch.context() as patch:
        patch.setattr(Lab, "save_answers", full)
        done = fetch()
    assert done.exit_code == 0 and "0.500" in done.output and Launches(trained).launched.all()
    assert fetch().exit_code == 0
    assert trained.answers("flows", flows.Answers).models[0].hits == 2 and not Launches(trained).launched.all()
