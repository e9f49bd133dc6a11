"""Asking a trained classifier: it answers as it did in its training, or says that it cannot."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
import safetensors.torch

from llm_tui import i18n
from llm_tui.classifier.job import Model, Predict, Prediction, Training, TrainingResult
from llm_tui.classifier.model import build
from llm_tui.classifier.prediction import VOCABULARY, WEIGHTS, dump_model
from llm_tui.engine.job import Context, JobCancelled, run_job
from llm_tui.errors import UserError


@pytest.fixture
def trained(job: Training, context: Context) -> TrainingResult:
    return run_job(job, context)


@pytest.fixture
def run_folder(trained: TrainingResult, tmp_path: Path) -> Path:
    folder = tmp_path / "run-1"
    save(trained.model, folder)
    return folder


def save(model: Model | None, folder: Path) -> None:
    assert model
    folder.mkdir()
    (folder / WEIGHTS).write_bytes(model.weights)
    (folder / VOCABULARY).write_text(model.vocabulary, encoding="utf-8")


def ask(folder: Path, text: str, context: Context) -> Prediction:
    return run_job(Predict(str(folder), text), context)


def test_the_probabilities_are_those_of_the_trained_weights(run_folder: Path, context: Context) -> None:
    prediction = ask(run_folder, "Lluvia, lluvia y nieve en el horno", context)

    words = json.loads((run_folder / VOCABULARY).read_text(encoding="utf-8"))["words"]
    weights = safetensors.numpy.load_file(run_folder / WEIGHTS)
    read = ["lluvia", "<unk>", "lluvia", "y", "nieve", "en", "el", "horno"]  # no training text had a comma
    mean = weights["embedding.weight"][[words.index(word) for word in read]].mean(0)
    logits = weights["fc.weight"] @ mean + weights["fc.bias"]
    expected = np.exp(logits) / np.exp(logits).sum()
    assert prediction.probabilities == pytest.approx(expected.tolist(), abs=1e-6)
    assert sum(prediction.probabilities) == pytest.approx(1)


@pytest.mark.parametrize("shape", [(1, 1, 2), (7, 3, 2), (30, 128, 4)])
def test_the_weights_are_written_as_safetensors_writes_them(shape: tuple[int, int, int]) -> None:
    model, counts = build(*shape, seed=0), list(range(shape[0]))
    expected = safetensors.torch.save(model.state_dict(), {"counts": json.dumps(counts, separators=(",", ":"))})
    assert dump_model(model, counts) == expected


def test_it_makes_the_mistakes_that_the_evaluation_found(
    trained: TrainingResult, run_folder: Path, context: Context
) -> None:
    assert trained.mistakes
    for mistake in trained.mistakes:
        probabilities = ask(run_folder, mistake.text, context).probabilities
        assert max(probabilities) == pytest.approx(mistake.confidence, abs=1e-6)
        assert probabilities.index(max(probabilities)) == mistake.predicted


def test_words_that_it_never_saw_are_named(run_folder: Path, context: Context) -> None:
    prediction = ask(run_folder, "Nieve y observabilidad serverless", context)
    assert prediction.words == 4
    assert prediction.unknown == ("observabilidad", "serverless")


def test_a_text_without_words_has_an_answer_too(run_folder: Path, context: Context) -> None:
    prediction = ask(run_folder, ' ""; ', context)
    assert (prediction.words, prediction.unknown) == (0, ())
    assert sum(prediction.probabilities) == pytest.approx(1)


def test_asking_can_be_stopped(run_folder: Path, context: Context, stop: threading.Event) -> None:
    stop.set()
    with pytest.raises(JobCancelled):
        ask(run_folder, "nieve", context)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "has no model to ask (No such file"), ("es", "no tiene modelo que consultar")]
)
@pytest.mark.parametrize("absent", [WEIGHTS, VOCABULARY])
def test_a_run_without_its_files_is_refused(
    absent: str, language: str, words: str, run_folder: Path, context: Context
) -> None:
    (run_folder / absent).unlink()
    i18n.use(language)
    with pytest.raises(UserError) as refused:
        ask(run_folder, "nieve", context)
    assert "run-1" in str(refused.value)
    assert words in str(refused.value)


DAMAGES = {
    "no weights": (WEIGHTS, lambda whole: b""),
    "half the weights": (WEIGHTS, lambda whole: whole[: len(whole) // 2]),
    "other weights": (WEIGHTS, lambda whole: safetensors.numpy.save({"x": np.zeros(3)})),
    "no vocabulary": (VOCABULARY, lambda whole: b""),
    "half the vocabulary": (VOCABULARY, lambda whole: whole[: len(whole) // 2]),
    "not text": (VOCABULARY, lambda whole: b"\xff\xfe"),
    "not an object": (VOCABULARY, lambda whole: b"[1, 2]"),
    "not a tokenizer": (VOCABULARY, lambda whole: b"{}"),
    "another run's words": (VOCABULARY, lambda whole: b'{"tokenizer": "basic_english", "words": ["<unk>", "a"]}'),
}


@pytest.mark.parametrize(("language", "words"), [("en", "are damaged: train"), ("es", "están dañados: entr")])
@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_files_are_refused(damage: str, language: str, words: str, run_folder: Path, context: Context) -> None:
    name, spoil = DAMAGES[damage]
    (run_folder / name).write_bytes(spoil((run_folder / name).read_bytes()))
    i18n.use(language)
    with pytest.raises(UserError) as refused:
        ask(run_folder, "nieve", context)
    assert "run-1" in str(refused.value)
    assert words in str(refused.value)


def test_weights_of_another_size_are_refused(job: Training, run_folder: Path, tmp_path: Path, context: Context) -> None:
    save(run_job(replace(job, train_size=20), context).model, tmp_path / "run-2")
    (run_folder / WEIGHTS).write_bytes((tmp_path / "run-2" / WEIGHTS).read_bytes())
    with pytest.raises(UserError, match="damaged"):
        ask(run_folder, "nieve", context)
