"""The command line: the table alone on stdout, progress on stderr, one sentence and exit code 2 for what is wrong."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from gfm import tables
from markdown_it import MarkdownIt

from llm_tui import __version__, i18n
from llm_tui.classifier import ag_news
from llm_tui.cli import cli, holding
from llm_tui.engine.prepare import OWN
from llm_tui.exercises.batch_sizes import Answers
from llm_tui.lab.lab import Lab

pytestmark = pytest.mark.usefixtures("own_folders")

QUICK = ("--train-size", "300", "--test-size", "100", "--embed-dim", "16")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments, prog_name="llm-tui", catch_exceptions=False)


def train(*arguments: str) -> Result:
    return run("train", *QUICK, *arguments)


def program(*arguments: str, **settings) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "llm_tui", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **settings)


def test_the_table_alone_is_on_stdout_and_is_gfm():
    done = train()
    assert done.exit_code == 0
    head, *rows = tables(done.stdout)[0]
    assert head == ["batch_size", "accuracy_test", "tiempo_train (s)", "notas"]
    assert [row[0] for row in rows] == ["32", "64", "128"]
    assert all(0 <= float(row[1]) <= 1 and float(row[2]) >= 0 for row in rows)
    assert "batch 32, seed 0: test accuracy" in done.stderr
    footer = done.stdout.rpartition("|")[2]
    assert "de las filas de entrenamiento tomadas" in footer
    for fact in ("textos sintéticos", "300 filas", "100 de prueba", "semilla 0", "CPU", "torch 2", __version__):
        assert fact in footer


def test_stability_has_a_table_of_its_own():
    done = train("--batch-size", "8,16", "--stability", "--format", "json")
    assert done.exit_code == 0
    rows = json.loads(done.stdout)["rows"]
    assert [(row["batch_size"], row["seeds"], row["spread"]) for row in rows] == [(8, 1, None), (16, 1, None)]
    assert all(row["roughness"] > 0 for row in rows)


def test_the_notebook_s_numbers_give_way_to_options_that_were_given(monkeypatch):
    monkeypatch.setattr(ag_news, "answers", lambda: False)
    done = train("--as-in-notebook", "--batch-size", "50")
    assert done.exit_code == 0
    assert [row[0] for row in tables(done.stdout)[0][1:]] == ["50"]
    assert "300 filas de entrenamiento y 100 de prueba; basic_english; tamaño de embedding 16; épocas 1" in done.stdout
    assert "As in the notebook: tokenizer basic_english, vocabulary split, epochs 1, learn. rate 4.0" in done.stderr
    assert "AG_NEWS, which the notebook has" in done.stderr


def test_numbers_are_right_aligned():
    rule = train("--batch-size", "32").stdout.splitlines()[1]
    assert re.fullmatch(r"\| -+: \| -+: \| -+: \| -+ \|", rule)


def test_several_seeds_give_mean_and_deviation():
    done = train("--batch-size", "32", "--seed", "0,1,2", "--format", "json")
    (row,) = json.loads(done.stdout)["rows"]
    assert row["accuracy_test"]["n"] == 3
    assert row["accuracy_test"]["std"] >= 0
    assert "±" in run("export", "--exercise", "1").stdout


def test_columns_and_order_can_be_named_and_what_was_understood_is_on_stderr(tmp_path):
    folder = tmp_path / "partes"
    folder.mkdir()
    for name in ("train.csv", "test.csv"):
        rows = [f"u{i % 7};parte {i};2024;{'sol' if i < 20 else 'nube'}\n" for i in range(40)]
        (folder / name).write_text("".join(rows))
    asked = ("train", "--data", str(folder), "--train-size", "20", "--test-size", "20", "--batch-size", "8")
    assert "--text-column and --label-column" in run(*asked).stderr
    columns = ("--text-column", "2", "--label-column", "4")
    assert "shuffle them with --shuffle" in run(*asked, *columns).stderr
    done = run(*asked, *columns, "--shuffle")
    assert "train.csv: 40 rows, 2 classes (nube 20, sol 20), semicolon, columns 2 (text) and 4 (label)" in done.stderr
    assert "semilla 0) antes de tomar las primeras" in done.stdout.splitlines()[-1]


def test_csv_is_read_back():
    done = train("--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["batch_size"] for row in rows] == ["32", "64", "128"]


def test_the_same_seed_gives_the_same_model_bit_for_bit(tmp_path):
    for lab in ("one", "two"):
        assert train("--batch-size", "32", "--lab", str(tmp_path / lab)).exit_code == 0
    one, two = (next((tmp_path / lab / "runs").iterdir()) / "model.safetensors" for lab in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


def test_english_is_had_for_the_asking():
    i18n.use("en", asked=True)
    head, *_ = tables(train("--batch-size", "32").stdout)[0]
    assert head == ["batch_size", "accuracy_test", "train_time (s)", "notes"]


def test_export_has_the_notes_and_the_answer(tmp_path):
    train()
    lab = Lab(tmp_path / "lab")
    answers = lab.answers(1, Answers)
    lab.save_answers(1, Answers(answers.sweep, {}, {"64": "a | b\n<unk>"}, "The one of 64.\n\n# no heading"))
    text = run("export", "--exercise", "1").stdout
    assert tables(text)[0][2][3] == "a | b <unk>"
    assert "The one of 64." in text
    assert not [token for token in MarkdownIt("gfm-like").parse(text) if token.type == "heading_open"]


def test_another_sweep_is_printed_and_the_labs_table_keeps_its_runs_until_they_are_taken(tmp_path):
    def table() -> str:
        return run("export", "--exercise", "1").stdout

    assert "--take" not in train("--batch-size", "32").stderr  # an empty table takes them by itself
    before = table()
    other = train("--batch-size", "64")
    assert [row[0] for row in tables(other.stdout)[0][1:]] == ["64"]
    assert "keeps the runs that it had" in other.stderr and "--take" in other.stderr
    assert table() == before
    taken = train("--batch-size", "64,128", "--take")
    assert "--take" not in taken.stderr
    assert [row[0] for row in tables(table())[0][1:]] == ["64", "128"]
    assert table().startswith(taken.stdout.rstrip("\n"))


def test_runs_are_taken_though_nobody_reads_the_table(tmp_path):
    train("--batch-size", "32")
    command = [sys.executable, "-m", "llm_tui", "train", *QUICK, "--batch-size", "64", "--take"]
    shell = ["bash", "-c", '"$@" | true; exit ${PIPESTATUS[0]}', "bash", *command]
    assert subprocess.run(shell, capture_output=True, timeout=120).returncode == 141
    assert [row[0] for row in tables(run("export", "--exercise", "1").stdout)[0][1:]] == ["64"]


def test_export_of_an_empty_lab_is_one_sentence():
    assert_one_sentence(run("export", "--exercise", "1"))


def test_a_file_is_written_once_and_replaced_only_when_asked(tmp_path):
    out = tmp_path / "table.md"
    assert train("--batch-size", "32", "-o", str(out)).stdout == ""
    before = out.read_text()
    assert_one_sentence(train("-o", str(out)))
    assert out.read_text() == before
    assert train("--batch-size", "64", "-o", str(out), "--force").exit_code == 0
    assert out.read_text() != before


def assert_one_sentence(done: Result) -> None:
    assert done.exit_code == 2
    assert done.stdout == ""
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("Error: ")
    assert last.endswith((".", "descripción.", "description."))
    assert "Traceback" not in done.stderr


def rows_of(*labels: str) -> str:
    return "".join(f"{label},text number {i} of class {label}\n" for i, label in enumerate(labels))


WRONG: dict[str, tuple[Any, ...]] = {
    "an absent path": (None, (), "no file or folder"),
    "an empty file": (b"", (), "is empty"),
    "one class only": (rows_of(*"1" * 500).encode(), (), "class “1”"),
    "too few columns": ((rows_of(*"12" * 250) + "1\n").encode(), (), "Line 501"),
    "not UTF-8": (rows_of(*"12" * 250).encode() + b"1,caf\xe9\n", (), "Line 501"),
    "beyond the data": (rows_of(*"12" * 50).encode(), (), "has 100 rows"),
    "batch size 0": ("sample", ("--batch-size", "0"), "--batch-size is “0”"),
    "an absent GPU": ("sample", ("--device", "cuda:99"), "cuda:99"),
    "no number": ("sample", ("--lr", "fast"), "--lr is “fast”"),
}


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_in_one_sentence_and_nothing_is_written(name, language, tmp_path):
    i18n.use(language)
    content, arguments, words = WRONG[name]
    data = "sample"
    if content != "sample":
        data = str(tmp_path / "data.csv")
        if content is not None:
            Path(data).write_bytes(content)
    done = train("--data", data, *arguments)
    assert_one_sentence(done)
    assert not (tmp_path / "lab").exists() or not list((tmp_path / "lab").rglob("*.json"))
    if language == "en":
        assert words in done.stderr


@pytest.mark.parametrize("command", [("train",), ("exercise", "4"), ("compare-flows",)])
def test_nobody_leaves_what_runs_here_or_what_wants_its_result(command, tmp_path):
    here = run(*command, "--detach")
    assert_one_sentence(here)
    assert "add --launcher slurm" in here.stderr
    written = run(*command, "--detach", "--launcher", "local", "-o", str(tmp_path / "table.md"))
    assert_one_sentence(written)
    assert "before there is a result for -o:" in written.stderr
    taken = run("train", "--detach", "--launcher", "local", "--take", "-o", str(tmp_path / "table.md"))
    assert "a result for -o, --take:" in taken.stderr
    assert not (tmp_path / "lab").exists()


def test_a_loss_that_is_no_number_marks_the_run(tmp_path):
    done = train("--batch-size", "32,64", "--lr", "1e38")
    assert done.exit_code == 2
    assert "diverged" in done.stderr
    assert [row[3] for row in tables(done.stdout)[0][1:]] == ["divergió"] * 2
    assert [run.state for run in Lab(tmp_path / "lab").runs.all()] == ["diverged"] * 2


def test_bad_input_leaves_the_table_of_before_alone(tmp_path):
    train()
    before = run("export", "--exercise", "1").stdout
    assert train("--data", str(tmp_path / "absent.csv")).exit_code == 2
    assert run("export", "--exercise", "1").stdout == before


def test_a_killed_sweep_goes_on_from_its_finished_runs(tmp_path):
    arguments = ("train", "--epochs", "4", "--seed", "0,1")
    going = program(*arguments, start_new_session=True)
    lab = Lab(tmp_path / "lab")

    def whole():
        """A kill may come between a result and its weights; then the run is done again, for these."""
        return {r.id for r in lab.runs.all() if r.state == "finished" and (r.has_model() or not r.job.keep_model)}

    wait_for(whole)
    os.killpg(going.pid, signal.SIGKILL)
    going.communicate()
    finished = whole()
    again = run(*arguments)
    assert again.exit_code == 0
    assert again.stderr.count("kept from before") == len(finished)
    assert finished <= whole()
    assert len(whole()) == 6


def test_ctrl_c_keeps_the_curve_and_says_how_to_go_on(tmp_path):
    going = program("train", "--epochs", "500")
    lab = Lab(tmp_path / "lab")
    wait_for(lambda: any(run.points() for run in lab.runs.all()))
    going.send_signal(signal.SIGINT)
    out, err = going.communicate(timeout=60)
    assert going.returncode == 130
    assert out == ""
    assert "the same command goes on" in err
    assert "Traceback" not in err
    (stopped,) = lab.runs.all()
    assert stopped.state == "stopped"
    assert stopped.points()


def wait_for(true, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_doctor_prints_the_environment():
    done = run("doctor")
    assert done.exit_code == 0
    for name in ("Python", "torch", "CUDA", "transformers", "models", "lab"):
        assert re.search(rf"^{name} +\S", done.stdout, re.MULTILINE)


@pytest.mark.parametrize("command", [(), ("train",), ("export",), ("doctor",)])
@pytest.mark.parametrize("language", ["en", "es"])
def test_help_is_in_the_language_that_was_asked_for(command, language):
    out, _ = program(*command, "--help", "--lang", language).communicate(timeout=60)
    assert out.startswith("Usage:" if language == "en" else "Uso:")
    assert ("The lab folder" if language == "en" else "La carpeta del laboratorio") in out
    foreign = ("Options:", "Show this", "default:") if language == "es" else ("Opciones", "Muestra", "predeterminado:")
    assert not [word for word in foreign if word in out]


PLACEHOLDERS = """
import sys
import click
from llm_tui import i18n
i18n.use(sys.argv[1])
from llm_tui.cli import cli

def walk(command, context):
    for param in command.params:
        if not getattr(param, "is_flag", False):
            print(context.command_path, param.name, param.make_metavar(context), sep="\\t")
    for name in command.list_commands(context) if isinstance(command, click.Group) else ():
        found = command.get_command(context, name)
        walk(found, click.Context(found, info_name=name, parent=context))

walk(cli, click.Context(cli, info_name="llm-tui"))
"""


def placeholders(language: str) -> list[list[str]]:
    """Command, option or argument, and what stands for its value in the help."""
    command = [sys.executable, "-c", PLACEHOLDERS, language]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    return [line.split("\t") for line in said.splitlines()]


def test_what_stands_for_a_value_is_a_word_of_the_language():
    english, spanish = placeholders("en"), placeholders("es")
    assert len(english) == len(spanish) > 400
    words = [set(re.findall(r"[A-Z]{3,}", name)) for *_, name in english]
    same = [one for one, before in zip(spanish, words, strict=True) if before & set(re.findall(r"[A-Z]{3,}", one[2]))]
    assert {name for *_, name in same} == {"URL"}


def test_a_sentence_of_the_help_says_what_stands_for_a_value_in_its_language():
    out, _ = program("export", "--help", "--lang", "es").communicate(timeout=60)
    assert "ARCHIVO" in out and "FILE" not in out


def test_an_unknown_option_is_said_in_spanish():
    _, err = program("train", "--lang", "es", "--epoch", "3").communicate(timeout=60)
    assert "No existe la opción" in err


def test_version():
    assert __version__ in run("--version").stdout


def test_without_a_terminal_plain_mode_opens():
    going = program(stdin=subprocess.DEVNULL)
    out, err = going.communicate(timeout=60)
    assert (going.returncode, err) == (0, "")
    assert "plain mode" in out and "exercise 7" in out


def test_completion_is_clicks_own():
    environment = {**os.environ, "_LLM_TUI_COMPLETE": "bash_source"}
    out, _ = program(env=environment).communicate(timeout=60)
    assert "llm-tui" in out
    assert "complete" in out


# Beside the app, which has the lab open


@pytest.fixture
def app_beside(tmp_path, monkeypatch):
    """Another program that has the lab open, as the app has it; ends with its input."""
    monkeypatch.setattr(holding, "LOOK_SECONDS", 0.05)
    code = (
        "import sys; from pathlib import Path; from llm_tui.lab.lab import Lab\n"
        "lab = Lab(Path(sys.argv[1])); print(repr(lab.claim()), flush=True); sys.stdin.read(); lab.release()"
    )
    Lab(tmp_path / "lab").save_answers(1, Answers(answer="of the app"))
    command = [sys.executable, "-c", code, str(tmp_path / "lab")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as beside:
        assert beside.stdout.readline() == "''\n"
        yield beside
        beside.stdin.close()


def exercise_files(lab: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (lab / "exercises").iterdir()}


@pytest.mark.parametrize(("language", "said"), [("en", "left as it is"), ("es", "queda como está")])
def test_beside_the_app_a_training_is_kept_as_runs_and_touches_no_answers(tmp_path, app_beside, language, said):
    i18n.use(language)
    before = exercise_files(tmp_path / "lab")
    done = train("--batch-size", "16,32")
    assert done.exit_code == 0, done.stderr
    assert str(app_beside.pid) in done.stderr
    assert done.stderr.count(said) == 1
    assert [row[0] for row in tables(done.stdout)[0][1:]] == ["16", "32"]
    assert all(row[1] for row in tables(done.stdout)[0][1:])
    assert exercise_files(tmp_path / "lab") == before
    assert [run.state for run in Lab(tmp_path / "lab").runs.all()] == ["finished"] * 2


def test_beside_the_app_nothing_that_writes_answers_begins(tmp_path, app_beside):
    (tmp_path / "text.txt").write_text("Uno.\n")
    before = exercise_files(tmp_path / "lab")
    for command in (
        ("exercise", "4", str(tmp_path / "text.txt"), "--lab", str(tmp_path / "lab")),
        ("tokens", "x", "--keep"),
    ):
        done = run(*command)
        assert done.exit_code == 2
        assert str(app_beside.pid) in done.stderr
        assert "--wait" in done.stderr
    assert exercise_files(tmp_path / "lab") == before


def test_waiting_for_the_app_to_close_is_said_and_then_the_answers_are_kept(tmp_path, app_beside):
    waiting = program("train", *QUICK, "--wait", "--lang", "en", env=os.environ)
    try:
        assert "Waiting" in waiting.stderr.readline()
        assert Lab(tmp_path / "lab").runs.all() == []
        app_beside.stdin.close()
        app_beside.wait(60)
        out, _ = waiting.communicate(timeout=60)
    finally:
        waiting.kill()
    assert waiting.returncode == 0
    assert tables(out)
    answers = Lab(tmp_path / "lab").answers(1, Answers)
    assert answers.sweep is not None
    assert answers.answer == "of the app"
    assert not (tmp_path / "lab" / ".open.json").exists()


@pytest.mark.parametrize("command", [("bias",), ("labels-curve",), ("doctor", "--clean")])
def test_a_command_that_says_to_wait_can_wait(tmp_path, app_beside, monkeypatch, command):
    monkeypatch.setattr("llm_tui.cli.progress.fill_in", lambda sheet, *_: sheet)
    asked = (*command, "--lab", str(tmp_path / "lab"), "--lang", "en")
    refused = run(*asked)
    assert refused.exit_code == 2 and "--wait" in refused.stderr
    closing = threading.Timer(0.5, app_beside.stdin.close)
    closing.start()
    waited = run(*asked, "--wait")
    closing.join()
    assert "Waiting" in waited.stderr and "--wait" not in waited.stderr


def test_an_app_may_be_opened_beside_a_training(tmp_path):
    going = program("train", "--epochs", "500", env=os.environ)
    lab = Lab(tmp_path / "lab")
    try:
        wait_for(lambda: lab.answers(1, Answers).sweep is not None)
        wait_for(lambda: not lab.claim())
        lab.save_answers(1, replace(lab.answers(1, Answers), answer="seen"))
        lab.release()
    finally:
        going.send_signal(signal.SIGINT)
        going.communicate(timeout=60)
    assert lab.answers(1, Answers).answer == "seen"


def test_a_table_is_printed_though_the_answers_cannot_be_kept(tmp_path):
    (tmp_path / "lab" / "exercises" / "1.json").mkdir(parents=True)
    done = train("--batch-size", "16")
    assert "1.json" in done.stderr
    assert done.exit_code == 0
    assert tables(done.stdout)[0][1][1]


# What the program logs


@pytest.mark.parametrize("command", [("export",), ("log",)])
def test_without_a_folder_for_the_programs_log_commands_work_and_say_so(tmp_path, monkeypatch, command):
    train("--batch-size", "16")
    (tmp_path / "file").write_text("mine")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    done = run(*command)
    assert done.exit_code == 0
    assert "training" in done.stdout or "entren" in done.stdout
    assert done.stderr.count("llm-tui.log cannot be written") == 1


def test_a_lab_whose_log_cannot_be_written_is_worked_in_and_it_is_said_once(tmp_path):
    (tmp_path / "lab" / "audit.jsonl").mkdir(parents=True)
    done = train("--batch-size", "16,32,64")
    assert done.exit_code == 0
    assert done.stderr.count("audit.jsonl could not be written") == 1
    assert [run.state for run in Lab(tmp_path / "lab").runs.all()] == ["finished"] * 3


def test_the_app_gives_way_to_its_keys_and_python_switches_as_before_when_it_has_ended(tmp_path, monkeypatch):
    """A thread that waits for the GIL, as the screen's does while others import or read, gets it ten times as soon."""
    from llm_tui.app import LabApp
    from llm_tui.cli import plain

    within: list[float] = []

    def run(app: LabApp, **_: object) -> None:
        within.append(sys.getswitchinterval())
        raise OSError("the terminal has gone")

    monkeypatch.setattr("gc.disable", lambda: None)
    monkeypatch.setattr(plain, "wanted", lambda plain: False)
    monkeypatch.setattr(LabApp, "run", run)
    monkeypatch.setattr("llm_tui.terminal.own_terminal", lambda log: contextlib.nullcontext())
    CliRunner().invoke(cli, ["--lab", str(tmp_path)])
    assert within and max(within) <= OWN / 5
    assert sys.getswitchinterval() == OWN
