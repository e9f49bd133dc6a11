"""The terminal shows what the app means: wherever somebody goes in it, and nothing that was so a moment ago."""

from __future__ import annotations

from pathlib import Path

import pytest
from faults.walk import walked
from meant import Shown, differences, meant, settle, terminal
from textual.widgets import Input

from llm_tui import i18n
from llm_tui.app import LabApp
from llm_tui.screens.messages import MessagesDialog
from llm_tui.widgets.bars import KeyBar
from llm_tui.widgets.host import JobStatus

SIZES = [(80, 24), (60, 20), (120, 40)]


@pytest.fixture
def app(lab, engine) -> LabApp:
    app = LabApp(lab, engine)
    app.driver_class = Shown
    return app


async def test_wherever_somebody_goes_the_terminal_shows_the_screen(no_hub, tmp_path: Path):
    walk = await walked(tmp_path, seed=31, steps=6, size=(80, 24), filled=False, anew=False)
    assert walk.looked and not walk.wrong, "\n".join(walk.wrong)


@pytest.mark.slow
@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_wherever_somebody_goes_for_long(no_hub, tmp_path: Path, size: tuple[int, int], language: str):
    i18n.use(language)
    walk = await walked(tmp_path, seed=SIZES.index(size), steps=400, size=size)
    assert walk.looked > 50 and not walk.wrong, "\n".join(walk.wrong)


async def test_what_has_changed_behind_a_window_is_drawn_when_somebody_comes_back(app):
    async with app.run_test(headless=False, size=(80, 24), notifications=True):
        for mode in ("play", "home"):
            await app.switch_mode(mode)
            await settle(app)
            if mode == "play":
                app.push_screen(MessagesDialog(app.messages, ""))
                await settle(app)
        app.status = JobStatus("fetching a model", 1, 2)
        app.changed.publish("status")
        await settle(app)
        await app.switch_mode("play")
        await settle(app)
        assert "fetching a model" in "".join(cell.letter for cell in terminal(app)[22])
        assert not differences(terminal(app), meant(app))


async def test_the_footer_says_what_can_be_done_once_something_was_written(app):
    async with app.run_test(headless=False, size=(120, 24), notifications=True) as pilot:
        await pilot.press("f5")
        await settle(app)
        bar, field = app.screen.query_one(KeyBar), app.screen.query(Input).first()
        field.focus()
        await settle(app)
        assert "^Z" not in bar._drawn
        await pilot.press("x")
        await settle(app)
        assert "^Z" in "".join(cell.letter for cell in terminal(app)[-1])


async def test_a_terminal_that_another_program_has_written_on_is_drawn_again_when_it_is_asked_for(app):
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        await settle(app)
        app._driver.write("\x1b[3;5H\x1b[31mwall: the machine goes down\x1b[?7h\r\n\n\n")
        assert differences(terminal(app), meant(app))
        for _ in range(2):  # also where a window is open
            await pilot.press("ctrl+backslash")
            await settle(app)
            assert not differences(terminal(app), meant(app))
            await pilot.press("f1")
            await settle(app)
            app._driver.write("\x1b[3;5H\x1b[31mwall: it does")
