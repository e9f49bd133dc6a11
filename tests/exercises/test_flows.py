"""The two flows on the same rows: what is kept of them, the table, and how far it is."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from llm_tui.classifier.job import Retest, Retested, Trained, Training
from llm_tui.engine.energy import Energy
from llm_tui.exercises import flows
from llm_tui.exercises.batch_sizes import Row
from llm_tui.exercises.contract import Beside
from llm_tui.exercises.flows import Answers
from llm_tui.exercises.flows_table import table
from llm_tui.export.formats import to_json
from llm_tui.export.markdown import to_markdown
from llm_tui.foundation.job import ModelChoice, Provenance
from llm_tui.foundation.labels_job import Classified, Labelled, ZeroShot
from llm_tui.serving.job import Served

RETEST = Retest("/labs/ana/runs/r1", Training(), 4, Trained(1.5))
CLASSIC = Retested(
    ("a", "b", "c", "d"), (0, 1, 0, 1), (0, 1, 0, 0), ("x", "y"), "sample", True, 2000, 400_000, 0.04,
    memory=1_600_000, disk=1_900_000,
)  # fmt: skip
BY = Provenance("m", "", "CPU", "float32", 407_000_000, 2.0)


def scored(*right: bool, by: Provenance = BY) -> Classified:
    """Scores that put these rows of `CLASSIC` into their class, and the others into the other one."""
    best = [label if hit else 1 - label for label, hit in zip(CLASSIC.labels, right, strict=True)]
    texts = tuple(Labelled((0.9, 0.1) if label == 0 else (0.2, 0.8)) for label in best)
    return Classified(("x", "y"), texts, by, 1_628_000_000, 1_629_000_000)


SCORED = scored(True, True, False, False)


def compared(classic: Retested = CLASSIC, found: Classified = SCORED, retest: Retest = RETEST) -> Answers:
    comparison = flows.Comparison(retest, ModelChoice("m"), "This is {}.", 4)
    answers = Answers().with_result(retest, classic)
    return answers.with_result(comparison.then(classic), found)


def rows(answers: Answers, language: str = "en") -> dict[str, list[str]]:
    """The cells of each row as they are read, by its key, without its head."""
    made = table(answers, language)
    shown = ([c.show(cell) for c, cell in zip(made.columns, row, strict=True)][1:] for row in made.rows)
    return dict(zip(made.keys, shown, strict=True))


def test_the_zero_shot_model_is_asked_for_the_rows_and_classes_of_the_classifier():
    asked = flows.Comparison(RETEST, ModelChoice("m"), "This is {}.", 4).then(CLASSIC)
    assert asked == ZeroShot(("a", "b", "c", "d"), ("x", "y"), "This is {}.", False, ModelChoice("m"), 4)


def test_each_flow_is_a_column_with_what_it_costs_and_what_it_hits():
    assert rows(compared()) == {
        "model": ["EmbeddingBag", "m", ""],
        "accuracy": ["0.750", "0.500", ""],
        "interval": ["0.301-0.954", "0.150-0.850", ""],
        "milliseconds": ["10.00", "500.00", ""],
        "train_time_s": ["1.50", "", ""],
        "parameters": ["0.40", "407.00", ""],
        "labelled": ["2000", "0", ""],
        "memory_mb": ["1.6", "1628.0", ""],
        "disk_mb": ["1.9", "1629.0", ""],
    }


@pytest.mark.parametrize(("language", "said"), [("es", "las primeras 4 filas"), ("en", "the first 4 test rows")])
def test_what_made_the_figures_stands_below_and_why_some_are_not_there(language, said):
    written = to_markdown(table(compared(), language), language)
    assert said in written and "This is {}" in written
    assert {"es": "aquí no lo sabe nadie", "en": "nobody knows here"}[language] in written
    assert max(map(len, written.splitlines()[:11])) <= 80  # the table itself fits a terminal
    served = replace(BY, parameters=None, served=Served("localhost:8000", "m", "2026-01-01"))
    there = replace(scored(True, True, True, True, by=served), memory=None, disk=None)
    assert "A server does not say how large its model is." in [s.en for s in table(compared(found=there), "en").footer]


def test_numbers_stay_numbers_for_programs():
    read = json.loads(to_json(table(compared(), "en"), "en"))["rows"]
    accuracy = next(row for row in read if row["fact"] == "accuracy")
    assert (accuracy["classic"], accuracy["zero_shot"]) == (0.75, 0.5)


def test_another_model_stands_beside_the_first_and_other_rows_begin_anew():
    answers = compared().with_note("accuracy", "close")
    job = flows.Comparison(RETEST, ModelChoice("n"), "This is {}.").then(CLASSIC)
    both = answers.with_result(job, scored(True, True, True, True, by=replace(BY, model="n")))
    assert [one.made_by.model for one in both.models] == ["m", "n"] and rows(both)["accuracy"][1:3] == [
        "0.500",
        "1.000",
    ]
    again = both.with_result(job, scored(False, True, True, True, by=replace(BY, model="n")))
    assert rows(again)["accuracy"] == ["0.750", "0.500", "0.750", "close"]
    other = again.with_result(replace(RETEST, folder="/labs/ana/runs/r2"), CLASSIC)
    assert other.models == ()
    assert rows(other)["accuracy"] == ["0.750", "(another comparison) close"]


def beside(answers: Answers, model: str) -> Answers:
    """With another model, asked of the same rows."""
    job = flows.Comparison(RETEST, ModelChoice(model), "This is {}.").then(CLASSIC)
    return answers.with_result(job, scored(True, True, True, True, by=replace(BY, model=model)))


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "without a column by now: a (“This is {}.”)."), ("es", "ya sin columna: a («This is {}.»).")],
)
def test_the_table_says_which_model_gave_way_to_a_fourth(language, said):
    answers = Answers().with_result(RETEST, CLASSIC)
    for name in "abc":
        answers = beside(answers, name)
    assert "column" not in to_markdown(table(answers, language), language)
    four = beside(answers, "d")
    assert [one.made_by.model for one in four.models] == ["b", "c", "d"]
    assert table(four, language).footer[-1].within(language).endswith(said)
    again = beside(four, "a")
    assert [one.made_by.model for one in again.models] == ["c", "d", "a"]
    footer = table(again, language).footer[-1].within(language)
    assert "b (" in footer and "a (" not in footer
    other = again.with_result(replace(RETEST, folder="/labs/ana/runs/r2"), CLASSIC)
    assert "column" not in to_markdown(table(other, language), language)


def test_scores_of_other_rows_go_nowhere():
    job = flows.Comparison(RETEST, ModelChoice("m"), "This is {}.").then(CLASSIC)
    short = replace(SCORED, texts=SCORED.texts[:3])
    answers = Answers().with_result(RETEST, CLASSIC)
    assert answers.with_result(replace(job, texts=("a", "b", "c")), short) == answers
    assert Answers().with_result(job, SCORED) == Answers()


def test_a_model_that_was_asked_of_other_data_with_the_same_classes_is_not_counted_on_these():
    job = flows.Comparison(RETEST, ModelChoice("m"), "This is {}.").then(CLASSIC)
    other = replace(CLASSIC, texts=("e", "f", "g", "h"), data_name="ag_news")
    answers = Answers().with_result(replace(RETEST, folder="/labs/ana/runs/r2"), other)
    assert answers.with_result(job, SCORED) == answers


def test_its_state_asks_for_nothing_and_says_that_it_is_optional():
    state, known = flows.EXERCISE.state, Beside()
    assert state(Answers(), known).complete
    assert state(Answers(), known).said(False).en == "optional, to do: the comparison, the answer"
    answers = compared()
    assert state(answers, known).said(True).en == "optional, still: the notes, the answer"
    for fact in table(answers, "en").keys:
        answers = answers.with_note(fact, "seen")
    assert state(answers, known).said(True).es == "opcional, aún falta: la respuesta"
    done = answers.with_answer("Depends.")
    assert state(done, known).said(True).en == "done with synthetic data"
    assert "**When would you train" in flows.EXERCISE.document(done, known, "en")
    moved = done.with_result(replace(RETEST, rows=3), replace(CLASSIC, labels=(0, 1, 0), predicted=(0, 0, 0)))
    assert "the notes of this comparison" in state(moved, known).said(True).en


def used(joules: float, shared: bool = False) -> Energy:
    return Energy(joules, 2.0, "NVML", shared, 1, 1)


def test_what_each_flow_took_stands_there_per_run_and_per_text_where_it_was_measured():
    found = scored(True, True, True, True, by=replace(BY, energy=used(36.0)))
    classic = replace(CLASSIC, energy=replace(used(7.2), source="RAPL", shared=True))
    answers = compared(classic, found, replace(RETEST, trained=Trained(1.5, used(360.0))))
    shown = rows(answers)
    assert shown["training_wh"][:2] == ["0.1000", ""]
    assert shown["energy_wh"][:2] == ["0.0020 *", "0.0100"]
    assert shown["energy_mwh_per_text"][:2] == ["0.5000 *", "2.5000"]
    assert table(answers, "en").footer[-1].en == (
        "Energy: of the training loop, and of the test, by NVML, RAPL, what an idle device draws included. "
        "*: other processes on the device included."
    )
    assert flows.EXERCISE.energy(answers, Beside()).joules == 43.2


def test_what_could_not_be_measured_is_said_below_and_has_no_figure():
    found = scored(True, True, True, True, by=replace(BY, energy=used(36.0)))
    answers = compared(replace(CLASSIC, energy=Energy.unknown("short")), found)
    assert rows(answers)["energy_wh"][:2] == ["", "0.0100"]
    assert "2 of 3 (not measured at the time, too short to measure)" in table(answers, "en").footer[-1].en


def test_where_no_energy_was_measured_there_are_no_lines_for_it():
    unknown = Energy.unknown("no-counter")
    answers = compared(
        replace(CLASSIC, energy=unknown), scored(True, True, False, False, by=replace(BY, energy=unknown))
    )
    assert "energy_wh" not in rows(answers)


@pytest.mark.parametrize(
    ("name", "files", "test_size"), [("news", ("train.csv", "test.csv"), 4), ("news.csv", ("news.csv",), 1_000)]
)
def test_of_data_that_are_gone_the_run_s_record_says_whether_the_test_rows_are_apart(name, files, test_size):
    training = Training(f"/gone/{name}")
    stamp = tuple((file, 9, 9) for file in files)
    known = Beside(lambda kept: lambda job: Row(job, None, run=kept[0], stamp=stamp))
    answers = compared(retest=replace(RETEST, training=training))
    assert flows.EXERCISE.jobs(answers, known)[0] == replace(training, test_size=test_size)
