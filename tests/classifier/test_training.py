"""The training: the notebook's numbers, the same every time, and stopped at once."""

from __future__ import annotations

import csv
import json
import math
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import safetensors.torch
import torch
from classifier.course_loop import by_autograd
from fakes.gpus import Fail, FakeGpu, Machine
from fakes.rapl import Growing
from torch.utils.data import DataLoader
from torchtext.data.utils import get_tokenizer
from torchtext.vocab import Vocab

from llm_tui import i18n
from llm_tui.classifier import training
from llm_tui.classifier.corpus import prepare
from llm_tui.classifier.job import Diverged, Sweep, Training, TrainingResult
from llm_tui.classifier.model import TextClassifier, build
from llm_tui.engine.devices import Device
from llm_tui.engine.energy import Energy
from llm_tui.engine.events import Event, Metric, Progress
from llm_tui.engine.gpus import Seen
from llm_tui.engine.job import Context, JobCancelled, run_job
from llm_tui.engine.meters import counter_of
from llm_tui.errors import UserError


def weights(result: TrainingResult) -> bytes:
    assert result.model
    return result.model.weights


def metrics(events: list[Event]) -> list[Metric]:
    return [event for event in events if isinstance(event, Metric)]


# The notebook's numbers

Row = tuple[int, str]


class Notebook:
    """The course's loop as the course wrote it: texts become words and ids in the collate function, at each batch."""

    def __init__(self, folder: Path):
        self.tokenize = get_tokenizer("basic_english")
        rows = [list(csv.reader((folder / name).open(encoding="utf-8"))) for name in ("train.csv", "test.csv")]
        classes = sorted({label for label, _ in rows[0]})
        self.train, self.test = ([(classes.index(label), text) for label, text in split] for split in rows)
        words = Counter(word for _, text in self.train for word in self.tokenize(text))
        self.vocab = Vocab(words, specials=["<unk>"])

    def collate(self, batch: list[Row]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        labels = torch.tensor([label for label, _ in batch])
        texts = [torch.tensor([self.vocab.stoi[word] for word in self.tokenize(text)]) for _, text in batch]
        offsets = torch.tensor([0] + [len(text) for text in texts[:-1]]).cumsum(0)
        return labels, torch.cat(texts), offsets

    def batches(self, rows: Any, size: int) -> Any:
        return DataLoader(rows, size, collate_fn=self.collate)

    def fit(self, model: TextClassifier, job: Training, orders: list[list[int]]) -> list[float]:
        """Train with the rows in these orders, one per epoch. Returns the loss of each step."""
        optimizer = torch.optim.SGD(model.parameters(), lr=job.lr)
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1, gamma=0.9)
        losses = []
        for order in orders:
            rows = [self.train[i] for i in order]
            for labels, texts, offsets in self.batches(rows, job.batch_size):
                optimizer.zero_grad()
                loss = torch.nn.functional.cross_entropy(model(texts, offsets), labels)
                loss.backward()
                optimizer.step()
                losses.append(loss.item())
            scheduler.step()
        return losses

    def accuracy(self, model: TextClassifier) -> float:
        with torch.no_grad():
            batches = self.batches(self.test, 64)
            hits = sum(int((model(texts, offsets).argmax(1) == labels).sum()) for labels, texts, offsets in batches)
        return hits / len(self.test)


def test_from_the_same_weights_in_the_same_order_it_learns_what_the_notebook_learns(
    job: Training, topics: Path, context: Context, events: list[Event]
) -> None:
    job = replace(job, batch_size=32, epochs=3, seed=5)  # 240 rows: the last batch of an epoch is a smaller one
    result = run_job(job, context)

    notebook = Notebook(topics)
    model = build(len(notebook.vocab), job.embed_dim, 3, job.seed)
    shuffle = torch.Generator().manual_seed(job.seed)
    orders = [torch.randperm(len(notebook.train), generator=shuffle).tolist() for _ in range(job.epochs)]
    losses = notebook.fit(model, job, orders)

    assert result.steps == len(losses) == 24
    assert [metric.values["loss"] for metric in metrics(events)] == pytest.approx(losses, abs=1e-5)
    ours = safetensors.torch.load(weights(result))
    for name, theirs in model.state_dict().items():
        torch.testing.assert_close(ours[name], theirs, atol=1e-5, rtol=0)
    assert result.accuracy == notebook.accuracy(model)


def test_the_weights_begin_as_the_notebooks() -> None:
    model = build(vocab_size=500, embed_dim=64, num_classes=4, seed=0)
    for weight in (model.embedding.weight, model.fc.weight):
        low, mean, high = weight.min().item(), weight.mean().item(), weight.max().item()
        assert (low, mean, high) == pytest.approx((-0.5, 0, 0.5), abs=0.05), "uniform between -0.5 and 0.5"
        assert -0.5 <= low < high <= 0.5
    assert not model.fc.bias.any()


def test_it_learns(job: Training, context: Context) -> None:
    """Four fifths of the texts can be told apart, and a third of the others is guessed."""
    assert run_job(replace(job, epochs=5), context).accuracy > 0.8


@pytest.mark.real_data
def test_it_learns_real_news(real_data: Path, context: Context) -> None:
    """The notebook's own loop reaches 0.77 on average, and one time in a hundred less than 0.65."""
    job = Training(data=str(real_data / "ag_news"), batch_size=32, embed_dim=128, device="cpu", keep_model=False)
    assert run_job(job, context).accuracy > 0.65


def test_the_result_says_what_was_done(job: Training, topics: Path, context: Context) -> None:
    result = run_job(job, context)
    notebook = Notebook(topics)
    assert result.classes == ("clima", "cocina", "fútbol")
    assert (result.train_rows, result.test_rows) == (240, 90)
    assert result.vocabulary_size == len(notebook.vocab)
    assert (result.data_name, result.synthetic, result.device) == ("topics", False, "CPU")
    assert [sum(row) for row in result.confusion] == [
        sum(label == i for label, _ in notebook.test) for i in range(len(result.classes))
    ]
    assert result.accuracy == sum(result.confusion[i][i] for i in range(3)) / 90
    assert min(20, round((1 - result.accuracy) * 90)) <= len(result.mistakes) <= 20 + 3 * 6


def test_its_energy_is_that_of_the_loop_and_of_nothing_else(job: Training, context: Context, monkeypatch) -> None:
    counters: list[Growing] = []
    monkeypatch.setattr("llm_tui.engine.meters.counter_of", lambda device: counters.append(Growing()) or counters[-1])
    result = training.train(job, context)
    assert context.energy() == result.energy
    assert (result.energy.joules, result.energy.stretches, result.energy.shared) == (5.0, 1, True)  # read twice
    assert 0 <= result.energy.seconds - result.seconds < result.seconds + 1
    assert len(counters) == 1
    assert result.said().endswith(" Wh (RAPL); other processes included")


def test_a_run_on_a_gpu_has_what_its_counter_says_or_that_it_was_too_short_for_it(
    job: Training, context: Context, gpu_machine: Machine, monkeypatch
) -> None:
    """The run is on the CPU, the counter that of NVIDIA's library, which counts on at each reading."""
    gpu_machine.write(FakeGpu("GPU-1", energy=1000.0, step=2.5, processes=((os.getpid(), 10**9),)))
    monkeypatch.setattr("llm_tui.engine.gpus.seen", lambda: (Seen(0, "1", "NVIDIA H200", 10**11),))
    monkeypatch.setattr("llm_tui.engine.meters.counter_of", lambda device: counter_of("cuda:0"))
    assert training.train(job, context).energy == Energy.unknown("short")  # of a second
    monkeypatch.setattr("llm_tui.engine.meters.Nvml.step", 1e-9)
    energy = training.train(job, context).energy
    assert (energy.joules, energy.source, energy.shared, energy.whole) == (2.5, "NVML", False, True)
    gpu_machine.write(FakeGpu("GPU-1"), fails=(Fail(15, 5, "nvmlDeviceGetTotalEnergyConsumption"),))
    assert training.train(job, context).energy == Energy.unknown("failed")  # read at the beginning, the fifth time


def test_a_run_that_is_not_to_keep_its_model_has_none(job: Training, context: Context) -> None:
    kept, left = run_job(job, context), run_job(replace(job, keep_model=False), context)
    assert left.model is None
    assert left.confusion == kept.confusion


def test_texts_without_words_are_no_obstacle(job: Training, tmp_path: Path, context: Context) -> None:
    file = tmp_path / "empty.csv"
    file.write_text("label,text\n" + 'a,one\nb,""""\na,""""""\nb,two\n' * 10)
    result = run_job(replace(job, data=str(file), train_size=30, test_size=10, batch_size=1), context)
    assert sum(map(sum, result.confusion)) == 10


def test_it_trains_on_the_pieces_of_a_tokenizer(job: Training, pieces: Path, context: Context) -> None:
    result = run_job(replace(job, tokenizer=str(pieces)), context)
    assert result.vocabulary_size == 10
    assert safetensors.torch.load(weights(result))["embedding.weight"].shape == (10, job.embed_dim)


# The same every time


@pytest.fixture
def threads() -> Iterator[None]:
    """torch's settings as they were, whatever the test does to them."""
    count = torch.get_num_threads()
    yield
    torch.set_num_threads(count)
    torch.use_deterministic_algorithms(False)


def test_the_same_job_gives_the_same_weights_bit_for_bit(job: Training, context: Context, threads: None) -> None:
    torch.set_num_threads(1)
    torch.manual_seed(1)
    first = run_job(job, context)
    torch.set_num_threads(2)
    torch.manual_seed(2)
    again = run_job(job, context)
    assert weights(first) == weights(again)
    assert replace(first, seconds=0, prepare_seconds=0) == replace(again, seconds=0, prepare_seconds=0)


def test_it_takes_one_thread_however_many_torch_has(job: Training, threads: None) -> None:
    """More of them make a model this small slower, and may add up its sums in another order."""
    torch.set_num_threads(2)
    seen = set()
    run_job(job, Context(1, lambda event: seen.add((type(event), torch.get_num_threads())), threading.Event()))
    assert (Metric, 1) in seen
    assert (Metric, 2) not in seen


def test_a_fresh_process_gives_the_same_weights_too(job: Training, context: Context, tmp_path: Path) -> None:
    """And imports nothing within the training that takes a second, as torch's optimizers do: they bring a compiler."""
    script = (
        "import sys, threading\n"
        "from llm_tui.classifier.job import Training\n"
        "from llm_tui.engine.job import Context, run_job\n"
        f"result = run_job({job!r}, Context(1, lambda event: None, threading.Event()))\n"
        "assert not {'torch._dynamo', 'torch._inductor', 'sympy'} & set(sys.modules)\n"
        "sys.stdout.buffer.write(result.model.weights)\n"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    other = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, check=True)
    assert other.stdout == weights(run_job(job, context))


@pytest.mark.parametrize("change", [{"seed": 1}, {"batch_size": 32}, {"lr": 1.0}, {"epochs": 1}, {"gamma": 0.5}])
def test_another_job_gives_other_weights(job: Training, context: Context, change: dict[str, Any]) -> None:
    assert weights(run_job(replace(job, **change), context)) != weights(run_job(job, context))


def test_the_random_numbers_of_others_are_left_alone(job: Training, context: Context) -> None:
    torch.manual_seed(123)
    before = torch.get_rng_state()
    run_job(job, context)
    assert torch.equal(torch.get_rng_state(), before)


def test_the_first_run_on_a_gpu_has_no_time_in_it_in_which_the_gpu_gets_ready(
    job: Training, context: Context, events: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The part of the GPU is taken by the CPU under another name, and getting ready takes an hour."""
    plain = run_job(job, context)
    told = [event for event in events if isinstance(event, Metric)]
    events.clear()
    hours, forward, now = [0], TextClassifier.forward, time.perf_counter

    def first(*given: Any) -> Any:
        hours[0] = 1
        return forward(*given)

    monkeypatch.setattr(TextClassifier, "forward", first)
    monkeypatch.setattr(training, "time", SimpleNamespace(perf_counter=lambda: now() + 3600 * hours[0]))
    monkeypatch.setattr(training, "wait_for_room", lambda *_: Device("cpu:0", "GPU"))
    on_gpu = run_job(job, context)
    assert hours[0] and on_gpu.seconds < 3000
    assert on_gpu.model == plain.model
    again = [event for event in events if isinstance(event, Metric)]
    assert [(e.step, e.values["loss"]) for e in again] == [(e.step, e.values["loss"]) for e in told]


@pytest.mark.parametrize("ending", ["finished", "diverged", "cancelled"])
def test_the_settings_of_torch_come_back_however_it_ends(
    ending: str, job: Training, context: Context, threads: None
) -> None:
    torch.set_num_threads(2)
    torch.use_deterministic_algorithms(True, warn_only=False)
    fill = torch.utils.deterministic.fill_uninitialized_memory  # type: ignore[attr-defined]
    if ending == "finished":
        run_job(job, context)
    elif ending == "diverged":
        with pytest.raises(Diverged):
            run_job(replace(job, lr=1e38), context)
    else:
        with pytest.raises(JobCancelled):
            run_job(job, stopped_at(1))
    assert torch.get_num_threads() == 2
    assert torch.are_deterministic_algorithms_enabled()
    assert not torch.is_deterministic_algorithms_warn_only_enabled()
    assert torch.utils.deterministic.fill_uninitialized_memory is fill  # type: ignore[attr-defined]


def test_the_runs_of_a_sweep_read_their_data_once(job: Training, context: Context, events: list[Event]) -> None:
    results = [run_job(run, context) for run in Sweep(job, batch_sizes=(8, 16), seeds=(0, 1)).runs()]
    told = [event.what for event in events if isinstance(event, Progress)]
    assert told.count("reading the data") == 1
    assert results[0].prepare_seconds > 0
    assert [result.prepare_seconds for result in results[1:]] == [0, 0, 0]


def test_data_that_has_changed_is_read_again(job: Training, topics: Path, context: Context) -> None:
    run_job(job, context)
    with (topics / "train.csv").open("a", encoding="utf-8") as file:
        file.write("economía,el banco\n")
    assert run_job(replace(job, train_size=241), context).classes == ("clima", "cocina", "economía", "fútbol")
    (topics / "classes.txt").write_text("any\n")
    assert run_job(replace(job, train_size=241), context).prepare_seconds > 0


def test_a_tokenizer_s_folder_that_has_changed_is_read_again(job: Training, pieces: Path, context: Context) -> None:
    job = replace(job, tokenizer=str(pieces))
    assert run_job(job, context).vocabulary_size == 10
    file = pieces / "tokenizer.json"
    content = json.loads(file.read_text())
    content["model"]["vocab"]["sal"] = 19
    file.write_text(json.dumps(content))
    assert run_job(job, context).vocabulary_size == 20


# What it tells


def test_every_step_of_a_short_training_is_told(job: Training, context: Context, events: list[Event]) -> None:
    result = run_job(job, context)
    told = metrics(events)
    assert result.steps == math.ceil(240 / 16) * 2
    assert [metric.step for metric in told] == list(range(1, result.steps + 1))
    assert {metric.values["steps"] for metric in told} == {result.steps}
    assert all(metric.values["accuracy"] * 16 % 1 == 0 for metric in told), "a share of the batch's 16 rows"
    assert all(metric.values["examples_per_second"] > 0 for metric in told)
    assert told[-1].values["seconds_left"] == 0


def test_a_long_training_tells_means_and_its_last_step(job: Training, context: Context, events: list[Event]) -> None:
    run_job(replace(job, train_size=239, batch_size=1, epochs=1, lr=0.1), context)
    told = metrics(events)
    assert [metric.step for metric in told] == [*range(2, 239, 2), 239], "a hundred points draw a curve"
    assert {metric.values["accuracy"] for metric in told} == {0, 0.5, 1}, "means over two steps of one row"


def test_a_point_of_the_curve_is_the_mean_of_its_batches(job: Training, context: Context, events: list[Event]) -> None:
    """The last batch of an epoch may have one row; its loss counts as much as another's."""
    job = replace(job, train_size=17, batch_size=16, epochs=100)
    corpus, _ = prepare(job, context)
    losses = by_autograd(build(corpus.encoder.size, job.embed_dim, 3, job.seed), corpus.train, job)
    run_job(job, context)
    told = [metric.values["loss"] for metric in metrics(events)]
    assert told == pytest.approx([(a + b) / 2 for a, b in zip(losses[::2], losses[1::2], strict=True)], abs=1e-4)


# How it is stopped


def stopped_at(step: int, events: list[Event] | None = None) -> Context:
    """A context whose listener asks for the stop as soon as it hears of this step."""
    stop = threading.Event()

    def listen(event: Event) -> None:
        if events is not None:
            events.append(event)
        if isinstance(event, Metric) and event.step == step:
            stop.set()

    return Context(1, listen, stop)


def test_it_stops_at_the_step_at_which_it_is_asked_to(job: Training, events: list[Event]) -> None:
    with pytest.raises(JobCancelled):
        run_job(job, stopped_at(3, events))
    assert [metric.step for metric in metrics(events)] == [1, 2, 3]
    assert isinstance(events[-1], Metric), "nothing is told after the stop"


def test_what_was_stopped_can_be_run_again(job: Training, context: Context) -> None:
    whole = weights(run_job(job, context))
    with pytest.raises(JobCancelled):
        run_job(job, stopped_at(3))
    assert weights(run_job(job, context)) == whole


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "with batch size 16 and seed 7 diverged"),
        ("es", "con tamaño de lote 16 y semilla 7 divergió"),
    ],
)
def test_a_training_that_diverges_says_so(language: str, words: str, job: Training, context: Context) -> None:
    i18n.use(language)
    with pytest.raises(Diverged, match=words) as refused:
        run_job(replace(job, lr=1e38, seed=7), context)
    assert "1e+38" in str(refused.value)


def test_a_last_step_that_goes_too_far_is_noticed(job: Training, context: Context) -> None:
    """The loss of a step is measured before the step: that of a single one is always finite."""
    with pytest.raises(Diverged, match="at step 1"):
        run_job(replace(job, lr=1e38, batch_size=240, epochs=1), context)


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_a_gpu_that_is_not_there_is_refused(
    language: str, job: Training, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    i18n.use(language)
    with pytest.raises(UserError, match={"en": "is not there", "es": "no está disponible"}[language]):
        run_job(replace(job, device="cuda:0"), context)
