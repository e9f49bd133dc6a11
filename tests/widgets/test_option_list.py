"""A list that is asked to turn a page before anything of it can be seen."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from llm_tui.widgets.option_list import OptionList


class Hidden(App[None]):
    def compose(self) -> ComposeResult:
        choices = OptionList("one", "two", "three")
        choices.display = False
        yield choices


@pytest.mark.parametrize("action", ["page_down", "page_up"])
async def test_a_list_that_is_not_laid_out_turns_no_page(action):
    async with Hidden().run_test() as pilot:
        choices = pilot.app.query_one(OptionList)
        choices.highlighted = 1
        getattr(choices, f"action_{action}")()
        assert choices.highlighted == 1


class Listed(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.chosen: list[int] = []

    def compose(self) -> ComposeResult:
        yield OptionList("[b]uno[/b]", "dos", "Año", "tres más", markup=False)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.chosen.append(event.option_index)


async def test_a_list_is_filtered_and_what_is_chosen_has_its_place_in_the_whole():
    async with Listed().run_test(size=(40, 12)) as pilot:
        app, choices = pilot.app, pilot.app.query_one(OptionList)
        assert isinstance(app, Listed)
        choices.focus()
        await pilot.press("/", *"a")
        assert choices.counted() == (2, 4) and choices.border_subtitle is not None
        assert "/a_ · 2 of 4" in str(choices.border_subtitle)
        lines = [choices.render_line(y).text.strip() for y in range(3)]
        assert lines == ["Año", "tres más", ""]
        await pilot.press("down", "enter", "enter")  # the first ends the filter, the second chooses
        assert app.chosen == [3]
        await pilot.press("home", "enter")
        assert app.chosen == [3, 2]
        choices.set_options(["otra", "nada", "fin"])
        assert choices.counted() == (2, 3)
        await pilot.press("escape")
        assert choices.counted() == (3, 3) and not str(choices.border_subtitle or "")


async def test_a_list_without_a_border_has_a_rule_for_as_long_as_there_is_something_to_say():
    async with Listed().run_test(size=(40, 12)) as pilot:
        choices = pilot.app.query_one(OptionList)
        choices.styles.border = ("none", "black")
        choices.focus()
        await pilot.press("/", *"a")
        assert "/a_ · 2 of 4" in str(choices.border_title) and choices.has_class("-told")
        await pilot.press("escape")
        assert not choices.border_title and not choices.has_class("-told")


async def test_nothing_is_chosen_where_the_filter_leaves_nothing():
    async with Listed().run_test(size=(40, 12)) as pilot:
        app, choices = pilot.app, pilot.app.query_one(OptionList)
        assert isinstance(app, Listed)
        choices.focus()
        await pilot.press("/", *"qq", "enter", "enter", "down", "pagedown", "enter")
        assert choices.highlighted is None and app.chosen == []
        await pilot.press("/", "backspace", "backspace", *"[b]", "enter", "enter")
        assert app.chosen == [0]
        await pilot.press("escape")
        assert [choices.render_line(y).text.strip() for y in range(2)] == ["[b]uno[/b]", "dos"]
