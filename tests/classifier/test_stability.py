"""How rough a curve is, on curves whose roughness is known."""

from __future__ import annotations

import math
import random
from itertools import pairwise
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_tui.classifier.job import Training
from llm_tui.classifier.stability import BLOCKS, FEWEST_BLOCKS, block_size, examples_seen, roughness
from llm_tui.classifier.training import train
from llm_tui.engine.events import Event, Metric
from llm_tui.engine.job import Context

JOB = Training(train_size=4_000, batch_size=100, epochs=1)  # 40 steps: one a block
FEW = st.floats(-10, 10)


def curve(losses: list[float]) -> list[tuple[int, float, float]]:
    return [(step, loss, 0.5) for step, loss in enumerate(losses, start=1)]


@given(start=FEW, slope=FEW)
def test_a_straight_curve_is_not_rough(start: float, slope: float) -> None:
    losses = [start + slope * i for i in range(40)]
    assert roughness(JOB, curve(losses), 100) == pytest.approx(0, abs=1e-9)


@given(slope=FEW, up=st.floats(0.01, 5))
def test_a_curve_that_goes_up_and_down_by_the_same_has_the_roughness_of_the_formula(slope: float, up: float) -> None:
    losses = [slope * i + (up if i % 2 else -up) for i in range(40)]
    assert roughness(JOB, curve(losses), 100) == pytest.approx(math.sqrt(2 / 3) * 2 * up)


def test_of_scattered_losses_it_is_the_standard_deviation_while_they_fall() -> None:
    chance = random.Random(0)
    found = []
    for _ in range(200):
        falling = [0.4 + math.exp(-i / 10) + chance.gauss(0, 0.05) for i in range(40)]
        found.append(roughness(JOB, curve(falling), 100) or 0)
    assert math.sqrt(fmean(r * r for r in found)) == pytest.approx(0.05, rel=0.05)


def test_the_same_losses_are_as_rough_in_batches_of_any_size_and_reported_as_seldom_as_a_training_does() -> None:
    """Each example has a loss of its own: what differs is only how many of them a batch and a report are of."""
    chance = random.Random(1)
    found: dict[tuple[int, int], list[float]] = {(32, 3): [], (64, 1): [], (100, 1): [], (128, 1): []}
    for _ in range(60):
        examples = [chance.gauss(0.6, 1.0) for _ in range(10_000)]
        for (batch, every), rough in found.items():
            job = Training(train_size=10_000, batch_size=batch)
            steps = [examples[i : i + batch] for i in range(0, 10_000, batch)]
            ends = [*range(0, len(steps), every), len(steps)]
            told = [(b, fmean(fmean(step) for step in steps[a:b]), 0.5) for a, b in pairwise(ends)]
            rough.append(roughness(job, told, 250) or 0)
    means = [math.sqrt(fmean(r * r for r in rough)) for rough in found.values()]
    expected = 1 / math.sqrt(250)
    assert all(mean == pytest.approx(expected, rel=0.12) for mean in means), means


def test_one_size_of_block_serves_all_curves_and_is_a_batch_at_least() -> None:
    small, large = (Training(train_size=2_000, batch_size=size) for size in (32, 128))
    curves = [(job, [(step, 1.0, 0.5) for step in range(1, 2_000 // job.batch_size + 1)]) for job in (small, large)]
    assert block_size(curves[:1]) == 2_000 / BLOCKS
    assert block_size(curves) == block_size(curves[1:]) == 128
    assert block_size([]) == 0


def test_too_few_blocks_have_no_roughness_and_the_empty_curve_neither() -> None:
    assert roughness(JOB, curve([1.0, 2.0] * (FEWEST_BLOCKS // 2)), 100) is not None
    assert roughness(JOB, curve([1.0, 2.0] * (FEWEST_BLOCKS // 2 - 1)), 100) is None
    assert roughness(JOB, [], 100) is None


def test_what_a_damaged_curve_holds_is_no_obstacle() -> None:
    for loss in (1e308, math.inf, math.nan):
        absurd = [(10**18, loss, 0.5), (-(10**18), loss, 0.5), (3, loss, 0.5), *curve([1.0] * 40)]
        assert roughness(JOB, absurd, 100) is None
        assert roughness(JOB, curve([loss, 1.0, -loss] * 13), 100) is None


@pytest.mark.parametrize(("size", "batch", "epochs"), [(10, 4, 3), (9, 3, 2), (5, 8, 2)])
def test_the_examples_that_were_seen_are_those_of_a_loop(size: int, batch: int, epochs: int) -> None:
    job = Training(train_size=size, batch_size=batch, epochs=epochs)
    lengths = [min(batch, size - start) for _ in range(epochs) for start in range(0, size, batch)]
    assert [examples_seen(job, step) for step in range(len(lengths) + 1)] == [
        sum(lengths[:step]) for step in range(len(lengths) + 1)
    ]


def test_a_training_reports_all_that_a_figure_needs(job: Training, context: Context, events: list[Event]) -> None:
    train(job, context)
    told = [(event.step, event.values["loss"], 0.5) for event in events if isinstance(event, Metric)]
    assert examples_seen(job, told[-1][0]) == job.train_size * job.epochs
    assert (roughness(job, told, block_size([(job, told)])) or 0) > 0
