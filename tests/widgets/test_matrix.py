"""The map of shades: what is drawn of it, its cursor, and that neither its size nor its names can break it."""

from __future__ import annotations

import time
from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.app import App, ComposeResult

from llm_tui.widgets.matrix import CURSOR, MatrixView, legend, shade

NAMES = ("[CLS]", "La", "casa", "azul", "[SEP]")


class Shown(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.moves: list[tuple[int, int]] = []

    def compose(self) -> ComposeResult:
        yield MatrixView()

    def on_matrix_view_moved(self, message: MatrixView.Moved) -> None:
        self.moves.append((message.row, message.column))

    @property
    def view(self) -> MatrixView:
        return self.query_one(MatrixView)

    def lines(self) -> list[str]:
        return [self.view.render_line(y).text for y in range(self.view.size.height)]


def test_shades_are_those_of_the_legend():
    assert legend() == "░ 3 %  ▒ 10 %  ▓ 30 %  █ 60 %"
    assert [shade(value) for value in (0, 0.029, 0.03, 0.1, 0.3, 0.6, 1, float("nan"), -1)] == list("  ░▒▓██  ")


async def test_a_small_matrix_is_there_whole_with_its_names_and_no_colour_is_needed():
    app = Shown()
    async with app.run_test(size=(40, 20)) as pilot:
        values = [0.0] * 25
        values[2 * 5 + 1], values[2 * 5 + 4], values[4 * 5 + 3] = 0.6, 0.15, 0.3
        app.view.show(NAMES, NAMES, values)
        await pilot.pause()
        lines = [line.rstrip() for line in app.lines()]
        assert [line[7::2] for line in lines[:5]] == ["[   [", "C caS", "L azE", "SLsuP", "]aal]"]
        rows = {line.split()[0]: line[7:] for line in lines if line and line.split()[0] in NAMES}
        assert rows["casa"] == "  ██    ▒▒" and rows["[SEP]"] == "      ▓▓"
        assert next(line for line in lines if "▸" in line) == f"[CLS]▸ {CURSOR}"


async def test_the_cursor_goes_to_the_ends_and_tells_where_it_is():
    app = Shown()
    async with app.run_test(size=(40, 14)) as pilot:
        app.view.show(NAMES, NAMES[:3], [0.1] * 15)
        app.view.focus()
        for key, at in (("down", (1, 0)), ("right", (1, 1)), ("end", (1, 2)), ("right", (1, 2)), ("pagedown", (4, 2)),
                        ("up", (3, 2)), ("home", (3, 0)), ("pageup", (0, 0)), ("left", (0, 0))):  # fmt: skip
            await pilot.press(key)
            assert app.view.cursor == at == app.moves[-1], key
        await pilot.click(MatrixView, offset=(7 + 2 * 2, app.view.size.height - 1))
        app.view.show(NAMES[:2], NAMES[:2], [0.1] * 4)
        assert app.view.cursor[0] < 2 and app.view.cursor[1] < 2


async def test_a_large_one_scrolls_says_where_it_is_and_is_drawn_at_once():
    app = Shown()
    async with app.run_test(size=(60, 20)) as pilot:
        names = [f"piece{n}" for n in range(512)]
        app.view.show(names, names, array("f", [1 / 512]) * 512**2)
        app.view.focus()
        await pilot.press("end", *["pagedown"] * 50)
        text = "\n".join(app.lines())
        assert app.view.cursor == (511, 511) and "▸" in text and CURSOR in text
        assert "/512" in text and "↓" in text and "→" in text
        await pilot.press("home")
        assert CURSOR in "\n".join(app.lines())
        began = time.process_time()
        for _ in range(10):
            app.lines()
        assert time.process_time() - began < 2  # it draws what is seen: a few hundred cells, not 262,144


def test_what_is_no_matrix_is_refused():
    with pytest.raises(ValueError, match="3 values are no matrix of 2 by 2"):
        MatrixView().show("ab", "ab", [0, 0, 0])


async def test_whatever_the_names_and_the_room_each_line_is_as_wide_as_the_widget_and_the_cursor_is_seen():
    """Wide, combining, control and direction characters, and names longer than the screen."""
    app = Shown()
    async with app.run_test(size=(30, 10)) as pilot:
        name = st.text(st.sampled_from("aé中👩\u200d\u0301\x1b\u202e[/]b\tا"), max_size=40)

        @settings(max_examples=25)
        @given(st.lists(name, min_size=1, max_size=30), st.lists(name, min_size=1, max_size=30), st.data())
        def holds(rows: list[str], columns: list[str], data: st.DataObject) -> None:
            app.view.show(rows, columns, [0.07] * (len(rows) * len(columns)))
            app.view.action_step(data.draw(st.integers(-30, 30)), data.draw(st.integers(-30, 30)))
            lines = [app.view.render_line(y) for y in range(app.view.size.height)]
            assert {line.cell_length for line in lines} == {app.view.size.width}
            text = "".join(line.text for line in lines)
            assert CURSOR in text and "▸" in text and not any(char in text for char in "\x1b\u202e\t")

        holds()
        await pilot.resize_terminal(9, 4)
        holds()
