"""Exercises 3 to 6 on the command line, with tiny models in local folders."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fakes.rapl import Growing

from llm_tui.cli import cli
from llm_tui.exercises import moderation, prompting
from llm_tui.exercises.samples import Sample
from llm_tui.lab.lab import Lab

pytestmark = pytest.mark.usefixtures("own_folders")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(part) for part in arguments], prog_name="llm-tui", catch_exceptions=False)


@pytest.fixture
def unasked(monkeypatch):
    """No model is asked: a sheet stays as the command line has changed it."""
    monkeypatch.setattr("llm_tui.cli.progress.fill_in", lambda sheet, *_: sheet)


def asked(folder: Path) -> int:
    """How many jobs are in the lab's log."""
    log = folder / "audit.jsonl"
    return len(log.read_text(encoding="utf-8").splitlines()) if log.exists() else 0


def test_a_csv_is_moderated_kept_and_not_asked_again(folders, tmp_path):
    file, lab = tmp_path / "texts.csv", tmp_path / "kept"
    file.write_text("texto;etiqueta;tipo\nGane dinero ya;spam;plain\nHola a todos;permitido;slang\n", encoding="utf-8")
    command = ("exercise", 3, file, "--labels", "spam, permitido", "--model", folders["bart-nli"], "--lab", lab)
    done = run(*command, "--format", "json")
    assert done.exit_code == 0, done.stderr
    (row,) = json.loads(done.stdout)["rows"]
    assert row["label"] == "spam" and row["tp"] + row["fp"] <= 2
    before = asked(lab)
    assert before == 4  # two texts, two hypotheses
    again = run("exercise", 3, "--lab", lab, "--model", folders["bart-nli"], "--labels", "spam, permitido")
    assert again.exit_code == 0 and asked(lab) == before
    assert "Gane dinero ya" in again.stdout
    assert run("export", "--exercise", 3, "--lab", lab).stdout == again.stdout


def test_a_lab_named_before_the_command_keeps_the_answers_too(folders, tmp_path):
    file, lab = tmp_path / "texts.csv", tmp_path / "kept"
    file.write_text("texto;etiqueta\nGane dinero ya;spam\n", encoding="utf-8")
    how = ("--labels", "spam, permitido", "--model", folders["bart-nli"])
    done = run("--lab", lab, "exercise", 3, file, *how)
    assert done.exit_code == 0 and asked(lab) == 2, done.stderr
    assert "Gane dinero ya" in run("export", "--exercise", 3, "--lab", lab).stdout


def test_a_row_with_an_unknown_label_is_refused_with_its_line(folders, tmp_path):
    file = tmp_path / "texts.csv"
    file.write_text("text,label\na,spam\nb,ham\n", encoding="utf-8")
    done = run("exercise", 3, file, "--model", folders["bart-nli"])
    assert done.exit_code == 2 and "ine 3" in done.stderr and "ham" in done.stderr and not done.stdout


@pytest.mark.usefixtures("unasked")
def test_the_labels_of_a_file_are_found_among_those_of_the_lab_and_of_the_course(tmp_path):
    file, lab = tmp_path / "texts.csv", Lab(tmp_path / "kept")
    file.write_text("text,label\nWin money,Spam\n", encoding="utf-8")
    lab.save_answers(3, moderation.Answers(labels="permitido, Spam"))
    assert run("exercise", 3, file, "--lab", lab.folder).exit_code == 0
    assert lab.answers_anew(3, moderation.Answers).samples == (Sample("Win money", "Spam"),)
    course = tmp_path / "c.toml"
    course.write_text('[exercise-3]\nlabels = ["spam", "insult"]\nkey-label = "spam"\n', encoding="utf-8")
    file.write_text("text,label\nYou fool,Insult\n", encoding="utf-8")
    done = run("exercise", 3, file, "--course", course, "--format", "json")
    assert done.exit_code == 0, done.stderr
    assert [row["label"] for row in json.loads(done.stdout)["tables"]["texts"]["rows"]] == ["insult"]


@pytest.mark.usefixtures("unasked")
@pytest.mark.parametrize("named", ["in the environment", "in config.toml", "by plain mode"])
def test_a_lab_that_is_not_named_in_the_command_keeps_the_answers_too(tmp_path, monkeypatch, named):
    file, folder = tmp_path / "p.txt", tmp_path / "home" / "llm-lab"
    file.write_text("Un párrafo.", encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("LLM_TUI_LAB")
    if named == "in the environment":
        monkeypatch.setenv("LLM_TUI_LAB", str(folder))
    elif named == "in config.toml":
        (tmp_path / "XDG_CONFIG_HOME" / "llm-tui").mkdir(parents=True)
        (tmp_path / "XDG_CONFIG_HOME" / "llm-tui" / "config.toml").write_text('lab = "~/llm-lab"\n', encoding="utf-8")
    if named == "by plain mode":
        done = CliRunner().invoke(cli, ["--plain"], input=f"command exercise 6 {file}\n")
    else:
        done = run("exercise", 6, file)
    assert done.exit_code == 0 and "not kept" not in done.output, done.output
    assert Lab(folder).answers(6, prompting.Answers).paragraph == "Un párrafo."


@pytest.mark.usefixtures("unasked")
def test_where_nobody_names_a_lab_the_answers_are_not_kept_which_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("LLM_TUI_LAB")
    done = run("exercise", 6)
    assert done.exit_code == 0 and done.stderr.splitlines()[-1] == "The answers are not kept: add --lab."
    assert not (tmp_path / "home" / "llm-lab" / "exercises").exists()


@pytest.mark.usefixtures("unasked")
def test_json_has_every_table_of_a_sheet_and_csv_says_which_it_leaves_out():
    tables = json.loads(run("exercise", 3, "--format", "json").stdout)
    assert {"measures", "confusion", "texts"} <= tables["tables"].keys() and tables["rows"] and tables["footer"]
    done = run("exercise", 3, "--format", "csv")
    assert len(list(csv.reader(io.StringIO(done.stdout)))) == 2
    assert re.search(r"left out: .*texts\. --format json has them all\.$", done.stderr, re.MULTILINE)


def test_sentences_go_there_and_back(folders, tmp_path):
    spanish, english = tmp_path / "es.txt", tmp_path / "en.txt"
    spanish.write_text("Una frase.\n\nOtra | frase.\n", encoding="utf-8")
    english.write_text("A sentence.\n", encoding="utf-8")
    models = ("--es-en", folders["t5"], "--en-es", folders["t5"], "--max-new-tokens", 5)
    done = run("exercise", 4, spanish, "--english", english, *models, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["sentido"] for row in rows] == ["es-en", "es-en", "en-es"]
    assert [row["original"] for row in rows] == ["Una frase.", "Otra | frase.", "A sentence."]
    assert all(row["chrF"] for row in rows)


def test_a_system_that_is_not_there_is_replaced_and_the_notes_say_so(folders, tmp_path):
    source, reference = tmp_path / "source.txt", tmp_path / "reference.txt"
    source.write_text("El equipo midió la latencia y la redujo. " * 3, encoding="utf-8")
    reference.write_text("Se redujo la latencia.", encoding="utf-8")
    command = ("exercise", 5, source, "--reference", reference, "--max-new-tokens", 6, "--fallback", folders["t5"])
    systems = ("--system", tmp_path / "gone", "--system", folders["bart"])
    blind = run(*command, *systems)
    assert blind.exit_code == 0 and "gone" not in blind.stdout and "Resumen 1" in blind.stdout
    revealed = run(*command, *systems, "--reveal", "--format", "json")
    notes = {row["system"]: row["note"] or "" for row in json.loads(revealed.stdout)["rows"]}
    assert set(notes) == {"t5", "bart"}
    assert "en lugar de gone" in notes["t5"] and "en lugar" not in notes["bart"]
    assert str(tmp_path) not in revealed.stdout
    one = run(*command, "--system", folders["bart"])
    assert one.exit_code == 2 and "--system twice" in one.stderr


def test_three_prompts_on_one_paragraph(folders, tmp_path, counted):
    file, lab = tmp_path / "p.txt", tmp_path / "kept"
    file.write_text("Un párrafo sobre alertas y métricas.\n", encoding="utf-8")
    command = ("exercise", 6, file, "--model", folders["t5"], "--max-new-tokens", 5, "--lab", lab)
    done = run(*command, "--format", "json")
    assert len(json.loads(done.stdout)["rows"]) == 3 and asked(lab) == 3
    assert counted() == 1, "what one job leaves open, the next one finds"
    assert run(*command, "--terms", "Cinco palabras.").exit_code == 0
    assert asked(lab) == 4
    kept = json.loads((lab / "exercises" / "6.json").read_text(encoding="utf-8"))
    assert [len(kept["prompts"][name]["runs"]) for name in ("classification", "terms", "rewriting")] == [1, 2, 1]


def test_what_a_sheet_took_is_on_stderr_and_the_sheet_is_the_same(folders, tmp_path, monkeypatch):
    fill = ("exercise", 6, "--model", folders["t5"], "--max-new-tokens", 3)
    plain = run(*fill, "--lab", tmp_path / "another")
    monkeypatch.setattr("llm_tui.engine.meters.counter_of", lambda device: Growing())
    measured = run(*fill)
    assert re.sub(r"[\d.]+ s;", "", measured.stdout) == re.sub(r"[\d.]+ s;", "", plain.stdout)
    assert measured.stderr.splitlines()[-1] == (
        "Energy, all together: 0.0042 Wh (RAPL); other processes included."  # three answers
    )


def test_the_table_of_exercise_1_has_the_energy_where_it_is_asked_for(monkeypatch):
    monkeypatch.setattr("llm_tui.engine.meters.counter_of", lambda device: Growing())
    train = ("train", "--train-size", 200, "--test-size", 20, "--batch-size", "32,64", "--format", "csv", "--take")
    rows = list(csv.DictReader(io.StringIO(run(*train, "--energy").stdout)))
    assert [row["energía (Wh)"] for row in rows] == ["0.0014 *"] * 2
    assert "energía (Wh)" not in run(*train).stdout


def test_exercises_1_and_2_are_there_too(tmp_path):
    done = run("exercise", 1, "--train-size", 60, "--test-size", 20, "--batch-size", 32, "--embed-dim", 4)
    assert done.exit_code == 0 and "batch" in done.stdout
    assert "TEXT" in run("exercise", 2, "--help").stdout
    nothing = run("export", "--exercise", 4)
    assert nothing.exit_code == 2 and "nothing of exercise 4" in nothing.stderr
