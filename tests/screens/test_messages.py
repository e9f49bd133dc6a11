"""What the program says: in one place, until it was read, and again on the key of the messages; and its help."""

from __future__ import annotations

import asyncio

from driving import eventually
from textual.widgets import Static
from textual.widgets._toast import Toast

from llm_tui import i18n
from llm_tui.app import LabApp
from llm_tui.keys import Bar
from llm_tui.screens.dialogs import AskDialog
from llm_tui.screens.help import HelpDialog
from llm_tui.screens.messages import MessagesDialog
from llm_tui.widgets import notices
from llm_tui.widgets.here import possible, sections
from llm_tui.widgets.notices import Notices

LONG = "The file /data/news.csv cannot be read: [bold]line 7[/bold] has three columns and two are wanted. " * 8


def said(app: LabApp) -> str:
    return "\n".join(str(one.render()) for one in app.screen.query(Notices) if one.display)


async def test_a_notice_covers_neither_a_window_nor_the_field_in_it(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test(size=(60, 20), notifications=True) as pilot:
        app.push_screen(AskDialog("Which file?"))
        await eventually(pilot, lambda: isinstance(app.screen, AskDialog))
        app.notify(LONG, severity="error", markup=False)
        await eventually(pilot, lambda: notices.shown(app.screen))
        await pilot.pause()
        told, window = app.screen.query_one(Notices), app.screen.query_one(".dialog")
        assert not told.region.overlaps(window.region)
        assert "[bold]" in said(app), "what an error quotes is no markup"
        assert told.region.height <= 20 // 3
        assert "F8" in said(app), "what does not fit says where it can be read"
        assert not app.screen.query(Toast)
        await pilot.press("escape")
        await eventually(pilot, lambda: not isinstance(app.screen, AskDialog))
        assert not notices.shown(app.screen)


async def test_a_notice_that_goes_brings_none_back_on_the_screen_behind(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        app.notify("It failed.", severity="error", markup=False)
        app.notify("Written.", timeout=0.5, markup=False)
        await eventually(pilot, lambda: notices.shown(app.screen))
        behind = app.screen.query_one(Notices)
        app.push_screen(AskDialog("Which file?"))
        await eventually(pilot, lambda: said(app).startswith("✖ It failed."))
        await eventually(pilot, lambda: said(app) == "✖ It failed.")
        await pilot.pause(0.1)
        assert not behind.display


async def test_the_same_sentence_stands_once_and_an_error_waits_on_every_screen(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        for _ in range(3):
            app.notify("It failed.", severity="error", markup=False)
        app.notify("Written.", timeout=0.01, markup=False)
        await eventually(pilot, lambda: said(app) == "✖ It failed. (3)")
        await app.switch_mode("play")
        await eventually(pilot, lambda: said(app) == "✖ It failed. (3)")
        rows = app.screen.query_one("#body").region
        assert not app.screen.query_one(Notices).region.overlaps(rows)
        await pilot.press("escape")
        await eventually(pilot, lambda: not said(app))
        await app.switch_mode("home")
        await pilot.pause()
        assert not said(app)


async def test_messages_are_called_back_whole_and_found(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        app.notify("Exportación escrita: uno.md", markup=False)
        app.notify("It failed.", severity="error", markup=False)
        await asyncio.to_thread(app.notify, LONG, severity="warning", markup=False)
        await pilot.press("f8")
        await eventually(pilot, lambda: isinstance(app.screen, MessagesDialog))
        shown = app.screen.query_one("#messages", Static)
        text = str(shown.content)
        assert LONG.strip() in text
        assert text.index(LONG.strip()) < text.index("It failed.") < text.index("uno.md"), "the newest first"
        await pilot.press("slash", *"exportacion")
        await eventually(pilot, lambda: "It failed." not in str(shown.content))
        assert "uno.md" in str(shown.content), "accents do not count"
        await pilot.press("escape")
        await eventually(pilot, lambda: "It failed." in str(shown.content))
        await pilot.press("escape")
        await eventually(pilot, lambda: not isinstance(app.screen, MessagesDialog))


async def test_help_begins_with_what_can_be_done_here_and_finds_a_key_of_any_screen(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.switch_mode("tokens")
        await pilot.pause()
        (_, here), *others = sections(app.screen)
        now = [held.key.id for held in possible(app.screen)]
        assert here
        assert {key.id for key in here} <= set(now)
        assert {key.id for key in here} >= {held.key.id for held in possible(app.screen) if held.key.bar is Bar.FIRST}
        assert not {key.id for key in here} & {key.id for _, keys in others for key in keys if key in here}
        await pilot.press("f1")
        await eventually(pilot, lambda: isinstance(app.screen, HelpDialog))
        await pilot.press("slash", *"mitigation")
        await eventually(pilot, lambda: "Ethics" in screen_text(app))
        assert "mitigation" in screen_text(app)
        await pilot.press("escape", "escape")
        await eventually(pilot, lambda: not isinstance(app.screen, HelpDialog))


def screen_text(app: LabApp) -> str:
    return "\n".join("".join(part.text for part in line) for line in app.screen._compositor.render_strips())


async def test_what_the_palette_does_not_find_is_said_in_the_persons_language(lab, engine):
    i18n.use("es")
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+p", *"zzzqqq")
        await eventually(pilot, lambda: "Ninguna orden se llama así." in screen_text(app))
        await pilot.press("escape")
