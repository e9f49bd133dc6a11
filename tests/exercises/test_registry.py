"""The registry of the exercises: what it says of each is so, and one more is one module and one row."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from pkgutil import resolve_name

import msgspec
import one_more_exercise
import pytest
from one_more_exercise import Answers

from llm_tui.bench.terminal import Terminal
from llm_tui.exercises.registry import EXERCISES, handed_in, named, ranges
from llm_tui.screens.exercise import ExerciseScreen
from llm_tui.screens.mode import ModeScreen

TESTS = Path(__file__).parents[1]

COMMANDS = """
import json, sys
from one_more_exercise import add
add()
from click.testing import CliRunner
from llm_tui.cli import cli
runs = [CliRunner().invoke(cli, command.split(), prog_name="llm-tui") for command in sys.argv[1:]]
print(json.dumps([[run.exit_code, run.output] for run in runs]))
"""


@pytest.mark.parametrize("row", handed_in(), ids=lambda row: f"exercise {row.number}")
def test_a_row_says_where_the_parts_of_its_exercise_are(row) -> None:
    exercise, screen = row.exercise(), resolve_name(row.screen)
    assert exercise.number == row.number
    assert msgspec.json.decode(msgspec.json.encode(exercise.answers()), type=exercise.answers) == exercise.answers()
    assert issubclass(screen, ModeScreen) and row.number == screen.NUMBER
    assert issubclass(screen, ExerciseScreen) or row.tab == "ethics"  # which has a paragraph in place of an answer
    assert (exercise.guide, exercise.definitions) == (screen.GUIDE, screen.DEFINITIONS)
    if row.command:
        assert callable(resolve_name(row.command))


def test_the_exercises_are_numbered_without_a_gap() -> None:
    assert [row.number for row in EXERCISES] == list(range(1, len(EXERCISES) + 1))
    assert len({row.mode for row in EXERCISES}) == len(EXERCISES)


@pytest.mark.parametrize(
    ("numbers", "english", "spanish"),
    [
        ([7], "7", "7"),
        ([1, 2], "1 and 2", "1 y 2"),
        ([3, 4, 5, 6], "3 to 6", "3 a 6"),
        ([3, 4, 5, 6, 8], "3 to 6 and 8", "3 a 6 y 8"),
        ([1, 3, 4, 5, 9, 8], "1, 3 to 5, 8 and 9", "1, 3 a 5, 8 y 9"),
    ],
)
def test_numbers_in_a_sentence(numbers: list[int], english: str, spanish: str) -> None:
    assert (ranges(numbers).en, ranges(numbers).es) == (english, spanish)
    assert named(numbers).en == f"exercise{'s' if len(numbers) > 1 else ''} {english}"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    own = {name: str(tmp_path / name) for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "HF_HOME")}
    path = os.pathsep.join([str(TESTS), *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**os.environ, **own, "PYTHONPATH": path, "LC_ALL": "C.UTF-8", "TERM": "xterm-256color"}


def test_one_exercise_more_is_done_and_handed_in_from_the_command_line(environment: dict[str, str], tmp_path) -> None:
    lab = tmp_path / "lab"
    commands = [
        "exercise --help",
        f"exercise 8 --lab {lab}",
        f"export --exercise 8 --lab {lab}",
        f"export --exercise 9 --lab {lab}",
        f"export --lab {lab}",
        f"export --lab {lab} --format html",
        f"export --lab {lab} --format csv -o {tmp_path / 'tables'}",
    ]
    done = subprocess.run(
        [sys.executable, "-c", COMMANDS, *commands],
        env=environment, stdout=subprocess.PIPE, text=True, check=True, timeout=300,
    )  # fmt: skip
    (_, offered), filled, alone, (refused, _), (_, report), (_, page), (code, _) = json.loads(done.stdout)
    assert "exercises 3 to 6 and 8 ask models" in " ".join(offered.split())
    assert "\n  8  Letters of words." in offered
    assert filled[0] == 0 and filled == alone
    assert "| casa" in alone[1] and r"árbol \| \<b>" in alone[1]
    assert refused == 2
    assert (
        "## Ejercicio 8: Letras de palabras\n\n**Estado:** aún falta: la respuesta\n\n" + alone[1].rstrip("\n")
        in report
    )
    assert "| letras | terminado | 2 |" in " ".join(report.split())  # its job's name in the appendix
    assert "<h2>Ejercicio 8: Letras de palabras</h2>" in page and "árbol | &lt;b&gt;" in page
    assert code == 0
    assert (tmp_path / "tables" / "exercise-8-letters.csv").read_text() == "palabra,letras\ncasa,4\nárbol | <b>,11\n"
    saved = (lab / "exercises" / "8.json").read_bytes()
    assert msgspec.json.decode(saved, type=Answers).letters == {"casa": 4, "árbol | <b>": 11}


def test_one_exercise_more_stands_on_home_and_is_done_on_its_screen(environment: dict[str, str], tmp_path) -> None:
    command = [sys.executable, one_more_exercise.__file__, "--lab", str(tmp_path / "lab"), "--lang", "en"]
    with Terminal(command, environment, rows=40) as terminal:

        def see(text: str) -> None:
            terminal.wait_for(text, timeout=60)

        see("8 Letters of words")
        see("to do: 2 counts, the answer")
        terminal.send("8")
        see("Which word is the longest?")
        terminal.send("\x12")  # ctrl+r
        see(" 11 ")
        terminal.send("z")
        see("No teaching model does this")
        terminal.send("Q")
        terminal.send("Arbol")
        see("Arbol")
        terminal.send("\x1b[18~")  # F7
        see("8 Letters of words")
        see("complete")
        terminal.send("\x11")  # ctrl+q
        terminal.wait_exit(timeout=60)
    saved = msgspec.json.decode((tmp_path / "lab" / "exercises" / "8.json").read_bytes(), type=Answers)
    assert saved == Answers(letters={"casa": 4, "árbol | <b>": 11}, answer="Arbol")
