"""Why a classifier answered so, on the command line, with tiny models in local folders."""

from __future__ import annotations

import json
import os

import pytest
from click.testing import CliRunner, Result

from llm_tui import i18n
from llm_tui.cli import cli
from llm_tui.lab.audit import log_of

TEXT = "Anna Brown works in London."


@pytest.fixture(autouse=True)
def own_lab(tmp_path, monkeypatch):
    monkeypatch.setitem(os.environ, "LLM_TUI_LAB", str(tmp_path / "lab"))
    return tmp_path / "lab"


def run(*arguments: object) -> Result:
    i18n.use("en", asked=True)
    given = [str(part) for part in arguments]
    return CliRunner().invoke(cli, given, prog_name="llm-tui", catch_exceptions=False)


def test_each_text_has_the_words_of_its_label(classifiers, own_lab):
    done = run("sentiment", TEXT, "Mañana.", "--model", classifiers["distilbert"], "--why", "--format", "json")
    first, second = json.loads(done.stdout)["heats"]
    assert [word["word"] for word in first["words"]] == ["Anna", "Brown", "works", "in", "London", "."]
    assert first["title"].startswith("integrated gradients: logit of ") and second["text"] == "Mañana."
    entries = [json.loads(line) for line in log_of(own_lab).read_text(encoding="utf-8").splitlines()]
    assert [entry["job"] for entry in entries] == ["sentiment", "attribution", "attribution"]
    assert entries[1]["settings"]["methods"] == ["integrated"] and "sha256" in entries[1]["settings"]["text"]
    (by,) = entries[1]["answer"]["attributions"]
    assert by["method"] == "integrated" and len(by["values"]) == 6 and "units" not in entries[1]["answer"]
    assert TEXT not in log_of(own_lab).read_text(encoding="utf-8")  # its hash alone


def test_all_methods_of_a_label_and_of_an_entity(classifiers):
    labels = ("--labels", "sports, politics")
    done = run("classify", TEXT, *labels, "--model", classifiers["bart"], "--why", "--method", "all", "--format", "md")
    assert done.stdout.count("entailment of “This example is ") == 3 and "In the hypothesis: This " in done.stdout
    found = run("entities", TEXT, "--model", classifiers["tokens"], "--why", "--method", "occlusion")
    spans = run("entities", TEXT, "--model", classifiers["tokens"], "--format", "csv").stdout.splitlines()[1:]
    assert spans and found.stdout.count("occlusion: logit of ") == len(spans)
    assert "Outside it, these speak for it: " in found.stdout


def test_a_server_is_not_asked_why(classifiers):
    done = run("sentiment", TEXT, "--model", "http://127.0.0.1:9/v1#m", "--why")
    assert done.exit_code == 2 and "looks into a model" in done.stderr
