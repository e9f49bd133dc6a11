"""Curves as sentences: they say no more than the points show."""

from __future__ import annotations

import math
import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_tui.export.told import curve, noise
from llm_tui.i18n import Text

STEP = Text("step {x}", "el paso {x}")


def falling(noisy: float = 0.0) -> list[tuple[float, float]]:
    draw = random.Random(0)
    return [(x, max(1.38 - 0.77 * x / 200, 0.61) + draw.gauss(0, noisy)) for x in range(0, 401, 10)]


def test_a_fall_that_stays_is_said_with_its_step_in_both_languages():
    said = curve(falling(), STEP)
    assert (
        said.en == "fell from 1.38 to 0.61 by step 190 and stayed there"
    )  # from 190 on within a twentieth of the range
    assert said.es == "bajó de 1.38 a 0.61 hasta el paso 190 y ahí se quedó"


def test_a_fall_that_has_not_ended_is_not_said_to_have_stayed():
    assert curve([(x, 1.0 - x / 100) for x in range(51)], STEP).en == "fell from 1 to 0.5 by step 50"


def test_ways_are_told_one_after_the_other():
    v = [(x, abs(x - 50) / 100) for x in range(0, 81, 2)]
    assert curve(v, STEP).en == "fell from 0.5 to 0 by step 50, then rose to 0.3 by step 80"


def test_noise_is_no_way():
    said = curve(falling(0.02), STEP).en
    assert re.fullmatch(r"fell from 1\.[34]\d* to 0\.[56]\d+ by step 1\d0 and stayed there", said), said
    draw = random.Random(1)
    said = curve([(x, draw.gauss(0.5, 0.1)) for x in range(200)]).en
    assert not re.search("fell|rose", said)


def test_what_swings_is_said_to_swing():
    swings = [(x, math.sin(x / 3)) for x in range(100)]
    assert curve(swings).en.startswith("went up and down between -1 and 1")


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ([], "has no points"),
        ([(3, 0.5)], "is one point: 0.5 at step 3"),
        ([(0, 0.25), (10, 0.25), (20, 0.25)], "stayed at 0.25"),
        ([(0, 1.0), (10, 9.0), (20, math.nan), (30, math.nan)],
         "rose from 1 to 9 by step 10; from step 20 on it was no number"),
        ([(0, math.inf)], "it was no number at 1 of 1 points, first at step 0"),
        ([(0, 0.0), (1, math.nan), (2, 1.0)],
         "rose from 0 to 1 by step 2; it was no number at 1 of 3 points, first at step 1"),
    ],
)  # fmt: skip
def test_what_is_no_curve_is_said_as_it_is(points, said):
    assert curve(points, STEP).en == said


numbers = st.floats(-1e6, 1e6)


@settings(max_examples=50)
@given(st.lists(numbers, min_size=2, max_size=60))
def test_each_way_that_is_said_is_one_that_the_values_have(ys):
    said = curve(list(enumerate(ys)), STEP).en
    for way, a, b in re.findall(r"(fell|rose) from (\S+) to (\S+) by", said):
        assert float(b) <= float(a) if way == "fell" else float(b) >= float(a)
        near = 1e-2 * max(map(abs, ys)) + 1e-9
        assert any(abs(y - float(a)) <= near for y in ys) and any(abs(y - float(b)) <= near for y in ys)
    if said.startswith("fell") and "then" not in said:
        assert ys[-1] < ys[0]
    if said.startswith("rose") and "then" not in said:
        assert ys[-1] > ys[0]


@settings(max_examples=50)
@given(st.lists(numbers, min_size=3, max_size=60))
def test_what_is_said_to_have_stayed_was_never_further_away_than_the_tolerance(ys):
    said = curve(list(enumerate(ys)), STEP).en
    if since := re.search(r"by step (\d+) and stayed there", said):
        tolerance = max(0.05 * (max(ys) - min(ys)), 4 * noise(ys), 1e-6 * max(map(abs, ys)))
        assert all(abs(y - ys[-1]) <= tolerance for y in ys[int(since[1]) :])


@settings(max_examples=50)
@given(st.lists(st.tuples(st.floats(), st.floats())))
def test_any_points_have_a_sentence(points):
    assert curve(points).en and curve(points).es


def test_the_noise_of_a_curve_is_near_that_which_was_put_on_it():
    draw = random.Random(2)
    assert noise([1 / (1 + x / 20) + draw.gauss(0, 0.05) for x in range(400)]) == pytest.approx(0.05, rel=0.2)
    assert noise([x * 0.1 for x in range(50)]) == pytest.approx(0, abs=1e-12)


@settings(max_examples=50)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_the_places_of_a_sentence_come_one_after_the_other(ys):
    places = [float(place) for place in re.findall(r"step ([\d.]+)", curve(list(enumerate(ys)), STEP).en)]
    assert places == sorted(places)
