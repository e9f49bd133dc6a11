"""What a person sets: who says it, what cannot be followed, and a file that keeps all else as it is."""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_tui import config, files, i18n
from llm_tui.cli import cli
from llm_tui.config import give, read_config, understood
from llm_tui.config_file import documented, remember
from llm_tui.config_options import OPTIONS, TASKS
from llm_tui.engine import devices
from llm_tui.errors import UserError
from llm_tui.lab.lab import Lab
from llm_tui.playground import registry


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The person's own file, which is not there yet; no option is set elsewhere."""
    path = tmp_path / "llm-tui" / "config.toml"
    path.parent.mkdir()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr(config, "_given", {})
    for one in OPTIONS:
        monkeypatch.setenv(one.variable, "")  # so that what the program sets itself is gone after the test
        monkeypatch.delenv(one.variable)
    return path


def test_the_command_line_counts_before_the_environment_and_that_before_the_file(file, monkeypatch):
    assert read_config().value("device") == "auto"
    file.write_text('\ndevice = "cuda"\nbell = false\n')
    found = read_config()
    assert found.value("device") == "cuda"
    assert "line 2" in found.sources["device"]
    monkeypatch.setenv("LLM_TUI_DEVICE", "cuda:1")
    assert read_config().value("device") == "cuda:1"
    assert "LLM_TUI_DEVICE" in read_config().sources["device"]
    give(["device=cpu"])
    assert read_config().value("device") == "cpu"
    assert read_config().value("bell") is False
    assert devices.choose("auto") == devices.CPU


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('langage = "es"', ("line 1", "did you mean language?")),
        ('\n\ndevice = "gpu"', ("line 3", "cuda:1")),
        ("bell = 1", ("line 1", "true or false")),
        ('lab = "a\\u001b[31m"', ("line 1", "lab is")),
        ("servers = [1]", ("line 1", "a list such as")),
        ('[models]\nfoo = "x"', ("line 2", "models.foo")),
        ("theme = ", ("line 1", "not TOML")),
    ],
)
def test_what_cannot_be_followed_is_told_with_its_line_and_the_standard_holds(file, text, said):
    file.write_text(text + "\n")
    found = read_config()
    (problem,) = found.problems
    assert all(part in problem for part in said), problem
    assert problem.isprintable()
    assert all(found.value(one.name) == one.standard for one in OPTIONS)
    done = CliRunner().invoke(cli, ["config", "check"])
    assert (done.exit_code, done.stderr.strip()) == (2, problem)


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_the_documented_file_has_every_option_and_each_of_its_lines_holds(language):
    i18n.use(language)
    text = documented()
    assert understood(Path("config.toml"), text).problems == []
    assert not tomllib.loads(text)
    lines = [line.removeprefix("# ") for line in text.splitlines() if " = " in line or line.startswith("# [")]
    active = understood(Path("config.toml"), "\n".join(line for line in lines if not line.endswith(".")))
    assert active.problems == []
    assert {one.name for one in OPTIONS} == set(active.values)


def test_the_tasks_of_the_table_are_those_of_the_playground(file):
    assert set(TASKS) == {task.name for task in registry.tasks()}
    task = registry.task("translation")
    assert task.course_model == task.model
    give(["models.translation=own/model"])
    assert task.course_model == "own/model"


@pytest.mark.parametrize("said", ["device", "no_such=1", "device=gpu", "=1"])
def test_what_the_command_line_cannot_set_is_refused(file, said):
    with pytest.raises(UserError):
        give([said])
    assert CliRunner().invoke(cli, ["--set", said, "config", "path"]).exit_code == 2


def test_show_tells_each_option_with_who_says_it(file):
    file.write_text('device = "cpu"\n[keys]\nrun = "f10"\n')
    done = CliRunner().invoke(cli, ["config", "show", "--format", "json"])
    found = json.loads(done.stdout)
    assert set(found) == {one.name for one in OPTIONS}
    assert found["device"] == {"value": "cpu", "from": f"{file}, line 1"}
    assert "run" in CliRunner().invoke(cli, ["config", "show"]).stdout.splitlines()[-2]


def test_edit_writes_the_documented_file_and_checks_what_was_written(file, monkeypatch, tmp_path):
    editor = tmp_path / "editor"
    editor.write_text("#!/bin/sh\necho 'bell = 3' >> \"$1\"\n")
    editor.chmod(0o700)
    monkeypatch.setenv("VISUAL", str(editor))
    done = CliRunner().invoke(cli, ["config", "edit"])
    assert done.exit_code == 2
    assert "bell is true or false" in done.stderr
    assert file.read_text() == documented() + "bell = 3\n"


def test_edit_takes_vi_where_no_editor_is_named_as_the_page_says(file, monkeypatch, tmp_path):
    for name, line in (("vi", "# by vi"), ("vim", "wrong"), ("sensible-editor", "wrong"), ("nano", "wrong")):
        (tmp_path / name).write_text(f"#!/bin/sh\necho '{line}' >> \"$1\"\n")
        (tmp_path / name).chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    for name in ("VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    assert CliRunner().invoke(cli, ["config", "edit"]).exit_code == 0
    assert file.read_text() == documented() + "# by vi\n"


def test_an_editor_that_is_no_command_is_said_in_one_sentence(file, monkeypatch):
    monkeypatch.setenv("VISUAL", "vi '")
    done = CliRunner().invoke(cli, ["config", "edit"])
    assert done.exit_code == 2
    assert "vi ': " in done.stderr and f"Set EDITOR to another, or write into {file} yourself." in done.stderr


def test_a_new_lab_logs_texts_only_where_that_is_set(file, tmp_path):
    for number, wanted in enumerate((False, True)):
        if wanted:
            give(["log_texts=true"])
        lab = Lab(tmp_path / str(number))
        lab.save_answers("notes", {})
        assert f"log_texts = {str(wanted).lower()}" in (lab.folder / "lab.toml").read_text()


BEFORE = st.lists(
    st.sampled_from(["# comment \u2028", "", 'lab = "x"', "offline = true  # why", "[keys]", 'run = "f10"', "a = 1"]),
    min_size=1,
    max_size=6,
    unique=True,
)


@settings(max_examples=40)
@given(BEFORE, st.text(st.characters(codec="utf-8"), min_size=1), st.sampled_from(["\n", "\r\n"]))
def test_what_is_remembered_reads_back_and_all_else_stays(tmp_path_factory, before, value, end):
    path = tmp_path_factory.mktemp("config") / "config.toml"
    text = "".join(line + end for line in before)
    path.write_bytes(text.encode())
    try:
        there = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        with pytest.raises(UserError):
            remember("lab", value, path)
        assert path.read_bytes() == text.encode()
        return
    remember("lab", value, path)
    after = path.read_bytes().decode()
    assert tomllib.loads(after) == {**there, "lab": value}
    kept = [line for line in text.split(end) if not line.startswith("lab")]
    assert [line for line in after.split(end) if not line.startswith("lab")] == kept


def test_show_says_who_it_was_when_libraries_are_told_and_for_options_of_their_own(file, monkeypatch, tmp_path):
    file.write_text(f'offline = true\ncache = "{tmp_path}"\nlanguage = "en"\n')
    monkeypatch.setattr(config, "_passed_on", {})
    monkeypatch.setenv("LLM_TUI_PLAIN", "1")
    monkeypatch.setenv("LLM_TUI_LAB", "elsewhere")

    def said(*options: str) -> dict[str, object]:
        done = CliRunner().invoke(cli, [*options, "config", "show", "--format", "json"])
        return {name: row["from"] for name, row in json.loads(done.stdout).items() if row["from"] != "standard"}

    of_file = {name: f"{file}, line {at}" for at, name in enumerate(("offline", "cache", "language"), 1)}
    outside = {name: f"the variable LLM_TUI_{name.upper()}" for name in ("lab", "plain")}
    i18n.use("en")
    assert said() == {**of_file, **outside}
    options = ("--lab", str(tmp_path), "--plain", "--no-mouse", "--theme", "light", "--lang", "es")
    assert said(*options) == {
        **of_file,
        "language": "--lang",
        "lab": "--lab",
        "plain": "--plain",
        "mouse": "--no-mouse",
        "theme": "--theme",
    }
    assert said() == {**of_file, **outside}, "what one command line said is not left for the next"


def test_the_lab_that_the_command_line_sets_comes_before_that_of_the_environment(file, monkeypatch, tmp_path):
    monkeypatch.setenv("LLM_TUI_LAB", str(tmp_path / "of-the-environment"))
    CliRunner().invoke(cli, ["--set", f"lab={tmp_path / 'set'}", "whose", "--name", "Ana"])
    assert [path.parent.name for path in tmp_path.glob("*/lab.toml")] == ["set"]


def test_a_variable_that_cannot_be_followed_leaves_what_the_file_says(file, monkeypatch):
    file.write_text('device = "cpu"\n')
    monkeypatch.setenv("LLM_TUI_DEVICE", "gpu")
    found = read_config()
    assert found.value("device") == "cpu"
    (problem,) = found.problems
    assert "LLM_TUI_DEVICE" in problem and "standard" not in problem and "predeterminado" not in problem


def test_each_shorter_way_that_the_table_names_is_an_option_of_the_program_or_of_a_command():
    def options(command: click.Command) -> set[str]:
        own = {name for parameter in command.params for name in parameter.opts}
        if not isinstance(command, click.Group):
            return own
        context = click.Context(command)
        commands = (command.get_command(context, name) for name in command.list_commands(context))
        return own.union(*(options(one) for one in commands if one))

    assert {one.flag for one in OPTIONS if one.flag} <= options(cli)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """A mark for each time that a file is read."""
    read, times = files.read, []
    monkeypatch.setattr(files, "read", lambda *what: (times.append(what), read(*what))[1])
    return times


def test_a_file_that_has_not_changed_is_read_once(file, reads):
    file.write_text('device = "cpu"\n')
    os.utime(file, (1e9, 1e9))
    assert [read_config().value("device") for _ in range(3)] == ["cpu"] * 3
    assert len(reads) == 1

    os.utime(file, (2e8, 2e8))  # one that is older took its place
    assert read_config().value("device") == "cpu" and len(reads) == 2
    file.unlink()
    assert read_config().value("device") == "auto"
    file.write_text('device = "cuda"\n')
    os.utime(file, (2e8, 2e8))
    assert read_config().value("device") == "cuda"


def test_a_file_that_was_just_written_is_read_each_time(file, reads):
    for device in ("cpu", "gpu", "cpu"):  # of one size, within one tick of the file system's clock
        file.write_text(f'device = "{device}"\n')
        assert bool(read_config().problems) is (device == "gpu")
    assert len(reads) == 3


def test_what_is_wrong_in_a_file_is_told_in_the_language_of_the_moment(file):
    file.write_text('devise = "cpu"\n')
    os.utime(file, (1e9, 1e9))
    assert "there is no setting" in read_config().problems[0]
    i18n.use("es")
    assert "no hay ningún ajuste" in read_config().problems[0]


def test_what_the_command_line_says_of_the_hub_reaches_its_library_against_the_environment(file, monkeypatch):
    monkeypatch.setattr(config, "_passed_on", {})
    give(["offline=false"])
    environ = {"HF_HUB_OFFLINE": "1"}
    config.for_libraries(read_config(environ=environ), environ)
    assert environ["HF_HUB_OFFLINE"] == "0"
    assert not read_config(environ=environ).offline
