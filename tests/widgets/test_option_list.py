"""A list that is asked to turn a page when nothing of it can be seen."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from llm_tui.widgets.option_list import OptionList


class NoRoom(App[None]):
    def compose(self) -> ComposeResult:
        choices = OptionList("one", "two", "three")
        choices.styles.width = 0
        yield choices


@pytest.mark.parametrize("key", ["pagedown", "pageup", "end", "home", "down", "up"])
async def test_a_list_without_room_takes_every_key(key):
    async with NoRoom().run_test() as pilot:
        choices = pilot.app.query_one(OptionList)
        choices.focus()
        choices.highlighted = 1
        await pilot.press(key)
