"""Whatever ends the app: what was typed is saved, the terminal and the lab are given back, the code says why."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from faults.program import COMMAND, CTRL_O, CTRL_Q, CTRL_R, F3, F6, claimed, environment, opened, ready, saved_answer

from llm_tui.bench.terminal import Terminal
from llm_tui.exercises.batch_sizes import Answers
from llm_tui.lab.lab import Lab


def type_answer(terminal: Terminal, text: str) -> None:
    terminal.send(f"Q{text}")
    terminal.wait_for(text)


# Others show the other two: a training that is ended, a line that drops.
TOO = pytest.mark.slow


@pytest.mark.parametrize(
    ("number", "code"),
    [
        pytest.param(signal.SIGTERM, 143, marks=TOO),
        pytest.param(signal.SIGHUP, 129, marks=TOO),
        (signal.SIGINT, 130),
    ],
)
def test_a_signal_loses_no_letter_and_leaves_the_terminal_as_it_was(tmp_path, number, code):
    with opened(tmp_path) as terminal:
        type_answer(terminal, "last letters")
        os.kill(terminal.pid, number)
        terminal.wait_exit()
        assert terminal.exit_code == code
        assert terminal.left_as_before() == ""
        assert "told to end" in terminal.text()
    assert saved_answer(tmp_path) == "last letters"
    assert not claimed(tmp_path)


def test_a_line_that_drops_loses_no_letter(tmp_path):
    with opened(tmp_path) as terminal:
        type_answer(terminal, "last letters")
        terminal.hang_up()
        terminal.wait_exit()
        assert terminal.exit_code == 129
    assert saved_answer(tmp_path) == "last letters"
    assert not claimed(tmp_path)


def test_a_training_that_a_signal_ends_is_interrupted_with_its_curve(tmp_path):
    lab = Lab(tmp_path / "LLM_TUI_LAB")
    lab.save_answers(1, Answers(setup={"epochs": "500"}))
    with opened(tmp_path, shows="500") as terminal:
        terminal.send(CTRL_R)
        terminal.wait_for("ex/s", 90)
        os.kill(terminal.pid, signal.SIGTERM)
        terminal.wait_exit()
        assert terminal.exit_code == 143
        assert terminal.left_as_before() == ""
    (run,) = lab.runs.all()
    assert (run.state, bool(run.points())) == ("interrupted", True)
    assert not claimed(tmp_path)


def test_leaving_in_a_running_job_asks_first(tmp_path):
    lab = Lab(tmp_path / "LLM_TUI_LAB")
    lab.save_answers(1, Answers(setup={"epochs": "500"}))
    with opened(tmp_path, shows="500") as terminal:
        terminal.send(CTRL_R)
        terminal.wait_for("ex/s", 90)
        terminal.send(CTRL_Q)
        terminal.wait_for("Keep waiting")
        terminal.send("1")
        terminal.wait_for(lambda t: "Keep waiting" not in t.text())
        assert not lab.runs.all()[0].ending  # it still runs
        terminal.send(CTRL_Q)
        terminal.wait_for("Keep waiting")
        terminal.send("2")
        terminal.wait_for("goes on", 60)  # the screen has been told of all its jobs
        terminal.send(CTRL_R)
        terminal.wait_for(lambda _: len(lab.runs.all()) == 2)
        terminal.send(CTRL_Q + CTRL_Q)
        terminal.wait_exit()
        assert terminal.exit_code == 0
    assert sorted(run.state for run in lab.runs.all()) == ["interrupted", "stopped"]


A_LETTER_OF_LATIN_1, NO_KEY, NO_NUMBER, A_SIZE = b"\xf1a", b"\x1b[5:3::u", b"\x1b[:5u", b"\x1b[48;9;9;9;9t"


def test_bytes_and_sequences_that_are_none_end_nothing_and_are_logged(tmp_path):
    """A replacement character that is pasted is a letter: it stands in texts that somebody else has spoilt."""
    file = tmp_path / "XDG_STATE_HOME" / "llm-tui" / "llm-tui.log"
    with opened(tmp_path) as terminal:
        type_answer(terminal, "ma\ufffdana")
        assert "not UTF-8" not in file.read_text()
        for bad in (A_LETTER_OF_LATIN_1, NO_KEY, NO_NUMBER, A_SIZE):
            terminal.send(bad)
        terminal.send("z")
        terminal.wait_for("ma\ufffdanaaz")
        terminal.send(CTRL_Q)
        terminal.wait_exit()
        assert terminal.exit_code == 0
    assert saved_answer(tmp_path) == "ma\ufffdanaaz"
    log = file.read_text()
    assert "not UTF-8" in log
    assert log.count("was not understood") == 2


DEFECT = """
import sys
sys.argv = ["llm-tui"]
from llm_tui.screens.training import TrainingScreen
TrainingScreen.action_run = lambda self: 1 / 0
from llm_tui.__main__ import main; main()
"""


def test_a_defect_loses_no_letter_and_is_one_sentence(tmp_path):
    with Terminal([COMMAND[0], "-c", DEFECT], environment(tmp_path)) as terminal:
        terminal.wait_for(ready, 90)
        terminal.send(F3)
        terminal.wait_for("Setup")
        type_answer(terminal, "last letters")
        terminal.send(CTRL_R)
        terminal.wait_exit()
        assert terminal.exit_code == 1
        assert terminal.left_as_before() == ""
        assert "stopped on an error of the program" in " ".join(terminal.text().split())
        assert b"Traceback" not in b"".join(data for _, data in terminal.reads)
    assert saved_answer(tmp_path) == "last letters"
    assert not claimed(tmp_path)


def test_keys_that_a_slow_line_held_up_end_nothing(tmp_path):
    with opened(tmp_path) as terminal:
        terminal.send(CTRL_O + "tt" + CTRL_O + "\x1b\x1b" + "\x1b[15~" + "\x0cx\r\r\r")
        terminal.pump(2)
        terminal.send("\x1b\x1b" + CTRL_O + "t")
        terminal.wait_for("Setup")
        terminal.send(CTRL_Q)
        terminal.wait_exit()
        assert terminal.exit_code == 0


@pytest.mark.parametrize(("number", "code"), [pytest.param(signal.SIGTERM, 143, marks=TOO), (signal.SIGHUP, 129)])
def test_a_training_on_the_command_line_is_interrupted_with_its_curve(tmp_path, number, code):
    """By a line that drops where the person wants it so."""
    lab = Lab(tmp_path / "LLM_TUI_LAB")
    (tmp_path / "config" / "llm-tui").mkdir(parents=True)
    (tmp_path / "config" / "llm-tui" / "config.toml").write_text("keep_running = false\n")
    own = environment(tmp_path, XDG_CONFIG_HOME=str(tmp_path / "config"))
    going = subprocess.Popen([*COMMAND, "train", "--epochs", "500"], env=own, stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + 120
    while not any(run.points() for run in lab.runs.all()):
        assert time.monotonic() < end and going.poll() is None
        time.sleep(0.05)
    going.send_signal(number)
    _, err = going.communicate(timeout=60)
    assert going.returncode == code
    assert "the same command goes on" in err
    (run,) = lab.runs.all()
    assert (run.state, bool(run.points())) == ("interrupted", True)


def test_nohup_keeps_a_training_through_a_dropped_line(tmp_path):
    command = ["nohup", *COMMAND, "train", "--train-size", "500", "--batch-size", "32", "--epochs", "3"]
    going = subprocess.Popen(
        command, env=environment(tmp_path), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    lab = Lab(Path(environment(tmp_path)["LLM_TUI_LAB"]))
    end = time.monotonic() + 120
    while not lab.runs.all():
        assert time.monotonic() < end and going.poll() is None
        if "llm_tui" in Path(f"/proc/{going.pid}/cmdline").read_text().split("\0")[:3]:  # nohup has done its part
            going.send_signal(signal.SIGHUP)
        time.sleep(0.2)
    out, _ = going.communicate(timeout=60)
    assert (going.returncode, out.count(b"|\n")) == (0, 3)


def test_ctrl_c_in_the_persons_own_editor_is_for_the_editor(tmp_path):
    editor = tmp_path / "editor"
    editor.write_text("#!/bin/sh\ntrap 'echo heard > \"$1\"; exit' INT\necho EDITING\nwhile :; do sleep 0.1; done\n")
    editor.chmod(0o755)
    with opened(tmp_path, F6, "Bias", EDITOR=str(editor), VISUAL="") as terminal:
        terminal.send("E")
        terminal.wait_for("EDITING")
        terminal.send("\x03")
        terminal.wait_for("heard")
        terminal.send(CTRL_Q)
        terminal.wait_exit()
        assert terminal.exit_code == 0


def test_an_editor_that_cannot_be_started_leaves_the_terminal_to_the_app(tmp_path):
    with opened(tmp_path, F6, "Bias", EDITOR="/nowhere/editor", VISUAL="") as terminal:
        terminal.send("E")
        terminal.wait_for("/nowhere/editor")
        terminal.send(CTRL_Q)
        terminal.wait_exit()
        assert terminal.exit_code == 0
        assert terminal.left_as_before() == ""


def test_a_program_that_was_stopped_from_outside_draws_anew_and_takes_the_terminal_no_second_time(tmp_path):
    with opened(tmp_path) as terminal:
        os.kill(terminal.pid, signal.SIGSTOP)
        os.waitid(os.P_PID, terminal.pid, os.WSTOPPED)
        terminal.pump(0.1)
        stopped = time.perf_counter()
        os.kill(terminal.pid, signal.SIGCONT)
        terminal.wait_for(lambda t: t.received(stopped) > 80 * 10)
        assert b"".join(data for _, data in terminal.reads).count(b"\x1b[?1049h") == 1
        terminal.send(CTRL_Q)
        terminal.wait_exit()
        assert terminal.exit_code == 0


def test_a_terminal_that_takes_no_more_does_not_keep_the_app(tmp_path):
    with opened(tmp_path) as terminal:
        for columns in range(60, 140):  # nobody reads what is drawn
            terminal.resize(columns, 40)
            time.sleep(0.02)
        os.kill(terminal.pid, signal.SIGTERM)
        end = time.monotonic() + 60
        while not terminal.gone():
            assert time.monotonic() < end
            time.sleep(0.1)
        terminal.wait_exit()
        assert terminal.exit_code == 143
    assert not claimed(tmp_path)


HANGING = """
import logging, sys, threading
from llm_tui.lab import lab
sys.argv = ["llm-tui"]
hangs, emit = threading.Event(), logging.StreamHandler.emit
def release(self):
    hangs.set()
    threading.Event().wait()
lab.Lab.release = release
logging.StreamHandler.emit = lambda *of: threading.Event().wait() if hangs.is_set() else emit(*of)
from llm_tui.__main__ import main; main()
"""


def test_a_disk_that_hangs_does_not_keep_the_app(tmp_path):
    """The lab's own, and that of the home, where the log is."""
    with opened(tmp_path, through=lambda command, env: [command[0], "-c", HANGING]) as terminal:
        os.kill(terminal.pid, signal.SIGTERM)
        terminal.wait_exit()
        assert terminal.exit_code == 143
        assert terminal.left_as_before() == ""


BROKEN = """
import sys
sys.argv = ["llm-tui", "export"]
from llm_tui.lab import lab
lab.Lab.answers = lambda *_: 1 / 0
from llm_tui.__main__ import main; main()
"""


def test_a_defect_of_a_command_is_one_sentence(tmp_path):
    env = environment(tmp_path)
    Lab(tmp_path / "LLM_TUI_LAB").save_answers(1, Answers(answer="there"))
    ended = subprocess.run([COMMAND[0], "-c", BROKEN], env=env, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("Error: The command stopped on an error of the program (ZeroDivisionError)")
    assert ended.stderr.count("\n") == 1


def test_a_command_that_imports_torch_is_gone_within_a_second_or_so(tmp_path):
    going = subprocess.Popen(
        [*COMMAND, "train"], env=environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert going.stderr and b"loading torch" in going.stderr.readline()
    going.send_signal(signal.SIGTERM)
    began = time.monotonic()
    out, _ = going.communicate(timeout=60)
    assert (going.returncode, out) == (143, b"")
    assert time.monotonic() - began < 15  # on a machine that does much else


def test_a_terminal_of_a_few_cells_ends_nothing(tmp_path):
    with opened(tmp_path) as terminal:
        for size in ((1, 1), (4, 3), (2, 60), (200, 1)):
            terminal.resize(*size)
            terminal.pump(1)
            terminal.send("\x1bOQ\x1bOR")
        terminal.resize(80, 24)
        terminal.wait_for("Setup")
        terminal.send(CTRL_Q)
        terminal.wait_exit()
        assert terminal.exit_code == 0
