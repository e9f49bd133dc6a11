"""What is said of what the methods say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from llm_tui.attribution import heats
from llm_tui.attribution.job import INTEGRATED, OCCLUSION, Attribute, Attribution, Explained, OfHypothesis, OfSpan, Unit
from llm_tui.foundation.job import ModelChoice, Provenance

BY = Provenance("somebody/nli", "abcdef1234", "CPU", "float32", 77_000_000, 0.5)
VALUES = st.lists(st.tuples(st.integers(-3, 3), st.floats(-2, 2)), min_size=2, max_size=12)


@given(pairs=VALUES)
def test_the_rank_correlation_is_spearmans(pairs):
    """Equal values among them."""
    one, other = ([float(value) for value in values] for values in zip(*pairs, strict=True))
    found = heats.rank_correlation(one, other)
    if len(set(one)) < 2 or len(set(other)) < 2:
        assert found is None
    else:
        assert found == pytest.approx(spearmanr(one, other).statistic, abs=1e-9)


def said(job, explained, by):
    return [str(line) for line in heats.heat(job, explained, by).caption]


def test_braces_of_a_text_are_text_and_its_words_stand_with_their_values():
    job = Attribute("{told} {0}", OfHypothesis("{label}", "Is it {}?"), ModelChoice("m"))
    units = (Unit(0, 6), Unit(7, 10), Unit(0, 2, True), Unit(6, 13, True))
    by = Attribution(OCCLUSION, (0.5, -0.25, 0.1, 1.5))
    heat = heats.heat(job, Explained(units, (by,), 2.0, 0, len(job.text), "<mask>", BY), by)
    assert str(heat.title) == "occlusion: logit of entailment of “Is it {label}?”"
    assert [(heat.word(mark), mark.value) for mark in heat.marks] == [("{told}", 0.5), ("{0}", -0.25)]
    assert "In the hypothesis: Is +0.1, {label} +1.5." in said(job, Explained(units, (by,), 2.0, 0, 10, "m", BY), by)
    hidden = Explained(units, (by,), 2.0, 0, 10, "{y}", BY)
    assert "hidden behind {y} (" in said(job, hidden, by)[0]


def test_outside_an_entity_what_speaks_for_it_is_named_the_strongest_first():
    job = Attribute("Ana lives in Lima now", OfSpan(13, 17, "LOC"), ModelChoice("m"))
    units = tuple(Unit(*span) for span in ((0, 3), (4, 9), (10, 12), (13, 17), (18, 21)))
    by = Attribution(OCCLUSION, (-0.5, 0.25, 1.5, 4.0, 0.0))
    lines = said(job, Explained(units, (by,), 5.0, 0, 21, "m", BY), by)
    assert "Outside it, these speak for it: in +1.5, lives +0.25." in lines


@pytest.mark.parametrize(("total", "warned"), [(0.995, False), (0.9, True)])
def test_a_gap_of_more_than_a_hundredth_is_told_as_it_is(total, warned):
    job = Attribute("a", OfSpan(0, 1, "LOC"), ModelChoice("m"))
    by = Attribution(INTEGRATED, (total,), 0.0, 0.5, 513)
    lines = said(job, Explained((Unit(0, 1),), (by,), 1.5, 0, 1, "m", BY), by)
    assert any("No more points are tried" in line for line in lines) == warned
    share = "10.0%" if warned else "0.5%"
    assert any(line.startswith("513 points: the values sum to ") and line.endswith(f"{share}.") for line in lines)


def test_what_was_not_read_is_said():
    job = Attribute("abc def", OfSpan(0, 3, "LOC"), ModelChoice("m"))
    by = Attribution(OCCLUSION, (0.5,))
    lines = said(job, Explained((Unit(0, 3),), (by,), 1.5, 0, 3, "m", BY), by)
    assert "The model reads no more at once than the characters 0 to 3 of 7: the rest has no say." in lines
