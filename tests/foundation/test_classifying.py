"""Zero-shot, entities and sentiment: the same as transformers' own pipelines, single and in batches."""

from __future__ import annotations

import itertools
import json
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from foundation.conftest import NLI, named
from hypothesis import given
from hypothesis import strategies as st
from transformers import (
    AutoConfig,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    FNetConfig,
    FNetForSequenceClassification,
    TokenizersBackend,
    XLNetConfig,
    XLNetForSequenceClassification,
    pipeline,
)

from llm_tui import i18n
from llm_tui.engine.events import Event, Progress
from llm_tui.engine.job import Context, JobCancelled, run_job
from llm_tui.errors import UserError
from llm_tui.foundation.batches import encode
from llm_tui.foundation.entities import Piece, grouped, joined
from llm_tui.foundation.job import ModelChoice
from llm_tui.foundation.labels_job import Entities, Entity, Sentiment, ZeroShot
from llm_tui.foundation.loading import load
from llm_tui.foundation.purpose import SEQUENCE
from llm_tui.playground.tasks.sentiment import TASK

TEXTS = (
    "Every word is cut.",
    "The observability of a system is measured with logs and metrics, and the teacher asked a hard question about it.",
    "Anna Brown works in London.",
    "Ana Torres explicó la lección; el tren de las ocho llegó con doce minutos de retraso a la estación de Madrid.",
    "Mañana.",
)
LABELS = ("sports", "science and business", "politics")
Folders = dict[str, Path]


def cpu(folder: Path) -> ModelChoice:
    return ModelChoice(str(folder), "cpu")


def zero_shot_scores(folder: Path, texts: tuple[str, ...], labels: tuple[str, ...], **more: Any) -> list[list[float]]:
    """The pipeline's scores, in the order of the labels, one text at a time."""
    oracle = pipeline("zero-shot-classification", model=str(folder), device="cpu")
    found = [oracle(text, list(labels), **more) for text in texts]
    return [[dict(zip(one["labels"], one["scores"], strict=True))[label] for label in labels] for one in found]


@pytest.mark.parametrize("model", ["bart-nli", "bert-nli", "roberta-nli"])
@pytest.mark.parametrize("multi_label", [False, True])
@pytest.mark.parametrize(("texts", "labels"), [(TEXTS[:1], LABELS), (TEXTS, LABELS), (TEXTS, LABELS[:1])])
def test_scores_are_the_pipelines(
    folders: Folders, context: Context, model: str, multi_label: bool, texts: tuple[str, ...], labels: tuple[str, ...]
):
    template = "Esto trata de {}."
    job = ZeroShot(texts, labels, template, multi_label, cpu(folders[model]), batch_size=4)
    found = [list(text.scores) for text in run_job(job, context).texts]
    expected = zero_shot_scores(folders[model], texts, labels, hypothesis_template=template, multi_label=multi_label)
    for ours, theirs in zip(found, expected, strict=True):
        assert ours == pytest.approx(theirs, abs=1e-5)
    if len(labels) > 1:
        assert max(found[0]) - min(found[0]) > 1e-3  # else the test would say nothing
        if not multi_label:
            assert all(sum(scores) == pytest.approx(1) for scores in found)


@pytest.mark.parametrize("numbers", [None, {label: str(i) for i, label in enumerate(NLI)}])
def test_the_entailment_is_found_by_its_number_alone(
    folders: Folders, context: Context, copy: Callable[[str], Path], numbers: dict[str, str] | None
):
    folder = copy("bart-nli")
    own = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    (folder / "config.json").write_text(json.dumps({**own, "label2id": numbers}), encoding="utf-8")
    job = ZeroShot(TEXTS[:1], LABELS, model=cpu(folders["bart-nli"]))
    assert run_job(replace(job, model=cpu(folder)), context).texts == run_job(job, context).texts


def test_each_label_stands_between_entailment_and_contradiction_wherever_that_is(
    folders: Folders, context: Context, copy: Callable[[str], Path]
):
    folder = copy("bart-nli")
    own = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    (folder / "config.json").write_text(json.dumps({**own, **named(["neutral", "contradiction", "entailment"])}))
    (score,) = run_job(ZeroShot(TEXTS[:1], LABELS[:1], model=cpu(folder)), context).texts[0].scores
    loaded = load(cpu(folder), SEQUENCE, context)
    (pair,) = encode(loaded, TEXTS[:1], ["This example is sports."])
    logits = loaded.model(**{name: torch.tensor([ids]) for name, ids in pair.items()}).logits[0]
    assert score == pytest.approx(logits[1:].softmax(-1)[1].item(), abs=1e-5)
    assert abs(score - logits[[0, 2]].softmax(-1)[1].item()) > 1e-3  # else the test would say nothing


@pytest.mark.parametrize("model", ["bart-nli", "bert-nli", "roberta-nli"])
def test_a_text_that_is_too_long_for_zero_shot_loses_its_end(folders: Folders, context: Context, model: str):
    long = " ".join(TEXTS) * 12
    found = run_job(ZeroShot((long, TEXTS[0]), LABELS, model=cpu(folders[model])), context)
    assert found.texts[0].scores != found.texts[1].scores
    assert [text.cut for text in found.texts] == [True, False]


def test_a_text_is_cut_from_the_piece_on_that_has_no_room(folders: Folders, context: Context):
    tokenizer, (label, *_) = AutoTokenizer.from_pretrained(folders["roberta-nli"]), LABELS
    texts = tuple("sol " * words + "sol" for words in range(80))
    found = run_job(ZeroShot(texts, (label,), "{}", model=cpu(folders["roberta-nli"])), context)
    fit = [len(tokenizer(text, label).input_ids) <= tokenizer.model_max_length for text in texts]
    assert [not text.cut for text in found.texts] == fit and 0 < sum(fit) < len(fit)


def test_the_label_stands_where_the_braces_are_and_braces_in_it_are_text(folders: Folders, context: Context):
    job = ZeroShot(TEXTS[:1], ("a {b}", "c"), "{} {x} {0}", model=cpu(folders["bert-nli"]))
    assert len(run_job(job, context).texts[0].scores) == 2


def entities_of(folder: Path, texts: tuple[str, ...]) -> list[list[tuple[Any, ...]]]:
    oracle = pipeline("token-classification", model=str(folder), aggregation_strategy="simple", device="cpu")
    return [[(e["start"], e["end"], e["entity_group"], float(e["score"])) for e in oracle(text)] for text in texts]


@pytest.mark.parametrize("texts", [TEXTS[:1], TEXTS])
def test_entities_are_the_pipelines(folders: Folders, context: Context, texts: tuple[str, ...]):
    found = run_job(Entities(texts, cpu(folders["tokens"]), batch_size=3), context)
    assert any(found.texts)
    for ours, theirs in zip(found.texts, entities_of(folders["tokens"], texts), strict=True):
        assert [(e.start, e.end, e.type) for e in ours] == [entity[:3] for entity in theirs]
        assert [e.score for e in ours] == pytest.approx([entity[3] for entity in theirs], abs=1e-5)


def test_a_long_text_is_read_in_windows_to_its_end(folders: Folders, context: Context):
    text = " ".join(TEXTS * 3)
    (found,) = run_job(Entities((text,), cpu(folders["windows"]), batch_size=2), context).texts
    assert found[-1].end > len(text) - 60
    assert all(one.end <= other.start for one, other in itertools.pairwise(found))
    tokenizer = AutoTokenizer.from_pretrained(folders["windows"])
    assert len(tokenizer(text)["input_ids"]) > 4 * 24


@pytest.mark.parametrize("file", ["tokenizer_config.json", "tokenizer.json"])
def test_a_long_text_is_read_whole_by_a_tokenizer_that_cuts_at_the_beginning(
    folders: Folders, context: Context, copy: Callable[[str], Path], file: str
):
    folder, job = copy("windows"), Entities((" ".join(TEXTS * 3),), cpu(folders["windows"]))
    own = {"max_length": 24, "stride": 0, "strategy": "LongestFirst", "direction": "Left"}
    said = {"truncation_side": "left"} if file == "tokenizer_config.json" else {"truncation": own}
    before = json.loads((folder / file).read_text(encoding="utf-8"))
    (folder / file).write_text(json.dumps({**before, **said}), encoding="utf-8")
    found = run_job(replace(job, model=cpu(folder)), context).texts
    assert found == run_job(job, context).texts


def test_a_library_that_loses_the_rest_of_a_long_text_is_no_answer(folders, context, monkeypatch):
    convert = TokenizersBackend._convert_encoding

    def losing(self, encoding, **settings):
        return convert(self, encoding, **{**settings, "return_overflowing_tokens": False})

    monkeypatch.setattr(TokenizersBackend, "_convert_encoding", losing)
    with pytest.raises(UserError, match="update it"):
        run_job(Entities((" ".join(TEXTS * 3),), cpu(folders["windows"]), batch_size=2), context)


@given(st.integers(0, 60), st.integers(3, 12), st.integers(0, 5))
def test_windows_give_each_piece_once(size: int, width: int, overlap: int):
    overlap = min(overlap, width - 1)
    pieces = [Piece("O", 0.5, i, i + 1) for i in range(size)]
    step = width - overlap
    last = next(start for start in range(0, size + step, step) if start + width >= size)
    windows = [pieces[start : start + width] for start in range(0, last + 1, step)]
    assert joined(windows, overlap) == pieces


def test_an_entity_across_two_windows_is_whole():
    tags = ["O"] * 4 + ["B-PER"] + ["I-PER"] * 3 + ["O"] * 4
    text = "abcdefghijkl"
    pieces = [Piece(tag, 0.5, i, i + 1) for i, tag in enumerate(tags)]
    cut = [Piece("B-LOC", 0.5, p.start, p.end) if p.start in (6, 7) else p for p in pieces]
    windows = [[*cut[:8]], [Piece("O", 0.9, 4, 5), Piece("B-LOC", 0.9, 5, 6), *pieces[6:]]]
    assert list(grouped(joined(windows, 4), text)) == [Entity(4, 8, "PER", 0.5)]


def test_grouping_follows_the_simple_strategy():
    pieces = [("B-PER", 0, 3), ("B-PER", 4, 7), ("I-PER", 7, 9), ("I-LOC", 9, 16), ("LOC", 16, 18), ("O", 18, 19)]
    text = "Ana Torres  Madrid."
    found = list(grouped([Piece(label, 1.0, start, end) for label, start, end in pieces], text))
    assert [(e.start, e.end, e.type) for e in found] == [(0, 3, "PER"), (4, 9, "PER"), (9, 18, "LOC")]


@pytest.mark.parametrize("tags", ["B I E S", "B I L U", "B M E S"])
def test_what_other_schemes_begin_and_end_is_one_entity(tags: str):
    text = "Ana de Paz, Luis"
    spans = ((0, 3), (4, 6), (7, 10), (12, 16))
    labels = [f"{tag}-PER" for tag in tags.split()]
    pieces = [Piece(label, 1.0, *span) for label, span in zip(labels, spans, strict=True)]
    pieces.insert(3, Piece("O", 1.0, 10, 11))
    assert [(e.start, e.end, e.type) for e in grouped(pieces, text)] == [(0, 10, "PER"), (12, 16, "PER")]


def test_white_space_at_the_ends_is_no_part_of_an_entity():
    found = list(grouped([Piece("B-LOC", 1.0, 2, 9), Piece("B-LOC", 1.0, 9, 10)], "en Madrid "))
    assert [(e.start, e.end) for e in found] == [(3, 9)]


def test_two_pieces_of_one_character_make_one_entity():
    assert len(list(grouped([Piece("B-LOC", 1.0, 0, 1), Piece("B-LOC", 1.0, 0, 1)], "ñ"))) == 1


@pytest.mark.parametrize("texts", [TEXTS[:1], TEXTS])
def test_the_steps_of_a_sentiment(folders: Folders, context: Context, texts: tuple[str, ...]):
    folder = folders["distilbert"]
    found = run_job(Sentiment(texts, cpu(folder), batch_size=2), context)
    assert found.labels == ("NEGATIVE", "POSITIVE")
    assert found.made_by.precision == "float32"
    assert found.made_by.parameters > 10_000
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModelForSequenceClassification.from_pretrained(folder)
    for text, steps in zip(texts, found.texts, strict=True):
        encoded = tokenizer(text, return_tensors="pt")
        logits = model(**encoded).logits[0]
        assert list(steps.ids) == encoded["input_ids"][0].tolist()
        assert list(steps.pieces) == tokenizer.convert_ids_to_tokens(steps.ids)
        assert steps.logits == pytest.approx(logits.tolist(), abs=1e-5)
        assert steps.probabilities == pytest.approx(logits.softmax(-1).tolist(), abs=1e-5)
        assert not steps.cut


def test_a_text_that_is_too_long_for_sentiment_is_cut(folders: Folders, context: Context):
    found = run_job(Sentiment((" ".join(TEXTS) * 20, TEXTS[0]), cpu(folders["distilbert"])), context)
    assert [steps.cut for steps in found.texts] == [True, False]
    assert len(found.texts[0].ids) == 256
    assert found.texts[0].pieces[-1] == "[SEP]"


HEADS: dict[str, dict[str, Any]] = {
    "sigmoid": {"problem_type": "multi_label_classification", **named(["toxic", "insult", "threat"])},
    "one label": {**named(["relevant"])},
    "identity": {"problem_type": "regression", **named(["similarity"])},
    "softmax": {"problem_type": "single_label_classification", **named(["a", "b"])},
}


def headed(folders: Folders, folder: Path, head: str) -> Path:
    """A classifier whose config.json says what its logits are."""
    shutil.copytree(folders["distilbert"], folder)
    own = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config = AutoConfig.for_model(**{**own, **HEADS[head]})
    torch.manual_seed(3)
    AutoModelForSequenceClassification.from_config(config).save_pretrained(folder)
    return folder


@pytest.mark.parametrize("head", HEADS)
def test_scores_are_made_of_the_logits_as_the_pipeline_does(
    folders: Folders, context: Context, tmp_path: Path, head: str
):
    folder = headed(folders, tmp_path / "own", head)
    oracle: Any = pipeline("text-classification", model=str(folder), device="cpu", top_k=None)
    job = Sentiment(TEXTS, cpu(folder))
    found = run_job(job, context)
    for text, steps in zip(TEXTS, found.texts, strict=True):
        expected = {one["label"]: one["score"] for one in oracle(text)[0]}
        assert dict(zip(found.labels, steps.probabilities, strict=True)) == pytest.approx(expected, rel=1e-4, abs=1e-5)
    step = {"one label": "sigmoid", "identity": "identity (regression)"}.get(head, head)
    i18n.use("en")
    assert f"3. {step}  " in [said for said, _ in TASK.shown(job, found)]
    assert str(TASK.table(job, found).columns[2].head) == ("score" if head == "softmax" else f"score ({step})")


def no_mask(folder: Path) -> None:
    """The settings of its tokenizer name no mask."""
    file = folder / "tokenizer_config.json"
    said = json.loads(file.read_text(encoding="utf-8")) | {"model_input_names": ["input_ids"]}
    file.write_text(json.dumps(said), encoding="utf-8")


READERS: dict[str, Callable[[], Any]] = {
    "xlnet": lambda: XLNetForSequenceClassification(
        XLNetConfig(vocab_size=300, d_model=32, n_layer=2, n_head=2, d_inner=64, initializer_range=0.5)
    ),
    "fnet": lambda: FNetForSequenceClassification(
        FNetConfig(
            vocab_size=300, hidden_size=32, num_hidden_layers=2, intermediate_size=64, max_position_embeddings=256,
            initializer_range=0.5,
        )
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", [*READERS, "distilbert"])
def test_padding_is_not_read_where_the_mask_alone_does_not_keep_it_out(
    context: Context, copy: Callable[[str], Path], kind: str
):
    folder = copy("distilbert")
    torch.manual_seed(3)
    if kind in READERS:
        READERS[kind]().save_pretrained(folder)
    if kind != "xlnet":
        no_mask(folder)
    together, alone = (run_job(Sentiment(TEXTS, cpu(folder), batch_size=size), context).texts for size in (5, 1))
    assert [steps.ids for steps in together] == [steps.ids for steps in alone]
    for one, other in zip(together, alone, strict=True):
        assert one.logits == pytest.approx(other.logits, abs=1e-4)


def test_a_causal_classifier_reads_no_padding_whatever_its_configuration_calls_so(
    folders: Folders, context: Context, tmp_path: Path
):
    folder = tmp_path / "causal"
    shutil.copytree(folders["llama"], folder)
    own = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config = AutoConfig.for_model(**{**own, "pad_token_id": 77, **named(["no", "yes"])})
    torch.manual_seed(3)
    AutoModelForSequenceClassification.from_config(config).save_pretrained(folder)
    together, alone = (run_job(Sentiment(TEXTS, cpu(folder), batch_size=size), context).texts for size in (5, 1))
    for one, other in zip(together, alone, strict=True):
        assert one.logits == pytest.approx(other.logits, abs=1e-4)


def test_a_stop_between_two_batches_ends_the_job(folders: Folders):
    stop = threading.Event()
    heard: list[Event] = []

    def listen(event: Event) -> None:
        heard.append(event)
        if isinstance(event, Progress) and event.total:
            stop.set()

    with pytest.raises(JobCancelled):
        run_job(Entities(TEXTS, cpu(folders["tokens"]), batch_size=1), Context(1, listen, stop))
    assert sum(isinstance(event, Progress) and event.total > 0 for event in heard) == 1


def test_the_time_of_an_answer_is_that_of_cutting_the_texts_too(folders: Folders, context: Context, monkeypatch):
    def slowly(*given: Any) -> Any:
        time.sleep(1)
        return encode(*given)

    job = ZeroShot(TEXTS[:1], LABELS, model=cpu(folders["bert-nli"]))
    run_job(job, context)
    monkeypatch.setattr("llm_tui.foundation.zero_shot.encode", slowly)
    assert run_job(job, context).made_by.seconds >= 1


@pytest.mark.parametrize("model", ["bart-nli", "bert-nli", "roberta-nli"])
def test_special_tokens_written_in_a_text_are_text(model: str, folders: dict[str, Path], context: Context) -> None:
    texts = ("Uno </s> dos.", "[SEP] tres <mask>", "cuatro")
    result = run_job(ZeroShot(texts, ("deporte", "ciencia"), model=ModelChoice(str(folders[model]))), context)
    assert all(sum(text.scores) == pytest.approx(1) for text in result.texts)
    alone = run_job(ZeroShot(texts[:1], ("deporte", "ciencia"), model=ModelChoice(str(folders[model]))), context)
    assert alone.texts[0].scores == pytest.approx(result.texts[0].scores, abs=1e-5)
