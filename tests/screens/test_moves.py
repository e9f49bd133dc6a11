"""A move in the list beside a sheet shows what stands there, and makes nothing else anew."""

from __future__ import annotations

import pytest
from driving import eventually
from textual.widgets import TextArea

from llm_tui.app import LabApp
from llm_tui.exercises.prompting import instructions
from llm_tui.exercises.translation import Answers
from llm_tui.screens.exercise import TableScreen
from llm_tui.screens.prompting import PromptingScreen
from llm_tui.screens.translation import TranslationScreen


@pytest.mark.parametrize(
    "mode, screen, listed, field, texts",
    [
        ("sheet-4", TranslationScreen, "#sentences", "#source", [one.text for one in Answers().sentences]),
        ("sheet-6", PromptingScreen, "#prompts", "#instruction", list(instructions().values())),
    ],
)
async def test_the_table_is_not_made_anew(
    lab, engine, monkeypatch, mode: str, screen: type[TableScreen], listed: str, field: str, texts: list[str]
):
    made: list[str] = []
    of = screen.table
    monkeypatch.setattr(screen, "table", lambda self: made.append(self.chosen_text()) or of(self))
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.switch_mode(mode)
        await eventually(pilot, lambda: bool(app.screen.query(field)))
        await pilot.pause()
        app.screen.query_one(listed).focus()
        made.clear()
        for key, place in (("down", 1), ("down", 2), ("up", 1), ("home", 0)):
            await pilot.press(key)
            await eventually(pilot, lambda place=place: app.screen.query_one(field, TextArea).text == texts[place])
        await pilot.pause()
        assert not made
        await pilot.press("enter", "x")  # what is written is in the table
        await eventually(pilot, lambda: bool(made))
