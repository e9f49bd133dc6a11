"""`llm-tui code`: plain programs on stdout, and what they read beside the file that they are written to."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import llm_tui
from llm_tui import i18n
from llm_tui.classifier.job import Sweep, Training
from llm_tui.cli import cli
from llm_tui.engine.events import Metric
from llm_tui.exercises import moderation
from llm_tui.exercises.batch_sizes import Answers
from llm_tui.exercises.samples import Sample
from llm_tui.foundation.job import ModelChoice, Provenance
from llm_tui.foundation.labels_job import ZeroShot
from llm_tui.lab.lab import Lab
from llm_tui.snippets.snippet import snippet
from llm_tui.tokenization.job import Compare

pytestmark = pytest.mark.usefixtures("own_folders")

SWEEP = Sweep(Training(train_size=20, test_size=5, device="cpu"), (16, 32))


def code(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["code", *arguments], prog_name="llm-tui", catch_exceptions=False)


@pytest.fixture
def kept(lab) -> Lab:
    lab.save_answers(1, Answers(sweep=SWEEP))
    return lab


def test_an_exercise_of_the_lab(kept, tmp_path):
    there = snippet(SWEEP, "en")
    done = code("1", "--lab", str(kept.folder))
    assert (done.exit_code, done.stdout) == (0, there.text)
    assert "sample_train_20.csv" in done.stderr
    file = tmp_path / "program.py"
    assert code("1", "--lab", str(kept.folder), "-o", str(file)).exit_code == 0
    assert file.read_text() == there.text
    assert {name: (tmp_path / name).read_text() for name in there.files} == there.files
    assert code("1", "--lab", str(kept.folder), "-o", str(file)).exit_code == 2
    assert code("1", "--lab", str(kept.folder), "-o", str(file), "--force").exit_code == 0


BROUGHT = {"numpy", "regex", "huggingface_hub", "httpx"}
"""By transformers and torch."""


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_the_help_names_every_package_that_programs_import(language):
    sources = (Path(llm_tui.__file__).parent / "snippets" / "programs").glob("*.jinja")
    lines = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    imported = set(re.findall(r"^(?:from|import) (\w+)", lines, re.M)) - sys.stdlib_module_names - BROUGHT
    assert "torch" in imported
    help_ = subprocess.run(
        [sys.executable, "-m", "llm_tui", "code", "--help", "--lang", language], capture_output=True, text=True
    ).stdout
    assert [name for name in (*imported, "sentencepiece", "sacremoses") if name not in help_] == []


def test_a_lab_before_the_word_is_that_of_the_program(kept):
    assert code("--lab", str(kept.folder), "1").stdout == snippet(SWEEP, "en").text


@pytest.mark.parametrize("word", [("1",), ("tokens", "uno")])
def test_what_would_be_lost_before_the_word_is_refused(kept, tmp_path, word):
    for before in (("-o", str(tmp_path / "program.py")), ("--force",), ("--run", "some")):
        refused = code("--lab", str(kept.folder), *before, *word)
        assert (refused.exit_code, refused.stdout) == (2, "")
        assert f"{before[0]} cannot stand before {word[0]}" in refused.stderr
    assert not (tmp_path / "program.py").exists()


def test_what_lies_beside_is_not_written_over_unasked(kept, tmp_path):
    (tmp_path / "sample_test_5.csv").write_text("mine")
    refused = code("1", "--lab", str(kept.folder), "-o", str(tmp_path / "program.py"))
    assert refused.exit_code == 2 and "sample_test_5.csv exists already" in refused.stderr
    assert [path.name for path in tmp_path.glob("*.py")] == []
    assert (tmp_path / "sample_test_5.csv").read_text() == "mine"


def test_long_texts_of_one_program_are_not_those_of_another(lab, tmp_path):
    """A text is added to the sheet between what is asked with one template and with the other."""
    texts = [f"{number} {'palabra ' * 400}" for number in range(4)]
    begun = moderation.Answers(samples=tuple(Sample(text, "spam") for text in texts))
    labels = begun.label_names()
    readings = tuple(
        moderation.Reading(
            template, labels, begun.model, Provenance(begun.model), dict.fromkeys(read, (0.1,) * len(labels))
        )
        for template, read in zip(begun.templates(), (texts[:3], texts), strict=True)
    )
    lab.save_answers(moderation.NUMBER, replace(begun, readings=readings))
    number, file = str(moderation.NUMBER), tmp_path / "program.py"
    assert code(number, "--lab", str(lab.folder), "-o", str(file)).exit_code == 0
    beside = {path.name: json.loads(path.read_text()) for path in tmp_path.glob("*.json")}
    assert sorted(map(len, beside.values())) == [3, 4]
    assert all(f'Path("{name}")' in file.read_text() for name in beside)


def test_a_run_of_the_lab(kept):
    kept.runs.recorder(SWEEP.base)(Metric(1, 1, {"steps": 2, "loss": 1.0, "accuracy": 0.5, "examples_per_second": 1.0}))
    (run,) = kept.runs.all()
    assert code("--run", run.id, "--lab", str(kept.folder)).stdout == snippet(SWEEP.base, "en").text
    refused = code("--run", "no-such", "--lab", str(kept.folder))
    assert refused.exit_code == 2 and "has no run no-such" in refused.stderr


def test_what_a_task_would_be_asked_with_its_own_options():
    done = code(
        "classify", "uno", "dos", "--labels", "a, b", "--model", "some/model", "--multi-label", "--device", "cpu"
    )
    job = ZeroShot(("uno", "dos"), ("a", "b"), multi_label=True, model=ModelChoice("some/model", "cpu"))
    assert (done.exit_code, done.stdout) == (0, snippet(job, "en").text)
    assert code("classify", "uno").exit_code == 2  # without labels


def test_a_sweep_a_training_and_a_comparison_with_the_options_of_their_commands():
    small = ("--train-size", "20", "--test-size", "5", "--device", "cpu")
    assert code("train", *small, "--batch-size", "16,32").stdout == snippet(SWEEP, "en").text
    alone = code("train", *small, "--batch-size", "16", "--seed", "3").stdout
    assert alone == snippet(Training(train_size=20, test_size=5, device="cpu", batch_size=16, seed=3), "en").text
    compared = code("tokens", "uno dos", "--tokenizer", "some/tokenizer")
    assert compared.stdout == snippet(Compare("uno dos", ("some/tokenizer",)), "en").text
    assert code("train", "--train-size", "none").exit_code == 2
    assert code("train", "--take").exit_code == 2


def test_a_comparison_is_of_the_tokenizers_of_the_course(tmp_path):
    file = tmp_path / "course.toml"
    file.write_text('[exercise-2]\ntokenizers = ["some/tokenizer", "some/other"]\n', encoding="utf-8")
    compared = code("--course", str(file), "tokens", "uno dos")
    assert compared.stdout == snippet(Compare("uno dos", ("some/tokenizer", "some/other")), "en").text


def test_comments_are_in_the_language_of_the_person(kept):
    i18n.use("es")
    assert code("1", "--lab", str(kept.folder)).stdout == snippet(SWEEP, "es").text != snippet(SWEEP, "en").text


def test_an_exercise_in_which_nothing_was_done_is_said(lab):
    for number in ("1", "2", "3", "7"):
        refused = code(number, "--lab", str(lab.folder))
        assert refused.exit_code == 2 and f"In exercise {number}" in refused.stderr
    assert not Path(lab.folder).exists()
