"""Pages to read, from the keys of every screen to where they can be seen."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import Any

from driving import eventually, painted
from textual.pilot import Pilot
from textual.widgets import Markdown, OptionList

from llm_tui import i18n
from llm_tui.app import LabApp
from llm_tui.exercises import reading
from llm_tui.exercises.reading import PAGES, Page
from llm_tui.playground.state import Playground
from llm_tui.screens.reading import PageDialog, ReadingDialog, show

BY_NAME = {page.name: page for page in PAGES}


@asynccontextmanager
async def opened(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        yield app, pilot


async def see(pilot: Pilot[None], app: Any, page: Page) -> None:
    """Home's list, the page, and the screen where it can be seen."""
    if app.current_mode != "home":
        await app.switch_mode("home")
    await pilot.press("question_mark")
    await eventually(pilot, lambda: isinstance(app.screen, ReadingDialog) and bool(app.screen.query("#pages")))
    pages = app.screen.query_one("#pages", OptionList)
    assert pages.option_count == len(PAGES)
    pages.highlighted = PAGES.index(page)
    await pilot.press("enter")
    await eventually(pilot, lambda: isinstance(app.screen, PageDialog) and bool(app.screen.query(Markdown)))
    await pilot.press("enter")
    await eventually(pilot, lambda: app.current_mode == page.mode and len(app.screen_stack) == 1)


def stands(app: Any, page: Page) -> bool:
    answers = getattr(app.screen, "answers", None)
    return all(reading.part(answers, path) == value for path, value in page.example().items())


async def test_each_page_leads_to_a_screen_that_shows_its_example(lab, engine):
    i18n.use("es")
    async with opened(lab, engine) as (app, pilot):
        await see(pilot, app, PAGES[-1])
        for page in reversed(PAGES):
            await go(pilot, app, page)
            await eventually(pilot, lambda page=page: stands(app, page))
            texts = [value for path, value in page.example().items() if path.startswith(("inputs.", "text"))]
            for text in texts[:1]:
                assert any(str(text) == getattr(field, "text", None) for field in app.screen.query("TextArea"))
            app.clear_notifications()


async def test_what_was_written_is_asked_about_and_comes_back(lab, engine):
    page = BY_NAME["hallucination"]
    lab.save_answers("playground", Playground(task="prompt", inputs={"prompt": "mine"}))
    async with opened(lab, engine) as (app, pilot):
        await go(pilot, app, page)
        await eventually(pilot, lambda: "your own" in painted(pilot))
        await pilot.press("n")
        await eventually(pilot, lambda: not app.screen.is_modal)
        assert app.screen.answers.inputs["prompt"] == "mine"
        await go(pilot, app, page)
        await eventually(pilot, lambda: "your own" in painted(pilot))
        await pilot.press("y")
        await eventually(pilot, lambda: stands(app, page))
        await pilot.press("ctrl+z")
        assert app.screen.answers.inputs["prompt"] == "mine"


async def go(pilot: Pilot[None], app: Any, page: Page) -> None:
    show(app, page)
    await eventually(pilot, lambda: app.current_mode == page.mode)


async def test_the_palette_opens_a_page_by_its_name_and_every_screen_lists_its_own(lab, engine):
    async with opened(lab, engine) as (app, pilot):
        commands = {command.title: command for command in app.get_system_commands(app.screen)}
        commands[f"Read: {BY_NAME['bias'].title}"].callback()
        await eventually(pilot, lambda: isinstance(app.screen, PageDialog) and "Bolukbasi" in painted(pilot))
        await pilot.press("escape")
        for mode in ("tokens", "report", "flows"):
            await app.switch_mode(mode)
            app.screen.set_focus(None)
            await pilot.press("ctrl+g")
            await eventually(pilot, lambda: isinstance(app.screen, ReadingDialog) and bool(app.screen.query("#pages")))
            listed = app.screen.query_one("#pages", OptionList)
            titles = [str(listed.get_option_at_index(row).prompt) for row in range(listed.option_count)]
            assert titles == [str(page.title) for page in reading.of(mode)]
            await pilot.press("escape")
            await eventually(pilot, lambda: not app.screen.is_modal)
