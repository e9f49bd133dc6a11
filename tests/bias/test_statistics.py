"""The statistics of paired differences, held against scipy's, and what they must find and not find."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from llm_tui.bias.job import difference, holm
from llm_tui.bias.statistics import effect, interval, sign_test

DIFFERENCES = st.lists(st.floats(-1, 1).map(lambda x: round(x, 3)), min_size=2, max_size=30)


@given(st.integers(0, 60), st.integers(0, 60))
def test_the_sign_test_is_scipys(more, less):
    expected = stats.binomtest(more, more + less).pvalue if more + less else 1.0
    assert sign_test(more, less) == pytest.approx(expected, rel=1e-9)


def test_the_sign_test_of_thousands_of_pairs():
    assert sign_test(5100, 4900) == pytest.approx(stats.binomtest(5100, 10_000).pvalue, rel=1e-9)


@settings(max_examples=25, deadline=None)
@given(DIFFERENCES, st.integers(0, 5))
def test_the_interval_is_scipys(differences, seed):
    if len(set(differences)) < 3:
        return  # scipy's is not defined there
    rng = np.random.default_rng(seed)
    whole = np.rint(np.array(differences) * 1000)  # so that sums in any order are the same for both
    theirs = stats.bootstrap((whole,), np.mean, n_resamples=500, rng=rng, method="BCa")
    low, high = np.array(theirs.confidence_interval) / 1000
    if np.isnan(low) or np.isnan(high):
        return
    assert interval(differences, seed, 500) == pytest.approx((low, high), abs=1e-9)


def test_it_is_scipys_where_it_is_drawn_some_at_a_time(monkeypatch):
    monkeypatch.setattr("llm_tui.bias.statistics.AT_ONCE", 700)
    differences = np.random.default_rng(3).gamma(1.0, 0.1, 23).round(6)
    theirs = stats.bootstrap((differences,), np.mean, n_resamples=999, rng=np.random.default_rng(7), method="BCa")
    assert interval(list(differences), 7, 999) == pytest.approx(tuple(theirs.confidence_interval), abs=1e-9)


def test_no_difference_is_no_bias():
    found = effect("x", [0.0] * 20, 0, 10_000)
    assert (found.mean, found.low, found.high, found.p) == (0.0, 0.0, 0.0, 1.0)
    assert (found.more, found.less, found.ties) == (0, 0, 20)


def test_differences_that_are_alike_but_for_their_last_digits_are_one_difference():
    assert interval([0.1, 0.1 + 1e-17, 0.30000000000000004 - 0.2] * 4, 0, 50) == pytest.approx((0.1, 0.1))
    assert difference(((0.3,), (0.1 + 0.2,)), (1.0,)) == 0.0


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_few_pairs_decides_nothing(seed):
    """Of five pairs one draw in 26 is those five in another order: its mean is the mean, not below it."""
    few = (0.1, 0.2, 0.3, -0.1, 0.7)
    found = [interval([d + noise * i for i, d in enumerate(few)], seed, 500) for noise in (0, 1e-12, -1e-13)]
    assert found[0] == found[1] == found[2]
    alone = interval(few, seed, 500)
    assert [end * 8 for end in alone if end is not None] == pytest.approx(
        interval([0.8, 1.6, 2.4, -0.8, 5.6], seed, 500)
    )


def test_one_pair_has_no_interval():
    assert interval([0.3], 0, 100) == (None, None)


@settings(max_examples=30, deadline=None)
@given(DIFFERENCES, st.sampled_from([0.25, 2.0, 8.0]))
def test_it_follows_the_scale_and_the_direction(differences, scale):
    one, other = (effect("x", [s * d for d in differences], 0, 200) for s in (1.0, -1.0))
    assert (one.more, one.less, one.p) == (other.less, other.more, other.p)
    assert one.low is not None and one.high is not None
    larger = effect("x", [scale * d for d in differences], 0, 200)
    assert (larger.low, larger.high) == pytest.approx((scale * one.low, scale * one.high), abs=1e-6)
    assert min(differences) - 1e-9 <= one.low <= one.high <= max(differences) + 1e-9


def test_the_interval_covers_as_often_as_it_says():
    """Of many samples of 20 with a known mean, the interval holds it about 19 of 20 times."""
    draw = np.random.default_rng(0)
    held = 0
    for seed in range(200):
        low, high = interval(list(draw.normal(0.1, 0.05, 20)), seed, 400)
        assert low is not None and high is not None
        held += low <= 0.1 <= high
    assert 175 <= held <= 199


@given(st.lists(st.floats(0, 1), max_size=5))
def test_holms_correction_is_bonferronis_closed(p):
    """A value holds where it holds in every set of tests that it is in, by Bonferroni."""
    sets = [chosen for n in range(1, len(p) + 1) for chosen in combinations(range(len(p)), n)]
    expected = [max(min(1.0, len(s) * min(p[j] for j in s)) for s in sets if i in s) for i in range(len(p))]
    assert list(holm({str(i): one for i, one in enumerate(p)}).values()) == pytest.approx(expected)
