"""How steady a training was: how much its loss goes up and down, apart from going down. Light."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean

from llm_tui.classifier.job import Training

BLOCKS = 40
FEWEST_BLOCKS = 8

Curve = Sequence[tuple[int, float, float]]
"""The reports of a training: steps done, mean loss of the batches and accuracy of the rows since the report before."""


def examples_seen(job: Training, step: int) -> int:
    """How many rows have been learnt from after so many steps: the last batch of an epoch may be a smaller one."""
    epochs, steps = divmod(step, math.ceil(job.train_size / job.batch_size))
    return epochs * job.train_size + min(steps * job.batch_size, job.train_size)


def block_size(curves: Sequence[tuple[Training, Curve]]) -> int:
    """Over how many examples losses are averaged so that these curves can be compared: a fortieth of the longest, or
    what lies between two reports where that is more.
    """
    if not curves:
        return 0
    widest = max((width for job, curve in curves for _, width, _ in _reports(job, curve)), default=0)
    return max(widest, math.ceil(max(job.train_size * job.epochs for job, _ in curves) / BLOCKS))


def roughness(job: Training, curve: Curve, block: int) -> float | None:
    """The standard deviation of the mean losses of `block` examples about a curve that is straight from each one to
    the next but one, in nats: the residual deviation by second differences of Gasser, Sroka and Jennen-Steinmetz
    (1986, Biometrika 73, 625). None where there are too few blocks, or where it is no finite number.
    """
    means = _means(job, curve, block)
    if len(means) < FEWEST_BLOCKS:
        return None
    off = ((a + c) / 2 - b for a, b, c in zip(means, means[1:], means[2:], strict=False))
    found = math.sqrt(2 / 3 * fmean(distance * distance for distance in off))
    return found if math.isfinite(found) else None


def _reports(job: Training, curve: Curve) -> list[tuple[float, int, float]]:
    """The middle of each report, how many examples it is of, and its loss."""
    found, before = [], 0
    for step, loss, _ in curve:
        seen = examples_seen(job, step)
        if seen > before:
            found.append(((before + seen) / 2, seen - before, loss))
        before = seen
    return found


def _means(job: Training, curve: Curve, block: int) -> list[float]:
    """The mean loss of each block: of the reports whose middle is in it."""
    blocks: dict[int, list[tuple[int, float]]] = {}
    for middle, width, loss in _reports(job, curve):
        blocks.setdefault(int(middle // block), []).append((width, loss))
    return [sum(w * loss for w, loss in block) / sum(w for w, _ in block) for _, block in sorted(blocks.items())]
