"""A sheet that was handed over: its answers come back as if they had been asked here, once; nothing else changes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner
from filled_lab import ASKING
from launching.fake import Scheduler, answered, works

from llm_tui.cli import cli
from llm_tui.cli.exercise import command
from llm_tui.engine.events import Failed, Finished, Started
from llm_tui.exercises import moderation, prompting, summaries, translation
from llm_tui.exercises.registry import EXERCISES
from llm_tui.exercises.samples import Sample
from llm_tui.foundation.labels_job import Labelled
from llm_tui.lab.lab import Lab
from llm_tui.lab.results import keepers
from llm_tui.lab.store import Store
from llm_tui.launching import launches, payload
from llm_tui.launching.launches import Launches
from llm_tui.launching.settings import Settings
from llm_tui.playground.state import Playground

SETTINGS = Playground().all_settings()

SHEETS: dict[int, Any] = {
    3: moderation.Answers(),
    4: translation.Answers(),
    5: replace(summaries.Answers(), reference="Falló el clúster."),
    6: prompting.Answers(),
}


@pytest.fixture
def scheduler(monkeypatch) -> Scheduler:
    fake = Scheduler()
    monkeypatch.setattr(launches, "launcher", lambda name: fake)
    return fake


@pytest.mark.parametrize("number", SHEETS)
def test_every_sheet_comes_back_whole_and_equal_to_one_that_was_asked_here(lab, scheduler, number):
    sheet = SHEETS[number]
    lab.save_answers(number, sheet)
    away = Launches(lab)
    launch = away.fill(number, sheet, SETTINGS, "slurm", Settings())
    folder = away.launched.task(launch, launch.tasks[0])
    done = works(Lab(folder), Lab(folder).answers(number, type(sheet)))
    (folder / payload.ENDED).write_text("0\n")
    (back,) = away.look().sheets
    assert back.standing.phase == "finished"
    away.bring(back, type(sheet))
    away.brought(back)
    assert lab.answers(number, type(sheet)) == done != sheet
    assert list((lab.folder / "launched").iterdir()) == []
    logged = list(lab.log())
    assert logged and all(entry.fields["ran"]["job"] == "7_0" for entry in logged)


def test_answers_come_as_they_are_made_each_once_and_what_was_written_meanwhile_stays(lab, scheduler):
    sheet = prompting.Answers()
    away = Launches(lab)
    launch = away.fill(6, sheet, SETTINGS, "slurm", Settings())
    folder = away.launched.task(launch, launch.tasks[0])
    half = works(Lab(folder), sheet, most=1)
    lab.save_answers(6, replace(sheet, answer="Lo escribí entretanto."))
    (first,) = away.look().sheets
    assert len(first.found) == 1 and not first.standing.over
    away.bring(first, prompting.Answers)
    away.brought(first)
    # Another program, later: what was brought is not brought again.
    later = Launches(lab)
    assert [list(sheet.found) for sheet in later.look().sheets] == [[]]
    works(Lab(folder), half)
    (folder / payload.ENDED).write_text("0\n")
    (rest,) = later.look().sheets
    assert len(rest.found) == 2
    later.bring(rest, prompting.Answers)
    kept = lab.answers(6, prompting.Answers)
    assert kept.answer == "Lo escribí entretanto."
    assert not list(kept.pending(ASKING))


def test_a_model_that_failed_for_one_text_is_that_here_too(lab, scheduler):
    sheet = summaries.Answers()
    away = Launches(lab)
    launch = away.fill(5, sheet, SETTINGS, "slurm", Settings())
    folder = away.launched.task(launch, launch.tasks[0])
    job = next(iter(sheet.pending(ASKING)))
    for listener in Lab(folder).listeners(job):
        listener(Started(1))
        listener(Failed(1, "No room.", "UserError"))
    (back,) = away.look().sheets
    assert back.put_into(sheet) == (sheet.with_failure(job, "No room.") or sheet)


@pytest.mark.parametrize("content", [b"name = Ana\n", b'\xef\xbb\xbfname = "Ana"\n'])
def test_what_a_task_answers_comes_back_whatever_is_wrong_with_the_labs_settings(lab, scheduler, content):
    lab.create()
    (lab.folder / "lab.toml").write_bytes(content)
    away, sheet = Launches(lab), summaries.Answers()
    launch = away.fill(5, sheet, SETTINGS, "slurm", Settings())
    job = next(iter(sheet.pending(ASKING)))
    for listener in Lab(away.launched.task(launch, launch.tasks[0])).listeners(job):
        listener(Started(1))
        listener(Failed(1, "No room.", "UserError"))
    (back,) = away.look().sheets
    assert len(list(back.found)) == 1


@pytest.mark.parametrize(
    "line", ["{", '{"kind": "os", "job": {}, "result": {}}', '{"kind": "generation", "job": 3}', "[]"]
)
def test_a_damaged_line_of_results_is_left_out(lab, scheduler, line):
    away = Launches(lab)
    launch = away.fill(6, prompting.Answers(), SETTINGS, "slurm", Settings())
    (away.launched.task(launch, launch.tasks[0]) / "results.jsonl").write_text(f"{line}\n")
    (sheet,) = away.look().sheets
    assert (list(sheet.found), sheet.number) == ([], 1)


def test_a_result_of_another_exercise_or_of_fewer_texts_changes_nothing(lab, scheduler):
    """A lab may come from somebody else: what is in it ends no program that opens it."""
    away, sheet = Launches(lab), moderation.Answers()
    launch = away.fill(3, sheet, SETTINGS, "slurm", Settings())
    folder = away.launched.task(launch, launch.tasks[0])
    store = Store(folder)
    asked, other = next(sheet.pending(ASKING)), next(prompting.Answers().pending(ASKING))
    scored = answered(asked)
    for job, result in (
        (other, answered(other)),
        (asked, replace(scored, texts=scored.texts[1:])),
        (asked, replace(scored, texts=(Labelled(()),) * len(scored.texts))),
    ):
        for keep in keepers(store, job):
            keep(Finished(1, result))
    (back,) = away.look().sheets
    assert back.number == 3
    assert back.put_into(sheet) == sheet


@pytest.mark.parametrize("number", SHEETS)
def test_the_command_line_of_a_sheet_is_one_that_the_program_understands(number, tmp_path):
    row = next(row for row in EXERCISES if row.number == number)
    arguments = payload.fill(number, {**SETTINGS, "sample": "yes", "device": "cpu"}, tmp_path)
    assert arguments[:2] == ["exercise", str(number)]
    given = command(row).make_context("fill", arguments[2:]).params
    assert (given["lab"], given["device"]) == (tmp_path, "cpu")
    assert given.get("sample", True) is True


def test_a_lab_that_nothing_is_taken_from_keeps_no_results(lab):
    lab.save_answers(6, prompting.Answers())
    works(lab, prompting.Answers(), most=1)
    assert not (lab.folder / "results.jsonl").exists()


def handed(lab: Lab, *words: str):
    """What the command line says, and what is away then."""
    command = ["exercise", "3", *words, "--lab", str(lab.folder), "--launcher", "slurm", "--detach", "--lang", "en"]
    return CliRunner().invoke(cli, command, catch_exceptions=False), Launches(lab).launched.all()


def texts(lab: Lab) -> list[str]:
    return [sample.text for sample in lab.answers_anew(3, moderation.Answers).samples]


def comes_back(lab: Lab, launch) -> None:
    folder = Launches(lab).launched.task(launch, launch.tasks[0])
    works(Lab(folder), Lab(folder).answers(3, moderation.Answers))
    (folder / payload.ENDED).write_text("0\n")


def test_another_sheet_waits_for_the_one_that_is_away_and_is_handed_over_then(lab, scheduler, tmp_path):
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    one.write_text("text,label\nGane dinero,spam\n", encoding="utf-8")
    other.write_text("text,label\nHola,permitido\n", encoding="utf-8")
    done, (launch,) = handed(lab, str(one))
    assert done.exit_code == 0 and "Handed over" in done.stderr
    for more in ((str(other),), (str(one), "--batch-size", "2")):
        done, away = handed(lab, *more)
        assert done.exit_code == 2 and "Exercise 3: what was handed over earlier asks something else" in done.stderr
        assert f"llm-tui stop --lab {lab.folder}" in done.stderr
        assert len(away) == 1 and texts(lab) == ["Gane dinero"]
    done, away = handed(lab, str(one))
    assert done.exit_code == 0 and "Handed over" not in done.stderr and len(away) == 1
    comes_back(lab, launch)
    done, (second,) = handed(lab, str(other))
    assert done.exit_code == 0 and "Handed over" in done.stderr and second.name != launch.name
    assert texts(lab) == ["Hola"] and texts(Lab(Launches(lab).launched.task(second, second.tasks[0]))) == ["Hola"]
    assert "Gane dinero" in lab.answers_anew(3, moderation.Answers).readings[0].scores


def test_what_a_sheet_lacks_still_when_it_is_back_is_handed_over(lab, scheduler):
    _, (launch,) = handed(lab)
    sheet = lab.answers_anew(3, moderation.Answers)
    lab.save_answers(3, replace(sheet, samples=(*sheet.samples, Sample("Un texto más."))))
    comes_back(lab, launch)
    done, (second,) = handed(lab)
    assert done.exit_code == 0 and second.name != launch.name
    task = Lab(Launches(lab).launched.task(second, second.tasks[0]))
    assert {job.texts for job in task.answers(3, moderation.Answers).pending(ASKING)} == {("Un texto más.",)}
