"""What a lab has handed over comes back into its runs: live, once, and whatever the scheduler says meanwhile."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace

import pytest

from llm_tui.classifier.job import Model, TrainingResult
from llm_tui.classifier.setup import parse_sweep
from llm_tui.engine.events import Finished, Metric, Started
from llm_tui.errors import UserError
from llm_tui.lab.lab import Lab
from llm_tui.launching import launchers, launches, payload
from llm_tui.launching.launchers import Slurm
from llm_tui.launching.launches import Launches
from llm_tui.launching.settings import Settings
from llm_tui.launching.states import Heard

SWEEP = parse_sweep({"batch_size": "32,64", "seed": "0,1", "train_size": "400", "test_size": "100", "device": "cpu"})
POINT = {"steps": 10, "loss": 1.0, "accuracy": 0.5, "examples_per_second": 100.0, "seconds_left": 1.0}


RESULT = TrainingResult(
    accuracy=0.9, test_loss=0.3, seconds=0.5, prepare_seconds=0.1, steps=10, data_name="sample", synthetic=True,
    train_rows=400, test_rows=2, vocabulary_size=3, classes=("World", "Sports"), confusion=((1, 0), (0, 1)),
    mistakes=(), device="CPU", torch="2.13.0", model=Model(b"weights", '["<unk>", "a"]'),
)  # fmt: skip


class Scheduler:
    """One that says what a test wants it to."""

    def __init__(self):
        self.heard: dict[str, Heard] = {}
        self.cancelled: list[str] = []
        self.asked = 0
        self.down = ""

    def submit(self, scripts, folder, name, settings):
        self.heard = {f"7_{number}": Heard("PENDING", "Resources") for number in range(len(scripts))}
        return list(self.heard)

    def ask(self, ids):
        self.asked += 1
        if self.down:
            raise UserError(self.down)
        return {id: self.heard[id] for id in ids if id in self.heard}

    def cancel(self, ids):
        self.cancelled += ids


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def scheduler(monkeypatch) -> Scheduler:
    fake = Scheduler()
    monkeypatch.setattr(launches, "launcher", lambda name: fake)
    return fake


class Handed:
    """A sweep that was handed over, and what its tasks do."""

    def __init__(self, lab: Lab, scheduler: Scheduler):
        self.lab, self.scheduler, self.clock = lab, scheduler, Clock()
        self.launches = Launches(lab, self.clock)
        self.launch = self.launches.train(SWEEP.runs(), "slurm", Settings())

    def folder(self, number):
        return self.launches.launched.task(self.launch, self.launch.tasks[number])

    def begins(self, number, host="node7"):
        self.scheduler.heard[f"7_{number}"] = Heard("RUNNING", "None", host)
        with (self.folder(number) / payload.BEGUN).open("a") as file:
            file.write(f"{host} 0\n")
        (self.folder(number) / payload.ENDED).unlink(missing_ok=True)
        job = replace(SWEEP.runs()[number], keep_model=True)
        self.listeners = Lab(self.folder(number)).listeners(job)
        self.tell(Started(1), Metric(1, 5, POINT))

    def tell(self, *events):
        for event in events:
            for listener in self.listeners:
                listener(event)

    def ends(self, number):
        self.tell(Finished(1, RESULT))
        (self.folder(number) / payload.LOG).write_text("step 5/10\n")
        (self.folder(number) / payload.ENDED).write_text("0\n")

    def look(self, seconds=5.0):
        self.clock.now += seconds
        return self.launches.look()

    def said(self, **how):
        return [run.said() for run in self.look(**how).away]


@pytest.fixture
def handed(lab, scheduler) -> Handed:
    return Handed(lab, scheduler)


def test_what_waits_runs_and_is_requeued_is_in_the_list_with_its_curve(handed):
    assert handed.said() == ["waits: no room yet"] * 4
    handed.begins(0)
    look = handed.look()
    assert [run.said() for run in look.away] == ["waits: no room yet"] * 3 + ["on node7"]
    assert [point.step for point in look.away[-1].points()] == [5]
    handed.scheduler.heard["7_0"] = Heard("PENDING", "BeginTime")
    assert handed.said()[-1] == "requeued: starts soon"
    assert handed.lab.runs.all() == []


def test_what_has_finished_is_a_run_of_the_lab_with_its_log_and_where_it_ran(handed):
    handed.begins(0)
    handed.ends(0)
    assert (handed.look().taken, len(handed.look().away)) == (1, 3)
    (run,) = handed.lab.runs.all()
    assert (run.id, run.state, run.has_model()) == (handed.launch.tasks[0].name, "finished", True)
    assert (run.folder / "log.txt").read_text() == "step 5/10\n"
    assert json.loads((run.folder / "launched.json").read_text()) == {
        "launcher": "slurm", "job": "7_0", "node": "node7"
    }  # fmt: skip
    (entry,) = handed.lab.log()
    assert entry.fields["ran"] == {"launcher": "slurm", "job": "7_0", "node": "node7"}


def test_a_run_that_is_not_to_keep_its_weights_leaves_them(handed):
    handed.begins(1)
    handed.ends(1)
    handed.look()
    (run,) = handed.lab.runs.all()
    assert run.job == replace(SWEEP.runs()[1], keep_model=True) and not run.has_model()


def test_a_preempted_task_begins_again_and_is_one_run(handed):
    handed.begins(0)
    (handed.folder(0) / payload.ENDED).write_text("143\n")
    handed.scheduler.heard["7_0"] = Heard("PENDING", "BeginTime")
    assert handed.said()[-1] == "requeued: starts soon"
    handed.begins(0, "node8")
    assert handed.said()[-1] == "on node8"
    handed.ends(0)
    assert handed.look().taken == 1
    (run,) = handed.lab.runs.all()
    assert run.state == "finished"


def test_a_lab_that_was_closed_meanwhile_finds_what_slurm_has_forgotten(handed):
    for number in range(4):
        handed.begins(number)
        handed.ends(number)
    handed.scheduler.heard.clear()
    look = Launches(handed.lab, handed.clock).look()
    assert (look.taken, list(look.away)) == (4, [])
    assert [run.id for run in handed.lab.runs.all()] == sorted(
        (task.name for task in handed.launch.tasks), reverse=True
    )
    assert list((handed.lab.folder / "launched").iterdir()) == []


def test_a_run_is_taken_once_wherever_the_taking_was_cut_off(handed):
    handed.begins(0)
    handed.ends(0)
    kept = handed.lab.folder.with_name("kept")
    shutil.copytree(handed.lab.folder, kept)
    handed.look()
    # Cut off after the run was moved: its folder in launched is there still.
    left = handed.lab.folder / "launched" / handed.launch.name
    shutil.rmtree(left)
    shutil.copytree(kept / "launched" / handed.launch.name, left)
    Launches(handed.lab, handed.clock).look()
    assert len(handed.lab.runs.all()) == 1
    assert len(list(handed.lab.log())) == 1


def test_another_program_s_lab_is_looked_at_and_nothing_is_taken(handed):
    handed.begins(0)
    handed.ends(0)
    handed.lab.read_only = "It is open elsewhere."
    look = handed.look()
    assert (look.taken, len(look.away)) == (0, 4)
    with pytest.raises(UserError, match="open elsewhere"):
        handed.launches.stop()


@pytest.mark.parametrize(
    ("heard", "state"), [("TIMEOUT", "timed out"), ("CANCELLED", "stopped"), ("NODE_FAIL", "failed")]
)
def test_what_did_not_come_to_its_end_keeps_its_curve_and_says_how_it_went(handed, heard, state):
    handed.begins(2)
    handed.scheduler.heard["7_2"] = Heard(heard, "", "node7")
    handed.look(), handed.look(seconds=launches.SETTLE_SECONDS)
    (run,) = handed.lab.runs.all()
    assert (run.state, [point.step for point in run.points()]) == (state, [5])


def test_a_task_that_could_not_train_says_why_in_the_list(handed):
    with (handed.folder(0) / payload.BEGUN).open("a") as file:
        file.write("node7 0\n")
    (handed.folder(0) / payload.LOG).write_text("Error: There is no file x.csv.\n")
    (handed.folder(0) / payload.ENDED).write_text("2\n")
    handed.look()
    (run,) = handed.lab.runs.all()
    assert (run.state, run.ending.message) == ("failed", "There is no file x.csv.")


def test_a_node_that_does_not_see_the_lab_is_said_when_its_files_would_have_come(handed):
    handed.scheduler.heard["7_0"] = Heard("FAILED", "NonZeroExitCode", "node7")
    assert handed.said()[-1] == "on node7"
    handed.look(seconds=launches.SETTLE_SECONDS)
    (run,) = handed.lab.runs.all()
    assert "node7" in run.ending.message and "file system" in run.ending.message


def test_a_scheduler_that_does_not_answer_is_told_once_and_nothing_is_lost(handed):
    handed.said()
    handed.scheduler.down = "SLURM does not answer (timed out); what it was given goes on."
    told = [handed.look(seconds=60).told for _ in range(3)]
    assert told == [[handed.scheduler.down], [], []]
    assert handed.said() == ["waits: no room yet"] * 4
    handed.scheduler.down = ""
    handed.begins(0)
    assert handed.said(seconds=60)[-1] == "on node7"


def test_a_scheduler_is_asked_rarely_where_nothing_changes(handed):
    for _ in range(300):
        handed.look(seconds=2)
    assert handed.scheduler.asked < 600 / launches.ASK_SECONDS_AT_MOST + 8


def test_stopping_cancels_what_waits_and_what_runs(handed):
    handed.begins(0)
    handed.begins(1)
    handed.ends(1)
    handed.look()
    assert handed.launches.stop() == 3
    assert sorted(handed.scheduler.cancelled) == ["7_0", "7_2", "7_3"]
    handed.scheduler.heard.clear()  # without accounting SLURM forgets at once what had not begun
    handed.look()
    assert [run.state for run in handed.lab.runs.all()] == ["stopped", "stopped", "finished", "stopped"]


def test_what_was_not_taken_by_the_scheduler_leaves_nothing(lab, scheduler, monkeypatch):
    def refuse(*given):
        raise UserError("The scheduler did not take it: invalid partition.")

    monkeypatch.setattr(scheduler, "submit", refuse)
    with pytest.raises(UserError, match="invalid partition"):
        Launches(lab).train(SWEEP.runs(), "slurm", Settings())
    assert list((lab.folder / "launched").iterdir()) == []


@pytest.mark.parametrize("damage", ['{"name": "../../etc"}', "[]", "{", ""])
def test_a_damaged_record_is_left_alone(handed, damage):
    (handed.lab.folder / "launched" / handed.launch.name / "launch.json").write_text(damage)
    assert handed.look().away == []


def test_squeue_and_sacct_are_read_and_their_failures_said(monkeypatch):
    answers = {
        "squeue": subprocess.CompletedProcess([], 0, "12_0|RUNNING|None|n1\n12_1|PENDING|Priority|\nnonsense\n", ""),
        "sacct": subprocess.CompletedProcess([], 0, "JobID|State|NodeList\n12_[2-3]|COMPLETED|n2\n", ""),
    }
    monkeypatch.setattr(launchers, "_run", lambda command: answers[command[0]])
    monkeypatch.setattr(shutil, "which", lambda name: name)
    heard = Slurm().ask([f"12_{number}" for number in range(5)])
    assert heard["12_0"] == Heard("RUNNING", "None", "n1")
    assert heard["12_1"].why == "Priority"
    assert (heard["12_2"].state, heard["12_3"].node) == ("COMPLETED", "n2")
    assert "12_4" not in heard
    answers["squeue"] = subprocess.CompletedProcess([], 1, "", "slurm_load_jobs error: Invalid job id specified")
    assert set(Slurm().ask(["12_2", "12_0"])) == {"12_2"}
    answers["squeue"] = subprocess.CompletedProcess([], 1, "", "Unable to contact slurm controller\n")
    with pytest.raises(UserError, match="Unable to contact"):
        Slurm().ask(["12_0"])


def test_two_runs_on_submitit_s_local_executor_by_the_command_line(tmp_path):
    """The whole way: processes of their own, followed, taken, and the table as without them."""
    from click.testing import CliRunner

    from llm_tui.cli import cli

    sizes = ["--train-size=400", "--test-size=100", "--batch-size=32,64", "--device=cpu", "--format=csv"]
    away = CliRunner().invoke(cli, ["train", f"--lab={tmp_path / 'away'}", *sizes, "--launcher=local"])
    assert away.exit_code == 0, away.output
    here = CliRunner().invoke(cli, ["train", f"--lab={tmp_path / 'here'}", *sizes])
    measured = [[row.split(",")[:2] for row in done.stdout.splitlines()] for done in (away, here)]
    assert measured[0] == measured[1]
    assert "Handed over: 2 runs" in away.stderr
    losses = [
        sorted(
            json.loads((run.folder / "result.json").read_text())["result"]["test_loss"] for run in Lab(lab).runs.all()
        )
        for lab in (tmp_path / "away", tmp_path / "here")
    ]
    assert losses[0] == losses[1] and len(losses[0]) == 2
