"""The first start: what is asked, once, and what follows from the answers."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from driving import eventually, painted
from hypothesis import given
from hypothesis import strategies as st
from textual.widgets import Static

from llm_tui import i18n
from llm_tui.app import LabApp
from llm_tui.bench.terminal import Terminal
from llm_tui.cli import cli, plain
from llm_tui.cli.begun import asked, due
from llm_tui.config import read_config
from llm_tui.config_file import remember
from llm_tui.errors import UserError
from llm_tui.first_start import Chosen, FirstStart
from llm_tui.toml_lines import read


@pytest.fixture(autouse=True)
def own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STATE", "CONFIG"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)


def start(folder: Path, **environ: str) -> FirstStart:
    return FirstStart(folder, environ)


def welcome(app: FirstStart) -> str:
    return str(app.screen_stack[0].query_one(Static).content)


async def test_three_questions_are_asked_and_the_language_holds_from_then_on(tmp_path):
    app: Any = start(tmp_path / "llm-lab")
    async with app.run_test(size=(60, 20)) as pilot:
        await eventually(pilot, lambda: "¿En qué idioma?" in painted(pilot) and "1 English" in painted(pilot))
        assert "three questions, once" in welcome(app)
        await pilot.press("2")
        await eventually(pilot, lambda: "La carpeta para su trabajo" in painted(pilot))
        await pilot.press(*"~/mine", "enter")
        await eventually(pilot, lambda: "sin conexión" in painted(pilot))
        await pilot.press("down", "enter")
        await eventually(pilot, lambda: app.return_value is not None)
    assert app.return_value == Chosen("es", "~/mine", True)


@pytest.mark.parametrize(
    ("keys", "chosen"),
    [(["escape", "escape", "escape"], Chosen()), (["1", "ctrl+x"], Chosen("en")), (["ctrl+q"], None)],
)
async def test_each_can_be_skipped_and_all_with_one_key(tmp_path, keys, chosen):
    app: Any = start(tmp_path / "llm-lab")
    async with app.run_test(size=(80, 24)) as pilot:
        for key in keys:
            before = app.screen
            await pilot.press(key)
            await eventually(pilot, lambda before=before: app.screen is not before or not app.is_running)
    assert app.return_value == chosen


@pytest.mark.parametrize(
    ("given", "opened"), [((), "questions"), (("--lab", "mine"), "mine"), (("--set", "lab=mine"), "mine")]
)
def test_where_the_command_line_names_the_lab_nothing_is_asked(tmp_path, monkeypatch, given, opened):
    found: list[str] = []
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LLM_TUI_LAB", raising=False)
    monkeypatch.setattr(plain, "wanted", lambda plain: False)
    monkeypatch.setattr("llm_tui.terminal.own_terminal", lambda log: contextlib.nullcontext())
    monkeypatch.setattr(FirstStart, "run", lambda app, **_: found.append("questions"))
    monkeypatch.setattr(LabApp, "run", lambda app, **_: found.append(app.lab.name))
    CliRunner().invoke(cli, given)
    assert found == [opened]


async def test_what_is_known_already_is_not_asked(tmp_path):
    i18n.use("en", asked=True)
    app: Any = start(tmp_path / "llm-lab", HF_HUB_OFFLINE="1")
    async with app.run_test(size=(80, 24)) as pilot:
        await eventually(pilot, lambda: "The folder for your work" in painted(pilot))
        assert "one question, once" in welcome(app)
        await pilot.press("escape")
        await eventually(pilot, lambda: app.return_value is not None)
    assert app.return_value == Chosen()


def test_it_has_the_colours_that_a_person_has_set(tmp_path, monkeypatch):
    monkeypatch.setenv("LLM_TUI_THEME", "light")
    assert start(tmp_path / "llm-lab").theme == "light"


def test_it_is_due_once_and_never_where_somebody_has_prepared_something(tmp_path):
    lab = tmp_path / "llm-lab"
    assert due(lab, given=False) and not due(lab, given=True)
    lab.mkdir()
    (lab / "lab.toml").touch()
    assert not due(lab, given=False) and due(tmp_path / "another", given=False)
    asked()
    assert not due(tmp_path / "another", given=False)


def test_a_person_who_has_a_configuration_is_asked_nothing(tmp_path):
    remember("offline", True)
    assert not due(tmp_path / "llm-lab", given=False)


def test_what_was_chosen_is_kept_and_followed_the_next_time(monkeypatch):
    assert Chosen("es", "~/mi trabajo", True).keep() == ""
    assert os.environ.pop("HF_HUB_OFFLINE") == "1"
    config = read_config()
    assert (config.language, config.lab, config.offline, config.problems) == ("es", "~/mi trabajo", True, [])
    i18n.choose([], {"LANG": "en_US.UTF-8"}, config.language)
    assert i18n.language() == "es" and i18n.export_language() == "es"
    i18n.choose(["--lang", "en"], {}, config.language)
    assert i18n.language() == "en"


def test_where_it_cannot_be_kept_one_sentence_says_so(tmp_path):
    (tmp_path / "config").write_text("a file where a folder should be")
    said = Chosen("es", None, True).keep()
    os.environ.pop("HF_HUB_OFFLINE")
    assert said.count("does not keep this") == 1


KEPT = st.sampled_from(
    ["", "# mine\n\n[keys]\nrun = 'f12'  # so\n", 'keep_running = false\nlab = "x" # here\r\n[slurm]\r\n']
)


@given(KEPT, st.sampled_from(["language", "lab", "offline"]), st.one_of(st.booleans(), st.text(max_size=8)))
def test_all_else_in_the_file_stays_as_it_is(tmp_path_factory, before, name, value):
    path = tmp_path_factory.mktemp("config") / "config.toml"
    path.write_bytes(before.encode())
    try:
        remember(name, value, path)
    except UserError:
        assert path.read_bytes() == before.encode()
        return
    after = path.read_bytes().decode()
    assert read(after) == {**read(before), name: value}
    assert [line for line in after.splitlines(True) if not line.startswith(name)] == [
        line for line in before.splitlines(True) if not line.startswith(name)
    ]


def test_what_is_no_toml_is_not_written_to(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text("[keys\n")
    with pytest.raises(UserError, match="closing bracket"):
        remember("language", "es", path)
    assert path.read_text() == "[keys\n"


@pytest.mark.slow
def test_a_line_that_drops_while_it_asks_ends_it(tmp_path):
    names = ("STATE", "CACHE", "CONFIG")
    folders = {f"XDG_{name}_HOME": str(tmp_path / name.lower()) for name in names}
    environ = {**os.environ, **folders, "HOME": str(tmp_path), "TERM": "xterm-256color", "LANG": "C.UTF-8"}
    environ.pop("LLM_TUI_LAB", None)
    with Terminal([sys.executable, "-m", "llm_tui"], environ) as terminal:
        terminal.wait_for("In which language?")
        terminal.hang_up()
        terminal.wait_exit()
    with Terminal([sys.executable, "-m", "llm_tui"], environ) as terminal:
        terminal.wait_for("In which language?")  # nothing was answered: it is asked again
        terminal.send("\x11")
        terminal.wait_exit()
        assert terminal.exit_code == 0 and terminal.left_as_before() == ""
