"""Pretrained models on the command line, with tiny models in local folders."""

from __future__ import annotations

import csv
import io
import json
import os
import socket
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result
from fakes.rapl import Growing
from local_hub import files_of, reach, serving
from transformers import pipeline

from llm_tui import i18n
from llm_tui.cli import cli

pytestmark = pytest.mark.usefixtures("own_folders")

TEXTS = ("Anna Brown works in London.", "Mañana veremos las películas.")


def run(*arguments: object, stdin: str | None = None) -> Result:
    return CliRunner().invoke(
        cli, [str(part) for part in arguments], prog_name="llm-tui", catch_exceptions=False, input=stdin
    )


@pytest.mark.parametrize("command", ["ask", "translate", "summarize"])
def test_answers_alone_are_on_stdout_a_line_each(command, folders):
    done = run(command, *TEXTS, "--model", folders["t5"], "--max-new-tokens", 5)
    assert done.exit_code == 0
    assert done.stdout.count("\n") == 2


def test_what_an_answer_took_is_on_stderr_where_it_was_measured(folders, monkeypatch):
    ask = ("ask", TEXTS[0], "--model", folders["t5"], "--max-new-tokens", 5)
    plain = run(*ask)
    monkeypatch.setattr("llm_tui.engine.meters.counter_of", lambda device: Growing())
    measured = run(*ask)
    assert measured.stdout == plain.stdout
    assert measured.stderr == plain.stderr + "Energy: 0.0014 Wh (RAPL); other processes included.\n"


LONG = "palabra " * 400


@pytest.mark.parametrize(
    ("command", "model", "english", "spanish"),
    [
        (("classify", "--labels", "a,b"), "bart-nli", "texts 2.", "textos 2."),
        (("sentiment",), "distilbert", "texts 2.", "textos 2."),
        (("ask", "--max-new-tokens", 1), "gpt2", "texts 2.", "textos 2."),
        (("ask", "--max-new-tokens", 1), "gpt2", "reached their limit: 1, 2.", "llegaron a su límite: 1, 2."),
    ],
)
def test_what_is_not_whole_is_said_with_its_number(command, model, english, spanish, folders):
    name, *options = command
    arguments = (name, TEXTS[0], LONG, *options, "--model", folders[model])
    plain = run(*arguments)
    assert english in plain.stderr and english not in plain.stdout
    for form in ("md", "json"):
        done = run(*arguments, "--format", form, "--lang", "es")
        assert spanish in done.stdout and spanish not in done.stderr


def test_the_same_question_has_the_same_answer_and_sampling_needs_its_seed(folders):
    ask = ("ask", TEXTS[0], "--model", folders["llama"], "--max-new-tokens", 12)
    assert run(*ask).stdout == run(*ask).stdout
    sampled = [run(*ask, "--sample", "--seed", seed).stdout for seed in (1, 1, 2)]
    assert sampled[0] == sampled[1] != sampled[2]


def test_classes_have_the_scores_of_the_pipeline(folders):
    done = run(
        *("classify", *TEXTS, "--labels", "sports, politics", "--model", folders["bart-nli"], "--format", "json")
    )
    theirs = pipeline("zero-shot-classification", model=str(folders["bart-nli"]))
    for text, row in zip(TEXTS, json.loads(done.stdout)["rows"], strict=True):
        expected = theirs(text, ["sports", "politics"])
        for label, score in zip(expected["labels"], expected["scores"], strict=True):
            assert row[label] == pytest.approx(score, abs=1e-5)
        assert row["label"] == expected["labels"][0]


def test_entities_have_the_spans_of_the_pipeline(folders):
    done = run("entities", *TEXTS, "--model", folders["tokens"], "--format", "csv")
    theirs = pipeline("token-classification", model=str(folders["tokens"]), aggregation_strategy="simple")
    expected = [
        (str(number), entity["entity_group"], str(entity["start"]), str(entity["end"]))
        for number, text in enumerate(TEXTS, start=1)
        for entity in theirs(text)
    ]
    rows = list(csv.reader(io.StringIO(done.stdout)))[1:]
    assert [(row[0], row[2], row[4], row[5]) for row in rows if len(row) == 6] == expected


def test_sentiment_has_the_label_of_the_pipeline(folders):
    done = run("sentiment", *TEXTS, "--model", folders["distilbert"])
    expected = pipeline("text-classification", model=str(folders["distilbert"]))(list(TEXTS))
    assert done.stdout.splitlines() == [f"{one['label']} {one['score']:.3f}" for one in expected]


def test_lines_of_a_file_and_of_a_pipe_are_texts(folders, tmp_path):
    file = tmp_path / "texts.txt"
    file.write_text("\n".join(("uno", "", "dos")), encoding="utf-8")
    common = ("--model", folders["distilbert"])
    from_file = run("sentiment", "--file", file, *common)
    assert len(from_file.stdout.splitlines()) == 2
    assert run("sentiment", "-", *common, stdin="uno\n\ndos\n").stdout == from_file.stdout


def test_the_lines_of_a_file_are_those_of_an_editor(folders, tmp_path):
    file = tmp_path / "texts.txt"
    file.write_bytes("uno\u2028sigue\x0b y\x85 sigue\r\n\r\ndos\rtres\n".encode())
    labels = ("--labels", 'bueno, "malo, muy malo"', "--model", folders["bart-nli"])
    head, *rows = csv.reader(io.StringIO(run("classify", "--file", file, *labels, "--format", "csv").stdout))
    assert [row[0] for row in rows[:3]] == ["uno\u2028sigue\x0b y\x85 sigue", "dos", "tres"]
    assert head[2:] == ["bueno", "malo, muy malo"]


def test_the_table_names_what_made_it_and_no_folder_of_ones_home(folders):
    done = run("translate", TEXTS[1], "--model", folders["t5"], "--format", "md", "--max-new-tokens", 4)
    assert "Modelo: t5; " in done.stdout
    assert "float32" in done.stdout and "Voraz" in done.stdout
    assert str(folders["t5"].parent) not in done.stdout


def test_the_lab_logs_the_question_as_a_hash(folders, tmp_path):
    run("sentiment", "un secreto", "--model", folders["distilbert"])
    log = (tmp_path / "lab" / "audit.jsonl").read_text(encoding="utf-8")
    entry = json.loads(log)
    assert entry["job"] == "sentiment"
    assert entry["precision"] == "float32"
    assert entry["settings"]["model"]["name"] == "distilbert"
    assert entry["settings"]["texts"][0].startswith("sha256:")
    assert "secreto" not in log and str(tmp_path) not in log


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    ("arguments", "english", "spanish"),
    [
        (("ask", " ", "--model", "t5"), "The text is empty", "El texto está vacío"),
        (("classify", "x", "--labels", " , ", "--model", "bart-nli"), "A label is missing", "Falta una etiqueta"),
        (
            ("classify", "x", "--labels", "a", "--template", "b", "--model", "bart-nli"),
            "no place for",
            "no tiene sitio",
        ),
        (("classify", "x", "--labels", "a", "--model", "distilbert"), "entailment", "implicación"),
        (("ask", "x", "--model", "distilbert"), "another kind", "otra clase"),
        (("entities", "x", "--model", "t5"), "another kind", "otra clase"),
        (("ask", "x", "--model", "nobody/nothing"), "HF_HUB_OFFLINE", "HF_HUB_OFFLINE"),
        (("ask", "x", "--model", "/no/such"), "There is no folder", "No existe la carpeta"),
        (("models", "rm", "nobody/nothing"), "has no model", "no tiene el modelo"),
        (("models", "pull", "../x"), "no hub id", "no es un id"),
        (("sentiment", "x", "y", "--file", "texts.txt"), "not both", "pero no las dos cosas"),
        (("sentiment", "x", "-"), "stands alone", "va solo"),
        (("ask", "--template", "rewrite", "x", "y"), "takes one text", "un solo texto"),
        (("ask", "--template", "explain", "--topic", "x", "y"), "--topic, --file or", "--topic, --file o"),
        (("ask", "--evaluate", "sample", "x", "--why"), "leave TEXT, --why out", "quite TEXTO, --why"),
        (
            ("ask", "--evaluate", "sample", "--template", "explain", "--topic", "x", "--file", "y"),
            "leave --file, --template, --topic out",
            "quite --file, --template, --topic",
        ),
    ],
)
def test_what_cannot_be_done_is_one_sentence(arguments, english, spanish, language, folders):
    i18n.use(language)
    done = run(*(folders.get(part, part) for part in arguments))
    assert done.exit_code == 2
    assert done.stdout == ""
    assert (english if language == "en" else spanish) in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_an_empty_cache_still_lists_the_models_of_the_course():
    done = run("models", "list", "--format", "json")
    rows = json.loads(done.stdout)["rows"]
    assert {"facebook/bart-large-mnli", "google/flan-t5-small", "dslim/bert-base-NER"} <= {row["model"] for row in rows}
    assert {row["model"].startswith("llm-tui/teaching-") for row in rows if row["cached"]} == {True}


@pytest.mark.parametrize(
    ("language", "said"), [("en", "translation, summary, prompt"), ("es", "traducción, resumen, instrucción")]
)
def test_the_tasks_of_a_model_are_said_in_the_language_of_the_screen(language, said):
    i18n.use(language)
    for form in ("text", "csv"):
        listed = run("models", "list", "--format", form).stdout
        (line,) = (line for line in listed.splitlines() if "google/flan-t5-small" in line)
        assert said in line
    rows = json.loads(run("models", "list", "--format", "json").stdout)["rows"]
    assert {row["model"]: row["tasks"] for row in rows}["google/flan-t5-small"] == "translation, summary, prompt"


def test_a_model_of_the_cache_is_listed_used_by_its_id_and_removed(folders, no_hub, monkeypatch):
    snapshot = no_hub / "models--somebody--little" / "snapshots" / ("a" * 40)
    snapshot.parent.mkdir(parents=True)
    snapshot.mkdir()
    for file in folders["distilbert"].iterdir():
        (snapshot / file.name).write_bytes(file.read_bytes())
    (snapshot / "README.md").write_text("---\nlicense: mit\n---\n", encoding="utf-8")
    refs = snapshot.parents[1] / "refs"
    refs.mkdir()
    (refs / "main").write_text("a" * 40)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    monkeypatch.delenv("HF_HUB_OFFLINE")
    asked = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *place, **_: asked.append(place))
    monkeypatch.setattr(socket.socket, "connect", lambda *place: asked.append(place))
    assert run("sentiment", "hola", "--model", "somebody/little").exit_code == 0
    assert asked == [], "nobody is asked for what is here"
    (row,) = (
        row
        for row in json.loads(run("models", "list", "--format", "json").stdout)["rows"]
        if row["model"] == "somebody/little"
    )
    assert (row["cached"], row["weights"], row["licence"]) == ("a" * 7, "safetensors", "mit")
    assert run("models", "rm", "somebody/little").exit_code == 0
    assert not snapshot.exists()


def test_a_fetch_says_first_what_it_will_do(folders, no_hub, tmp_path, monkeypatch):
    other = tmp_path / "scratch" / "hub"
    with serving(files_of(folders["distilbert"])) as hub:
        reach(hub.url, monkeypatch)
        done = run("models", "pull", "somebody/little", "--to", other)
    assert done.exit_code == 0
    assert done.stderr.startswith("Fetching somebody/little: 0.") and f" MB to {other}; " in done.stderr
    folder = Path(done.stdout.strip())
    assert folder.is_relative_to(other) and (folder / "model.safetensors").is_file() and not no_hub.exists()
    again = run("models", "pull", "somebody/little")
    assert again.exit_code == 0 and again.stdout == done.stdout
    assert "on this machine already" in again.stderr and "could not be asked for a newer one" in again.stderr


def test_a_fetch_that_has_no_room_is_one_sentence(folders, no_hub, monkeypatch):
    monkeypatch.setattr("llm_tui.hub.room.shutil.disk_usage", lambda path: SimpleNamespace(free=10))
    with serving(files_of(folders["distilbert"])) as hub:
        reach(hub.url, monkeypatch)
        done = run("models", "pull", "somebody/little")
        assert not [path for path in hub.asked if "/resolve/" in path]
    assert done.exit_code == 2 and done.stdout == "" and len(done.stderr.strip().splitlines()) == 1
    assert f"somebody/little has no room in {no_hub}" in done.stderr


def test_the_two_flows_are_compared_on_the_same_rows(folders):
    nothing = run("compare-flows", "--model", folders["bart-nli"])
    assert nothing.exit_code == 2 and "no trained classifier" in nothing.stderr
    assert run("train", "--train-size", 300, "--test-size", 40, "--batch-size", 32, "--embed-dim", 8).exit_code == 0
    done = run("compare-flows", "--model", folders["bart-nli"], "--rows", 30, "--format", "json")
    facts = {row["fact"]: row for row in json.loads(done.stdout)["rows"]}
    assert (facts["ejemplos etiquetados"]["classic"], facts["ejemplos etiquetados"]["zero_shot"]) == (300, 0)
    accuracy = facts["exactitud"]["classic"]
    assert accuracy * 30 == pytest.approx(round(accuracy * 30))
    assert facts["parámetros (M)"]["zero_shot"] > 0
    weights = sum(file.stat().st_size for file in Path(folders["bart-nli"]).iterdir())
    assert facts["en disco (MB)"]["zero_shot"] == pytest.approx(weights / 1e6)
    (left,) = (Path(os.environ["LLM_TUI_LAB"]) / "runs").iterdir()
    files = [(left / name).stat().st_size for name in ("model.safetensors", "vocab.json")]
    assert facts["en disco (MB)"]["classic"] == pytest.approx(sum(files) / 1e6)
    assert facts["memoria (MB)"]["classic"] == pytest.approx(4 * facts["parámetros (M)"]["classic"])  # float32
    kept = run("export", "--exercise", "flows", "--format", "json")
    assert kept.stdout == done.stdout
