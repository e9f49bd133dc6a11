"""Which logit is explained, of which part of a text; what cannot be explained is said."""

from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path

import pytest
import torch

from llm_tui.attribution.job import GRADIENT, INTEGRATED, METHODS, OCCLUSION, Attribute, OfClass, OfHypothesis, OfSpan
from llm_tui.attribution.targets import targets
from llm_tui.engine.events import Progress
from llm_tui.engine.job import Context, JobCancelled, run_job
from llm_tui.errors import UserError
from llm_tui.foundation.job import ModelChoice
from llm_tui.foundation.labels_job import Entities, Sentiment, ZeroShot

TEXT = "Anna Brown works for a transport company in London."
LONG = " ".join(["The train reached the station twelve minutes late.", TEXT, "Ana Torres trabaja en Madrid."] * 3)


def asked(folder, of, text=TEXT, by=METHODS, precision="auto"):
    return Attribute(text, of, ModelChoice(str(folder), "cpu", precision), by)


def test_the_logit_is_that_of_the_answer(classifiers, context: Context):
    folder = ModelChoice(str(classifiers["bart"]), "cpu")
    of_class = run_job(asked(classifiers["bart"], OfClass("neutral"), by=(GRADIENT,)), context)
    judged = run_job(Sentiment((TEXT,), folder), context)
    assert of_class.logit == pytest.approx(judged.texts[0].logits[1], abs=1e-5)
    pair = [
        run_job(asked(classifiers["bart"], OfHypothesis(label, "It is {}."), by=(OCCLUSION,)), context).logit
        for label in ("sports", "trains")
    ]
    scores = run_job(ZeroShot((TEXT,), ("sports", "trains"), "It is {}.", model=folder), context).texts[0].scores
    assert torch.tensor(pair).softmax(0).tolist() == pytest.approx(scores, abs=1e-5)


def test_of_two_classes_that_are_called_alike_each_has_its_own_logit(classifiers, tmp_path, context: Context):
    folder = tmp_path / "alike"
    shutil.copytree(classifiers["roberta"], folder)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["id2label"] = {"0": "positive", "1": "negative", "2": "positive"}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    job = Sentiment((TEXT,), ModelChoice(str(folder), "cpu"))
    judged = run_job(job, context)
    assert judged.labels == ("positive (0)", "negative (1)", "positive (2)")
    for of in targets(job, judged):
        logit = run_job(asked(folder, of, by=(GRADIENT,)), context).logit
        assert logit == pytest.approx(judged.texts[0].logits[judged.labels.index(of.label)], abs=1e-5)


def test_of_an_answer_in_half_precision_the_gradients_are_in_full(classifiers, context: Context):
    half = run_job(asked(classifiers["roberta"], OfClass("neutral"), precision="bfloat16"), context)
    whole = run_job(asked(classifiers["roberta"], OfClass("neutral")), context)
    assert half.made_by.precision == "float32" and half.attributions == whole.attributions
    assert abs(half.gap(half.attributions[1])) <= max(1e-3, 0.01 * abs(half.logit - half.attributions[1].baseline))


@pytest.mark.parametrize("of", [OfClass("neutral"), OfHypothesis("trains", "It is {}.")])
def test_what_the_model_does_not_read_has_no_say(of, classifiers, context: Context):
    text = "Every piece has a number. " * 30
    result = run_job(asked(classifiers["roberta"], of, text, by=(GRADIENT,)), context)
    own = [unit for unit in result.units if not unit.of_hypothesis]
    assert result.read_from == 0 and own[-1].end <= result.read_to < len(text)
    assert not text[own[-1].end : result.read_to].strip()
    assert len(result.units) == len(result.attributions[0].values)


def test_of_a_long_text_an_entity_is_explained_in_the_part_where_it_stands(classifiers, context: Context):
    choice = ModelChoice(str(classifiers["windows"]), "cpu")
    (found,) = run_job(Entities((LONG,), choice), context).texts
    assert len(found) > 3
    for entity in (found[0], found[len(found) // 2], found[-1]):
        of = OfSpan(entity.start, entity.end, entity.type)
        result = run_job(asked(classifiers["windows"], of, LONG, by=(INTEGRATED,)), context)
        assert result.read_from <= entity.start and entity.end <= result.read_to < result.read_from + len(LONG)
        assert any(unit.start <= entity.start < unit.end for unit in result.units)


def test_an_entity_of_another_scheme_of_labels_is_explained(classifiers, context: Context, tmp_path):
    folder = Path(shutil.copytree(classifiers["tokens"], tmp_path / "bioes"))
    config = json.loads((folder / "config.json").read_text())
    config["id2label"] = dict(enumerate(["O", "S-PER", "E-PER", "S-LOC", "E-LOC"]))
    (folder / "config.json").write_text(json.dumps(config))
    found = [run_job(asked(where, OfSpan(0, 4, "PER")), context) for where in (folder, classifiers["tokens"])]
    assert found[0].attributions == found[1].attributions


def test_special_tokens_and_mask_that_are_written_in_a_text_are_text(classifiers, context: Context):
    result = run_job(asked(classifiers["bart"], OfClass("neutral"), "a </s> b <mask> c"), context)
    assert result.units[0].start == 0 and result.units[-1].end == len("a </s> b <mask> c")


@pytest.mark.parametrize(
    ("name", "of", "said"),
    [
        ("bart", OfClass("POSITIVE"), "There is no class POSITIVE to explain (contradiction, neutral, entailment)"),
        ("tokens", OfSpan(0, 4, "ORG"), "There is no type of entity ORG"),
        ("tokens", OfSpan(900, 904, "PER"), "There is no span 900–904"),
        ("tokens", OfClass("O"), "is of another kind"),
    ],
)
def test_what_is_not_there_is_said(name, of, said, classifiers, context: Context):
    with pytest.raises(UserError) as refused:
        run_job(asked(classifiers[name], of), context)
    assert said in str(refused.value)


def test_a_served_model_cannot_be_looked_into(context: Context):
    with pytest.raises(UserError, match="looks into a model"):
        run_job(Attribute(TEXT, OfClass("yes"), ModelChoice("http://localhost:1/v1#m")), context)


@pytest.mark.parametrize("method", METHODS)
def test_who_stops_it_is_heard_in_every_method(method, classifiers):
    stop, context = threading.Event(), None

    def heard(event):
        if isinstance(event, Progress) and event.total:
            stop.set()

    context = Context(0, heard, stop)
    with pytest.raises(JobCancelled):
        run_job(asked(classifiers["distilbert"], OfClass("neutral"), by=(method,)), context)
