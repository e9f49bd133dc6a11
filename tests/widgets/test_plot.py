"""Curves drawn with braille dots."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult

from llm_tui.widgets.axis import Axis
from llm_tui.widgets.plot import AXIS, Plot, Series, draw, y_range

points = st.lists(
    st.tuples(st.floats(0, 1000), st.floats(-1e6, 1e6)), max_size=30
).map(lambda pairs: sorted(pairs))  # fmt: skip


def lines(cells) -> list[str]:
    return ["".join(char for char, _ in row) for row in cells]


@given(curve=points, width=st.integers(0, 60), height=st.integers(0, 20), x_end=st.integers(0, 1000))
def test_every_plot_fills_exactly_its_room(curve, width, height, x_end):
    cells = draw([Series("32", curve, 0)], Axis(x_end), (None, None), width, height)
    assert len(cells) == height
    assert all(len(row) == width for row in cells)


def test_a_falling_line_goes_from_the_upper_left_to_the_lower_right():
    rows = lines(draw([Series("", [(0, 1.0), (10, 0.0)], 0)], Axis(10), (0.0, 1.0), AXIS + 4, 5))
    assert [row[AXIS + i] != " " for i, row in enumerate(rows[:4])] == [True] * 4
    assert rows[0][-1] == rows[3][AXIS] == " "


def test_a_horizontal_line_in_the_middle_is_one_row_of_dots():
    rows = lines(draw([Series("", [(0, 0.5), (10, 0.5)], 0)], Axis(10), (0.0, 1.0), AXIS + 6, 4))
    assert [set(row[AXIS:]) for row in rows[:3]] == [{" "}, {"⠤"}, {" "}]


def test_the_axes_say_their_range_and_a_curve_carries_its_label():
    rows = lines(draw([Series("64", [(0, 1.3), (300, 0.4)], 0)], Axis(313), (0.0, None), 40, 8))
    assert rows[0].startswith(" 1.4")
    assert rows[-2].startswith("   0")
    assert rows[-1].split() == ["0", "313"]
    assert any("64" in row[AXIS:] for row in rows[:-1])


def test_the_range_holds_every_value_and_seldom_changes():
    assert y_range([Series("", [(0, 1.31), (1, 0.42)], 0)], (0.0, None)) == (0.0, 1.4)
    assert y_range([Series("", [(0, 1.39), (1, 0.2)], 0)], (0.0, None)) == (0.0, 1.4)


@given(curve=points.filter(bool))
def test_the_range_holds_every_value(curve):
    low, high = y_range([Series("", curve, 0)], (None, None))
    assert all(low - 1e-6 * abs(low) - 1e-9 <= y <= high + 1e-6 * abs(high) + 1e-9 for _, y in curve)


@given(x=st.floats(0, 1e6), least=st.floats(1e-3, 1e3))
def test_what_stands_at_a_place_of_an_axis_stands_there(x, least):
    for axis in (Axis(1e6), Axis.over(1e6, [0, least, 1e6], log=True)):
        share = axis.share(x)
        assert 0 <= share <= 1
        assert abs(axis.share(axis.at(share)) - share) < 1e-9
        assert x < least or abs(axis.at(share) - x) < 1e-6 * 1e6


def test_on_a_logarithmic_axis_equal_factors_are_equally_far_apart_and_zero_stands_apart():
    axis = Axis.over(10_000, [0, 4, 16, 64, 256], log=True)
    places = [axis.share(x) for x in (0, 4, 16, 64, 256)]
    gaps = [b - a for a, b in itertools.pairwise(places)]
    assert places[0] == 0
    assert max(gaps) - min(gaps) < 1e-9
    assert axis.share(10_000) == 1
    assert axis.at(0) == 0


def test_a_logarithmic_axis_names_powers_of_ten_where_they_stand():
    axis = Axis.over(10_000, [0, 4, 10_000], log=True)
    rows = lines(draw([Series("", [(0, 0.5), (10_000, 0.5)], 0)], axis, (0.0, 1.0), 60, 5))
    assert rows[-1].split() == ["0", "10", "100", "1000", "10000"]
    assert rows[-1].index("100") - AXIS == round(axis.share(100) * (60 - AXIS - 1))


def test_the_name_of_the_axis_stands_in_its_middle_where_it_has_room():
    curve = [Series("", [(0, 0.5), (313, 0.5)], 0)]
    assert lines(draw(curve, Axis(313, name="step"), (0.0, 1.0), 40, 5))[-1].split() == ["0", "step", "313"]
    assert lines(draw(curve, Axis(313, name="step"), (0.0, 1.0), AXIS + 6, 5))[-1].split() == ["0", "313"]


def test_a_span_is_an_upright_line_between_its_ends_and_within_the_range():
    one = Series("", [(5, 0.5)], 0, spans=[(5, 0.25, 0.75)])
    rows = lines(draw([one], Axis(10), (0.0, 1.0), AXIS + 5, 9))
    assert [y for y, row in enumerate(rows[:-1]) if row[AXIS + 2] != " "] == [2, 3, 4, 5]
    assert y_range([one], (None, None)) == (0.2, 0.8)


async def test_a_longer_curve_redraws_only_the_new_cells():
    class PlotApp(App[None]):
        def compose(self) -> ComposeResult:
            yield Plot("loss", low=0.0, high=1.0)

    app = PlotApp()
    async with app.run_test(size=(60, 12)) as pilot:
        plot = app.query_one(Plot)
        plot.show([Series("", [(0, 0.9), (50, 0.5)], 0)], 100)
        await pilot.pause()
        asked: list[Any] = []
        refresh = plot.refresh

        def counted(*regions: Any, **settings: Any) -> Plot:
            asked.extend(regions)
            return refresh(*regions, **settings)

        plot.refresh = counted  # type: ignore[method-assign]
        plot.show([Series("", [(0, 0.9), (50, 0.5), (52, 0.5)], 0)], 100)
        assert asked
        assert sum(region.area for region in asked) <= 4
