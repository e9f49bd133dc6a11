"""What reaches who looks at another window: the title and the bell; and a terminal that keeps its mouse."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from driving import eventually
from textual.widgets import Static

from llm_tui import outward
from llm_tui.app import LabApp
from llm_tui.bench.terminal import Terminal
from llm_tui.classifier.job import Training
from llm_tui.config import Config
from llm_tui.engine.events import Cancelled, Failed, Finished, Progress, Started
from llm_tui.outward import Outward
from llm_tui.widgets.host import JobStatus

MOUSE = ("?1000h", "?1002h", "?1003h", "?1015h", "?1006h", "?1016h")


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(
    "way",
    [
        "option",
        pytest.param("environment", marks=pytest.mark.slow),
        pytest.param("configuration", marks=pytest.mark.slow),
        pytest.param("", marks=pytest.mark.slow),
    ],
)
def test_the_mouse_stays_the_terminal_s_where_it_is_wanted_and_the_title_is_given_back(own_folders, tmp_path, way):
    env = {**os.environ, "TERM": "xterm-256color", "LLM_TUI_LAB": str(tmp_path / "lab"), "LANG": "C.UTF-8"}
    if way == "environment":
        env["LLM_TUI_MOUSE"] = "0"
    if way == "configuration":
        (Path(env["XDG_CONFIG_HOME"]) / "llm-tui").mkdir(parents=True)
        (Path(env["XDG_CONFIG_HOME"]) / "llm-tui" / "config.toml").write_text("mouse = false\n")
    command = [sys.executable, "-m", "llm_tui", "--lang", "en", *(["--no-mouse"] if way == "option" else [])]
    with Terminal(command, env) as terminal:
        terminal.wait_for("News classifier")
        terminal.send("\x11")
        terminal.wait_exit()
        sent = b"".join(data for _, data in terminal.reads).decode()
        assert terminal.exit_code == 0 and terminal.left_as_before() == ""
    assert any(f"\x1b[{code}" in sent for code in MOUSE) == (way == "")
    begin, end = sent.index("\x1b[22;0t\x1b]0;llm-tui\x07"), sent.rindex("\x1b[23;0t")
    assert begin < end and "\x1b]" not in sent[end:]


class Driver:
    """What an app writes to its terminal."""

    def __init__(self) -> None:
        self.written: list[str] = []

    def write(self, text: str) -> None:
        self.written.append(text)


class Looked:
    """An app and its delivery, as far as `Outward` knows them."""

    def __init__(self, in_front: bool = True):
        self._driver = Driver()
        self.bells = 0
        self._in_front = in_front

    def bell(self) -> None:
        self.bells += 1

    def in_front(self, job_id: int) -> bool:
        return self._in_front

    @property
    def titles(self) -> list[str]:
        return [text.removeprefix("\x1b]0;").removesuffix("\x07") for text in self._driver.written]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr(outward, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setenv("TERM", "xterm")
    return now


def told(app: Looked, bell: bool = True) -> Outward:
    return Outward(app, app, bell)  # type: ignore[arg-type]


def test_the_title_says_how_far_it_is_and_how_it_ended(clock):
    app = Looked()
    out = told(app)
    out.follow(Started(1), JobStatus("tra\x1b]0;x\x07ining"))
    for done in (1, 2, 42):
        out.follow(Progress(1, done, 200, "batch 32"), JobStatus("batch 32", done, 200))
    clock[0] = 30
    out.follow(Finished(1, None), JobStatus("the next one"))
    out.follow(Failed(2, "no", "UserError"), None)
    out.follow(Started(3), JobStatus("again"))
    out.follow(Cancelled(3), None)
    assert app.titles == [
        "llm-tui: tra␛]0;x␇ining", "llm-tui: batch 32 0 %", "llm-tui: batch 32 1 %", "llm-tui: batch 32 21 %",
        "llm-tui: the next one", "llm-tui: failed", "llm-tui: again", "llm-tui",
    ]  # fmt: skip
    assert app.bells == 1


@pytest.mark.parametrize(
    ("seconds", "focus", "in_front", "bell", "bells"),
    [
        (30, None, True, True, 1),  # nobody knows who looks
        (30, False, True, True, 1),
        (30, True, False, True, 1),  # at another screen
        (30, True, True, True, 0),
        (5, False, False, True, 0),
        (30, False, False, False, 0),
    ],
)
def test_it_rings_after_long_work_that_nobody_is_known_to_look_at(clock, seconds, focus, in_front, bell, bells):
    app = Looked(in_front)
    out = told(app, bell)
    if focus is not None:
        out.looked_at(focus)
    out.follow(Started(1), JobStatus("it"))
    clock[0] = seconds
    out.follow(Finished(1, None), None)
    assert app.bells == bells


def test_a_console_without_titles_gets_none(clock, monkeypatch):
    monkeypatch.setenv("TERM", "linux")
    app = Looked()
    told(app).follow(Started(1), JobStatus("it"))
    assert app.titles == []


async def test_who_asked_on_another_screen_is_not_in_front(lab, engine):
    app = LabApp(lab, engine, config=Config(Path("none"), values={"bell": False}))
    async with app.run_test(size=(80, 24)) as pilot:
        number = app.submit(Training(), app.screen.query(Static).first())
        assert app.delivery.in_front(number)
        app.switch_mode("train")
        await eventually(pilot, lambda: app.current_mode == "train")
        assert not app.delivery.in_front(number)
