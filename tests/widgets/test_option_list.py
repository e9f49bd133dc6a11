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
