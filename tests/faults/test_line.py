"""A line that drops: what the program was doing goes on without a terminal, until it is done or asked to stop."""

from __future__ import annotations

import time
from pathlib import Path

from faults.program import COMMAND, CTRL_R, claimed, environment, opened, saved_answer

from llm_tui.bench.terminal import Terminal
from llm_tui.exercises.batch_sizes import Answers
from llm_tui.lab.following import Following
from llm_tui.lab.lab import Lab

LETTERS = "the last letters"


def lab_of(folder: Path) -> Lab:
    return Lab(folder / "LLM_TUI_LAB")


def reports(folder: Path) -> int:
    return sum(len(run.points()) for run in lab_of(folder).runs.all())


def drop(terminal: Terminal, folder: Path) -> None:
    """Drop the line of a training; it goes on, as the lab tells, and stops when it is asked to through the lab."""
    terminal.wait_for(lambda _: reports(folder) and Following(lab_of(folder).folder).look(), 120)
    terminal.hang_up()
    before, end = reports(folder), time.monotonic() + 120
    following = Following(lab_of(folder).folder)
    while reports(folder) < before + 3 or following.look()[0].working.terminal:
        assert time.monotonic() < end, "it does not go on"
        time.sleep(0.05)
    (work,) = following.look()
    assert (work.working.by.pid, work.working.kind, work.working.waiting) == (terminal.pid, "training", 2)
    work.ask_to_stop()
    terminal.wait_exit(120)
    assert not claimed(folder)
    assert following.look() == [] and not list(lab_of(folder).folder.glob(".working*"))
    assert [run.state for run in lab_of(folder).runs.all()] == ["stopped"]


def test_a_sweep_goes_on_when_its_line_drops(tmp_path):
    lab_of(tmp_path).save_answers(1, Answers(setup={"epochs": "500"}))
    with opened(tmp_path, shows="500") as terminal:
        terminal.send(f"Q{LETTERS}")
        terminal.wait_for(LETTERS, 60)
        terminal.send(CTRL_R)
        drop(terminal, tmp_path)
        assert terminal.exit_code == 0
    assert saved_answer(tmp_path) == LETTERS


def test_a_sweep_on_the_command_line_goes_on_when_its_line_drops(tmp_path):
    with Terminal([*COMMAND, "train", "--epochs", "500"], environment(tmp_path)) as terminal:
        drop(terminal, tmp_path)
        assert terminal.exit_code == 130
