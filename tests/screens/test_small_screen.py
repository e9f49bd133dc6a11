"""What a screen of 80x24 shows, read from what is painted on it."""

from __future__ import annotations

import asyncio
import re

import pytest
from driving import eventually, painted
from textual.widgets import TextArea

from llm_tui import i18n
from llm_tui.app import LabApp
from llm_tui.exercises.checklist import COURSE_ITEMS
from llm_tui.exercises.registry import handed_in
from llm_tui.report.parts import parts
from llm_tui.screens.dialogs import JumpDialog
from llm_tui.tokenization.job import DEFAULT_TOKENIZERS
from llm_tui.widgets.here import possible

SMALL = (80, 24)


@pytest.mark.parametrize(
    ("mode", "key", "panel"),
    [
        ("train", "s", "Setup"),
        ("train", "l", "Runs"),
        ("train", "n", "Exercise 1"),
        ("train", "Q", "Exercise 1"),
        ("play", "t", "Input"),
        ("tokens", "n", "Exercise 2"),
        ("ethics", "t", "Answer"),
        ("report", "t", "Document"),
        ("sheet-4", "o", "Original"),
        ("sheet-3", "n", "Exercise 3"),
    ],
)
async def test_one_key_gives_a_panel_the_whole_screen_and_takes_it_back(lab, engine, mode, key, panel):
    app = LabApp(lab, engine)
    async with app.run_test(size=SMALL) as pilot:
        await app.switch_mode(mode)
        await eventually(pilot, lambda: app.screen.size.width > 0 and app.focused is not None)
        if not mode.startswith("sheet"):  # from there escape goes back
            await pilot.press("escape")
        await pilot.press(key)
        await pilot.pause(0.3)
        before = painted(pilot)
        await pilot.press("f9")
        await pilot.pause()
        zoomed = app.screen.maximized
        assert zoomed is not None and zoomed.outer_size == (80, 22)
        assert panel in painted(pilot)
        assert "F1" in painted(pilot).splitlines()[-1]
        await pilot.press("f9")
        await eventually(pilot, lambda: painted(pilot).splitlines()[:13] == before.splitlines()[:13])


async def test_escape_goes_out_of_the_field_and_then_out_of_the_zoom(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("f3")
        await eventually(pilot, lambda: bool(app.screen.query(TextArea)))
        await pilot.press("Q", "f9", "a")
        await pilot.pause()
        assert app.screen.maximized is not None and app.screen.query_one("#answer", TextArea).text == "a"
        await pilot.press("escape")
        assert app.screen.maximized is not None and app.focused is None
        await pilot.press("escape")
        assert app.screen.maximized is None


async def test_a_key_that_goes_elsewhere_leaves_the_zoom(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("f3")
        await eventually(pilot, lambda: bool(app.screen.query(TextArea)))
        await pilot.press("l", "f9", "n")
        await pilot.pause()
        assert app.screen.maximized is None
        assert "Setup" in painted(pilot)
        await pilot.press("escape", "2", "f9", "1")
        await pilot.pause()
        assert app.screen.maximized is None and "accuracy" in painted(pilot)


@pytest.mark.parametrize("size", [SMALL, (60, 20)])
@pytest.mark.parametrize("language", ["en", "es"])
async def test_home_shows_all_seven_exercises_with_the_whole_of_what_is_missing(lab, engine, size, language):
    i18n.use(language)
    app = LabApp(lab, engine)
    async with app.run_test(size=size) as pilot:
        await eventually(pilot, lambda: str(parts(lab, "es")[6].state())[:8] in painted(pilot))
        await pilot.pause()
        shown = " ".join(painted(pilot).split())
        if size != SMALL:  # the list scrolls
            await pilot.press("end")
            await pilot.pause(0.3)
            shown += " ".join(painted(pilot).split())
        for part in parts(lab, "es"):
            assert f"{part.exercise.key} {part.exercise.title}" in shown
            for word in str(part.state()).split():
                assert word in shown


async def test_a_digit_on_home_goes_to_the_exercise(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test(size=SMALL) as pilot:
        for exercise in handed_in():
            await pilot.press("f2", exercise.key)
            await eventually(pilot, lambda mode=exercise.mode: app.current_mode == mode)


async def test_questions_have_the_whole_width_and_the_selected_one_is_read_whole(lab, engine):
    i18n.use("es")
    app = LabApp(lab, engine)
    async with app.run_test(size=SMALL) as pilot:
        await app.switch_mode("ethics")
        await eventually(pilot, lambda: "Sesgos" in painted(pilot))
        for item in COURSE_ITEMS[:6]:
            question = str(item.question)
            await eventually(pilot, lambda question=question: question in " ".join(painted(pilot).split()))
            await pilot.press("down")
        listed = [line.strip(" ▁▂▃▄▅▆▇") for line in painted(pilot).splitlines() if line.startswith("[ ]")]
        assert len(listed) >= 8
        for line, item in zip(listed, COURSE_ITEMS, strict=False):
            shown = line.removeprefix("[ ] ").removesuffix("…").strip()
            assert str(item.question).startswith(shown)
            assert len(shown) >= 70 or shown == str(item.question)
            assert line.endswith("…") != (shown == str(item.question))


@pytest.mark.parametrize("size", [SMALL, (60, 20), (60, 10)])
async def test_every_letter_of_the_jump_list_is_seen_or_scrolled_to(lab, engine, size):
    app = LabApp(lab, engine)
    async with app.run_test(size=size) as pilot:
        await pilot.press("f3")
        await eventually(pilot, lambda: bool(app.screen.query(TextArea)))
        keys = [held.key for held in possible(app.screen) if held.key.letter and held.key.id != "jump"]
        wanted = {f"{key.letter} {key.label}" for key in keys}
        await pilot.press("ctrl+o")
        await eventually(pilot, lambda: isinstance(app.screen, JumpDialog))
        seen = ""
        for _ in range(4):
            await pilot.pause()
            seen += painted(pilot)
            await pilot.press("pagedown")
        assert len(wanted) > 12 and all(letter in seen for letter in wanted)
        await pilot.press("h")
        await eventually(pilot, lambda: app.current_mode == "home")


async def test_the_names_of_panes_give_way_to_the_one_that_is_shown(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.press("f3")
        await eventually(pilot, lambda: bool(app.screen.query(TextArea)))
        await pilot.press("2")
        await eventually(pilot, lambda: "1 2 Evaluation 3 4 5" in painted(pilot))


async def test_both_tokenizers_of_the_course_are_seen_and_more_than_one_line_of_the_text(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("f5")
        await eventually(pilot, lambda: all(name in painted(pilot) for name in DEFAULT_TOKENIZERS))
        assert "observabilidad" in painted(pilot) and "serverless" in painted(pilot)


async def test_a_field_says_that_its_text_goes_on(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("f4")
        await eventually(pilot, lambda: bool(app.screen.query("#answer")))
        await eventually(pilot, lambda: "facebook/bart-large-mnli " in painted(pilot))
        await pilot.press("e")
        await eventually(pilot, lambda: re.search(r"facebook/bart-l\w*…", painted(pilot)) is not None)


async def test_on_a_tiny_screen_the_report_has_all_of_it_or_its_exercises_have(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.press("f7")
        await eventually(pilot, lambda: "1 News" in painted(pilot))
        await pilot.press("end")
        await eventually(pilot, lambda: "7 Ethics" in painted(pilot))
        assert app.screen.query_one("#exercises").outer_size.width == 60
        await pilot.press("t")
        await eventually(pilot, lambda: app.screen.query_one("#document").outer_size.width == 60)
        await pilot.press("l")
        await eventually(pilot, lambda: "7 Ethics" in painted(pilot))


async def test_a_screen_is_not_asked_for_its_keys_before_its_parts_are_there(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        waiting = app.switch_mode("train")
        seen = 0
        while not app.screen.is_mounted:
            app.changed.publish("status")
            seen += not list(possible(app.screen))
            await asyncio.sleep(0)
        await waiting
        assert seen
        await eventually(pilot, lambda: "^R" in painted(pilot).splitlines()[-1])


@pytest.mark.parametrize("turns", range(3))
async def test_an_app_that_ends_while_a_screen_is_being_made_ends_in_order(lab, engine, caplog, turns):
    """The screen's parts go, and it does not look for them."""
    app = LabApp(lab, engine)
    async with app.run_test(size=SMALL):
        app.switch_mode("tokens")
        for _ in range(turns):
            await asyncio.sleep(0)
    assert "after the end" not in caplog.text
