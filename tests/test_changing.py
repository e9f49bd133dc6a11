"""From one main screen to another: nothing is read, styled or done twice, and nothing that has changed is missed."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from driving import eventually, strips
from textual._compositor import Compositor
from textual.app import App
from textual.css.stylesheet import Stylesheet
from textual.widget import Widget
from textual.widgets import Markdown

import llm_tui
from llm_tui.app import LabApp
from llm_tui.lab.lab import Lab
from llm_tui.modes import MODES
from llm_tui.screens.messages import MessagesDialog
from llm_tui.widgets.bars import JobBar, TopBar
from llm_tui.widgets.host import JobStatus

SCREENS = [mode for mode in MODES if mode.name in ("train", "play", "report")]


@pytest.fixture
def styled(monkeypatch: pytest.MonkeyPatch) -> Counter[Widget]:
    """How often each widget was styled."""
    times: Counter[Widget] = Counter()
    apply = Stylesheet.apply

    def counted(self, node, **settings):
        if isinstance(node, Widget):
            times[node] += 1
        apply(self, node, **settings)

    monkeypatch.setattr(Stylesheet, "apply", counted)
    return times


async def test_a_screen_is_styled_once_and_no_more_when_a_person_comes_back(lab, engine, styled, monkeypatch):
    read = []
    parse = Stylesheet.parse
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        for mode in SCREENS:
            styled.clear()
            await pilot.press(mode.key)
            await pilot.pause()
            on_it = list(app.screen.walk_children(Widget))
            again = sum(styled[widget] - 1 for widget in on_it)
            assert again < 0.3 * len(on_it), mode.name  # the focus comes, a note is taken away
        # What draws the report comes with it, and is styled then.
        await eventually(pilot, lambda: bool(app.screen.query(Markdown)))

        await pilot.press("f2")
        await pilot.pause()
        monkeypatch.setattr(Stylesheet, "parse", lambda self: (read.append(self), parse(self)))
        for mode in SCREENS:
            styled.clear()
            await pilot.press(mode.key)
            await pilot.pause()
            assert app.current_mode == mode.name
            assert styled.total() <= 3, mode.name
    assert not read


async def test_a_screen_that_was_left_has_the_colours_that_were_chosen_meanwhile(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f3")
        await pilot.pause()
        before = app.screen.styles.background
        await pilot.press("f2")
        app.theme = "light"
        await pilot.pause()
        for key in ("f3", "f4"):  # one that was there, and one that is new
            await pilot.press(key)
            await pilot.pause()
            assert app.screen.styles.background != before
            colours = {segment.style.bgcolor for strip in strips(app) for segment in strip if segment.style}
            assert app.screen.styles.background.rich_color in colours


async def test_a_window_that_was_left_open_has_the_colours_that_were_chosen_meanwhile(lab, engine):
    """And what is behind it."""
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f5")
        await pilot.pause()
        behind, window = app.screen, MessagesDialog(app.messages, "")
        await app.push_screen(window)
        await app.switch_mode("home")
        app.theme = "light"
        await pilot.pause()
        await app.switch_mode("tokens")
        assert app.screen is window
        light = app.get_css_variables()["background"]
        assert behind.styles.background.hex == window.query_one(".dialog").styles.background.hex == light


async def test_what_has_changed_behind_while_there_were_other_colours_has_those_of_its_screen(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f5")
        app.theme = "dark"
        await pilot.pause()
        line = app.screen.query_one(TopBar)
        before = line.styles.background
        await app.switch_mode("home")
        app.theme = "light"
        await pilot.pause()
        line.add_class("changed")
        assert line.styles.background != before
        app.theme = "dark"
        await pilot.pause()
        await app.switch_mode("tokens")
        assert line.styles.background == before


async def test_a_new_screen_has_the_colours_that_were_chosen_just_before(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.theme = "light"
        await app.switch_mode("tokens")
        assert app.screen.styles.background.hex == app.get_css_variables()["background"]


async def test_a_screen_of_another_size_is_laid_out_for_it(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f4")
        await pilot.pause()
        assert app.screen.has_class("-wide") and not app.screen.has_class("-narrow")
        await pilot.press("f2")
        await pilot.resize_terminal(80, 24)
        await pilot.press("f4")
        await pilot.pause()
        assert app.screen.has_class("-narrow") and not app.screen.has_class("-wide")
        assert not app.screen.query_one("#right").display


async def test_what_is_drawn_first_of_a_screen_is_all_of_it(lab, engine, monkeypatch):
    """Nobody sees a screen that is half there."""
    frames: list[tuple[str, str]] = []
    display = App._display

    def displayed(self, screen, renderable):
        if renderable is not None and not self._batch_count:
            frames.append((app.current_mode, "".join(strip.text for strip in strips(app))))
        display(self, screen, renderable)

    monkeypatch.setattr(App, "_display", displayed)
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("f3")
        await pilot.pause()
    first = next(text for mode, text in frames if mode == "train")
    assert "[Train]" in first and "Setup" in first and "batch_size" in first


async def test_the_lines_of_a_screen_that_is_not_shown_are_asked_when_it_is(lab, engine, monkeypatch):
    asked: Counter[Any] = Counter()
    line = JobBar.line

    def counted(self):
        asked[self.screen] += 1
        return line(self)

    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f3")
        await pilot.pause()
        train = app.screen
        await pilot.press("f2")
        await pilot.pause()
        monkeypatch.setattr(JobBar, "line", counted)
        app.status = JobStatus("training", 3, 10)
        app.changed.publish("status")
        await pilot.pause()
        assert asked[app.screen] and not asked[train]
        await pilot.press("f3")
        await pilot.pause()
        assert "training" in strips(app)[-2].text


async def test_the_answers_of_a_screen_are_read_once(lab, engine, monkeypatch):
    read: Counter[object] = Counter()
    answers = Lab.answers

    def counted(self, number, kind):
        read[number] += 1
        return answers(self, number, kind)

    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        monkeypatch.setattr(Lab, "answers", counted)
        await pilot.press("f5")
        await pilot.pause()
    assert read[2] == 1


def test_no_handler_calls_the_one_that_textual_calls_anyway() -> None:
    """Textual calls the `on_mount` of every class among the bases: `super().on_mount()` does its work twice."""
    source = {path: path.read_text(encoding="utf-8") for path in Path(llm_tui.__file__).parent.rglob("*.py")}
    assert not [str(path) for path, text in source.items() if re.search(r"super\(\)\._?on_(?!event\b)", text)]


async def test_nothing_of_a_new_screen_is_drawn_before_it_stands(lab, engine, monkeypatch):
    """Nobody would see it: it would be thrown away."""
    unseen: list[bool] = []
    full = Compositor.render_full_update

    def drawn(self, *settings, **more):
        unseen.append(app._batch_count > 0)
        return full(self, *settings, **more)

    monkeypatch.setattr(Compositor, "render_full_update", drawn)
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        for mode in SCREENS:
            await pilot.press(mode.key)
            await pilot.pause()
    assert unseen and not any(unseen)
