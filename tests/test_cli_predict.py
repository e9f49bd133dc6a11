"""`llm-tui predict`: sentences to a trained classifier, why, and the words of its classes."""

from __future__ import annotations

import json
import threading

import pytest
from click.testing import CliRunner, Result
from trained_run import CLASSES, keep_run

from llm_tui.classifier.job import Predict
from llm_tui.cli import cli
from llm_tui.engine.job import Context, run_job
from llm_tui.lab.lab import Lab

pytestmark = pytest.mark.usefixtures("own_folders")


@pytest.fixture
def there(lab: Lab) -> Lab:
    keep_run(lab)
    return lab


def predict(lab: Lab, *arguments: str) -> Result:
    given = ["predict", "--lab", str(lab.folder), "--lang", "en", *arguments]
    return CliRunner().invoke(cli, given, prog_name="llm-tui", catch_exceptions=False)


def test_texts_are_classified_and_explained_and_both_say_the_same(there):
    text = "a goal for the rain"
    fresh = run_job(Predict(str(there.runs.trained().folder), text), Context(1, lambda _: None, threading.Event()))
    best = max(fresh.probabilities)
    name = CLASSES[fresh.probabilities.index(best)]
    assert predict(there, text).stdout == f"{name} {best:.3f}  {text}\n"
    why = predict(there, text, "--why").stdout
    assert f"{name}: share of the logit" in why and f"softmax {best:.3f}" in why
    (heat,) = json.loads(predict(there, text, "--why", "--format", "json").stdout)["heats"]
    assert [word["word"] for word in heat["words"]] == text.split()
    (row,) = json.loads(predict(there, text, "--format", "json").stdout)["rows"]
    assert [row[name] for name in CLASSES] == pytest.approx(fresh.probabilities, abs=1e-6)


def test_the_words_of_each_class(there):
    said = predict(there, "--words", "--least", "9", "--format", "json")
    rows = json.loads(said.stdout)["rows"]
    assert {row["class"] for row in rows} == set(CLASSES)
    assert {row["for"] for row in rows} == {"goal", "the", "a"}  # that came so often
    assert predict(there, "--words", "goal").exit_code == 2


def test_a_lab_without_a_model_says_what_to_do(lab):
    done = predict(lab, "goal")
    assert done.exit_code == 2 and "llm-tui train" in done.stderr
