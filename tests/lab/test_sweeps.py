"""What a table of exercise 1 shows while other sweeps are run: its own runs, until others are put in their place."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from msgspec import structs

from llm_tui.classifier.job import Sweep, Training, TrainingResult
from llm_tui.engine.events import Cancelled, Failed, Finished, Metric, Started
from llm_tui.errors import UserError
from llm_tui.exercises import batch_sizes
from llm_tui.exercises.batch_sizes import Answers, Attempt
from llm_tui.exercises.run import Outcome
from llm_tui.lab import sweeps
from llm_tui.lab.lab import Lab
from llm_tui.lab.runs import Run
from llm_tui.lab.sweeps import Sweeping
from llm_tui.report.parts import part

SWEEP = Sweep(Training(), (32, 64))
LONGER = Sweep(Training(epochs=3), (32, 64))
VALUES = {"steps": 9, "loss": 0.5, "accuracy": 0.5, "examples_per_second": 1.0, "seconds_left": 1.0}
REPORT = Metric(1, 1, VALUES)


@pytest.fixture
def train(lab: Lab, result: TrainingResult):
    """Trains jobs, each to an accuracy of its own; those of `stopped` do not come to their end."""
    accuracies = iter(range(1, 100))

    def train(jobs: list[Training], stopped: int = 0) -> None:
        for left, job in zip(range(len(jobs), 0, -1), jobs, strict=True):
            listener = lab.runs.recorder(job)
            listener(Started(1))
            listener(REPORT)
            if left <= stopped:
                listener(Cancelled(1, interrupted=True))
            else:
                listener(Finished(1, replace(result, accuracy=next(accuracies) / 100)))

    return train


def begin(lab: Lab, answers: Answers, sweep: Sweep) -> tuple[Answers, list[Training]]:
    """As screen and command line begin a sweep: the answers after its first report, and what is to be run."""
    sweeping = Sweeping(answers, sweep, lab.runs.all())
    begun = sweeping.told(REPORT).learnt
    assert begun is not None
    return begun(answers), sweeping.left


def take(lab: Lab, answers: Answers) -> Answers:
    latest = sweeps.latest(answers)
    assert latest is not None
    return sweeps.taken(answers, latest, lab.runs.all())


def shown(answers: Answers, runs: list[Run]) -> list[list[object]]:
    """Accuracy and note of each row."""
    table = batch_sizes.table(answers, sweeps.shown(answers, runs), "en")
    return [[column.show(cell) for column, cell in zip(table.columns, row, strict=True)][1::2] for row in table.rows]


@pytest.fixture
def finished(lab: Lab, train) -> Answers:
    """A finished exercise, with a note."""
    answers, left = begin(lab, Answers(), SWEEP)
    train(left)
    answers = sweeps.pinned(answers, lab.runs.all())
    return answers.with_note("32", "noisy", sweeps.shown(answers, lab.runs.all()))


def test_a_sweep_is_begun_with_its_first_report_and_once(lab):
    sweeping = Sweeping(Answers(), SWEEP, lab.runs.all())
    assert sweeping.told(Started(1)) == Outcome() and not sweeping.reported
    assert sweeping.told(REPORT).learnt(Answers()).sweep == SWEEP
    assert sweeping.told(REPORT) == sweeping.told(structs.replace(REPORT, job_id=2)) == Outcome() and sweeping.reported


def test_a_run_that_diverges_ends_alone_and_one_that_cannot_be_done_ends_all(lab):
    sweeping = Sweeping(Answers(), SWEEP, lab.runs.all())
    assert sweeping.told(Failed(1, "It diverged.", "Diverged")) == Outcome(said="It diverged.")
    assert sweeping.diverged
    assert sweeping.told(Cancelled(2)) == Outcome()
    assert sweeping.told(Failed(2, "No such file.", "UserError")) == Outcome(said="No such file.", over=True)


def test_what_a_sweep_goes_on_from_is_told_apart_from_what_is_left(lab, train):
    answers, left = begin(lab, Answers(), SWEEP)
    train(left, stopped=1)
    sweeping = Sweeping(answers, SWEEP, lab.runs.all())
    assert (sweeping.kept, sweeping.left) == (SWEEP.runs()[:1], SWEEP.runs()[1:])


def test_an_empty_table_is_filled_by_the_sweep_that_is_begun(lab, train):
    answers, left = begin(lab, Answers(), LONGER)
    train(left)
    assert shown(answers, lab.runs.all()) == [["0.010", ""], ["0.020", ""]]


def test_a_table_without_a_run_gives_way(lab, train):
    answers, _ = begin(lab, Answers(), SWEEP)
    train(SWEEP.runs(), stopped=2)
    answers, left = begin(lab, answers, LONGER)
    train(left)
    assert shown(answers, lab.runs.all()) == [["0.010", ""], ["0.020", ""]]


def test_a_finished_table_keeps_its_runs_while_another_sweep_is_run(lab, train, finished):
    before = shown(finished, lab.runs.all())
    answers, left = begin(lab, finished, LONGER)
    train(left, stopped=1)
    assert shown(answers, lab.runs.all()) == before == [["0.010", "noisy"], ["0.020", ""]]


def test_a_finished_table_keeps_its_runs_while_the_same_sweep_is_run_again(lab, train, finished):
    answers, left = begin(lab, finished, SWEEP)
    assert left == SWEEP.runs()
    train(left)
    assert shown(answers, lab.runs.all()) == [["0.010", "noisy"], ["0.020", ""]]
    taken = take(lab, answers)
    assert shown(taken, lab.runs.all()) == [["0.030", "(other runs) noisy"], ["0.040", ""]]


def test_taken_runs_are_shown_and_the_notes_of_the_others_are_marked_until_they_are_confirmed(lab, train, finished):
    answers, left = begin(lab, finished, LONGER)
    train(left)
    runs = lab.runs.all()
    taken = take(lab, answers)
    assert shown(taken, runs) == [["0.030", "(other runs) noisy"], ["0.040", ""]]
    found = sweeps.shown(taken, runs)
    assert "the notes of these runs" in [lacking.en for lacking in batch_sizes.state(taken, found).optional]
    confirmed = taken.with_note("32", "noisy", found)
    assert shown(confirmed, runs) == [["0.030", "noisy"], ["0.040", ""]]
    assert "the notes of these runs" not in [lacking.en for lacking in batch_sizes.state(confirmed, found).optional]
    # What was put away can be had back, with its note as it was.
    assert shown(answers, runs) == [["0.010", "noisy"], ["0.020", ""]]


def test_what_an_editor_opens_is_the_note_alone(lab, train, finished):
    answers, left = begin(lab, finished, LONGER)
    train(left)
    taken = take(lab, answers)
    table = batch_sizes.table(taken, sweeps.shown(taken, lab.runs.all()))
    assert table.held["32", "notes"] == "noisy"


def test_a_part_of_a_sweep_can_be_taken_and_the_rest_comes_by_itself(lab, train, finished):
    answers, left = begin(lab, finished, LONGER)
    train(left, stopped=1)
    taken = take(lab, answers)
    assert shown(taken, lab.runs.all()) == [["0.030", "(other runs) noisy"], ["", ""]]
    answers, left = begin(lab, taken, LONGER)
    assert left == LONGER.runs()[1:]
    train(left)
    assert shown(answers, lab.runs.all()) == [["0.030", "(other runs) noisy"], ["0.040", ""]]


def test_what_was_interrupted_is_counted_and_goes_on(lab, train, finished):
    assert not sweeps.standing(finished, lab.runs.all()).fresh
    answers, left = begin(lab, finished, LONGER)
    train(left, stopped=1)
    standing = sweeps.standing(answers, lab.runs.all())
    assert (standing.attempt.sweep, standing.done, standing.of, standing.fresh) == (LONGER, 1, 2, True)


def test_training_anew_that_was_interrupted_goes_on_with_what_is_left_of_it(lab, train, finished):
    answers, left = begin(lab, finished, SWEEP)
    train(left, stopped=1)
    standing = sweeps.standing(answers, lab.runs.all())
    assert (standing.done, standing.of, standing.fresh) == (1, 2, True)
    answers, left = begin(lab, answers, SWEEP)
    assert left == SWEEP.runs()[1:]
    train(left)
    taken = take(lab, answers)
    assert shown(taken, lab.runs.all()) == [["0.030", "(other runs) noisy"], ["0.040", ""]]


def test_the_report_has_what_the_screen_shows(lab, train, finished):
    answers, left = begin(lab, finished, LONGER)
    train(left)
    from llm_tui.exercises.registry import EXERCISES

    lab.save_answers(1, answers)
    assert "0.010" in part(lab, EXERCISES[0], "en").document
    lab.save_answers(1, take(lab, answers))
    document = part(lab, EXERCISES[0], "es").document
    assert "0.010" not in document and "0.030" in document and "(otras ejecuciones) noisy" in document


def test_runs_of_any_time_are_a_sweep_where_they_are_one_for_each_batch_size_and_seed(lab, train):
    sweep = Sweep(Training(lr=0.5), (32, 64), (0, 1))
    train(sweep.runs() + SWEEP.runs())
    runs = lab.runs.all()
    of_sweep = [run for run in runs if run.job.lr == 0.5]
    assert sweeps.sweep_of(of_sweep) == sweep
    assert sweeps.sweep_of(of_sweep[1:]) is None  # one is missing
    assert sweeps.sweep_of(runs) is None  # of two settings
    assert sweeps.sweep_of(of_sweep[:1]).batch_sizes == (64,)
    assert sweeps.sweep_of([]) is None
    attempt = Attempt(SWEEP)
    assert sweeps.taken(Answers(), attempt, runs, of_sweep).sweep == sweep
    with pytest.raises(UserError, match="no sweep"):
        sweeps.taken(Answers(), attempt, runs, runs)
    train(SWEEP.runs()[:1], stopped=1)
    assert sweeps.sweep_of(lab.runs.all()[:1]) is None  # it did not end


# A lab as the version before has written it


OLD = {
    "sweep": {
        "base": {"data": "sample", "train_size": 10000, "test_size": 1000, "tokenizer": "basic_english",
                 "batch_size": 64, "embed_dim": 128, "epochs": 1, "lr": 4.0, "gamma": 0.9, "seed": 0, "device": "auto",
                 "keep_model": True},
        "batch_sizes": [32, 64],
        "seeds": [0],
    },
    "setup": {"epochs": "1"},
    "notes": {"32": "noisy"},
    "answer": "64",
    "version": 1,
}  # fmt: skip
"""As a version wrote it that kept no runs for the table."""


def test_an_older_lab_opens_with_its_table_and_its_notes(lab, train):
    train(SWEEP.runs())
    (lab.folder / "exercises").mkdir(exist_ok=True)
    (lab.folder / "exercises" / "1.json").write_text(json.dumps(OLD))
    answers, runs = lab.answers(1, Answers), lab.runs.all()
    assert shown(answers, runs) == [["0.010", "noisy"], ["0.020", ""]]
    standing = sweeps.standing(answers, runs)
    assert (standing.done, standing.of, standing.fresh) == (2, 2, False)
    answers, left = begin(lab, answers, LONGER)
    train(left)
    assert shown(answers, lab.runs.all()) == [["0.010", "noisy"], ["0.020", ""]]
    taken = take(lab, answers)
    assert shown(taken, lab.runs.all()) == [["0.030", "(other runs) noisy"], ["0.040", ""]]


def test_an_older_lab_whose_sweep_was_killed_goes_on(lab, train):
    train(SWEEP.runs()[:1])
    (lab.folder / "exercises").mkdir(exist_ok=True)
    (lab.folder / "exercises" / "1.json").write_text(json.dumps(OLD))
    answers = lab.answers(1, Answers)
    standing = sweeps.standing(answers, lab.runs.all())
    assert (standing.done, standing.of) == (1, 2)
    assert begin(lab, answers, standing.attempt.sweep)[1] == SWEEP.runs()[1:]
