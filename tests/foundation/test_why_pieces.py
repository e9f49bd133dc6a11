"""What was almost said, on the command line, with tiny models in local folders."""

from __future__ import annotations

import csv
import io
import json
import threading

import pytest
from click.testing import CliRunner, Result

from llm_tui import i18n
from llm_tui.cli import cli
from llm_tui.cli.why_pieces import heats
from llm_tui.engine.job import Context, run_job
from llm_tui.foundation.alternatives import BEAMS
from llm_tui.foundation.job import PROMPT, Generate, ModelChoice, Settings

pytestmark = pytest.mark.usefixtures("own_folders")

TEXT = "Anna Brown works in London."
DRAWN = Settings(5, sample=True, temperature=1.5)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(part) for part in arguments], prog_name="llm-tui", catch_exceptions=False)


@pytest.mark.parametrize("command", ["ask", "translate", "summarize"])
def test_an_answer_says_its_pieces_and_what_was_almost_said(command, folders):
    done = run(command, TEXT, "--model", folders["t5"], "--max-new-tokens", 5, "--why", "--lang", "en")
    assert done.exit_code == 0, done.output
    assert "Surprise of each piece" in done.stdout and "likeliest others" in done.stdout
    assert "at temperature 1, without top-k and top-p" in " ".join(done.stdout.split())


def test_as_csv_and_json_it_is_the_table_of_the_pieces(folders):
    i18n.use("en", asked=True)
    how = ("--model", folders["t5"], "--max-new-tokens", 5, "--why", "--lang", "en", "--format")
    (head, *rows) = csv.reader(io.StringIO(run("ask", TEXT, *how, "csv").stdout))
    assert head[:5] == ["no.", "piece", "probability", "surprise (nats)", "entropy (nats)"]
    assert 0 < len(rows) <= 5
    assert all(0 < float(row[2]) <= 1 for row in rows)
    both = json.loads(run("ask", TEXT, "Another one.", *how, "json").stdout)
    assert {row["text"] for row in both["rows"]} == {1, 2}


def test_of_several_texts_it_is_the_answers_that_were_given_which_are_explained(folders):
    """A model that draws would answer otherwise, were each text asked once more."""
    job = Generate(PROMPT, (TEXT, "Another one."), ModelChoice(str(folders["t5"]), "cpu"), DRAWN)
    context = Context(1, lambda event: None, threading.Event())
    made = run_job(job, context)
    assert not made.pieces
    found = heats(job, made, {}, lambda asked: run_job(asked, context))
    # A piece that has no character of its own is seen by its name.
    assert [heat.text.lstrip("▁") for heat in found] == [answer.text for answer in made.answers]
    assert all("cut into pieces anew" in heat.caption[0].en for heat in found)


def test_of_beams_it_says_why_there_is_nothing(folders):
    done = run("ask", TEXT, "--model", folders["t5"], "--max-new-tokens", 5, "--why", "--beams", 2)
    assert done.exit_code != 0
    assert str(BEAMS)[:40] in done.output.replace("\n", " ")
