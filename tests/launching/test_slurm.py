"""A real SLURM of one node, started here: an array of nine runs, one of them preempted."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest
from launching import slurm

from llm_tui.classifier.setup import parse_sweep
from llm_tui.exercises import prompting
from llm_tui.lab.lab import Lab
from llm_tui.launching import launches
from llm_tui.launching.launches import Launches
from llm_tui.launching.settings import Settings
from llm_tui.playground.state import Playground, parse_settings

pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(slurm.lacking()), reason=f"SLURM: {slurm.lacking()}")]

SETUP = {
    "batch_size": "32,64,128",
    "seed": "0,1,2",
    "train_size": "2000",
    "test_size": "400",
    "epochs": "2",
    "device": "cpu",
}


@pytest.fixture(scope="module")
def environ(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch, slurm.slurm(tmp_path_factory.mktemp("slurm")) as found:
        for name in ("SLURM_CONF", "PATH"):
            patch.setenv(name, found[name])
        patch.setattr(launches, "ASK_SECONDS", 0.5)
        patch.setattr(launches, "ASK_SECONDS_AT_MOST", 1.0)
        yield found


def until(true, seconds=900.0):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.3)


def test_an_array_of_nine_one_preempted_is_the_table_of_the_same_sweep_here(tmp_path, environ):
    sweep = parse_sweep(SETUP)
    lab = Lab(tmp_path / "away")
    handed = Launches(lab).train(sweep.runs(), "slurm", Settings(options=("--comment=llm-tui test",)))
    assert len({task.id.partition("_")[0] for task in handed.tasks}) == 1
    said: dict[str, list[str]] = {task.name: [] for task in handed.tasks}
    elsewhere = Launches(lab)  # as the program would that was started again

    def all_back():
        away = elsewhere.look().away
        for run in away:
            if run.said() not in said[run.id][-1:]:
                said[run.id].append(run.said())
        running = [task for task in handed.tasks if any(part.startswith("on ") for part in said[task.name])]
        if running and not preempted:
            subprocess.run(["scontrol", "requeue", running[0].id], check=True)
            preempted.append(running[0].name)
        return not away

    preempted: list[str] = []
    until(all_back)
    (victim,) = preempted
    assert any(part.startswith("requeued") for part in said[victim]), said
    assert all(not part.startswith("failed") for parts in said.values() for part in parts)
    assert any(part.startswith("waits: no room yet") for parts in said.values() for part in parts)

    here = tmp_path / "here"
    options = [f"--{name.replace('_', '-')}={value}" for name, value in SETUP.items()]
    subprocess.run(
        [sys.executable, "-m", "llm_tui", "train", f"--lab={here}", *options], check=True, capture_output=True
    )
    assert len(measured(lab)) == 9
    assert measured(lab) == measured(Lab(here))


def measured(lab):
    """All that is no time of each run, by what was asked."""
    found = {}
    for run in lab.runs.all():
        result = json.loads((run.folder / "result.json").read_text())
        for name in ("seconds", "prepare_seconds"):
            del result["result"][name]
        curve = [(point.step, point.loss, point.accuracy) for point in run.points()]
        key = run.job.batch_size, run.job.seed
        assert key not in found, "a run stands twice in the list"
        found[key] = result, curve[-1]
    return found


def test_stopping_cancels_the_array(tmp_path, environ):
    lab = Lab(tmp_path / "lab")
    away = Launches(lab)
    away.train(parse_sweep({**SETUP, "epochs": "50", "train_size": "10000"}).runs(), "slurm", Settings())
    until(lambda: any(run.points() for run in away.look().away))
    assert away.stop() == 9
    until(lambda: not away.look().away)
    assert {run.state for run in lab.runs.all()} <= {"stopped", "finished"}
    assert len(lab.runs.all()) == 9
    assert any(run.state == "stopped" and run.points() for run in lab.runs.all())
    queue = subprocess.run(["squeue", "-h"], capture_output=True, text=True, check=True)
    until(lambda: queue.stdout == "" or not subprocess.run(["squeue", "-h"], capture_output=True, check=True).stdout)


def test_what_slurm_refuses_is_one_sentence(tmp_path, environ):
    from llm_tui.errors import UserError

    with pytest.raises(UserError, match="partition") as refused:
        Launches(Lab(tmp_path / "lab")).train(parse_sweep(SETUP).runs(), "slurm", Settings(partition="nowhere"))
    assert "\n" not in str(refused.value)


def test_a_partition_that_takes_the_node_puts_a_run_back_into_the_queue(tmp_path, environ):
    lab = Lab(tmp_path / "lab")
    away = Launches(lab)
    away.train(parse_sweep({**SETUP, "batch_size": "32", "seed": "0"}).runs(), "slurm", Settings(partition="lab"))
    until(lambda: any(run.said().startswith("on ") for run in away.look().away))
    subprocess.run(["sbatch", "-p", "urgent", "-n", "2", "-o", "/dev/null", "--wrap", "sleep 3"], check=True)
    said: list[str] = []
    until(lambda: not (look := away.look()).away or said.extend(run.said() for run in look.away))
    (run,) = lab.runs.all()
    assert run.state == "finished"
    assert any(part.startswith("requeued") for part in said), said


def test_a_sheet_is_filled_by_a_task_and_comes_back(tmp_path, environ):
    lab = Lab(tmp_path / "lab")
    sheet = prompting.Answers().with_models("llm-tui/teaching-t5")
    settings = {**Playground().all_settings(), "device": "cpu"}
    lab.save_answers(6, sheet)
    away = Launches(lab)
    away.fill(6, sheet, settings, "slurm", Settings())
    states = []

    def back():
        (one,) = away.look().sheets
        states.append(one.standing.phase)
        away.bring(one, prompting.Answers)
        away.brought(one)
        return one.standing.over

    until(back)
    assert states[-1] == "finished" and "running" in states
    assert not list(lab.answers(6, prompting.Answers).pending(parse_settings(settings)))
    assert [entry.outcome for entry in lab.log()] == ["finished"] * 3
