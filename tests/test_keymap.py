"""A person's own keys: one file, followed everywhere; what in it is wrong is told with its line and stops nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from driving import eventually, painted, said
from hypothesis import given
from hypothesis import strategies as st
from textual.widgets import TextArea

from llm_tui import i18n
from llm_tui.app import LabApp
from llm_tui.cli import cli
from llm_tui.config import read_config
from llm_tui.exercises.reading import PAGES
from llm_tui.keymap import all_keys, own_keys
from llm_tui.keys import retold, use
from llm_tui.screens.columns import ColumnsDialog
from llm_tui.screens.dialogs import AskDialog, ChoiceDialog, ConfirmDialog, JumpDialog
from llm_tui.screens.reading import PageDialog, ReadingDialog
from llm_tui.widgets.here import possible

ROWS = all_keys()


@pytest.fixture(autouse=True)
def standard_again():
    yield
    use({})


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def understood(tmp_path: Path, text: str) -> tuple[dict[str, str], list[str]]:
    config = read_config(written(tmp_path, text))
    own, told = own_keys(config, ROWS)
    return own, [*config.problems, *told]


async def test_ones_own_keys_do_what_the_standard_ones_did_and_are_said_everywhere(lab, engine, tmp_path, notices):
    path = written(tmp_path, '[keys]\nanswer = "%"\nhelp = "ctrl+f1, f12"\nexport = "f10"\njump = "ctrl+b"\n')
    app = LabApp(lab, engine, config=read_config(path))
    async with app.run_test(size=(100, 50)) as pilot:
        await pilot.press("f3")
        await eventually(pilot, lambda: bool(app.screen.query("#answer")))
        await pilot.press("Q")
        assert not isinstance(app.focused, TextArea)
        await pilot.press("percent_sign", *"Hola w")
        assert isinstance(app.focused, TextArea) and app.focused.text == "Hola w"
        assert "F10 export" in painted(pilot)  # the key bar
        assert not notices
        titles = {command.title: command.help for command in app.get_system_commands(app.screen)}
        assert titles["Exercise: export"].startswith("F10: ")  # the palette
        await pilot.press("escape", "f1")
        assert not app.screen.is_modal
        await pilot.press("f12")
        await eventually(pilot, lambda: app.screen.is_modal)
        await pilot.press("end")
        await eventually(pilot, lambda: "F10 " in painted(pilot) and "^B e" in painted(pilot))  # the help
        await pilot.press("escape", "ctrl+b")
        await eventually(pilot, lambda: isinstance(app.screen, JumpDialog))
        await pilot.press("h")
        await eventually(pilot, lambda: app.current_mode == "home")


async def test_rows_that_had_a_key_in_common_keep_it(lab, engine, tmp_path):
    """Textual takes a key away from all that had it."""
    app = LabApp(lab, engine, config=read_config(written(tmp_path, '[keys]\nclose-notices = "f10"\n')))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f3")
        await eventually(pilot, lambda: bool(app.screen.query("#answer")))
        await pilot.press("Q")
        assert isinstance(app.focused, TextArea)
        await pilot.press("escape")  # leave
        assert app.focused is None


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('[keys]\nrunn = "f10"', 2, "“run”"),
        ('[keys]\n\nrun = "ctrl+nothing"', 3, "“ctrl+nothing”"),
        ("[keys]\nrun = 5", 2, "ctrl+t"),
        ('[keys]\nrun = ""', 2, "ctrl+t"),
        ('[keys]\nrun = "k"', 2, "“k”"),
        ('[keys]\nrun = "f10, enter"', 2, "“enter”"),
        ('[keys]\nsearch = "tab"', 2, "“tab”"),
        ('[keys]\nback = "b"', 2, "escape"),
        ('[keys]\nsearch = "x"', 2, "“sheet”"),
        ('[keys]\nsearch = "f10"\nrun = "f10"', 3, "“search”"),
        ('[keys]\nrun = "ctrl+e"', 2, "“export”"),
        ("keys = 5\n", 1, "[keys]"),
        ('keep_running = "no"\n', 1, "keep_running"),
        ('[keys]\nrun = "f10"\n[colours]\nbright = true', 3, "“colours”"),
        ('[keys]\nrun = "f10', 2, "TOML"),
        pytest.param(f"run = {'9' * 5000}", 1, "TOML", id="longer than a number is"),
    ],
)
def test_what_cannot_be_followed_is_told_with_its_line(tmp_path, language, text, line, said):
    i18n.use(language)
    own, told = understood(tmp_path, text)
    (sentence,) = told
    place = f"{tmp_path / 'config.toml'}, {'line' if language == 'en' else 'línea'} {line}: "
    assert sentence.startswith(place) and sentence.endswith(".") and "\n" not in sentence
    if language == "es":
        said = said.replace("“", "«").replace("”", "»")
    assert said in sentence
    assert "run" not in own or own["run"] == "f10"


async def test_what_does_not_fit_the_screen_at_once_is_read_in_the_log(lab, engine, tmp_path, notices, caplog):
    path = written(tmp_path, "[keys]\n" + "".join(f'n{number} = "f{number}"\n' for number in range(10, 20)))
    async with LabApp(lab, engine, config=read_config(path)).run_test(size=(80, 24)) as pilot:
        await eventually(pilot, lambda: len(notices) == 10)
    assert all(notice.message in caplog.text for notice in notices)


async def test_the_app_starts_with_the_standard_key_and_says_why(lab, engine, tmp_path, notices):
    path = written(tmp_path, '[keys]\nanswer = "s"\ntable = "f10"\n')
    app = LabApp(lab, engine, config=read_config(path))
    async with app.run_test(size=(80, 24)) as pilot:
        await eventually(pilot, lambda: said(notices, "config.toml, line 2: “s”"))
        await pilot.press("f3")
        await eventually(pilot, lambda: bool(app.screen.query("#answer")))
        await pilot.press("Q")
        assert isinstance(app.focused, TextArea)
        await pilot.press("escape", "f10")
        await eventually(pilot, lambda: type(app.focused).__name__ == "Grid")
        assert {held.key.id for held in possible(app.screen) if held.key.shown == "F10"} == {"table"}


def test_keys_can_change_places_and_a_capital_is_what_every_terminal_sends_for_it(tmp_path):
    own, told = understood(tmp_path, '[keys]\nanswer = "t"\ntext = "Q"\nteaching = "Z"\ndefinitions = "$"\n')
    assert not told
    assert own == {"answer": "t", "text": "Q,shift+q", "teaching": "Z,shift+z", "definitions": "dollar_sign"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_the_program_s_own_keys_are_keys_that_a_person_may_write(tmp_path, row):
    own, told = understood(tmp_path, f'[keys]\n{row.id} = "{row.key}"\n')
    assert not told and set(own[row.id].split(",")) == set(row.key.split(","))


@pytest.mark.parametrize("sign", "-+/@_\\ñ")
def test_a_sign_is_a_key(tmp_path, sign):
    own, told = understood(
        tmp_path, f"[keys]\nmore = '{sign}'\nsearch = 'f10'\nnot_applicable = 'f11'\nfarther = 'f12'"
    )
    assert not told and "more" in own


def test_with_ctrl_there_are_no_capitals_and_shift_makes_one(tmp_path):
    own, told = understood(tmp_path, '[keys]\nundo = "Ctrl+B"\nteaching = "shift+z"\nredo = "ctrl+shift+B"\n')
    assert not told
    assert own == {"undo": "ctrl+b", "teaching": "Z,shift+z", "redo": "ctrl+shift+b"}


@pytest.mark.parametrize(("language", "space"), [("en", "space"), ("es", "espacio")])
def test_guides_say_ones_own_keys(language, space):
    i18n.use(language)
    use({"run": "f10", "mark": "j,ctrl+b"})
    assert (
        retold(f"`ctrl+r` asks, `{space}` marks, `a` and `≠` stay", ROWS) == "`F10` asks, `j` marks, `a` and `≠` stay"
    )


async def test_windows_say_ones_own_keys(lab, engine, tmp_path):
    path = written(tmp_path, '[keys]\nback = "f10"\nno = "f11"\nyes = "%"\n')
    app = LabApp(lab, engine, config=read_config(path))
    async with app.run_test(size=(80, 24)) as pilot:
        for window, shown in (
            (AskDialog("A line"), "F10: leave"),
            (ChoiceDialog("Which?", "", ["this"]), "F10: leave"),
            (ReadingDialog("Text", "text", PAGES), "F10 closes"),
            (PageDialog(PAGES[0], ()), "F10 closes"),
            (ColumnsDialog("Which?", [["a", "b"]]), "enter, F10"),
            (ConfirmDialog("Delete?", "Delete"), "No (F11)"),
            (ConfirmDialog("Delete?", "Delete"), "Delete (%)"),
        ):
            app.push_screen(window)
            await eventually(pilot, lambda shown=shown: shown in painted(pilot))
            await pilot.press("f11" if isinstance(window, ConfirmDialog) else "f10")
            await eventually(pilot, lambda: not app.screen.is_modal)


def test_no_file_is_no_problem_and_one_that_cannot_be_read_is_told(tmp_path):
    config = read_config(tmp_path / "config.toml")
    assert not config.found and not config.problems and own_keys(config, ROWS) == ({}, [])
    (tmp_path / "config.toml").mkdir()
    (problem,) = read_config(tmp_path / "config.toml").problems
    assert problem.startswith(str(tmp_path / "config.toml"))
    (tmp_path / "bytes.toml").write_bytes(b'[keys]\nrun = "\xff"')
    assert "UTF-8" in read_config(tmp_path / "bytes.toml").problems[0]


def test_doctor_says_which_file_is_read(lab, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    path = tmp_path / "llm-tui" / "config.toml"
    asked = ["doctor", "--lab", str(lab.folder)]
    told = CliRunner().invoke(cli, asked, catch_exceptions=False).stdout
    assert f"{path} (there is none)" in told
    path.parent.mkdir()
    path.write_text('[kees]\nrun = "f10"\n', encoding="utf-8")
    told = CliRunner().invoke(cli, asked, catch_exceptions=False).stdout
    assert f"{path}\n" in told and f"{path}, line 1: there is no setting “kees”" in told
    path.write_text('[keys]\nrum = "f10"\nrun = "f11"\nopen = "f11"\n', encoding="utf-8")
    told = CliRunner().invoke(cli, asked, catch_exceptions=False).stdout
    assert f"{path}, line 2: no key is named “rum”" in told and f"{path}, line 4: “F11” is the key of “run”" in told


IDS = st.sampled_from(sorted({row.id for row in ROWS}))
NAMES = st.sampled_from(
    ["", ",", "\t", "f10", "ctrl+b", "j", "J", "x", "escape", "enter", "tab", "$", "alt+x", "+", "ctrl+"]
)


@given(st.dictionaries(IDS, st.lists(NAMES, min_size=1, max_size=3).map(",".join), max_size=6))
def test_whatever_is_asked_for_no_key_has_two_meanings_that_it_had_not(tmp_path_factory, wanted):
    text = "[keys]\n" + "".join(f"{id} = {value!r}\n" for id, value in wanted.items())
    own, told = understood(tmp_path_factory.mktemp("own"), text.replace("\\t", "\t"))
    now = {row.id: set(own.get(row.id, row.key).split(",")) for row in ROWS}
    before = {row.id: set(row.key.split(",")) for row in ROWS}
    for id in own:
        for other in now:
            assert id == other or not now[id] & now[other] or before[id] & before[other]
    assert len(own) + len(told) >= len(wanted)
