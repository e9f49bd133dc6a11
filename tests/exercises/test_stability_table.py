"""The table of stability: a spread where there are seeds, a roughness where there is a curve."""

from __future__ import annotations

import statistics
from dataclasses import replace

import pytest

from llm_tui.classifier.job import Sweep, Training, TrainingResult
from llm_tui.classifier.stability import Curve, roughness
from llm_tui.exercises.batch_sizes import Answers, Row, document, tables
from llm_tui.exercises.contract import Beside
from llm_tui.exercises.stability import table
from llm_tui.export.table import Table

RESULT = TrainingResult(
    accuracy=0.75, test_loss=0.5, seconds=0.25, prepare_seconds=0.1, steps=157, data_name="news.csv", synthetic=False,
    train_rows=4_000, test_rows=777, vocabulary_size=3, classes=("World", "Sports"), confusion=((2, 1), (0, 1)),
    mistakes=(), device="CPU", torch="2.13.0",
)  # fmt: skip

SETUP = Training(train_size=4_000, embed_dim=8)


def shown(table: Table) -> list[list[str]]:
    return [[column.show(cell) for column, cell in zip(table.columns, row, strict=True)] for row in table.rows]


def curve(size: int, up: float) -> Curve:
    """One that goes up and down by as much at each step."""
    return [(step, 1.0 + (up if step % 2 else -up), 0.5) for step in range(1, SETUP.train_size // size + 1)]


def runs(accuracy: dict[int, float], up: dict[int, float]) -> Beside:
    """Runs with an accuracy by their seed and a curve by their batch size."""
    return Beside(
        lambda kept: lambda job: Row(job, replace(RESULT, accuracy=accuracy[job.seed]), run=str(job.batch_size)),
        reports=lambda run: curve(int(run), up[int(run)]),
    )


def test_with_one_seed_there_is_the_roughness_of_each_curve_alone() -> None:
    answers = Answers(Sweep(SETUP, (50, 100)))
    steady = table(answers, runs({0: 0.7}, {50: 0.2, 100: 0.1}))
    assert steady
    rough = [roughness(replace(SETUP, batch_size=size), curve(size, up), 100)
             for size, up in ((50, 0.2), (100, 0.1))]  # fmt: skip
    assert shown(steady) == [["50", "1", "", f"{rough[0]:.3f}"], ["100", "1", "", f"{rough[1]:.3f}"]]
    assert "100 examples" in steady.footer[0].en and "100 ejemplos" in steady.footer[0].es


def test_with_several_seeds_there_is_the_spread_of_their_accuracy() -> None:
    accuracy = {0: 0.70, 1: 0.74, 2: 0.69}
    steady = table(Answers(Sweep(SETUP, (50, 100), (0, 1, 2))), runs(accuracy, {50: 0.2, 100: 0.1}))
    assert steady
    assert [row[1:3] for row in shown(steady)] == [["3", f"{statistics.stdev(accuracy.values()):.4f}"]] * 2
    assert all("±" in row[3] for row in shown(steady))


def test_it_stands_below_the_course_s_table_in_the_hand_in_where_something_is_known() -> None:
    answers = Answers(Sweep(SETUP, (50,)), answer="The one of 50.")
    known, unknown = runs({0: 0.7}, {50: 0.1}), Beside(lambda kept: lambda job: Row(job, RESULT))
    text = document(answers, known, "es")
    assert text.index("tiempo_train") < text.index("**Estabilidad**") < text.index("The one of 50.")
    assert list(tables(answers, known)) == ["batch_sizes", "stability"]
    assert list(tables(answers, unknown)) == ["batch_sizes"]
    assert "Estabilidad" not in document(answers, unknown, "es")
    heads = [column.head.es for column in tables(answers, known)["batch_sizes"].columns]
    assert heads == ["batch_size", "accuracy_test", "tiempo_train (s)", "notas"]


@pytest.mark.parametrize("answers", [Answers(), Answers(Sweep(SETUP))])
def test_before_anything_has_run_there_is_none(answers: Answers) -> None:
    assert table(answers, Beside()) is None
