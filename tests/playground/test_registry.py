"""A task is one file and a row: with one more of both, the whole program has it."""

from __future__ import annotations

import ast
import hashlib
import json
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import one_more_task
import pytest
from click.testing import CliRunner
from driving import eventually, screen_of, text_of
from textual.widgets import Input, OptionList, TextArea

import llm_tui
from llm_tui.app import LabApp
from llm_tui.cli import cli
from llm_tui.engine.engine import Engine
from llm_tui.engine.events import Failed
from llm_tui.errors import Unavailable
from llm_tui.foundation.teaching import TEACHING
from llm_tui.hub.packaged import PACKAGED
from llm_tui.lab.audit import job_name
from llm_tui.playground import registry
from llm_tui.playground.session import Asked
from llm_tui.playground.state import Playground

TASK = one_more_task.TASK
WITHOUT = registry.ROWS
DIGIT = str(len(WITHOUT) + 1)
TEACHING_T5 = TASK.stand_in.name


@pytest.fixture
def one_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program as it starts with a row more."""
    monkeypatch.setattr(registry, "ROWS", (*WITHOUT, one_more_task.__name__))
    for module in ("llm_tui.screens.play", "llm_tui.screens.play_keys"):
        monkeypatch.delitem(sys.modules, module, raising=False)


@pytest.fixture
def real_engine() -> Iterator[Engine]:
    engine = Engine()
    yield engine
    engine.close(10)


def sha(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def log_of(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "audit.jsonl").read_text(encoding="utf-8").splitlines()]


async def test_one_task_more_is_on_the_screen_asked_in_the_history_exported_and_logged(one_more, lab, real_engine):
    app = LabApp(lab, real_engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f4")
        await eventually(pilot, lambda: bool(app.screen.query("#answer")))
        listed = app.screen.query_one("#tasks", OptionList)
        assert str(listed.get_option_at_index(len(WITHOUT)).prompt) == f"{DIGIT} Pieces"
        await pilot.press(DIGIT)
        await eventually(pilot, lambda: app.screen.query_one("#input", TextArea).text == TASK.example)
        fields = [field for field in app.screen.query("#fields Input").results(Input) if field.display]
        assert [field.name for field in fields] == ["model", "question"]
        await pilot.press("z")  # the teaching model, which is here
        await eventually(pilot, lambda: "Los" in text_of(pilot, "#answer") and "Model:" in text_of(pilot, "#line"))
        history = app.screen.query_one("#history", OptionList)
        assert str(history.get_option_at_index(0).prompt).startswith("Pieces: ")
        assert "what a piece has in it" in str(screen_of(app).DEFINITIONS)
        await pilot.press("ctrl+e")
        await eventually(pilot, (lab.folder / "exports" / "play-look.md").exists)
        await pilot.press("ctrl+q")
    table = (lab.folder / "exports" / "play-look.md").read_text(encoding="utf-8")
    assert "| piezas | con la parte |" in table.replace("  ", " ") and TASK.example in table
    (entry,) = log_of(lab.folder)
    assert entry["settings"]["texts"] == [sha(TASK.example)]
    assert entry["settings"]["question"] == sha("os")
    assert job_name("look").en == "look at pieces"
    assert lab.answers("playground", Playground).current is TASK


def test_one_task_more_is_on_the_command_line_and_in_the_catalogue(one_more, tmp_path, no_hub):
    def run(*arguments: str) -> str:
        done = CliRunner().invoke(cli, ["--lab", str(tmp_path / "lab"), *arguments], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout

    assert "look" in run("--help") and "Look at pieces." in run("--help")
    assert "What is looked for." in run("look", "--help")
    told = run("look", "secretos", "nada", "--question", "secret", "--model", TEACHING_T5)
    found, pieces = told.splitlines()[0].split("/")
    assert 0 <= int(found) <= int(pieces) and told.splitlines()[1].startswith("0/")
    table = run("look", "nada", "--model", TEACHING_T5, "--format", "csv")
    assert table.startswith("texto,piezas,con la parte\nnada,")
    assert "secret" not in (tmp_path / "lab" / "audit.jsonl").read_text(encoding="utf-8")
    models = {row["model"]: row["tasks"] for row in json.loads(run("models", "list", "--format", "json"))["rows"]}
    assert models["somebody/looker"] == "look"
    assert models[TEACHING_T5].endswith(", look")


def test_without_its_row_nothing_is_left_of_it():
    assert TASK not in registry.tasks()
    assert "Look at pieces." not in CliRunner().invoke(cli, ["--help"]).output


def test_a_lab_written_where_there_was_a_task_more_opens(lab):
    lab.save_answers("playground", Playground(task="look", inputs={"look": "x"}, fields={"look": {"question": "y"}}))
    kept = lab.answers("playground", Playground)
    assert kept.current is registry.tasks()[0]
    assert kept.job()
    assert (kept.inputs, kept.fields) == ({"look": "x"}, {"look": {"question": "y"}})


@pytest.mark.parametrize("task", registry.tasks(), ids=lambda task: task.name)
def test_every_task_is_whole(task):
    """What stands in its fields before anybody types asks its model, and where that is not here another is offered."""
    for language in ("en", "es"):
        assert task.title.within(language) and task.command.help.within(language)
        assert all(field.label.within(language) and field.help.within(language) for field in task.all_fields)
    playground = Playground(task=task.name)
    job: Any = playground.job()
    assert task.example in job.texts[0] and job.model.name == task.model
    _, ways = Asked(playground, job).otherwise(Unavailable.__name__)
    ((said, instead),) = ways
    other: Any = instead.job()
    assert said.en.startswith(task.stand_in.name) and other.model.name == task.stand_in.name
    assert job_name(job.kind) == job.name


def test_a_field_that_two_tasks_have_is_called_the_same_in_both():
    for field in registry.fields():
        named = [other for task in registry.tasks() for other in task.all_fields if other.name == field.name]
        assert {(other.label, other.choices) for other in named} == {(field.label, field.choices)}


def test_every_model_that_comes_without_a_hub_is_offered_for_something():
    offered = dict(registry.offered())
    assert {*TEACHING, *PACKAGED} <= offered.keys()
    assert all(offered.values())


def test_who_works_with_tasks_knows_none_by_its_name():
    """Elsewhere the same words mean something else: a column, a kind of job, a part of an exercise."""
    names, root = {task.name for task in registry.tasks()}, Path(llm_tui.__file__).parent
    users = [file for file in root.rglob("*.py") if "llm_tui.playground" in file.read_text(encoding="utf-8")]
    others = [file for file in users if file.parent.name != "tasks"]
    assert {"ask.py", "play.py", "audit.py", "state.py"} <= {file.name for file in others}
    for file in [*others, root / "foundation" / "catalogue.py", root / "foundation" / "loading.py"]:
        nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        found = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
        assert not found & names, file


async def test_no_task_fails_a_key_whatever_has_gone_wrong(one_more, lab, engine):
    """The teaching model of a task that nobody had in a table was looked for in one."""
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f4")
        await eventually(pilot, lambda: bool(app.screen.query("#answer")))
        await pilot.press(DIGIT, "ctrl+r")
        await eventually(pilot, lambda: bool(engine.numbers(one_more_task.Look)))
        engine.end(Failed(engine.numbers(one_more_task.Look)[0], "It is not here.", Unavailable.__name__))
        await eventually(pilot, lambda: app.screen.is_modal)
        await pilot.press("1")
        await eventually(pilot, lambda: len(engine.numbers(one_more_task.Look)) == 2)
        assert engine.jobs[engine.numbers(one_more_task.Look)[1]].model.name == TEACHING_T5
        for key in ("x", "a", "b"):
            await pilot.press(key)
        await pilot.pause()
        assert app.current_mode == "play" and import_module("llm_tui.screens.play").PlayScreen is type(app.screen)
