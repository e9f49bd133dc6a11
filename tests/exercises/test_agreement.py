"""How given labels agree with true ones, against scikit-learn and statsmodels."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix, multilabel_confusion_matrix, precision_recall_fscore_support
from statsmodels.stats.proportion import proportion_confint

from llm_tui.exercises.agreement import LabelAgreement, agreement, confusion, wilson

LABELS = ("permitido", "spam", "odio", "sensibles")
NO_LABEL = "-"

pairs = st.lists(st.tuples(st.sampled_from(LABELS), st.sampled_from((*LABELS, None))), min_size=1, max_size=60)


def columns(pairs):
    """True labels; and given ones as scikit-learn takes them, which cannot sort None among strings."""
    true, predicted = zip(*pairs, strict=True)
    return true, [NO_LABEL if label is None else label for label in predicted]


def same(value: float | None, expected: float) -> bool:
    return math.isnan(expected) if value is None else value == pytest.approx(expected, abs=1e-12)


@given(pairs)
def test_the_confusion_matrix_is_scikit_learns(pairs):
    true, named = columns(pairs)
    expected = confusion_matrix(true, named, labels=[*LABELS, NO_LABEL])
    assert np.array_equal(confusion(LABELS, Counter(pairs)), expected[:-1])


@given(pairs)
@example([("spam", None)])
@example([("spam", "odio")])
@example([("spam", "spam"), ("spam", "odio"), ("odio", "spam")])
def test_counts_and_shares_are_scikit_learns(pairs):
    true, named = columns(pairs)
    found = agreement(LABELS, Counter(pairs))
    assert [each.label for each in found] == list(LABELS)
    counts = multilabel_confusion_matrix(true, named, labels=LABELS).reshape(-1, 4)
    assert np.array_equal([(each.tn, each.fp, each.fn, each.tp) for each in found], counts)
    shares = precision_recall_fscore_support(true, named, labels=LABELS, zero_division=np.nan)
    for each, precision, recall, f1, support in zip(found, *shares, strict=True):
        assert same(each.precision, precision)
        assert same(each.recall, recall)
        assert same(each.f1, f1)
        assert each.tp + each.fn == support


@given(st.integers(1, 10_000).flatmap(lambda rows: st.tuples(st.integers(0, rows), st.just(rows))))
@example((0, 1))
@example((1, 1))
@example((0, 20))
@example((20, 20))
@example((13, 20))
@example((7599, 7600))
def test_the_interval_is_wilsons(counted):
    low, high = wilson(*counted)
    assert (low, high) == pytest.approx(proportion_confint(*counted, method="wilson"), abs=1e-12)
    assert 0 <= low < high <= 1


def test_the_precision_has_the_interval_of_its_own_counts():
    spam = LabelAgreement("spam", tp=4, fp=1, fn=2, tn=13)
    assert spam.precision_interval == pytest.approx(proportion_confint(4, 5, method="wilson"), abs=1e-12)


def test_what_cannot_be_said_is_none():
    unused, never_given, never_true = agreement(
        ("odio", "spam", "permitido"), Counter([("spam", "permitido"), ("spam", None), ("spam", None)])
    )
    assert (unused.precision, unused.recall, unused.f1) == (None, None, None)
    assert unused.precision_interval is None
    assert (never_given.precision, never_given.recall, never_given.f1) == (None, 0, 0)
    assert never_given.precision_interval is None
    assert (never_true.precision, never_true.recall, never_true.f1) == (0, None, 0)


def test_without_texts_there_is_a_table_of_zeros():
    assert confusion(("a", "b"), Counter()) == ((0, 0, 0), (0, 0, 0))
    assert agreement(("a", "b"), Counter()) == (LabelAgreement("a", 0, 0, 0, 0), LabelAgreement("b", 0, 0, 0, 0))


def test_unknown_labels_are_refused():
    with pytest.raises(KeyError):
        confusion(LABELS, Counter([("ham", "spam")]))
    with pytest.raises(KeyError):
        confusion(LABELS, Counter([("spam", "ham")]))
