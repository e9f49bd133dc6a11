"""What paired differences show: a bootstrap interval of their mean, and the exact sign test."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from llm_tui.bias.job import CONFIDENCE, DIGITS, Effect

AT_ONCE = 2**20
"""Numbers that are drawn at a time."""

_NORMAL = NormalDist()


def effect(
    measure: str, differences: Sequence[float], seed: int, resamples: int, check: Callable[[], None] = lambda: None
) -> Effect:
    """What some differences, one or more, show together. `check` is called now and then."""
    more, less = sum(d > 0 for d in differences), sum(d < 0 for d in differences)
    low, high = interval(differences, seed, resamples, check)
    mean = math.fsum(differences) / len(differences)
    return Effect(measure, mean, low, high, more, less, len(differences) - more - less, sign_test(more, less))


def sign_test(more: int, less: int) -> float:
    """How often a fair coin is at least so lopsided, of both sides; ties are left out. 1 where there is nothing."""
    n, tail, ways = more + less, 0, 1
    for i in range(min(more, less) + 1):
        tail += ways
        ways = ways * (n - i) // (i + 1)  # the next binomial coefficient
    return min(1.0, 2 * tail / (1 << n))


def interval(
    differences: Sequence[float], seed: int, resamples: int, check: Callable[[], None] = lambda: None
) -> tuple[float | None, float | None]:
    """The ends of the interval of the mean by BCa bootstrap over the pairs (Efron 1987): percentiles that are corrected
    for bias and skewness. (None, None) of a single difference; where all are the same both ends are that.

    It is counted in whole units of the last decimal: how many means lie below the mean would else be decided, of few
    pairs, by the order in which the same numbers were added.
    """
    unit = 10.0**DIGITS
    d = np.rint(np.asarray(differences, dtype=np.float64) * unit)
    if len(d) < 2:
        return None, None
    low, high = (d[0], d[0]) if np.ptp(d) == 0 else _ends(d, seed, resamples, check)
    return float(low / unit), float(high / unit)


def _ends(d: NDArray[np.float64], seed: int, resamples: int, check: Callable[[], None]) -> NDArray[np.float64]:
    means = _means(d, seed, resamples, check)
    mean = d.mean()
    below = float((means < mean).mean() + (means <= mean).mean()) / 2
    if not 0 < below < 1:  # nearly all are ties, and no draw has the others
        return np.quantile(means, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    without = (d.sum() - d) / (len(d) - 1)
    apart = without.mean() - without
    acceleration = float((apart**3).sum() / (6 * (apart**2).sum() ** 1.5))
    shift = _NORMAL.inv_cdf(below)
    at = [_adjusted(side, shift, acceleration) for side in ((1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2)]
    return np.quantile(means, at)


def _adjusted(side: float, shift: float, acceleration: float) -> float:
    """The percentile that BCa takes in place of `side`."""
    z = shift + _NORMAL.inv_cdf(side)
    return _NORMAL.cdf(shift + z / (1 - acceleration * z))


def _means(d: NDArray[np.float64], seed: int, resamples: int, check: Callable[[], None]) -> NDArray[np.float64]:
    """The means of so many draws with replacement; some at a time, the draws are the same however many that is."""
    draw, rows = np.random.default_rng(seed), max(1, AT_ONCE // len(d))
    means = []
    for first in range(0, resamples, rows):
        check()
        means.append(d[draw.integers(0, len(d), (min(rows, resamples - first), len(d)))].mean(axis=1))
    return np.concatenate(means)
