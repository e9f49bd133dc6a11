"""Exercise 1 on a GPU: its time beside the notebook's loop, the first run's, and its curve beside the CPU's."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import torch
import torch._dynamo  # imported by the notebook's first optimizer step otherwise, within what is timed
from gpu.bench import ON_CPU, Bench, Row, judged, seconds_of, skipped
from torch import nn

from llm_tui.bench import notebook
from llm_tui.bench.rows import composed
from llm_tui.classifier.corpus import FlatTexts, prepare
from llm_tui.classifier.job import Sweep, Training
from llm_tui.classifier.model import build
from llm_tui.classifier.training import one_thread
from llm_tui.engine.events import Event, Metric

TIMES_FASTER = 20.0
IN_ALL = 2.0
FIRST_RUN = 1.5
APART = 1e-4
SIZES = (32, 64, 128)


def training(bench: Bench, **changes: object) -> Training:
    """A run of exercise 1; on the CPU of fewer rows."""
    base = Training(device=bench.device) if bench.gpu else Training(train_size=600, test_size=200, device="cpu")
    return replace(base, **changes)  # type: ignore[arg-type]


def first_run(bench: Bench) -> Iterator[Row]:
    """Must be the first work of its process."""
    first, *others = (bench.run(training(bench, seed=seed)).seconds for seed in range(6))
    later = statistics.median(others)
    yield bench.timed(
        "the first run's seconds over those of later ones", f"at most {FIRST_RUN:g} times",
        f"{first:.3f} s / {later:.3f} s = {first / later:.2f}", first <= FIRST_RUN * later,
    )  # fmt: skip


def sweep(bench: Bench) -> Iterator[Row]:
    """Warm: of a process that has done it before."""
    rows = (10_000, 1_000) if bench.gpu else (400, 100)
    data = composed(bench.folder / "news", *rows)
    _anew(bench, data, "warm", rows)
    anew = statistics.median(_anew(bench, data, str(i), rows) for i in range(3))
    yield bench.timed(
        "exercise 1's sweep of three batch sizes, reading and tokenizing included, warm", f"under {IN_ALL:g} s",
        f"{anew:.2f} s", anew < IN_ALL,
    )  # fmt: skip
    ours = statistics.median(_sweep_seconds(bench, data, rows) for _ in range(4))
    theirs = seconds_of(lambda: notebook.sweep(data, *rows, SIZES, bench.device))
    yield bench.timed(
        "the sweep, its rows tokenized by one before, beside the notebook's loop", f"{TIMES_FASTER:g} times faster",
        f"{theirs:.2f} s / {ours:.2f} s = {theirs / ours:.1f}; {theirs / anew:.1f} with its rows read anew",
        theirs >= TIMES_FASTER * ours,
    )  # fmt: skip


def _anew(bench: Bench, data: Path, name: str, rows: tuple[int, int]) -> float:
    """The seconds of a sweep on the same data under a name that no job has read it by."""
    link = data.with_name(f"{data.name}-{name}")
    link.symlink_to(data, target_is_directory=True)
    return _sweep_seconds(bench, link, rows)


def _sweep_seconds(bench: Bench, data: Path, rows: tuple[int, int]) -> float:
    base = Training(data=str(data), train_size=rows[0], test_size=rows[1], device=bench.device)
    return seconds_of(lambda: [bench.run(run) for run in Sweep(base, SIZES).runs()])


def curve(bench: Bench) -> Iterator[Row]:
    job = training(bench, batch_size=32, seed=7, lr=1.0)
    ours = _curve(bench, job)
    goal = f"at most {APART:g} apart"
    if bench.gpu:
        apart = max(abs(a - b) for a, b in zip(ours, _curve(bench, replace(job, device="cpu")), strict=True))
        yield judged("loss curve beside the CPU's, the rows in the same order", goal, f"{apart:.1e}", apart <= APART)
    else:
        yield skipped("loss curve beside the CPU's, the rows in the same order", goal, ON_CPU)
    apart = max(abs(a - b) for a, b in zip(ours, _in_float64(bench, job, len(ours)), strict=True))
    yield judged("loss curve beside a loop in float64", goal, f"{apart:.1e}", apart <= APART)


def _curve(bench: Bench, job: Training) -> list[float]:
    losses: list[float] = []

    def listen(event: Event) -> None:
        if isinstance(event, Metric):
            losses.append(event.values["loss"])

    bench.run(job, listen)
    return losses


def _in_float64(bench: Bench, job: Training, points: int) -> list[float]:
    """The course's loop written plainly, on the CPU: dense gradients, double precision. The means over as many steps
    each as make `points`.
    """
    corpus, _ = prepare(job, bench.context())
    model = build(corpus.encoder.size, job.embed_dim, len(corpus.classes), job.seed)
    embedding = nn.EmbeddingBag.from_pretrained(model.embedding.weight.detach().double(), freeze=False, mode="mean")
    layers = nn.ModuleList([embedding, model.fc.double()])
    optimizer = torch.optim.SGD(layers.parameters(), lr=job.lr)
    order = torch.randperm(len(corpus.train), generator=torch.Generator().manual_seed(job.seed))
    losses = []
    with one_thread():
        for rows in order.split(job.batch_size):
            optimizer.zero_grad()
            ids, offsets = _texts(corpus.train, rows.tolist())
            loss = nn.functional.cross_entropy(layers[1](embedding(ids, offsets)), corpus.train.labels[rows])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    every = -(-len(losses) // points)
    return [statistics.mean(losses[i : i + every]) for i in range(0, len(losses), every)]


def _texts(texts: FlatTexts, rows: list[int]) -> tuple[torch.Tensor, torch.Tensor]:
    cut = [texts.ids[texts.offsets[row] : texts.offsets[row + 1]] for row in rows]
    lengths = torch.tensor([0, *map(len, cut)])
    return torch.cat(cut), lengths.cumsum(0)[:-1]
