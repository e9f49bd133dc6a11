"""What the first visit of a screen needs is there before it, and a person who presses keys goes first."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from textual.css.stylesheet import Stylesheet

from llm_tui import ahead
from llm_tui.ahead import QUIET, Ahead
from llm_tui.app import LabApp
from llm_tui.changing import SCREENS


class Clock:
    """Time goes by where somebody sleeps, and a person presses a key in each of the first three seconds."""

    def __init__(self) -> None:
        self.now = 0.0
        self.keys = [1.0, 2.0, 3.0]
        self.ahead: Ahead | None = None

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        while self.keys and self.keys[0] <= self.now and self.ahead:
            self.ahead.pressed()
            self.keys.pop(0)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(ahead, "time", clock)
    monkeypatch.setattr("llm_tui.ahead.asyncio.sleep", clock.sleep)
    return clock


async def test_nothing_is_got_while_a_person_presses_keys(clock: Clock, monkeypatch):
    got: list[tuple[str, float]] = []
    screen = SimpleNamespace(CSS_PATH=None)
    monkeypatch.setattr(ahead, "resolve_name", lambda where: (got.append((where, clock.now)), screen)[1])
    app: Any = SimpleNamespace(stylesheet=Stylesheet())
    clock.ahead = Ahead(app, ["one", "two"])
    await clock.ahead.get()
    assert got == [("one", 3.0 + QUIET), ("two", 3.0 + QUIET)]


async def test_a_screen_that_cannot_be_had_keeps_none_of_the_others_back(clock: Clock, monkeypatch, caplog):
    app: Any = SimpleNamespace(stylesheet=Stylesheet())
    wanted = ["llm_tui.screens.report:ReportScreen", "llm_tui.nowhere:Screen", "llm_tui.screens.why:WhyScreen"]
    await Ahead(app, wanted).get()
    assert [path.rpartition("/")[2] for path, _ in app.stylesheet.source] == ["report.tcss", "why.tcss"]
    assert "llm_tui.nowhere" in caplog.text


async def test_a_visit_finds_all_that_its_screen_reads(lab, engine, monkeypatch):
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        monkeypatch.setattr(ahead, "QUIET", 0.0)
        await app.ahead.get()
        read = []
        reparse = Stylesheet.reparse
        monkeypatch.setattr(Stylesheet, "reparse", lambda self: (read.append(self), reparse(self)))
        for mode in ("sheet-3", "bias"):
            app.switch_mode(mode)
            await pilot.pause()
            assert app.current_mode == mode and not read


def test_each_screen_is_got_once_and_those_with_a_tab_first(lab, engine):
    app = LabApp(lab, engine)
    assert sorted(app.ahead.screens) == sorted(SCREENS.values())
    assert {where.rpartition(":")[2] for where in app.ahead.screens[:5]} == {
        "PlayScreen", "TrainingScreen", "TokensScreen", "EthicsScreen", "ReportScreen",
    }  # fmt: skip


async def test_it_begins_once(lab):
    begun: list[object] = []
    app: Any = SimpleNamespace(run_worker=lambda what, group: (begun.append(group), what.close()))
    getting = Ahead(app, [])
    getting.begin()
    getting.begin()
    assert begun == ["ahead"]
    await asyncio.sleep(0)
