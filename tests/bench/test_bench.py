"""Each subject once at its smallest size; and what a ratio, a goal and a failure are."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from llm_tui.bench import run
from llm_tui.bench.asked import Asked
from llm_tui.bench.figure import Figure, compared, table
from llm_tui.bench.measure import Spent, by_turns, spent
from llm_tui.bench.subjects import SUBJECTS
from llm_tui.cli import cli
from llm_tui.errors import UserError
from llm_tui.i18n import Text

WHAT = Text("this", "esto")


@pytest.mark.parametrize("name", SUBJECTS)
def test_a_subject_measures_something_at_its_smallest_size(name: str):
    command = [sys.executable, "-m", "llm_tui", "bench", name, "--small", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    (subject,) = json.loads(done.stdout)["subjects"]
    assert subject["subject"] == name and subject["figures"], done.stderr
    for figure in subject["figures"]:
        assert figure["what"]
        for value in (figure["ours"], figure["theirs"], figure["ratio"]):
            numbers = value.values() if isinstance(value, dict) else [value]
            assert all(number is None or (math.isfinite(number) and number >= 0) for number in numbers), figure


def test_two_things_take_turns_and_the_first_turn_of_each_does_not_count():
    said: list[str] = []
    ours, theirs = by_turns(lambda: said.append("ours"), lambda: said.append("theirs"), 3)
    assert said == ["ours", "theirs"] * 4
    assert len(ours) == len(theirs) == 3


def test_the_processors_time_has_that_of_children():
    spin = "sum(range(10_000_000))"
    cost = spent(lambda: subprocess.run([sys.executable, "-c", spin], check=True))
    assert cost.cpu > 0.01


def test_the_ratio_is_the_median_of_those_of_the_pairs():
    ours = [Spent(1, 1), Spent(9, 9), Spent(3, 3)]
    theirs = [Spent(2, 2), Spent(3, 3), Spent(3, 3)]
    assert compared(WHAT, WHAT, ours, theirs).ratio == 1.0  # of 0.5, 3 and 1
    assert compared(WHAT, WHAT, ours, theirs, at_least=True).ratio == 1.0
    assert compared(WHAT, WHAT, ours[:1], theirs[:1], at_least=True).ratio == 2.0


@pytest.mark.parametrize(
    "figure, met",
    [
        (Figure(what=WHAT, ours=3.0), None),
        (Figure(what=WHAT, ours=3.0, goal=3.0), True),
        (Figure(what=WHAT, ours=3.1, goal=3.0), False),
        (Figure(what=WHAT, ours=Spent(3.1, 0.1), goal=3.0), False),
        (Figure(what=WHAT, ours=9.0, ratio=1.2, goal=1.2), True),
        (Figure(what=WHAT, ours=9.0, ratio=1.2, goal=1.3, at_least=True), False),
    ],
)
def test_a_goal_judges_the_ratio_or_where_there_is_none_the_figure(figure: Figure, met: bool | None):
    assert figure.met is met
    shown = {True: "met", False: "MISSED", None: None}[met]
    made = table([figure], "en")
    heads = [column.key for column in made.columns]
    assert dict(zip(heads, made.rows[0], strict=True)).get("met") == shown


def test_a_subject_that_cannot_be_measured_says_why_and_the_others_are(monkeypatch: pytest.MonkeyPatch):
    def measured(name: str, asked: Asked):
        if name == next(iter(SUBJECTS)):
            raise UserError("There is no such package.")
        yield Figure(what=WHAT, ours=1.0)

    monkeypatch.setattr(run, "measured", measured)
    result = CliRunner().invoke(cli, ["bench", "--small"])
    assert result.exit_code == 1
    assert "There is no such package." in result.stdout
    assert result.stdout.count("\n## ") + 1 == len(SUBJECTS)


def test_a_process_that_breaks_is_told_with_its_last_line(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(UserError, match="code 1"):
        list(run.measured("first_answer", Asked(True, 1, None, Path())))
