"""What a killed program has left in a lab is gone after the next start, and nothing else is."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

import pytest
from click.testing import CliRunner, Result
from filled_lab import fill

from llm_tui import files, i18n
from llm_tui.classifier.job import Training
from llm_tui.cli import cli
from llm_tui.engine.events import Metric, Started
from llm_tui.exercises.batch_sizes import Answers
from llm_tui.lab.debris import left_behind
from llm_tui.lab.lab import Lab

RUN = "runs/20260101-120000-000000-b32-s0"

LEFT = [
    ".lab.toml.a1b2c3d4",
    ".open.json.abcdefgh",
    "exercises/.1.json.________",
    "exercises/.playground.json.a1b2c3d4",
    "exercises/.3.20260101-120000-000000.json.a1b2c3d4",
    "exports/.report.md.a1b2c3d4",
    "exports/..written.json.a1b2c3d4",
    f"{RUN}/.config.json.a1b2c3d4",
    f"{RUN}-2/metrics.jsonl",
]
KEPT = [
    "lab.toml.a1b2c3d4",
    ".lab.toml.A1B2C3D4",
    ".lab.toml.swp",
    "exercises/.notes.txt.a1b2c3d4",
    "exercises/1.20260101-120000-000000.json",
    "exports/report.md.original",
    f"{RUN}-3/result.json",
    f"{RUN}-4/notes.txt",
    "runs/mine/metrics.jsonl",
    "mine/.lab.toml.a1b2c3d4",
]


def put(lab: Lab, names: list[str], age: float) -> list[Path]:
    paths = [lab.folder / name for name in names]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("half")
    then = time.time() - age
    for path in [*paths, *(path.parent for path in paths)]:
        os.utime(path, (then, then))
    return paths


def names(lab: Lab) -> set[str]:
    return {path.relative_to(lab.folder).as_posix() for path in lab.folder.rglob("*") if path.is_file()}


def doctor(lab: Lab, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["doctor", "--lab", str(lab.folder), *arguments], catch_exceptions=False)


def test_what_a_kill_left_is_gone_when_the_lab_is_claimed_and_nothing_else(lab: Lab) -> None:
    fill(lab)
    whole = names(lab)
    kept = put(lab, KEPT, age=3600)
    put(lab, LEFT, age=60)
    assert len(list(left_behind(lab.folder))) == len(LEFT)
    lab.runs.all(), lab.answers(1, Answers)  # looking deletes nothing
    assert len(list(left_behind(lab.folder))) == len(LEFT)
    assert lab.claim() == ""
    assert names(lab) == whole | {path.relative_to(lab.folder).as_posix() for path in kept} | {".open.json"}
    assert not (lab.folder / RUN).exists()


def test_what_may_still_be_written_is_left_alone(lab: Lab) -> None:
    lab.create()
    put(lab, LEFT, age=0)
    lab.claim()
    assert len(list(left_behind(lab.folder))) == len(LEFT)


def test_a_lab_that_another_program_has_is_not_cleaned(lab: Lab) -> None:
    lab.create()
    (lab.folder / ".open.json").write_text('{"host": "aula-7", "pid": 1}')
    put(lab, LEFT, age=60)
    assert lab.claim()
    assert len(list(left_behind(lab.folder))) == len(LEFT)


@pytest.mark.parametrize("step", ["fsync", "chmod"])
def test_a_program_that_is_killed_in_the_middle_of_a_write(lab: Lab, step: str) -> None:
    """Its temporary file is there, is known for what it is, and goes."""
    lab.create()
    code = (
        "import os, sys, pathlib, signal\n"
        "from llm_tui.lab.lab import Lab\n"
        "from llm_tui.exercises.batch_sizes import Answers\n"
        f"os.{step} = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "Lab(pathlib.Path(sys.argv[1])).save_answers(1, Answers(answer='x'))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(lab.folder)], timeout=60)
    assert done.returncode == -signal.SIGKILL
    (left,) = left_behind(lab.folder)
    os.utime(left, (1, 1))
    lab.claim()
    assert list((lab.folder / "exercises").iterdir()) == []


def test_a_killed_training_is_a_run_that_stays(lab: Lab) -> None:
    recorder = lab.runs.recorder(Training())
    for event in (Started(1), Metric(1, 1, {"steps": 2, "loss": 1.0, "accuracy": 0.5, "examples_per_second": 1.0})):
        recorder(event)
    (run,) = lab.runs.all()
    for path in [*run.folder.iterdir(), run.folder]:
        os.utime(path, (1, 1))
    lab.claim()
    assert [found.id for found in lab.runs.all()] == [run.id]


HEADS = {"en": ("left by a kill", "unreadable runs"), "es": ("restos", "ilegibles")}


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_doctor_lists_what_was_left_and_deletes_it_when_asked(lab: Lab, language: str) -> None:
    i18n.use(language)
    fill(lab)
    whole = names(lab)
    put(lab, ["exercises/.1.json.a1b2c3d4", f"{RUN}/config.json", f"{RUN}/model.safetensors"], age=1)
    lines = doctor(lab).stdout.splitlines()
    for head, name in zip(HEADS[language], ("exercises/.1.json.a1b2c3d4", RUN), strict=True):
        assert any(line.startswith(head) and name in line and "--clean" in line for line in lines)
    done = doctor(lab, "--clean")
    assert done.stderr.count(str(lab.folder)) == 2
    assert not any(line.startswith(HEADS[language]) for line in done.stdout.splitlines())
    assert names(lab) == whole


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_a_run_that_a_disk_does_not_give_now_is_said_and_is_not_deleted(
    lab: Lab, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    i18n.use(language)
    fill(lab)
    whole = names(lab)
    away, *others = lab.runs.all()
    opened = files.opened

    def slow(path: Path, most: int | None = None) -> IO[bytes]:
        if Path(path) == away.folder / "config.json":
            raise OSError(errno.EIO, "Input/output error")
        return opened(path, most)

    monkeypatch.setattr(files, "opened", slow)
    assert [run.id for run in Lab(lab.folder).runs.all()] == [run.id for run in others]
    done = doctor(lab, "--clean")
    head = {"en": "run not read", "es": "sin leer"}[language]
    (said,) = [line for line in done.stdout.splitlines() if line.startswith(head)]
    assert away.id in said and "Input/output error" in said and "--clean" not in said
    assert names(lab) == whole


def test_a_run_whose_folder_cannot_be_listed_now_is_not_taken_for_an_empty_one(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(lab)
    away, listed = lab.runs.all()[0].folder, os.listdir

    def slow(folder: Path) -> list[str]:
        if folder == away:
            raise OSError(errno.EIO, "Input/output error")
        return listed(folder)

    monkeypatch.setattr(os, "listdir", slow)
    assert list(left_behind(lab.folder)) == []
