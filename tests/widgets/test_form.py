"""Fields of a form: arrows stay in it. And lines that stand alone take back what was typed in them."""

from __future__ import annotations

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.widgets import Input, TextArea

from llm_tui.i18n import Text
from llm_tui.widgets.form import Entry, Field, Form
from llm_tui.widgets.line import Line
from llm_tui.widgets.text_field import TextField

NAMES = ("one", "hidden", "two")


class Page(App[None]):
    def compose(self) -> ComposeResult:
        yield TextField("mine", id="before")
        yield Form([Field(name, Text(name, name)) for name in NAMES], dict.fromkeys(NAMES, ""))
        yield TextField("mine", id="after")
        yield Line(id="line")


async def test_no_arrow_and_no_enter_leaves_the_form() -> None:
    app = Page()
    async with app.run_test() as pilot:
        app.query_one(Form).show_only(("one", "two"))
        app.query_one(Form).focus_field("one")
        await pilot.press("up", "up", "a", "down", "b", "down", "enter", "c", "up", "d")
        assert [field.value for field in app.query("Form Input").results(Input)] == ["ad", "", "bc"]
        assert [area.text for area in app.query(TextArea)] == ["mine", "mine"]


async def test_arrows_in_one_read_each_go_a_field_on() -> None:
    app = Page()
    async with app.run_test() as pilot:
        app.query_one(Form).focus_field("one")
        await pilot.pause()
        for key in ("down", "down"):
            app.post_message(events.Key(key, None))
        await pilot.pause()
        assert app.focused is app.query_one("#field-two")


async def test_a_line_that_stands_alone_undoes_and_redoes() -> None:
    app = Page()
    async with app.run_test() as pilot:
        line = app.query_one(Line)
        line.focus()
        await pilot.press(*"abc", "ctrl+z")
        assert line.value == ""
        await pilot.press("ctrl+t")
        assert line.value == "abc"
        await pilot.press("ctrl+z", "x", "ctrl+t")
        assert line.value == "x"


@pytest.mark.parametrize("field", ["#line", "#field-one"])
async def test_what_is_pasted_into_one_line_comes_in_with_all_its_lines(field: str) -> None:
    app = Page()
    async with app.run_test() as pilot:
        app.query_one(field).focus()
        await pilot.press(*"<>", "left")
        app.post_message(events.Paste("one  two\r\n\nthree\n"))
        await pilot.pause()
        assert app.query_one(field, Input).value == "<one  two three>"


async def test_what_is_put_back_leaves_the_cursor_where_it_differs() -> None:
    app = Page()
    async with app.run_test() as pilot:
        area = app.query_one("#before", TextField)
        area.text = "first line\nsecond line"
        area.focus()
        await pilot.pause()
        area.put("first line\nsecond, longer line")
        await pilot.press("!")
        assert area.text == "first line\nsecond, longer! line"


async def test_a_field_has_its_label_beside_it_and_a_click_on_either_goes_into_the_field() -> None:
    app = Page()
    app.stylesheet.add_source("Form Entry { padding-left: 8; }")
    async with app.run_test(size=(40, 24)) as pilot:
        entry = app.query_one("#field-two", Entry)
        entry.value = "written"
        await pilot.pause()
        (line,) = entry.render_lines(Region(0, 0, 20, 1))
        assert line.text == "two     written".ljust(20)
        (behind,) = entry.render_lines(Region(2, 0, 10, 1))
        assert behind.text == line.text[2:12]
        await pilot.click(entry, offset=(1, 0))
        await pilot.press("w")
        await pilot.click(entry, offset=(8 + 4, 0))
        await pilot.press("x")
        assert entry.value == "wwrixtten"
