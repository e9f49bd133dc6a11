"""A line that was cut, on a terminal of this machine and on a real sshd's: what the program was doing ends whole, as if
nothing had happened.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from faults.program import COMMAND, CTRL_R, ENTER, F2, F3, claimed, environment, opened
from faults.ssh import its_sshd, sshd

from llm_tui.bench.terminal import Terminal
from llm_tui.exercises import batch_sizes, moderation
from llm_tui.foundation import teaching
from llm_tui.lab.following import Following
from llm_tui.lab.lab import Lab
from llm_tui.lab.runs import Run

pytestmark = pytest.mark.slow

SETUP = {"epochs": "150", "train_size": "2000", "test_size": "500", "embed_dim": "16", "batch_size": "16,32"}


def lab_of(folder: Path) -> Lab:
    return Lab(folder / "LLM_TUI_LAB")


def undisturbed(folder: Path, setup: Mapping[str, str]) -> dict[int, object]:
    """The same sweep with nobody's line dropping."""
    options = [part for name, value in setup.items() for part in (f"--{name.replace('_', '-')}", value)]
    command = [*COMMAND, "train", *options]
    subprocess.run(command, env=environment(folder), capture_output=True, check=True, timeout=600)
    return figures(lab_of(folder).runs.all())


def figures(runs: list[Run]) -> dict[int, object]:
    """What a sweep has found out, by batch size, but for the times."""
    assert len({run.job.batch_size for run in runs}) == len(runs), "one was trained twice"
    return {
        run.job.batch_size: (
            run.result and (run.result.accuracy, run.result.test_loss, run.result.confusion, run.result.steps),
            [(point.step, point.loss, point.accuracy) for point in run.points()],
            (run.folder / "model.safetensors").read_bytes(),
        )
        for run in runs
    }


def until(holds: Callable[[], object], seconds: float = 600) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.2)


def status(folder: Path) -> list[dict[str, Any]]:
    """What the command says of the lab's work."""
    asked = [*COMMAND, "status", "--json"]
    done = subprocess.run(asked, env=environment(folder), capture_output=True, text=True, timeout=120)
    working: list[dict[str, Any]] = json.loads(done.stdout)["working"]
    assert done.returncode == (0 if working else 1)
    return working


def cut(way: str, terminal: Terminal, folder: Path) -> int:
    """Drop the line of the program that works in the lab; returns its process."""
    pid: int = Following(lab_of(folder).folder).look()[0].working.by.pid
    if way == "pty":
        terminal.hang_up()
    elif way == "client killed":
        os.kill(terminal.pid, signal.SIGKILL)
    else:
        os.kill(its_sshd(pid), signal.SIGKILL)
    return pid


@contextmanager
def line(way: str, folder: Path) -> Iterator[Callable[..., Any]]:
    """A way to open the app, which is `faults.program.opened` on a terminal of this machine, or through an sshd."""
    if way == "pty":
        yield partial(opened, folder)
        return
    with sshd(folder / "sshd") as server:
        yield lambda screen, shows: opened(folder, screen, shows, through=server.command)


WAYS = ("pty", "client killed", "server killed")


@pytest.mark.parametrize("way", WAYS)
def test_a_sweep_whose_line_was_cut_is_as_if_nothing_had_happened(tmp_path, way):
    lab_of(tmp_path).save_answers(1, batch_sizes.Answers(setup=dict(SETUP)))
    with line(way, tmp_path) as open_app, open_app(F3, SETUP["train_size"]) as terminal:
        terminal.send(CTRL_R)
        terminal.wait_for(lambda _: Following(lab_of(tmp_path).folder).look(), 120)
        terminal.wait_for(lambda _: any(run.points() for run in lab_of(tmp_path).runs.all()), 120)
        pid = cut(way, terminal, tmp_path)
        (told,) = status(tmp_path)
        assert (told["by"]["pid"], told["kind"]) == (pid, "training")
        until(lambda: not status(tmp_path))
        until(lambda: not claimed(tmp_path))
    runs = lab_of(tmp_path).runs.all()
    assert set(lab_of(tmp_path).answers(1, batch_sizes.Answers).runs) == {run.id for run in runs}
    (tmp_path / "undisturbed").mkdir()
    assert figures(runs) == undisturbed(tmp_path / "undisturbed", SETUP)


@pytest.mark.parametrize("way", WAYS)
def test_a_sheet_whose_line_was_cut_is_as_if_nothing_had_happened(tmp_path, way):
    lab = lab_of(tmp_path)
    with line(way, tmp_path) as open_app, open_app(F2, "[Home]") as terminal:
        terminal.send("3")
        terminal.wait_for("Exercise 3", 60)
        terminal.pump(1)
        terminal.send("z")
        terminal.wait_for("teaching model?", 60)
        terminal.send(ENTER)
        terminal.wait_for(lambda _: lab.answers(3, moderation.Answers).readings, 120)
        assert sum(len(reading.scores) for reading in lab.answers(3, moderation.Answers).readings) < 40
        pid = cut(way, terminal, tmp_path)
        assert [told["by"]["pid"] for told in status(tmp_path)] in ([pid], [])
        until(lambda: not claimed(tmp_path))
    sheet = lab.answers(3, moderation.Answers)
    assert [len(reading.scores) for reading in sheet.readings] == [20, 20]
    asked = [entry for entry in (lab.folder / "audit.jsonl").read_text().splitlines() if '"zero-shot"' in entry]
    assert len(asked) == 40, "each once"
    other = tmp_path / "undisturbed"
    lab_of(other).save_answers(3, moderation.Answers())
    command = [*COMMAND, "exercise", "3", "--model", teaching.ZERO_SHOT.name, "--lab", str(lab_of(other).folder)]
    subprocess.run(command, env=environment(other), capture_output=True, check=True, timeout=600)
    assert [r.scores for r in lab_of(other).answers(3, moderation.Answers).readings] == [
        r.scores for r in sheet.readings
    ]
