"""A sheet whose program is killed in the middle of a run: what it had is there, and only the rest is asked."""

from __future__ import annotations

import csv
import json
import os
import signal
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from llm_tui.bench.terminal import Terminal
from llm_tui.cli import cli

TEXTS = 2000


def open_table(program: Terminal, file: Path) -> None:
    program.send("\x0c")  # ctrl+l
    program.wait_for("CSV")
    program.send(f"{file}\r")
    program.wait_for(f"{TEXTS:,} rows")
    program.send("\r")
    program.wait_for(f"{TEXTS} texts are here now")


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_a_sheet_killed_in_the_middle_of_a_run_goes_on_where_it_stood(folders, tmp_path):
    lab = tmp_path / "lab"
    file = tmp_path / "texts.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([f"texto número {i} de la hoja", "spam"] for i in range(TEXTS))
    environment = {
        **{name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH") if name in os.environ},
        **{"HOME": str(tmp_path), "TERM": "xterm-256color", "LLM_TUI_LAB": str(lab), "HF_HUB_OFFLINE": "1"},
    }
    answers = lab / "exercises" / "3.json"
    with Terminal([sys.executable, "-m", "llm_tui", "--lang", "en"], environment) as program:
        program.wait_for("Environment")
        program.send("\x1bOS")  # f4
        program.wait_for("Answer")
        program.send("x")
        program.wait_for("Exercise 3")
        program.send("s")
        program.wait_for("bart-large-mnli")
        program.send("\x15")  # ctrl+u
        program.wait_for(lambda p: "bart-large-mnli" not in p.text())
        program.send(str(folders["bart-nli"]))
        program.wait_for("bart-nli")
        for _ in range(4):
            program.send("\x1b[B")
        program.pump(0.5)
        program.send("\x15")
        program.wait_for(lambda p: "This example" not in p.text())
        program.send("\x1b")
        program.pump(0.5)
        open_table(program, file)
        program.send("\x12")  # ctrl+r
        program.wait_for(lambda _: scored(answers), timeout=120)
        answered = asked(lab)
        program.wait_for(lambda _: len(scored(answers)) >= answered)
        os.kill(program.pid, signal.SIGKILL)

    saved = len(scored(answers))
    assert 0 < answered <= saved < TEXTS

    before = asked(lab)
    done = CliRunner().invoke(cli, ["exercise", "3", "--lab", str(lab)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert asked(lab) - before == TEXTS - saved
    assert len(scored(answers)) == TEXTS


def asked(lab: Path) -> int:
    """For how many texts the log says that a model has answered."""
    log = [json.loads(line) for line in (lab / "audit.jsonl").read_text(encoding="utf-8").splitlines()]
    return sum(len(e["settings"]["texts"]) for e in log if (e["job"], e["outcome"]) == ("zero-shot", "finished"))


def scored(path: Path) -> dict[str, list[float]]:
    """The texts that have scores, in the file as it is on disk."""
    if not path.exists():
        return {}
    readings = json.loads(path.read_text(encoding="utf-8"))["readings"]
    return {text: scores for reading in readings for text, scores in reading["scores"].items()}
