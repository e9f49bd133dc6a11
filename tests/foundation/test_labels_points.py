"""The points of the labels curve, measured with tiny models: against scikit-learn and transformers themselves."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

import numpy
import pytest
import torch
from click.testing import CliRunner
from safetensors.torch import load_file, save_file
from sklearn.linear_model import LogisticRegression
from transformers import AutoModel, AutoTokenizer

from llm_tui import i18n
from llm_tui.classifier.data import Split
from llm_tui.classifier.job import Diverged, Training
from llm_tui.cli import cli
from llm_tui.engine.events import Progress
from llm_tui.engine.failures import GpuFailed
from llm_tui.engine.job import Context, JobCancelled, run_job
from llm_tui.errors import OutOfMemory, UserError
from llm_tui.exercises import flows, labels
from llm_tui.foundation import generation
from llm_tui.foundation.job import Asking, ModelChoice
from llm_tui.foundation.loading import load
from llm_tui.foundation.purpose import SEQUENCE
from llm_tui.lab.lab import Lab
from llm_tui.labels.job import CLASSIC, FEW_SHOT, PROBE, ZERO_SHOT, Measure, Point
from llm_tui.labels.points import named
from llm_tui.labels.probe import Vectors, embed, fit
from llm_tui.labels.scratch import predicted

DATA = Training(data="sample", train_size=300, test_size=60, embed_dim=16, device="cpu", keep_model=False)
TEXTS = ["Anna Brown works in London.", "Hello.", "Mañana veremos las películas en el cine de la plaza."]


def context(emit=lambda event: None, stop: threading.Event | None = None) -> Context:
    return Context(1, emit, stop or threading.Event())


@pytest.mark.parametrize("classes", [2, 3])
def test_the_probe_is_the_logistic_regression_of_scikit_learn(classes):
    draw = numpy.random.default_rng(0)
    centres = draw.normal(size=(classes, 8))
    labels = draw.integers(0, classes, size=90)
    points = centres[labels] + draw.normal(size=(90, 8))
    weights, bias = fit(torch.tensor(points), torch.tensor(labels), classes)
    found = (torch.tensor(points) @ weights.T + bias).softmax(1).numpy()
    wanted = LogisticRegression(max_iter=2000, tol=1e-8).fit(points, labels).predict_proba(points)
    assert found == pytest.approx(wanted, abs=1e-3)


@pytest.mark.parametrize("kind", ["bert-nli", "bart-nli"])
def test_a_text_is_the_mean_of_the_last_hidden_states_of_its_encoder(folders, kind):
    there = context()
    loaded = load(ModelChoice(str(folders[kind]), "cpu"), SEQUENCE, there)
    vectors = Vectors()
    embed(loaded, [*TEXTS, TEXTS[0]], vectors, 2, "x", there)
    model, tokenizer = AutoModel.from_pretrained(folders[kind]).eval(), AutoTokenizer.from_pretrained(folders[kind])
    encoder = model.get_encoder() if model.config.is_encoder_decoder else model
    for text in TEXTS:
        with torch.inference_mode():
            alone = encoder(**tokenizer(text, return_tensors="pt")).last_hidden_state[0].mean(0)
        assert vectors.known[text].tolist() == pytest.approx(alone.tolist(), abs=1e-5)


def test_what_was_embedded_before_a_stop_is_not_embedded_again(folders):
    stop, done = threading.Event(), list[int]()

    def emit(event) -> None:
        if isinstance(event, Progress) and event.total == len(TEXTS):
            done.append(event.done)
            if event.done == 1:
                stop.set()

    there = context(emit, stop)
    loaded = load(ModelChoice(str(folders["bert-nli"]), "cpu"), SEQUENCE, there)
    vectors = Vectors()
    with pytest.raises(JobCancelled):
        embed(loaded, TEXTS, vectors, 1, "x", there)
    before = dict(vectors.known)
    assert len(before) == 2 and done == [0, 1]
    embed(loaded, TEXTS, vectors, 1, "x", context())
    assert all(vectors.known[text] is vector for text, vector in before.items()) and len(vectors.known) == 3
    embed(loaded, TEXTS, vectors, 1, "x", context())  # there is nothing to do
    assert len(vectors.known) == 3


def test_the_classifier_learns_from_more_labels_and_the_same_point_comes_out_the_same():
    there = context()
    few, more = (run_job(Measure(CLASSIC, count, 0, DATA), there) for count in (4, 256))
    assert (few.rows, few.pool, few.classes) == (60, 300, 4) and few.synthetic
    assert more.hits > few.hits and more.hits > 30  # chance is 15
    again = run_job(Measure(CLASSIC, 256, 0, DATA), context())
    assert replace(again, seconds=0.0) == replace(more, seconds=0.0)


def test_each_model_has_a_point_and_examples_without_room_have_none(folders):
    there = context()
    model, chat = (ModelChoice(str(folders[name]), "cpu") for name in ("bert-nli", "t5"))
    small = replace(DATA, train_size=40, test_size=12)
    probe = run_job(Measure(PROBE, 16, 1, small, model), there)
    level = run_job(Measure(ZERO_SHOT, 0, 0, small, model), there)
    assert 0 <= probe.hits <= 12 and 0 <= level.hits <= 12 and probe.pool == level.pool == 40
    assert run_job(Measure(FEW_SHOT, 16, 0, small, chat), there).hits is None  # it takes 128 pieces


@pytest.mark.parametrize("kind", [OutOfMemory, GpuFailed, UserError])
def test_what_may_pass_is_not_taken_for_a_lack_of_room_before_the_question(folders, monkeypatch, kind):
    opened, passing = load, [kind("There was something.")]

    def load_later(*given):
        if passing:
            raise passing.pop()
        return opened(*given)

    monkeypatch.setattr(generation, "load", load_later)
    job = Measure(FEW_SHOT, 16, 0, replace(DATA, train_size=40, test_size=12), ModelChoice(str(folders["t5"]), "cpu"))
    with pytest.raises(kind, match="There was something"):
        run_job(job, context())


def test_the_probe_reads_a_folder_anew_when_its_files_change(copy):
    folder, there = copy("bert-nli"), context()
    asked = Measure(PROBE, 8, 0, replace(DATA, train_size=40, test_size=12), ModelChoice(str(folder), "cpu"))
    run_job(asked, there)
    (before,) = there.models.of("vectors")
    weights = load_file(folder / "model.safetensors")
    weights["bert.embeddings.word_embeddings.weight"] *= -1.0
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    run_job(replace(asked, seed=1), there)
    (after,) = there.models.of("vectors")
    both = after.known.keys() & before.known.keys()
    assert len(both) >= 12 and not any(torch.equal(after.known[text], before.known[text]) for text in both)


@pytest.mark.parametrize(
    ("answer", "found"),
    [("Sports", 1), ("It is about business, not sports.", 2), ("I do not know", None), ("", None), ("SCI/TECH.", 3)],
)
def test_the_class_that_an_answer_names_first_is_its_answer(answer, found):
    assert named(answer, ("World", "Sports", "Business", "Sci/Tech")) == found


def test_a_class_is_named_as_whole_words():
    classes = ("art", "sports", "sci", "sci/tech", "-")
    said = ("The article is about sports", "Smart.", "Sci/Tech", "**SCI**", "-")
    assert [named(answer, classes) for answer in said] == [1, None, 3, 2, 4]


def test_of_classes_that_begin_alike_an_answer_names_the_longest():
    numbers = tuple(map(str, range(1, 13)))
    assert [named(answer, numbers) for answer in ("1", "10.", "12")] == [0, 9, 11]


def test_few_labels_are_drawn_from_many_rows(tmp_path):
    rows = [f"{'abc'[row // 40]},text {row}" for row in range(120)]  # sorted: the first are of one class
    for split, of_split in (("train", rows), ("test", rows[::4])):
        (tmp_path / f"{split}.csv").write_text("\n".join(of_split), encoding="utf-8")
    setup = labels.Setup(data=str(tmp_path), counts=(0, 3), test_rows=30)
    point = run_job(Measure(CLASSIC, 3, 0, setup.training()), context())
    assert (point.pool, point.classes) == (120, 3)


def test_a_point_of_a_curve_whose_data_have_changed_is_not_measured_and_the_curve_begins_anew(tmp_path):
    data = tmp_path / "rows.csv"
    rows = [f"{'abc'[row % 3]},text {row}" for row in range(90)]
    data.write_text("\n".join(rows), encoding="utf-8")
    setup, there = labels.Setup(data=str(data), counts=(3, 6), seeds=1, test_rows=10), context()
    curve = labels.begun(None, setup)
    first, second = (job for job in curve.pending(Asking(device="cpu")) if job.method == CLASSIC)
    curve = curve.with_result(first, run_job(first, there))
    data.write_text("\n".join(rows[::2]), encoding="utf-8")
    with pytest.raises(UserError, match="have changed since this labels curve began"):
        run_job(second, there)
    level = next(job for job in curve.pending(Asking(device="cpu")) if job.method == ZERO_SHOT)
    assert curve.with_failure(level, "It has changed.") is None  # nothing of it goes on
    anew = labels.begun(curve, setup)
    assert anew.points == ()
    assert run_job(next(job for job in anew.jobs(Asking(device="cpu")) if job.method == CLASSIC), there).pool == 35


def test_a_method_learns_from_as_many_labels_as_are_asked_for_or_not_at_all(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("\n".join(f"{'ab'[row % 2]},text {row}" for row in range(60)), encoding="utf-8")
    setup = labels.Setup(data=str(path), counts=(0, 1_000), test_rows=20)
    point = run_job(Measure(CLASSIC, 1_000, 0, setup.training()), context())
    assert (point.hits, point.pool, point.rows) == (None, 40, 20)


def test_weights_that_are_no_numbers_classify_nothing():
    rows = Split(["a b", "c d"], [0, 1])
    with pytest.raises(Diverged):
        predicted(replace(DATA, lr=1e38, epochs=1, batch_size=2), rows, rows, 2, context())


@pytest.mark.usefixtures("own_folders")
def test_the_command_prints_the_table_and_goes_on_from_the_points_of_the_lab(folders, tmp_path):
    i18n.use("en", asked=True)
    lab = str(tmp_path / "lab")
    words = ("labels-curve", "--lab", lab, "--model", str(folders["bert-nli"]), "--counts", "4,8",
             "--test-rows", "12", "--device", "cpu", "--format", "json")  # fmt: skip
    done = CliRunner().invoke(cli, [*words, "--seeds", "1"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    read = json.loads(done.stdout)
    assert [row["labelled"] for row in read["rows"]] == [0, 4, 8]
    assert any("zero-shot" in sentence and "labels" in sentence for sentence in read["footer"])
    there = Lab(tmp_path / "lab").answers("flows", flows.Answers)
    kept = there.curve
    assert kept is not None and labels.parse(there.setup, there.model, there.template) == kept.setup
    assert len(kept.points) == 5
    logged = len((tmp_path / "lab" / "audit.jsonl").read_text().splitlines())
    again = CliRunner().invoke(cli, [*words, "--seeds", "1"], catch_exceptions=False)
    assert again.stdout == done.stdout
    assert len((tmp_path / "lab" / "audit.jsonl").read_text().splitlines()) == logged == 5
    other = CliRunner().invoke(cli, [*words, "--seeds", "2"], catch_exceptions=False)
    assert other.exit_code == 2 and "has a labels curve with --seeds=1, whose points" in other.stderr
    report = CliRunner().invoke(cli, ["export", "--lab", lab, "--exercise", "flows"])
    assert "**Accuracy by labelled examples**" in report.stdout


@pytest.mark.usefixtures("own_folders")
def test_a_curve_takes_the_place_of_another_one_only_where_it_is_said(lab, monkeypatch):
    monkeypatch.setattr("llm_tui.cli.progress.fill_in", lambda curve, *_: curve)
    monkeypatch.setenv("LLM_TUI_MODEL_ZERO_SHOT", "mine/zs")

    def drawn(*more: str):
        done = CliRunner().invoke(cli, ["labels-curve", "--lab", str(lab.folder), *more], catch_exceptions=False)
        return done, lab.answers_anew("flows", flows.Answers)

    kept = labels.Curve(labels.Setup(data="ag_news", seeds=5, model="mine/zs")).with_result(
        Measure(ZERO_SHOT, 0, 0, DATA), Point(ZERO_SHOT, 0, 0, 70, 100, 500, 4, "AG_NEWS", False, 1.0, "CPU")
    )
    before = flows.Answers(setup={"data": "ag_news", "seeds": "5"}, curve=kept)
    lab.save_answers("flows", before)
    refused, there = drawn()
    assert refused.exit_code == 2 and "with --data=ag_news --seeds=5, whose points" in refused.stderr
    assert there == before
    gone_on, there = drawn("--data", "ag_news", "--seeds", "5")
    assert gone_on.exit_code == 0 and there.curve == kept
    taken, there = drawn("--take")
    assert taken.exit_code == 0 and there.curve.setup == labels.Setup(model="mine/zs") and not there.curve.points
    assert there.model == "mine/zs"
