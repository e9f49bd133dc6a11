"""Standard streams that are closed, full, read by nobody or in another encoding: one sentence or a quiet end."""

from __future__ import annotations

import subprocess

import pytest
from faults.program import COMMAND, environment

from llm_tui.bench.terminal import Terminal
from llm_tui.exercises.batch_sizes import Answers
from llm_tui.lab.lab import Lab

PROGRAM = " ".join(COMMAND)


@pytest.fixture
def env(tmp_path):
    env = environment(tmp_path)
    Lab(tmp_path / "LLM_TUI_LAB").save_answers(1, Answers(answer="El lote de 32 ≠ el de 64: más estable, señor."))
    return env


def shell(line: str, env: dict[str, str]) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["bash", "-c", line], env=env, capture_output=True, timeout=120)


@pytest.mark.parametrize(
    "command", ["export", *(pytest.param(c, marks=pytest.mark.slow) for c in ("--help", "--version"))]
)
@pytest.mark.parametrize(
    ("streams", "code", "said"),
    [
        (">/dev/full", 2, b"could not be written (No space left on device)"),
        (">&-", 2, b"could not be written (Bad file descriptor)"),
        ("<&-", 0, b""),
        ("2>&-", 0, b""),
        ("2>/dev/full", 0, b""),
        ("<&- >&- 2>&-", 2, b""),
    ],
)
def test_a_stream_that_cannot_be_used(env, command, streams, code, said):
    ended = shell(f"{PROGRAM} {command} {streams}", env)
    assert (ended.returncode, b"Traceback" in ended.stderr) == (code, False), ended.stderr
    assert said in ended.stderr
    assert ended.stderr.count(b"\n") == (1 if said else 0)


def test_a_pipe_that_nobody_reads_any_more_ends_quietly(env):
    for command in ("export", "--help"):
        ended = shell(f"{PROGRAM} {command} | true; echo ${{PIPESTATUS[0]}}", env)
        assert (ended.stdout.strip(), ended.stderr) in ((b"141", b""), (b"0", b""))


def test_what_an_encoding_lacks_is_written_as_an_escape(env):
    ended = shell(f"{PROGRAM} redact --rules-only 'El señor 日.'", {**env, "PYTHONIOENCODING": "latin-1"})
    assert b"Traceback" not in ended.stderr
    assert r"El señor \u65e5." in ended.stdout.decode("latin-1")


@pytest.mark.parametrize("more", [{"TERM": "dumb"}, {"TERM": ""}])
def test_on_a_terminal_without_a_screen_plain_mode_opens(env, more):
    with Terminal(COMMAND, {**env, **more}) as terminal:
        terminal.wait_for("Home: type a number or a word", 90)
        terminal.send("quit\n")
        terminal.wait_exit()
        assert terminal.exit_code == 0
        assert b"\x1b" not in b"".join(data for _, data in terminal.reads)


@pytest.mark.parametrize(
    ("streams", "code"), [(">out.txt", 0), ("| cat", 0), ("</dev/null", 0), ("<&-", 0), (">&-", 2)]
)
def test_where_a_stream_is_no_terminal_plain_mode_opens(env, streams, code, tmp_path):
    with Terminal(["bash", "-c", f"cd {tmp_path}; set -o pipefail; {PROGRAM} {streams}"], env) as terminal:
        terminal.send("quit\n")
        terminal.wait_exit()
        assert terminal.exit_code == code
        assert b"\x1b" not in b"".join(data for _, data in terminal.reads)
        assert "Traceback" not in terminal.text()


def test_the_size_is_that_of_the_terminal_whatever_the_environment_says(env, tmp_path):
    line = f"export COLUMNS=40 LINES=10; exec {PROGRAM}"
    with Terminal(["bash", "-c", line], env, columns=100, rows=30) as terminal:
        terminal.wait_for(lambda t: "palette" in t.row(29) and len(t.row(0).rstrip()) > 80, 90)


def test_messages_that_cannot_be_shown_do_not_keep_the_app_from_its_screen(env):
    with Terminal(["bash", "-c", f"exec {PROGRAM} 2>/dev/null"], env) as terminal:
        terminal.wait_for("News classifier", 90)
        terminal.send("\x11")
        terminal.wait_exit()
        assert terminal.exit_code == 0
