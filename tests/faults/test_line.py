"""A line that drops: what the program was doing goes on without a terminal, and ends with everything in the lab."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from faults.program import COMMAND, CTRL_R, claimed, environment, opened, saved_answer
from terminal import Terminal

from llm_tui.exercises import batch_sizes
from llm_tui.lab.following import Following
from llm_tui.lab.lab import Lab
from llm_tui.lab.runs import Run

SETUP = {"epochs": "15", "train_size": "2000", "test_size": "500", "embed_dim": "16", "batch_size": "16,32"}
LONGER = {**SETUP, "epochs": "150"}


LETTERS = "the last letters"


def lab_of(folder: Path) -> Lab:
    return Lab(folder / "LLM_TUI_LAB")


def status(folder: Path) -> list[dict[str, Any]]:
    """What the command says of the lab's work."""
    asked = [*COMMAND, "status", "--json"]
    done = subprocess.run(asked, env=environment(folder), capture_output=True, text=True, timeout=60)
    working: list[dict[str, Any]] = json.loads(done.stdout)["working"]
    assert done.returncode == (0 if working else 1)
    return working


def until(holds: Callable[[], object], seconds: float = 240) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def training(folder: Path, setup: Mapping[str, str]) -> Terminal:
    """The app in the middle of a sweep."""
    lab_of(folder).save_answers(1, batch_sizes.Answers(setup=dict(setup)))
    terminal = opened(folder, shows=setup["train_size"])
    terminal.send(f"w{LETTERS}")
    terminal.wait_for(LETTERS, 60)
    terminal.send(CTRL_R)
    terminal.wait_for(lambda _: any(run.points() for run in lab_of(folder).runs.all()), 120)
    return terminal


def figures(runs: list[Run]) -> dict[int, object]:
    """What a sweep has found out, by batch size, but for the times."""
    return {
        run.job.batch_size: (
            run.result and (run.result.accuracy, run.result.test_loss, run.result.confusion, run.result.steps),
            [(point.step, point.loss, point.accuracy) for point in run.points()],
            (run.folder / "model.safetensors").read_bytes(),
        )
        for run in runs
    }


def test_a_sweep_goes_on_when_its_line_drops(tmp_path):
    with training(tmp_path, SETUP) as terminal:
        terminal.hang_up()
        (work,) = Following(lab_of(tmp_path).folder).look()
        assert (work.working.by.pid, work.working.kind) == (terminal.pid, "training")
        terminal.wait_exit(240)
        assert terminal.exit_code == 0
    runs = lab_of(tmp_path).runs.all()
    assert sorted((run.job.batch_size, run.state) for run in runs) == [(16, "finished"), (32, "finished")]
    assert set(lab_of(tmp_path).answers(1, batch_sizes.Answers).runs) == {run.id for run in runs}
    assert saved_answer(tmp_path) == LETTERS
    assert not claimed(tmp_path)
    assert not list(lab_of(tmp_path).folder.glob(".working*"))


def test_a_sweep_on_the_command_line_goes_on_when_its_line_drops(tmp_path):
    options = [part for name, value in SETUP.items() for part in (f"--{name.replace('_', '-')}", value)]
    table = tmp_path / "table.md"
    lab_of(tmp_path).create()
    with Terminal([*COMMAND, "train", *options, "-o", str(table)], environment(tmp_path)) as terminal:
        terminal.wait_for(lambda _: any(run.points() for run in lab_of(tmp_path).runs.all()), 120)
        terminal.hang_up()
        assert [work.working.by.pid for work in Following(lab_of(tmp_path).folder).look()] == [terminal.pid]
        terminal.wait_exit(240)
        assert terminal.exit_code == 0
    assert [run.state for run in lab_of(tmp_path).runs.all()] == ["finished"] * 2
    assert table.read_text().count("\n| ") >= 2
    assert not list(lab_of(tmp_path).folder.glob(".working*"))
