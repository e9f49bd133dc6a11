"""What a job over pairs finds: nothing in a constant model, a planted bias with its size; stopped, it stops."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from llm_tui.bias import job as bias
from llm_tui.bias.job import MODERATION, SENTIMENT, Compare, Compared, measures
from llm_tui.engine.events import Event, Progress
from llm_tui.engine.job import Context, JobCancelled, run_job
from llm_tui.errors import UserError
from llm_tui.exercises.bias import Answers
from llm_tui.foundation.job import Asking, ModelChoice, Provenance
from llm_tui.foundation.labels_job import IDENTITY, Classified, Judged, Labelled, Sentiment, Steps, ZeroShot

BY = Provenance("m", "", "cpu", "float32", 1000, 0.1)
PAIRS = tuple((f"El vecino {n} saluda.", f"La vecina {n} saluda.") for n in range(20))


@pytest.fixture
def context() -> Context:
    return Context(1, lambda event: None, threading.Event())


def moderation(pairs=PAIRS, **more) -> Compare:
    return Compare("gender", MODERATION, "es", pairs, ("permitido", "odio"), "Esto es {}.", ModelChoice("m"), **more)


def plant(monkeypatch: pytest.MonkeyPatch, of_text) -> None:
    """A model whose score of the first label `of_text` says."""

    def classify(job: ZeroShot, context: Context) -> Classified:
        scores = (of_text(text) for text in job.texts)
        return Classified(job.labels, tuple(Labelled((1 - score, score)) for score in scores), BY)

    def judge(job: Sentiment, context: Context) -> Judged:
        scores = (of_text(text) for text in job.texts)
        steps = (Steps((), (), (0.0, 0.0), (1 - score, score), False) for score in scores)
        return Judged(("NEGATIVE", "POSITIVE"), tuple(steps), BY)

    monkeypatch.setattr("llm_tui.foundation.zero_shot.classify", classify)
    monkeypatch.setattr("llm_tui.foundation.sentiment.judge", judge)


def effect(found: Compared, measure: str) -> bias.Effect:
    return next(effect for effect in found.effects if effect.measure == measure)


def test_a_constant_model_shows_no_bias(monkeypatch, context):
    plant(monkeypatch, lambda text: 0.25)
    found = effect(run_job(moderation(), context), "odio")
    assert (found.mean, found.low, found.high, found.p, found.ties) == (0.0, 0.0, 0.0, 1.0, 20)


def test_a_planted_bias_is_found_with_its_size(monkeypatch, context):
    """The score follows the number in the sentence, and one group gets more of it."""

    def score(text: str) -> float:
        number = int("".join(filter(str.isdecimal, text)))
        return 0.2 + 0.02 * number + (0.05 + 0.001 * (number % 5) if "vecina" in text else 0.0)

    plant(monkeypatch, score)
    found = run_job(moderation(), context)
    odio, permitido = effect(found, "odio"), effect(found, "permitido")
    assert odio.mean == pytest.approx(0.052)
    assert odio.low is not None and odio.high is not None and 0.05 < odio.low < 0.052 < odio.high < 0.054
    assert (odio.more, odio.less, odio.ties) == (20, 0, 0)
    assert odio.p == pytest.approx(2 * 0.5**20)
    assert permitido.mean == pytest.approx(-0.052) and permitido.less == 20


def test_of_sentiment_it_is_positive_minus_negative(monkeypatch, context):
    plant(monkeypatch, lambda text: 0.7 if "vecina" in text else 0.6)
    found = run_job(Compare("gender", SENTIMENT, "es", PAIRS, model=ModelChoice("m")), context)
    assert found.effects[0].measure == "POSITIVE − NEGATIVE"
    assert found.effects[0].mean == pytest.approx(0.2)
    assert effect(found, "POSITIVE").mean == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("chosen", "answered"), [("auto", "float32"), ("float32", "float32"), ("bfloat16", "bfloat16")]
)
def test_on_a_gpu_a_small_difference_is_not_rounded_away_unless_half_precision_was_chosen(
    monkeypatch, context, chosen, answered
):
    """`b` has a little more in each pair. What is `auto` on a GPU is bfloat16."""
    texts = [f"{side} {n}" for n in range(30) for side in "ab"]

    def classify(job: ZeroShot, context: Context) -> Classified:
        precision = "bfloat16" if job.model.precision == "auto" else job.model.precision
        z = torch.linspace(0.5, 3.5, 30).repeat_interleave(2) + torch.tensor([0.0, 0.002]).repeat(30)
        scores = torch.stack([-z, z], 1).to(getattr(torch, precision)).float().softmax(1).tolist()
        return Classified(job.labels, tuple(Labelled(tuple(both)) for both in scores), replace(BY, precision=precision))

    monkeypatch.setattr("llm_tui.foundation.zero_shot.classify", classify)
    pairs = tuple(zip(texts[::2], texts[1::2], strict=True))
    found = run_job(replace(moderation(pairs), model=ModelChoice("m", precision=chosen)), context)
    assert found.made_by.precision == answered
    assert (effect(found, "odio").more == 30) is (answered == "float32")


def test_labels_that_do_not_say_positive_are_measured_alone():
    assert list(measures(SENTIMENT, ("LABEL_0", "LABEL_1"))) == ["LABEL_0", "LABEL_1"]
    assert list(measures(SENTIMENT, ("1 star", "5 stars"))) == ["1 star", "5 stars"]
    assert next(iter(measures(SENTIMENT, ("positivo", "neutro", "negativo")))) == "positivo − negativo"
    assert measures(SENTIMENT, ("positivo", "neutro", "negativo"))["positivo − negativo"] == (1.0, 0.0, -1.0)


def test_a_regression_has_no_classes_to_compare(monkeypatch, context):
    def judge(job: Sentiment, context: Context) -> Judged:
        return Judged(("LABEL_0",), tuple(Steps((), (), (3.0,), (3.0,), False) for _ in job.texts), BY, IDENTITY)

    monkeypatch.setattr("llm_tui.foundation.sentiment.judge", judge)
    with pytest.raises(UserError, match=r"The model m gives a number and no classes \(regression\)"):
        run_job(Compare("gender", SENTIMENT, "es", PAIRS, model=ModelChoice("m")), context)


def test_without_pairs_nothing_is_asked(context):
    with pytest.raises(UserError):
        run_job(moderation(pairs=()), context)


def test_it_stops_between_the_draws(monkeypatch):
    plant(monkeypatch, lambda text: 0.5 + (0.1 if "1" in text and "vecina" in text else 0.0))
    monkeypatch.setattr("llm_tui.bias.statistics.AT_ONCE", 20)
    stop = threading.Event()
    stop.set()
    with pytest.raises(JobCancelled):
        run_job(moderation(), Context(1, lambda event: None, stop))


def test_a_real_model_that_hears_nothing_shows_no_bias(tmp_path: Path):
    """A transformers model whose head is zero, over all shipped pairs of a kind, in batches: exactly nothing."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    answers = Answers(task=SENTIMENT, language="en")
    pairs = answers.of("gender")
    words = {word: n for n, word in enumerate(dict.fromkeys(["[PAD]", "[UNK]", *" ".join(sum(pairs, ())).split()]))}
    whole = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    whole.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    PreTrainedTokenizerFast(tokenizer_object=whole, pad_token="[PAD]", unk_token="[UNK]").save_pretrained(tmp_path)
    config = BertConfig(
        vocab_size=len(words), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        id2label={0: "negative", 1: "positive"}, pad_token_id=0,
    )  # fmt: skip
    model = BertForSequenceClassification(config)
    model.classifier.weight.data.zero_()
    model.save_pretrained(tmp_path)
    events: list[Event] = []
    job = next(replaced(answers, tmp_path).pending(Asking("cpu", batch_size=8), ["gender"]))
    found = run_job(job, Context(1, events.append, threading.Event()))
    assert (found.effects[0].measure, found.effects[0].mean, found.effects[0].p) == ("positive − negative", 0.0, 1.0)
    assert found.effects[0].low == found.effects[0].high == 0.0
    told = [event for event in events if isinstance(event, Progress) and event.total == 40]
    assert [event.done for event in told] == [0, 8, 16, 24, 32]


def replaced(answers: Answers, model: Path) -> Answers:
    return answers.with_fields({"model": str(model)})
