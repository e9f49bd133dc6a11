"""The window of the themes: each is tried, the one that is chosen is kept, and escape leaves all as it was."""

from __future__ import annotations

import threading

from driving import eventually

from llm_tui.app import LabApp
from llm_tui.config import config_path, read_config
from llm_tui.config_file import remember
from llm_tui.screens import themes
from llm_tui.screens.themes import ThemesDialog


async def test_a_theme_is_tried_and_kept_and_a_slow_disk_holds_nothing_up(own_folders, lab, engine, monkeypatch):
    slow = threading.Event()

    def slowly(name: str, value: str) -> None:
        slow.wait(60)
        remember(name, value)

    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(themes, "remember", slowly)
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        app.theme = "dark"
        app.action_change_theme()
        await eventually(pilot, lambda: isinstance(app.screen, ThemesDialog) and app.screen.is_mounted)
        await pilot.press("down")
        await eventually(pilot, lambda: app.theme == "light")
        await pilot.press("escape")
        await eventually(pilot, lambda: not isinstance(app.screen, ThemesDialog))
        assert app.theme == "dark" and not config_path().exists()
        app.action_change_theme()
        await eventually(pilot, lambda: isinstance(app.screen, ThemesDialog) and app.screen.is_mounted)
        await pilot.press("down", "enter")
        await eventually(pilot, lambda: app.theme == "light" and not isinstance(app.screen, ThemesDialog))
        assert not config_path().exists(), "the screen goes on while it is written"
        slow.set()
        await eventually(pilot, lambda: read_config().value("theme") == "light")
