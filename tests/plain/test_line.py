"""Plain mode as a program of its own: on a terminal that has no screen, in a pipe, and when it is told to end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from plain.talking import FORBIDDEN

from llm_tui.bench.terminal import Terminal
from llm_tui.exercises import moderation, translation
from llm_tui.lab.lab import Lab

PROGRAM = [sys.executable, "-m", "llm_tui"]


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    folders = {name: str(tmp_path / name) for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "HF_HOME", "LLM_TUI_LAB")}
    return {**os.environ, "TERM": "dumb", "LANG": "C.UTF-8", "HF_HUB_OFFLINE": "1", **folders}


def test_in_ascii_alone_a_pipe_gets_ascii_alone_and_a_vanished_reader_is_no_error(env):
    # The first line is no UTF-8: it is nothing that can be done, and the next ones are read.
    typed = "idioma es\nejercicio 3\nrespuesta\nAño.\n.\n"
    done = subprocess.run(
        PROGRAM, input=b"\xff\n" + typed.encode(), capture_output=True, env={**env, "LANG": "C"}, timeout=120
    )
    assert (done.returncode, done.stderr) == (0, b"")
    said = done.stdout.decode("ascii")
    assert "Moderacio'n zero-shot" in said and not FORBIDDEN.search(said)
    assert Lab(Path(env["LLM_TUI_LAB"])).answers(3, moderation.Answers).answer == "Año."
    cut = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m llm_tui --plain | head -1"],
        input=b"1\n" * 50,
        capture_output=True,
        env=env,
        timeout=120,
    )
    assert cut.stderr == b"" and cut.stdout.count(b"\n") == 1


@pytest.mark.slow
def test_ctrl_c_stops_what_runs_and_keeps_what_is_done_and_then_leaves(env):
    kept = Path(env["LLM_TUI_LAB"], "exercises", "1.json")
    with Terminal(PROGRAM, env, columns=200, rows=60) as terminal:
        terminal.wait_for("Home: type", 90)
        lines = ("1", "settings", "sample", *[""] * 4, "32", "", "400", "", "", "cpu", "", "", "run")
        terminal.send("".join(f"{line}\n" for line in lines))
        terminal.wait_for(lambda t: "Step " in t.text() and " left" in t.text(), 180)
        terminal.send("\x03")
        terminal.wait_for("Stopped; the runs so far are kept.", 60)
        terminal.send("answer\nStill here.\n.\n")
        terminal.wait_for(lambda t: "Still here." in kept.read_text(encoding="utf-8"))
        terminal.send("\x03")
        terminal.wait_exit()
        assert terminal.exit_code == 128 + signal.SIGINT
        assert not b"".join(data for _, data in terminal.reads).count(b"\x1b")
    lab = Lab(Path(env["LLM_TUI_LAB"]))
    assert [run.state for run in lab.runs.all()] == ["stopped"]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_program_that_is_told_to_end_leaves_the_lab_free_and_whole(env, number):
    with Terminal(PROGRAM, env, columns=200, rows=60) as terminal:
        terminal.wait_for("Home: type", 90)
        terminal.send("exercise 3\nanswer\nAll of it.\n.\n")
        terminal.wait_for(lambda t: t.text().count("Exercise 3: Zero-shot moderation: type") > 1)
        os.kill(terminal.pid, number)
        terminal.wait_exit()
        assert terminal.exit_code == 128 + number
    lab = Lab(Path(env["LLM_TUI_LAB"]))
    assert lab.claim() == ""
    assert lab.answers(3, moderation.Answers).answer == "All of it."
    lab.release()


@pytest.mark.slow
def test_what_runs_goes_on_when_the_line_drops(env):
    with Terminal(PROGRAM, env, columns=200, rows=60) as terminal:
        terminal.wait_for("Home: type", 90)
        terminal.send("exercise 4\nteaching\nrun\n")
        terminal.wait_for("teaching-t5, ", 120)
        terminal.hang_up()
        terminal.wait_exit(300)
    answers = Lab(Path(env["LLM_TUI_LAB"])).answers(4, translation.Answers)
    assert all(sentence.made for sentence in answers.sentences)
