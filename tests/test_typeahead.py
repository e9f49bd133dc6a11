"""Keys that come faster than windows open and close: none ends the app, none is lost, none reaches the wrong window."""

from __future__ import annotations

import pytest
from driving import eventually
from textual.command import CommandList
from textual.events import Key, Paste
from textual.geometry import Size
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from llm_tui.app import LabApp
from llm_tui.engine.events import Failed
from llm_tui.errors import Unavailable
from llm_tui.foundation.job import Generate
from llm_tui.foundation.labels_job import ZeroShot
from llm_tui.screens.dialogs import ChoiceDialog
from llm_tui.screens.file_dialog import FileDialog
from llm_tui.screens.mode import ModeScreen


def type_at_once(pilot: Pilot[None], keys: str) -> None:
    """As a terminal delivers them that was held up: all in one read."""
    for key in keys.split():
        pilot.app.post_message(Key(key, key if len(key) == 1 else None))


async def in_front(pilot: Pilot[None], mode: str, selector: str) -> None:
    """Wait until the screen of `mode` is in front, with all that is on it."""
    app = pilot.app
    await eventually(pilot, lambda: app.current_mode == mode and isinstance(app.screen, ModeScreen))
    await eventually(pilot, lambda: app.screen.is_mounted and bool(app.screen.query(selector)))


@pytest.mark.parametrize(
    "keys",
    [
        "ctrl+o t t",
        "ctrl+o escape escape escape",
        "f8 q q escape escape",
        "f5 ctrl+l x enter enter enter",
        "ctrl+p pagedown pageup ctrl+end escape escape",
        "ctrl+p h o m e enter enter escape",
        "ctrl+o f2 f3 f4 f5 f6 f7 f2 ctrl+o escape",
        "f3 ctrl+g ctrl+o ctrl+p escape escape escape escape",
        "ctrl+p f2 f3 ctrl+p ctrl+p escape f2 escape f3 escape",
    ],
)
async def test_a_burst_of_keys_leaves_a_screen_in_front(lab, engine, keys):
    app = LabApp(lab, engine=engine)
    async with app.run_test(size=(80, 24)) as pilot:
        type_at_once(pilot, keys)
        await pilot.pause(0.2)
        await eventually(pilot, lambda: isinstance(app.screen, ModeScreen))
        type_at_once(pilot, "f2 ctrl+o t")  # and it still answers
        await in_front(pilot, "train", "#answer")
        await pilot.pause()


async def test_what_was_typed_after_a_dialog_was_asked_for_is_in_the_dialog(lab, engine):
    app = LabApp(lab, engine=engine)
    async with app.run_test(size=(80, 24)) as pilot:
        type_at_once(pilot, "f5 ctrl+l a b c")
        await eventually(pilot, lambda: isinstance(app.screen, FileDialog))
        await eventually(pilot, lambda: app.screen.query_one(Input).value == "abc")


async def test_what_was_typed_after_a_dialog_is_for_the_screen_below(lab, engine):
    app = LabApp(lab, engine=engine)
    async with app.run_test(size=(80, 24)) as pilot:
        type_at_once(pilot, "ctrl+o t Q a b c")
        await in_front(pilot, "train", "#answer")
        await eventually(pilot, lambda: app.screen.query_one("#answer", TextArea).text == "abc")


async def test_enter_in_the_palette_waits_for_what_was_searched_for(lab, engine):
    app = LabApp(lab, engine=engine)
    async with app.run_test(size=(80, 24)) as pilot:
        type_at_once(pilot, "ctrl+p e t h i c s enter")
        await in_front(pilot, "ethics", "#entry")


async def test_a_palette_that_another_mode_overtakes_ends_nothing(lab, engine):
    app = LabApp(lab, engine=engine)
    async with app.run_test(size=(80, 24)) as pilot:
        app.action_command_palette()
        app.switch_mode("train")
        await in_front(pilot, "train", "#answer")
        await pilot.press("f2")
        await eventually(pilot, lambda: not isinstance(app.screen, ModeScreen))
        await pilot.press("escape")
        await in_front(pilot, "home", "#exercises")


async def test_a_key_for_a_field_that_has_lost_the_focus_ends_nothing(lab, engine):
    app = LabApp(lab, engine=engine)
    async with app.run_test(size=(80, 24)) as pilot:
        app.set_focus(None)
        assert not await app.run_action("focused.undo")
        await pilot.pause()


@pytest.mark.parametrize("keys", ["f5 ctrl+l", "ctrl+p"])
async def test_pasting_again_and_again_does_not_make_a_line_too_long_to_work_with(lab, engine, keys):
    app = LabApp(lab, engine=engine)
    async with app.run_test(size=(80, 24)) as pilot:
        type_at_once(pilot, keys)
        await eventually(pilot, lambda: isinstance(app.focused, Input))
        for _ in range(100):
            app.post_message(Paste("abc " * 100))
        type_at_once(pilot, "x")
        await eventually(pilot, lambda: app.focused.value.endswith("x"))
        assert len(app.focused.value) < 5000


async def test_a_field_that_is_longer_than_may_be_typed_can_be_made_shorter(lab, engine):
    app = LabApp(lab, engine=engine)
    async with app.run_test(size=(80, 24)) as pilot:
        type_at_once(pilot, "f5 ctrl+l")
        await eventually(pilot, lambda: isinstance(app.focused, Input))
        app.focused.value = "x" * 9000
        type_at_once(pilot, "backspace y")
        await eventually(pilot, lambda: len(app.focused.value) == 8999)


async def test_enter_chooses_from_a_list_that_has_not_been_drawn_yet(lab, engine, monkeypatch):
    monkeypatch.setattr(CommandList, "size", Size(0, 0))
    app = LabApp(lab, engine=engine)
    async with app.run_test(size=(80, 24)) as pilot:
        type_at_once(pilot, "ctrl+p e t h i c s enter")
        await in_front(pilot, "ethics", "#entry")


@pytest.mark.parametrize("before", ["ctrl+u", ""])
async def test_what_is_asked_is_all_that_was_typed_before_the_key_that_asks(lab, engine, before):
    app = LabApp(lab, engine=engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f4")
        await in_front(pilot, "play", "#field-model")
        await pilot.press("s")
        await eventually(pilot, lambda: app.focused.id == "field-model")
        await pilot.press("ctrl+u")
        type_at_once(pilot, f"{before} " + " ".join("a-model-with-a-name") + " ctrl+r")
        await eventually(pilot, lambda: bool(engine.numbers(ZeroShot)))
        assert [engine.jobs[n].model.name for n in engine.numbers(ZeroShot)] == ["a-model-with-a-name"]


async def test_a_window_that_comes_by_itself_takes_nothing_of_what_is_typed(lab, engine, never_quiet):
    app = LabApp(lab, engine=engine)
    async with app.run_test(size=(80, 24)) as pilot:
        app.switch_mode("sheet-6")
        await in_front(pilot, "sheet-6", "#answer")
        answer = app.screen.query_one("#answer", TextArea)
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: len(engine.open(Generate)) == 3)
        await pilot.press("Q", *"por")
        engine.end(Failed(engine.open(Generate)[0], "It is not here.", Unavailable.__name__))
        await eventually(pilot, lambda: not engine.open(Generate))  # the screen has been told
        await pilot.press(*"que 1")
        assert answer.text == "porque 1" and app.focused is answer


async def test_a_window_that_comes_by_itself_is_there_when_nobody_writes_any_more(lab, engine):
    app = LabApp(lab, engine=engine)
    async with app.run_test(size=(80, 24)) as pilot:
        app.switch_mode("sheet-6")
        await in_front(pilot, "sheet-6", "#answer")
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: len(engine.open(Generate)) == 3)
        await pilot.press("Q", "a")
        engine.end(Failed(engine.open(Generate)[0], "It is not here.", Unavailable.__name__))
        await eventually(pilot, lambda: isinstance(app.screen, ChoiceDialog))
        await pilot.press("1")
        await eventually(pilot, lambda: len(engine.open(Generate)) == 3)
