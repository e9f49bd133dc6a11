"""Curves drawn with braille dots."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pytest
from driving import eventually
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.widgets import Static

from llm_tui.i18n import Text
from llm_tui.visible import width
from llm_tui.widgets.axis import Axis
from llm_tui.widgets.curves import Curves
from llm_tui.widgets.drawing import AXIS, FAINT, MARKS, Series, changes, draw, y_axis, y_range
from llm_tui.widgets.plot import Plot
from llm_tui.widgets.view import Smoothed, View, at_or_before, within

points = st.lists(
    st.tuples(st.floats(0, 1000), st.floats(-1e6, 1e6)), max_size=30
).map(lambda pairs: sorted(pairs))  # fmt: skip


def drawn(series, axis, bounds, width, height):
    return draw(series, axis, y_axis(series, bounds, False, False), width, height)


def lines(cells) -> list[str]:
    return ["".join(char for char, _ in row) for row in cells]


@given(curve=points, width=st.integers(0, 60), height=st.integers(0, 20), x_end=st.integers(0, 1000))
def test_every_plot_fills_exactly_its_room(curve, width, height, x_end):
    cells = drawn([Series("32", curve, 0)], Axis(x_end), (None, None), width, height)
    assert len(cells) == height
    assert all(len(row) == width for row in cells)


def test_a_falling_line_goes_from_the_upper_left_to_the_lower_right():
    rows = lines(drawn([Series("", [(0, 1.0), (10, 0.0)], 0)], Axis(10), (0.0, 1.0), AXIS + 4, 5))
    assert [row[AXIS + i] != " " for i, row in enumerate(rows[:4])] == [True] * 4
    assert rows[0][-1] == rows[3][AXIS] == " "


def test_a_horizontal_line_in_the_middle_is_one_row_of_dots():
    rows = lines(drawn([Series("", [(0, 0.5), (10, 0.5)], 0)], Axis(10), (0.0, 1.0), AXIS + 6, 4))
    assert [set(row[AXIS:]) for row in rows[:3]] == [{" "}, {"⠤"}, {" "}]


def test_the_axes_say_their_range_and_a_curve_carries_its_label():
    rows = lines(drawn([Series("64", [(0, 1.3), (300, 0.4)], 0)], Axis(313), (0.0, None), 40, 8))
    assert rows[0].startswith(" 1.4")
    assert rows[-2].startswith("   0")
    assert rows[-1].split() == ["0", "100", "200", "313"]
    assert any("64" in row[AXIS:] for row in rows[:-1])


def test_the_range_holds_every_value_and_seldom_changes():
    assert y_range([1.31, 0.42], (0.0, None)) == (0.0, 1.4)
    assert y_range([1.39, 0.2], (0.0, None)) == (0.0, 1.4)


@given(curve=points.filter(bool))
def test_the_range_holds_every_value(curve):
    low, high = y_range([y for _, y in curve], (None, None))
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
    rows = lines(drawn([Series("", [(0, 0.5), (10_000, 0.5)], 0)], axis, (0.0, 1.0), 60, 5))
    assert rows[-1].split() == ["0", "10", "100", "1000", "10k"]
    assert rows[-1].index("100") - AXIS == round(axis.share(100) * (60 - AXIS - 1))


def test_the_unit_stands_behind_the_last_number_where_it_has_room():
    curve = [Series("", [(0, 0.5), (313, 0.5)], 0)]
    last = lines(drawn(curve, Axis(313, name="steps"), (0.0, 1.0), 46, 5))[-1]
    assert last.split() == ["0", "100", "200", "313", "steps"]
    assert lines(drawn(curve, Axis(313, name="steps"), (0.0, 1.0), AXIS + 6, 5))[-1].split() == ["0", "313"]


def test_an_upright_axis_has_round_numbers_where_they_stand():
    rows = lines(drawn([Series("", [(0, 0.5)], 0)], Axis(10), (0.0, 1.0), 30, 14))
    said = {y: float(row[:AXIS]) for y, row in enumerate(rows[:-1]) if row[:AXIS].strip()}
    assert 4 <= len(said) <= 6
    assert all(abs((1 - value) * 51 // 4 - y) <= 1 for y, value in said.items())


@pytest.mark.parametrize("ys", [(0.0012, 0.0017), (0.9842, 0.9851), (0.0, 1350.0), (0.0, 12_400.0), (0.98511, 0.98519)])
def test_the_numbers_of_an_upright_axis_say_what_stands_there_and_none_stands_twice(ys):
    curve = [Series("", list(enumerate(ys)), 0)]
    up = y_axis(curve, (None, None), log=False, fit=True)
    rows = lines(draw(curve, Axis(1), up, 60, 14))[:-1]
    said = {y: float(row[:AXIS].replace("k", "e3")) for y, row in enumerate(rows) if row[:AXIS].strip()}
    assert len(said) >= 2 and len({*said.values()}) == len(said)
    step = (up.end - up.begin) / (len(rows) - 1)
    assert all(abs(up.end - step * y - value) <= 1.5 * step for y, value in said.items())


@settings(max_examples=30)
@given(
    ends=st.lists(st.tuples(st.floats(0, 100), st.floats(0, 1)), min_size=1, max_size=6),
    width=st.integers(20, 60),
    height=st.integers(8, 20),
)
def test_labels_never_cover_each_other_and_each_has_the_colour_of_its_curve(ends, width, height):
    curves = [Series(f"{i}{i}", [(0, 0.5), (x, y)], i) for i, (x, y) in enumerate(ends)]
    cells = drawn(curves, Axis(100), (0.0, 1.0), width, height)
    for one in curves:
        text = MARKS[one.colour] + one.label
        places = [(y, x) for y, row in enumerate(lines(cells)) for x in range(len(row)) if row.startswith(text, x)]
        assert len(places) == 1
        y, x = places[0]
        assert {colour for _, colour in cells[y][x : x + len(text)]} == {one.colour}


@pytest.mark.parametrize("label", ["基线模型", "lin\u0303ea", "基n\u0303"])
def test_a_label_has_the_columns_that_its_characters_take(label):
    cells = drawn([Series(label, [(0, 0.5), (10, 0.5)], 0)], Axis(10), (0.0, 1.0), 40, 8)
    assert {width(row) for row in lines(cells)} == {len(row) for row in cells} == {40}
    assert [row.endswith(MARKS[0] + label) for row in lines(cells)].count(True) == 1


def test_a_wide_character_is_drawn_again_as_a_whole():
    before, after = (
        drawn([Series(label, [(0, 0.5), (10, 0.5)], 0)], Axis(10), (0.0, 1.0), 40, 8) for label in ("基线", "线线")
    )
    ((y, x, columns),) = changes(before, after)
    assert columns == 2 and "".join(char for char, _ in after[y][x : x + columns]) == "线"


def test_more_curves_than_colours_differ_by_their_marks():
    assert len({(i % 6, Series("a", [], i).marked) for i in range(36)}) == 36


def test_what_is_no_number_breaks_the_curve_and_no_more():
    broken = [(0, 0.5), (3, math.nan), (6, 0.5), (8, math.inf), (10, 0.5)]
    cells = drawn([Series("a", broken, 0)], Axis(10), (None, None), 40, 8)
    dots = "".join(lines(cells))
    assert 0 < sum(0x2800 < ord(char) <= 0x28FF for char in dots) <= 4


def test_a_logarithmic_y_axis_has_equal_room_for_equal_factors_and_leaves_out_what_is_not_above_zero():
    up = y_axis([Series("", [(0, 100.0), (1, 1.0), (2, 0.0)], 0)], (0.0, None), log=True, fit=False)
    assert (up.begin, up.end) == (1.0, 100.0)
    assert up.share(10.0) == 0.5
    assert up.ticks(3) == [1.0, 10.0] or up.ticks(3) == [10.0]


def test_smoothing_is_the_mean_of_what_came_before_and_begins_at_the_first_value():
    points = [(0.0, 1.0), (1.0, 0.0), (2.0, math.nan), (3.0, 0.0)]
    (_, first), (_, second), (_, lost), (_, last) = Smoothed(0.5).follow(points)
    assert first == 1.0
    assert second == pytest.approx(1 / 3)  # weights 1 and 2
    assert math.isnan(lost)
    assert last == pytest.approx(1 / 7)  # weights 1, 2 and 4


@settings(max_examples=30)
@given(st.lists(st.floats(-10, 10), min_size=1, max_size=50), st.integers(0, 49), st.sampled_from([0.3, 0.9]))
def test_a_curve_that_grows_is_smoothed_as_if_it_had_been_whole(ys, first, weight):
    points = list(enumerate(ys))
    grown = Smoothed(weight)
    grown.follow(points[:first])
    assert grown.follow(points) == Smoothed(weight).follow(points)
    assert all(min(ys) - 1e-9 <= y <= max(ys) + 1e-9 for _, y in grown.points)


@settings(max_examples=30)
@given(points, st.floats(0, 900), st.floats(1, 100))
def test_through_a_window_only_what_is_in_it_is_seen_and_nothing_else_is_lost(curve, begin, width):
    seen = within(curve, (begin, begin + width), 1000)
    inside = [point for point in curve if begin <= point[0] <= begin + width]
    assert all(begin <= x <= begin + width for x, _ in seen)
    assert not inside or inside == seen or inside in (seen[1:], seen[:-1], seen[1:-1])


@settings(max_examples=30)
@given(st.lists(st.sampled_from(["in", "out", "left", "right"]), max_size=20), st.floats(0, 1))
def test_a_window_stays_within_the_axis(ways, around):
    view = View()
    for way in ways:
        begin, end = view.window or (0.0, 500.0)
        at = begin + around * (end - begin)
        if way in ("left", "right"):
            view = view.panned(-0.25 if way == "left" else 0.25, 500.0)
        else:
            view = view.zoomed(0.5 if way == "in" else 2.0, at, 500.0)
        begin, end = view.window or (0.0, 500.0)
        assert -1e-9 <= begin < end <= 500.0 + 1e-9


def test_a_reading_is_the_last_report_at_or_before_the_cursor():
    curve = [(10.0, 0.9), (20.0, 0.5)]
    assert [at_or_before(curve, x) for x in (5, 10, 19, 20, 99)] == [None, curve[0], curve[0], curve[1], curve[1]]


def test_a_span_is_an_upright_line_between_its_ends_and_within_the_range():
    one = Series("", [(5, 0.5)], 0, spans=[(5, 0.25, 0.75)])
    rows = lines(drawn([one], Axis(10), (0.0, 1.0), AXIS + 5, 9))
    assert [y for y, row in enumerate(rows[:-1]) if row[AXIS + 2] != " "] == [2, 3, 4, 5]
    up = y_axis([one], (None, None), False, False)
    assert (up.begin, up.end) == (0.2, 0.8)


class PlotApp(App[None]):
    def compose(self) -> ComposeResult:
        yield Plot("loss", low=0.0, high=1.0)


async def test_keys_zoom_move_scale_smooth_and_put_it_back_and_the_border_says_it():
    async with PlotApp().run_test(size=(60, 12)) as pilot:
        plot = pilot.app.query_one(Plot)
        plot.show([Series("32", [(float(x), 1 / (1 + x)) for x in range(101)], 0)], 100, Text("steps", "pasos"))
        plot.focus()
        await pilot.press("right", "plus", "plus", "y", ".", ".")
        assert plot.border_subtitle == "log y · smoothing 0.6 · steps 75-100"
        assert any(colour >= FAINT for row in plot._rows for _, colour in row)  # as measured, behind
        await pilot.press("shift+left")
        assert str(plot.border_subtitle).endswith("steps 68.75-93.75")
        await pilot.press("home")
        assert plot.border_subtitle == "" and plot.cursor is None and plot.view == View()


class TwoPlots(App[None]):
    def compose(self) -> ComposeResult:
        yield Curves()


async def test_the_cursor_stays_at_its_step_in_both_plots_when_there_is_more_room():
    async with TwoPlots().run_test(size=(60, 20)) as pilot:
        loss, accuracy = pilot.app.query(Plot)
        for plot in (loss, accuracy):
            plot.show([Series("32", [(float(x), 1 / (1 + x)) for x in range(101)], 0)], 100, Text("steps", "pasos"))
        loss.focus()
        await pilot.press("right", *["left"] * 5)
        await eventually(pilot, lambda: loss.cursor == accuracy.cursor is not None)
        said, before = str(pilot.app.query_one("#readout", Static).content), loss.cursor
        await pilot.resize_terminal(140, 20)
        await eventually(pilot, lambda: loss.cursor != before)
        for plot in (loss, accuracy):
            assert plot.cursor is not None
            drawn_at = 100 * plot.cursor / (plot.size.width - AXIS - 1)
            read_at = float(said.split("up to ")[1].split(":")[0])
            assert abs(drawn_at - read_at) < 2  # a column
        assert str(pilot.app.query_one("#readout", Static).content) == said
        accuracy.focus()
        await pilot.press("escape")
        await eventually(pilot, lambda: loss.cursor is None and accuracy.cursor is None)


async def test_a_longer_curve_redraws_only_the_new_cells():
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
