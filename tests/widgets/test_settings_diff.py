"""The settings in which runs differ."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from llm_tui import i18n
from llm_tui.classifier.job import Training
from llm_tui.engine.devices import Device
from llm_tui.exercises.looks import Looks
from llm_tui.lab.runs import Config, Ending, Run
from llm_tui.widgets.settings_diff import settings_content, settings_diff


def run(name: str, **settings: object) -> Run:
    config = Config(Training(**settings), (), "2026-11-27T02:00:00", "1.0")  # type: ignore[arg-type]
    return Run(Path(name), config, Ending("diverged", "the loss was no number"))


def test_only_what_differs_has_a_row_and_the_pinned_run_comes_first():
    runs = [run("a", lr=4.0), run("b", lr=40.0, data="\x1b[2J")]
    looks = Looks({"b": "too\x1bfast"}, pin="b")
    table = settings_diff(runs, looks)
    assert [row[0] for row in table.rows] == ["data", "lr"]
    said = str(settings_content(runs, looks, 80))
    assert "\x1b" not in said and said.index("too") < said.index("64")


def test_runs_that_were_asked_for_alike_are_said_to_be():
    assert "alike" in str(settings_content([run("a"), run("b")], Looks(), 80))
    assert settings_content([run("a")], Looks(), 80) is None


def test_what_they_ran_with_is_named_in_the_person_s_language():
    i18n.use("es")
    here = run("a")
    there = replace(here, config=replace(here.config, version="2.0", device=Device("cuda:0", "cuda:0 H100")))
    table = settings_diff([here, there], Looks())
    assert table.rows == (("dispositivo usado", "-", "cuda:0 H100"), ("versión", "1.0", "2.0"))
