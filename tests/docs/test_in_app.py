"""The documentation in the app: a command of the palette for each of its parts."""

from __future__ import annotations

import re

from driving import eventually, painted
from textual.widgets import Markdown

from llm_tui import i18n, keymap
from llm_tui.app import LabApp
from llm_tui.documentation import TOPICS
from llm_tui.screens.dialogs import TextDialog
from llm_tui.screens.tour import STOPS


def test_the_tour_of_the_page_is_the_tour_of_the_app():
    keys = {row.id: row.spoken for row in keymap.all_keys()}
    tour = [keys[stop.key] for stop in STOPS]
    for language in i18n.LANGUAGES:
        page = next(topic for topic in TOPICS if topic.name.en == "tour").within(language)
        assert re.findall(r"(?m)^\| \d \| `(.+?)` \|", page) == tour


async def test_the_palette_opens_each_part_of_the_documentation(lab, engine):
    i18n.use("es")
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        offered = {command.title: command.callback for command in app.get_system_commands(app.screen)}
        for topic in TOPICS:
            assert f"Documentación: {topic.head}" in offered
        offered["Documentación: GPU y SSH"]()
        await eventually(pilot, lambda: isinstance(app.screen, TextDialog) and bool(app.screen.query(Markdown)))
        await eventually(pilot, lambda: "Junto a otras personas" in painted(pilot))
        await pilot.press("escape")
        await eventually(pilot, lambda: len(app.screen_stack) == 1)
