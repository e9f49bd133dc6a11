"""What a lab has handed over comes back into its runs: live, once, and whatever the scheduler says meanwhile."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import replace

import pytest
from launching.fake import SWEEP, Handed, Scheduler

from llm_tui.errors import UserError
from llm_tui.foundation.job import PROMPT, Generate, ModelChoice
from llm_tui.foundation.job import Settings as GenerationSettings
from llm_tui.lab.lab import Lab
from llm_tui.launching import launchers, launches, payload
from llm_tui.launching.launchers import Slurm
from llm_tui.launching.launches import Launches
from llm_tui.launching.record import Launched
from llm_tui.launching.settings import Settings
from llm_tui.launching.states import Heard


@pytest.fixture
def scheduler(monkeypatch) -> Scheduler:
    fake = Scheduler()
    monkeypatch.setattr(launches, "launcher", lambda name: fake)
    return fake


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
    assert handed.said()[-1] == "requeued: soon"
    assert handed.lab.runs.all() == []


def test_a_line_of_its_log_that_is_not_utf_8_is_left_out(handed):
    handed.begins(0)
    handed.ends(0)
    log = handed.folder(0) / "audit.jsonl"
    log.write_bytes(b'{"time": "ma\xf1ana"}\n' + log.read_bytes())
    assert handed.look().taken == 1 and len(list(handed.lab.log())) == 1


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
    assert entry.device == "CPU (node7)"
    assert entry.fields["ran"] == {"launcher": "slurm", "job": "7_0", "node": "node7"}


def test_a_run_that_is_not_to_keep_its_weights_leaves_them(handed):
    handed.begins(1)
    handed.ends(1)
    handed.look()
    (run,) = handed.lab.runs.all()
    assert run.job == replace(SWEEP.runs()[1], keep_model=True) and not run.has_model()


def test_a_preempted_task_begins_again_and_is_one_run(handed):
    handed.begins(0)
    handed.requeues(0)
    assert handed.said()[-1] == "requeued: soon"
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
    handed.fails(0, "Error: There is no file x.csv.")
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
    for _ in range(150):
        handed.look(seconds=2)
    assert handed.scheduler.asked < 300 / launches.ASK_SECONDS_AT_MOST + 8


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


def test_what_stands_in_a_lab_of_somebody_else_s_ends_no_program(handed):
    """Python makes no number of thousands of digits, and raises."""
    digits = "9" * 5000
    handed.begins(0)
    (handed.folder(0) / payload.ENDED).write_text(digits)
    assert handed.said()[-1] == "on node7"
    record = handed.lab.folder / "launched" / handed.launch.name / "launch.json"
    whole = record.read_text()
    record.write_text(whole.replace('"7_1"', f'"{digits}"'))
    assert len(handed.look().away) == 3
    record.write_text(whole.replace('"exercise": "1"', f'"exercise": "{digits}"'))
    assert handed.look().away == []


def test_what_a_link_leads_to_is_not_taken(handed, tmp_path):
    """The runs of another lab would be moved out of it."""
    handed.begins(0)
    handed.ends(0)
    other = tmp_path / "other"
    handed.folder(0).rename(other)
    handed.folder(0).symlink_to(other)
    assert handed.look().taken == 0
    assert len(Lab(other).runs.all()) == 1


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


def test_status_says_what_the_scheduler_has_and_stop_cancels_it(handed):
    from click.testing import CliRunner

    from llm_tui.cli import cli

    handed.begins(0)
    lab = f"--lab={handed.lab.folder}"
    told = CliRunner().invoke(cli, ["status", lab])
    assert (told.exit_code, told.stdout.splitlines()) == (
        0,
        ["The scheduler has job 7:", "  1 × on node7", "  3 × waits: no room yet"],
    )
    scheduled = json.loads(CliRunner().invoke(cli, ["status", lab, "--json"]).stdout)["scheduled"]
    assert [task["phase"] for task in scheduled] == ["running", "waiting", "waiting", "waiting"]
    assert handed.lab.runs.all() == []  # nothing is taken for being looked at
    assert CliRunner().invoke(cli, ["stop", lab]).exit_code == 0
    assert len(handed.scheduler.cancelled) == 4


def test_watch_follows_what_the_scheduler_has_to_its_end(handed, monkeypatch):
    from click.testing import CliRunner

    from llm_tui.cli import cli
    from llm_tui.lab.following import Following

    monkeypatch.setattr("llm_tui.cli.working.PATIENCE", 0.3)
    monkeypatch.setattr("llm_tui.cli.working.LOOK_SECONDS", 0.05)
    steps = [
        lambda number=number, step=step: step(number) for number in range(4) for step in (handed.begins, handed.ends)
    ]
    looks = Following.look

    def look(self):
        if steps:
            steps.pop(0)()
        return looks(self)

    monkeypatch.setattr(Following, "look", look)
    watched = CliRunner().invoke(cli, ["watch", f"--lab={handed.lab.folder}"])
    assert watched.exit_code == 0, watched.output
    lines = watched.stdout.splitlines()
    assert lines[:3] == ["The scheduler has job 7:", "  1 × on node7", "  3 × waits: no room yet"]
    over = "The scheduler is done with job 7; the lab takes what has come of it when it is next opened:"
    assert lines[-3:] == [over, "  4 × finished", "Nothing runs any more."]
    assert not handed.lab.runs.all()  # nothing is taken for being looked at
    again = CliRunner().invoke(cli, ["watch", f"--lab={handed.lab.folder}"])
    assert (again.exit_code, "Nothing runs" in again.stdout) == (1, True)
    told = CliRunner().invoke(cli, ["status", f"--lab={handed.lab.folder}"])
    assert (told.exit_code, told.stdout.splitlines()) == (1, [over, "  4 × finished"])


def test_who_hands_over_is_told_that_a_node_has_a_server_of_its_own_at_an_address_of_this_machine():
    jobs = [
        Generate(PROMPT, ("Hi",), ModelChoice(name), GenerationSettings())
        for name in ("http://127.0.0.1:8000/v1#m", "http://gpu1.example:8000/v1#m", "llm-tui/teaching-t5")
    ]
    told = launches.question(1, Settings(), jobs)
    assert "On a node, 127.0.0.1:8000 is a server of the node's own" in told and "gpu1" not in told
    assert launches.question(1, Settings(), jobs[1:]) == launches.question(1, Settings())


def test_why_sbatch_took_nothing_is_one_sentence(tmp_path, monkeypatch):
    pytest.importorskip("submitit")
    from click.testing import CliRunner

    from llm_tui.cli import cli

    for name in ("sbatch", "srun"):
        (tmp_path / name).write_text("#!/bin/sh\necho 'sbatch: error: invalid partition specified: gpux' >&2\nexit 1\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    done = CliRunner().invoke(cli, ["train", f"--lab={tmp_path / 'lab'}", "--batch-size=32", "--launcher=slurm"])
    assert (done.exit_code, done.stderr.strip()) == (
        2,
        "Error: The scheduler did not take it: sbatch: error: invalid partition specified: gpux; see [slurm] in "
        "config.toml.",
    )


def test_what_cannot_be_taken_is_told_once_stays_and_is_taken_later(handed):
    handed.begins(0)
    handed.ends(0)
    runs = handed.lab.folder / "runs"
    runs.write_text("in the way")
    told = [handed.look().told for _ in range(3)]
    assert [len(sentences) for sentences in told] == [1, 0, 0]
    runs.unlink()
    assert handed.look().taken == 1
    assert len(handed.lab.runs.all()) == 1


def test_a_program_that_was_killed_while_it_handed_over_has_lost_nothing(lab, scheduler, monkeypatch):
    """SLURM has them, and their numbers were not written down."""
    monkeypatch.setattr(scheduler, "submit", lambda *given: (_ for _ in ()).throw(KeyboardInterrupt))
    monkeypatch.setattr(Launched, "forget", lambda *given: None)
    with pytest.raises(KeyboardInterrupt):
        Launches(lab).train(SWEEP.runs(), "slurm", Settings())
    monkeypatch.undo()
    monkeypatch.setattr(launches, "launcher", lambda name: scheduler)
    away = Launches(lab)
    (launch,) = away.launched.all()
    handed = Handed(lab, scheduler, launch)
    handed.begins(0)
    handed.ends(0)
    assert handed.look().taken == 1
    assert handed.launches.stop() == 3
    assert handed.look().taken == 3
    assert [run.state for run in lab.runs.all()] == ["stopped", "stopped", "stopped", "finished"]
