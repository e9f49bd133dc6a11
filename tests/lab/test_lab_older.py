"""Labs as earlier versions wrote them open whole: no letter is lost, no figure made up."""

from __future__ import annotations

import itertools
import json
import re
import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest
from absurd_lab import ANSWERS

from llm_tui.lab.lab import Lab
from llm_tui.playground.state import Playground
from llm_tui.report.document import Report

LABS = Path(__file__).parent / "labs"
STORED: dict[Any, Any] = {**ANSWERS, "playground": Playground}


def opened(name: str, tmp_path: Path) -> tuple[Lab, list[str]]:
    """A copy of an earlier lab, and what was said of it."""
    shutil.copytree(LABS / name, tmp_path / name)
    lab, said = Lab(tmp_path / name), list[str]()
    lab.tell = said.append
    return lab, said


def lacks(there: Any, read: Any, at: str = "") -> list[str]:
    """What of a JSON value is not in another one that may have more fields."""
    match there, read:
        case dict(), dict():
            return [
                lost
                for key, part in there.items()
                for lost in (lacks(part, read[key], f"{at}.{key}") if key in read else [f"{at}.{key}"])
            ]
        case list(), list() if len(there) == len(read):
            return [lost for i, pair in enumerate(zip(there, read, strict=True)) for lost in lacks(*pair, f"{at}.{i}")]
    return [] if there == read else [at]


def stored(value: object) -> Any:
    """A value as a file of the lab has it."""
    return json.loads(msgspec.json.encode(value))


def bare(document: str) -> str:
    """A report without what is another on each machine, and without the padding of its tables."""
    lines = document.split("\n")
    start = next(i for i, line in enumerate(lines) if re.match(r"\| (environment|entorno)", line))
    rest = "\n".join([*lines[:start], *itertools.dropwhile(lambda line: line.startswith("|"), lines[start:])])
    rest = re.sub(r"llm-tui \d+(\.\d+)*", "llm-tui X", re.sub(r"version:\d+(\.\d+)*", "version:X", rest))
    return re.sub(" {2,}", " ", re.sub("-{3,}", "---", rest))


@pytest.mark.parametrize("name", ["0", "1"])
def test_no_letter_of_the_answers_is_lost(name: str, tmp_path: Path) -> None:
    lab, said = opened(name, tmp_path)
    files = sorted((lab.folder / "exercises").iterdir())
    for file in files:
        number = int(file.stem) if file.stem.isdecimal() else file.stem
        there = json.loads(file.read_text(encoding="utf-8"))
        answers = lab.answers(number, STORED[number])
        assert lacks(there, stored(answers)) == []
        lab.save_answers(number, answers)
        assert lacks(there, json.loads(file.read_text(encoding="utf-8"))) == []
    assert len(files) == (9 if name == "1" else 3)
    assert said == [] and not lab.not_understood  # and nothing was set aside
    assert sorted((lab.folder / "exercises").iterdir()) == files


@pytest.mark.parametrize("name", ["0", "1"])
def test_every_run_is_there_with_its_curve_its_result_and_its_weights(name: str, tmp_path: Path) -> None:
    lab, _ = opened(name, tmp_path)
    folders = sorted((lab.folder / "runs").iterdir(), reverse=True)
    runs = lab.runs.all()
    assert [run.folder for run in runs] == folders and not lab.unreadable_runs()
    for run in runs:
        assert lacks(json.loads((run.folder / "config.json").read_text()), stored(run.config)) == []
        ending = run.folder / "result.json"
        assert ending.exists() == (run.ending is not None)
        if run.ending:
            assert lacks(json.loads(ending.read_text()), stored(run.ending)) == []
        curve = [json.loads(line) for line in (run.folder / "metrics.jsonl").read_text().splitlines()]
        assert lacks(curve, stored(run.points())) == []
        assert run.has_model() == (run.folder / "model.safetensors").exists()
    states = {run.state for run in runs}
    assert states == ({"finished"} if name == "0" else
                      {"finished", "diverged", "interrupted", "failed", "stopped", "unfinished"})  # fmt: skip


@pytest.mark.parametrize("name", ["0", "1"])
def test_every_line_of_the_log_is_read(name: str, tmp_path: Path) -> None:
    lab, _ = opened(name, tmp_path)
    lines = (lab.folder / "audit.jsonl").read_text(encoding="utf-8").splitlines()
    whole = [json.loads(line) for line in lines if line.endswith("}")]
    log = lab.log()
    assert [entry.fields for entry in log] == whole
    assert log.skipped == len(lines) - len(whole) == int(name)


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_report_says_what_it_said(language: str, tmp_path: Path) -> None:
    """After a wanted change of the report's words: change the words in the file too, and nothing else."""
    lab, _ = opened("1", tmp_path)
    assert bare(Report.of(lab, language).markdown()) == (LABS / f"1-{language}.md").read_text(encoding="utf-8")
