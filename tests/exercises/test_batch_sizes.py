"""Exercise 1: its table says what the runs measured and what made it, and it knows what is still missing."""

from __future__ import annotations

import math
import statistics
from dataclasses import replace
from typing import Any

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_tui import __version__, i18n
from llm_tui.classifier.job import Sweep, Training, TrainingResult
from llm_tui.engine.energy import Energy
from llm_tui.exercises.batch_sizes import NUMBER, QUESTION, Answers, Find, Row, document, figures, state, table
from llm_tui.exercises.contract import Beside
from llm_tui.exercises.looks import Looks
from llm_tui.exercises.registry import EXERCISES
from llm_tui.export.table import Measure, Table
from llm_tui.i18n import Text

RESULT = TrainingResult(
    accuracy=0.75,
    test_loss=0.5,
    seconds=0.25,
    prepare_seconds=0.1,
    steps=157,
    data_name="news.csv",
    synthetic=False,
    train_rows=9_999,
    test_rows=777,
    vocabulary_size=3,
    classes=("World", "Sports"),
    confusion=((2, 1), (0, 1)),
    mistakes=(),
    device="NVIDIA H200",
    torch="2.13.0",
)

SWEEP = Sweep(Training(), batch_sizes=(32, 64), seeds=(0, 1, 2))


COURSE = replace(SWEEP, batch_sizes=(32, 64, 128))
NOTES = {"32": "noisy", "64": "stable", "128": "fast"}


def nothing(job: Training) -> None:
    return None


def every(result: TrainingResult = RESULT) -> Find:
    """A lab in which every training has finished."""
    return lambda job: Row(job, result)


def beside(find: Find) -> Beside:
    return Beside(lambda kept: find)


def diverged(job: Training) -> Row:
    return Row(job, None, diverged=True)


def shown(table: Table) -> list[list[str]]:
    return [[column.show(cell) for column, cell in zip(table.columns, row, strict=True)] for row in table.rows]


def footer(answers: Answers, find: Find, language: str) -> str:
    return " ".join(sentence.within(language) for sentence in table(answers, find).footer)


# The table


def test_a_run_has_the_name_that_a_person_gave_it_in_the_legend_of_the_figures() -> None:
    sweep = replace(SWEEP, seeds=(0,))
    answers = Answers(sweep, looks=Looks({"run-32": "base <b>"}))
    known = Beside(lambda kept: lambda job: Row(job, RESULT, run=f"run-{job.batch_size}"),
                   reports=lambda run: [(1, 1.0, 0.5), (2, 0.5, 0.75)])  # fmt: skip
    loss = figures(answers, known, "en")[0]
    assert "base &lt;b&gt;: fell from 1 to 0.5 by step 2; 64: fell" in loss.svg("en")


def test_before_anything_has_run_the_course_s_batch_sizes_stand_there_empty() -> None:
    empty = table(Answers(), nothing)
    assert shown(empty) == [["32", "", "", ""], ["64", "", "", ""], ["128", "", "", ""]]
    assert empty.footer == ()


def test_the_columns_have_the_heads_of_the_course() -> None:
    heads = [column.head for column in table(Answers(), nothing).columns]
    assert [head.es for head in heads] == ["batch_size", "accuracy_test", "tiempo_train (s)", "notas"]
    assert [head.en for head in heads] == ["batch_size", "accuracy_test", "train_time (s)", "notes"]


def test_one_run_is_shown_as_a_number_and_notes_stand_in_their_row() -> None:
    answers = Answers(Sweep(Training(), (32, 64))).with_note("64", "stable", nothing)
    answers = answers.with_note("16", "of an earlier sweep", nothing)
    assert shown(table(answers, every())) == [["32", "0.750", "0.25", ""], ["64", "0.750", "0.25", "stable"]]


def used(joules: float, shared: bool = False) -> Energy:
    return Energy(joules, 10.0, "NVML", shared, 1, 1)


def test_the_energy_has_a_column_where_it_is_asked_for_and_the_rest_stays_as_it_was() -> None:
    find: Find = lambda job: Row(job, replace(RESULT, energy=used(3600.0 * job.batch_size)))  # noqa: E731
    plain, asked = Answers(Sweep(Training(), (32, 64))), Answers(Sweep(Training(), (32, 64)), energy=True)
    assert document(plain, beside(find), "es") == document(plain, beside(every()), "es")
    with_it = table(asked, find)
    assert [column.head.es for column in with_it.columns][3:] == ["energía (Wh)", "notas"]
    assert shown(with_it) == [["32", "0.750", "0.25", "32.0000", ""], ["64", "0.750", "0.25", "64.0000", ""]]
    assert with_it.footer[:-1] == table(plain, find).footer
    assert with_it.footer[-1].es == (
        "Energía: del bucle de entrenamiento solo, como el tiempo, según NVML, con lo que el dispositivo consume en "
        "reposo."
    )


@pytest.mark.parametrize(
    ("energies", "cell", "said"),
    [
        ((used(3600.0), used(7200.0), used(3600.0)), "1.3333 ± 0.5774", ""),
        ((used(3600.0), None, Energy.unknown("short")), "1.0000 (1/3)",
         "Without a figure of energy: 2 of 3 (not measured at the time, too short to measure)."),
        ((used(3600.0), used(3600.0, shared=True), used(3600.0)), "1.0000 ± 0.0000 *",
         "*: other processes on the device included."),
        ((None, None, None), "", "Without a figure of energy: 3 of 3 (not measured at the time)."),
    ],
)  # fmt: skip
def test_an_energy_that_lacks_runs_or_has_others_in_it_says_so(energies, cell: str, said: str) -> None:
    find: Find = lambda job: Row(job, replace(RESULT, energy=energies[job.seed]))  # noqa: E731
    answers = Answers(Sweep(Training(), (32,), (0, 1, 2)), energy=True)
    assert shown(table(answers, find))[0][3] == cell
    assert table(answers, find).footer[-1].en.endswith(said)


def test_without_runs_there_is_no_energy_and_nothing_is_said_of_it() -> None:
    asked = table(Answers(energy=True), nothing)
    assert shown(asked)[0] == ["32", "", "", "", ""]
    assert asked.footer == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "Vocabulary: 3 words, of the training rows taken; of the words of the test rows 6.2 % are unknown."),
        ({"vocabulary": "split", "data": "ag_news"},
         "Vocabulary: 3 words, of the whole train split; of the words of the test rows 6.2 % are unknown."),
        ({"vocabulary": "split"},
         "Vocabulary: 3 words, of the training rows taken; of the words of the test rows 6.2 % are unknown."),
        ({"vocabulary": "split", "tokenizer": "gpt2"},
         "Vocabulary: the 3 pieces of the tokenizer; of the pieces of the test rows 6.2 % are unknown."),
    ],
)  # fmt: skip
def test_whose_words_are_known_stands_under_the_table_and_how_many_are_not(change: dict[str, Any], said: str) -> None:
    answers = Answers(Sweep(Training(**change), (32,)))
    assert table(answers, every(replace(RESULT, unknown=0.0621))).footer[1].en == said
    assert len(table(answers, every()).footer) == 1  # of runs of earlier versions it is not known


FRACTIONS = st.floats(0, 1)


@given(st.lists(st.tuples(FRACTIONS, st.floats(0, 1e4)), min_size=2, max_size=8))
def test_several_seeds_are_shown_as_mean_and_sample_deviation(measured: list[tuple[float, float]]) -> None:
    accuracies, seconds = zip(*measured, strict=True)
    sweep = Sweep(Training(), (32,), tuple(range(len(measured))))
    find: Find = lambda job: Row(job, replace(RESULT, accuracy=accuracies[job.seed], seconds=seconds[job.seed]))  # noqa: E731
    ((_, accuracy, time, _),) = table(Answers(sweep), find).rows
    assert isinstance(accuracy, Measure) and isinstance(time, Measure)
    assert accuracy.n == time.n == len(measured)
    assert accuracy.mean == pytest.approx(numpy.mean(accuracies))
    assert accuracy.std == pytest.approx(statistics.stdev(accuracies), abs=1e-12)
    assert time.mean == pytest.approx(numpy.mean(seconds))
    assert time.std == pytest.approx(numpy.std(seconds, ddof=1), abs=1e-9)


def test_a_row_counts_only_the_runs_of_its_batch_size_that_have_finished() -> None:
    def find(job: Training) -> Row | None:
        if (job.batch_size, job.seed) == (32, 2):
            return None
        return Row(job, replace(RESULT, accuracy=job.batch_size / 100 + job.seed / 10))

    (first, second) = table(Answers(SWEEP), find).rows
    near: Any = pytest.approx
    assert first[1] == Measure(near(0.37), near(0.1 / math.sqrt(2)), 2)
    assert second[1] == Measure(near(0.74), near(0.1), 3)


def test_rows_can_be_named_for_an_edit() -> None:
    answers = Answers(SWEEP)
    keys = table(answers, nothing).keys
    assert keys == ("32", "64")
    edited = answers.with_note(keys[1], "stable", nothing)
    assert [row[-1] for row in table(edited, nothing).rows] == ["", "stable"]
    assert answers.notes == {}


def test_only_the_notes_are_the_students_to_write() -> None:
    assert [column.key for column in table(Answers(), nothing).columns if column.editable] == ["notes"]


@pytest.mark.parametrize(("language", "word"), [("es", "divergió"), ("en", "diverged")])
def test_a_run_that_diverged_is_said_to_have_until_the_student_says_something_better(language, word) -> None:
    answers = Answers(Sweep(Training(), (32, 64))).with_note("64", "too fast", nothing)
    rows = shown(table(answers, diverged, language))
    assert rows == [["32", "", "", word], ["64", "", "", "too fast"]]


@pytest.mark.parametrize(
    ("diverges", "missing", "en", "es"),
    [
        ((1, 2), (), "(1 of 3 seeds; 2 diverged)", "(1 de 3 semillas; 2 divergieron)"),
        ((1,), (), "(2 of 3 seeds; 1 diverged)", "(2 de 3 semillas; 1 divergió)"),
        ((1,), (2,), "(1 of 3 seeds; 1 diverged)", "(1 de 3 semillas; 1 divergió)"),
        ((), (2,), "(2 of 3 seeds)", "(2 de 3 semillas)"),
        ((), (), "", ""),
    ],
)
def test_a_row_says_which_share_of_its_seeds_its_figures_are_of_whatever_its_note_is(diverges, missing, en, es) -> None:
    def find(job: Training) -> Row | None:
        return None if job.seed in missing else diverged(job) if job.seed in diverges else Row(job, RESULT)

    answers = Answers(replace(SWEEP, batch_sizes=(32,)))
    noted = answers.with_note("32", "fast", find)
    for language, said in (("en", en), ("es", es)):
        assert shown(table(answers, find, language))[0][-1] == said
        assert shown(table(noted, find, language))[0][-1] == f"{said} fast".strip()
    assert table(noted, find).held == {("32", "notes"): "fast"}


# What made the numbers


def test_what_is_to_be_known_of_the_rows_stands_below_the_table() -> None:
    note = Text("The test rows are of 1 of the 4 classes.", "Las filas de prueba son de 1 de las 4 clases.")
    made = every(replace(RESULT, notes=(note,)))
    assert table(Answers(SWEEP), made).footer[1:] == (note,)
    assert "Las filas de prueba son de 1 de las 4 clases." in document(Answers(SWEEP), beside(made), "es")


def test_the_footer_says_what_made_the_numbers() -> None:
    base = Training(data="/home/ana/news.csv", tokenizer="basic_english", embed_dim=96, epochs=5, lr=0.125)
    answers = Answers(Sweep(base, (32, 64), (3, 8)))
    for language in i18n.LANGUAGES:
        text = footer(answers, every(), language)
        facts = (
            "news.csv",
            str(i18n.number(9_999).within(language)),
            "777",
            "basic_english",
            "96",
            "5",
            "0.125",
            "3, 8",
            "NVIDIA H200",
            "2.13.0",
        )
        assert [fact for fact in (*facts, __version__) if fact not in text] == []
        assert "/home/ana" not in text
        assert text.endswith(".")


def test_synthetic_texts_are_called_so() -> None:
    made = every(replace(RESULT, data_name="sample", synthetic=True))
    assert "synthetic" in footer(Answers(SWEEP), made, "en")
    assert "sintéticos" in footer(Answers(SWEEP), made, "es")
    assert "synthetic" not in footer(Answers(SWEEP), every(), "en")
    assert "sintéticos" not in footer(Answers(SWEEP), every(), "es")


def test_runs_of_several_devices_and_versions_are_all_named_once() -> None:
    def find(job: Training) -> Row:
        device, version = ("CPU", "0.1") if job.seed else ("NVIDIA H200", "0.2")
        return Row(job, replace(RESULT, device=device), version=version)

    text = table(Answers(SWEEP), find).footer[0].en
    assert "NVIDIA H200, CPU;" in text
    assert "llm-tui 0.2, 0.1." in text
    assert text.count("CPU") == 1


def test_times_of_several_devices_do_not_compare_and_it_is_said_which_runs_were_where() -> None:
    def find(job: Training) -> Row:
        return Row(job, replace(RESULT, device="CPU" if (job.batch_size, job.seed) < (64, 1) else "cuda:0 H100"))

    said = table(Answers(SWEEP), find).footer[1]
    assert said.en == (
        "The times of different devices do not compare: CPU: batch_size 32 (seed 0, 1, 2), batch_size 64 (seed 0); "
        "cuda:0 H100: batch_size 64 (seed 1, 2)."
    )
    assert said.es == (
        "Los tiempos de dispositivos distintos no se comparan: CPU: batch_size 32 (semilla 0, 1, 2), batch_size 64 "
        "(semilla 0); cuda:0 H100: batch_size 64 (semilla 1, 2)."
    )
    assert len(table(Answers(SWEEP), every()).footer) == 1


def test_runs_without_a_number_are_not_in_the_footer() -> None:
    assert footer(Answers(SWEEP), diverged, "en") == ""


def test_a_name_with_braces_is_only_a_name() -> None:
    assert "{train} {0}" in footer(Answers(SWEEP), every(replace(RESULT, data_name="{train} {0}")), "en")


# What is handed in


def test_the_document_has_the_table_and_the_answer_under_its_question() -> None:
    answers = Answers(SWEEP, answer="The batch of 64:\n\n1. it is *stable*.")
    for language in i18n.LANGUAGES:
        text = document(answers, beside(every()), language)
        assert text.startswith("| batch_size")
        assert text.index("| ") < text.index(QUESTION.within(language)) < text.index("The batch of 64")
        assert "\n\n1\\. it is \\*stable\\*." in text


def test_without_an_answer_the_document_asks_nothing() -> None:
    answers = Answers(SWEEP, answer=" \n")
    assert QUESTION.en not in document(answers, beside(every()), "en")


# What is missing


def told(answers: Answers, find: Find) -> tuple[list[str], list[str]]:
    lacking = state(answers, find).missing
    return [text.en for text in lacking], [text.es for text in lacking]


def test_at_first_the_training_is_missing() -> None:
    assert told(Answers(), nothing) == (["the training"], ["el entrenamiento"])


def test_what_is_missing_comes_in_the_order_of_the_steps() -> None:
    assert told(Answers(SWEEP), nothing) == (
        ["the batch size 128", "2 runs to finish", "the answer"],
        ["el lote de 128", "2 ejecuciones por terminar", "la respuesta"],
    )


def test_runs_that_have_finished_are_not_missing_and_those_that_diverged_are() -> None:
    assert told(Answers(COURSE), every())[0] == ["the answer"]
    assert told(Answers(COURSE), diverged)[0][0] == "3 runs to finish"


def test_runs_that_the_course_does_not_ask_for_hold_nothing_up() -> None:
    find = lambda job: None if job.seed == 1 else Row(job, RESULT)  # noqa: E731
    assert optional(Answers(COURSE, notes=NOTES), find)[0] == "3 runs to finish"
    assert told(Answers(COURSE, answer="64"), find)[0] == []
    more = replace(COURSE, batch_sizes=(*COURSE.batch_sizes, 256))
    find = lambda job: None if job.batch_size == 256 else Row(job, RESULT)  # noqa: E731
    assert told(Answers(more, answer="64"), find)[0] == []


def optional(answers: Answers, find: Find) -> list[str]:
    return [text.en for text in state(answers, find).optional]


def test_a_note_of_every_row_is_welcome() -> None:
    assert state(Answers(COURSE, answer="64"), every()).said(True).en == "complete; optional: the notes"
    two = Answers(COURSE, answer="64").with_note("32", "noisy", nothing).with_note("64", "stable", nothing)
    assert optional(two, every())[0] == "the notes"
    assert "the notes" not in optional(two.with_note("128", "fast", nothing), every())


@pytest.mark.parametrize("answer", ["", "  \n"])
def test_an_empty_answer_is_none(answer: str) -> None:
    answers = Answers(COURSE, notes=NOTES, answer=answer)
    assert told(answers, every()) == (["the answer"], ["la respuesta"])


def test_less_than_the_course_asks_is_not_complete_and_synthetic_data_are_said() -> None:
    done = Answers(COURSE, notes=NOTES, answer="64")
    assert state(done, every()).said(True).es == "completo"
    synthetic = replace(RESULT, data_name="sample", synthetic=True, train_rows=500)
    assert told(done, every(synthetic))[1] == ["10\u00a0000 filas de entrenamiento (hay 500)"]
    synthetic = replace(synthetic, train_rows=10_000)
    assert state(done, every(synthetic)).said(True).es == "hecho con datos sintéticos"
    narrow = replace(done, sweep=replace(COURSE, base=Training(embed_dim=64)))
    assert told(narrow, every())[0] == ["embedding size 128 (it is 64)"]


# The exercises


def test_there_are_seven_exercises_in_their_order() -> None:
    assert [exercise.number for exercise in EXERCISES] == [1, 2, 3, 4, 5, 6, 7]
    assert NUMBER == 1
