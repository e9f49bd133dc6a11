"""The two flows on the same rows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from llm_tui.classifier.job import Retest, Retested, Training
from llm_tui.engine.energy import Energy
from llm_tui.exercises import flows
from llm_tui.export.markdown import to_markdown
from llm_tui.foundation.job import Classified, Labelled, ModelChoice, Provenance, ZeroShot

CLASSIC = Retested(("a", "b"), (0, 1), (0, 0), ("x", "y"), "sample", True, 2000, 400_000, 0.04)


def test_the_zero_shot_model_is_asked_for_the_rows_and_classes_of_the_classifier():
    retest = Retest("folder", Training(), 2)
    comparison = flows.Comparison(retest, ModelChoice("m"), "This is {}.", 4)
    assert comparison.due() == retest and comparison.table() is None
    comparison = comparison.with_result(CLASSIC)
    assert comparison.due() == ZeroShot(("a", "b"), ("x", "y"), "This is {}.", False, ModelChoice("m"), 4)
    assert comparison.table() is None
    scores = (Labelled((0.9, 0.1)), Labelled((0.8, 0.2)))
    found = Classified(("x", "y"), scores, Provenance("m", "", "CPU", "float32", 1, 2.0))
    comparison = comparison.with_result(found)
    assert comparison.due() is None and comparison.table() == flows.table(CLASSIC, found, "This is {}.")


@pytest.mark.parametrize(("language", "said"), [("es", "las primeras 4 filas"), ("en", "the first 4 test rows")])
def test_each_flow_is_a_row_with_its_accuracy_time_size_and_labels(language, said):
    classic = Retested(
        ("a", "b", "c", "d"), (0, 1, 0, 1), (0, 1, 0, 0), ("x", "y"), "sample", True, 2000, 400_000, 0.04
    )
    scores = tuple(Labelled(pair) for pair in ((0.9, 0.1), (0.8, 0.2), (0.2, 0.8), (0.3, 0.7)))
    zero_shot = Classified(("x", "y"), scores, Provenance("m", "", "CPU", "float32", 407_000_000, 2.0))
    table = flows.table(classic, zero_shot, "This is {}.")
    assert table.rows == (
        ("classic", 0.75, "0.301-0.954", 10.0, 0.4, 2000),
        ("foundation (zero-shot)", 0.5, "0.150-0.850", 500.0, 407.0, 0),
    )
    written = to_markdown(table, language)
    assert said in written and "This is {}" in written


ZERO_SHOT = Classified(
    ("x", "y"), (Labelled((0.9, 0.1)), Labelled((0.8, 0.2))), Provenance("m", "", "CPU", "float32", 1, 2.0)
)


def used(joules: float, shared: bool = False) -> Energy:
    return Energy(joules, 2.0, "NVML", shared, 1, 1)


def test_what_each_flow_took_stands_there_per_run_and_per_text_where_it_was_measured():
    foundation = replace(ZERO_SHOT, made_by=replace(ZERO_SHOT.made_by, energy=used(36.0)))
    classic = replace(CLASSIC, energy=replace(used(7.2), source="RAPL", shared=True))
    table = flows.table(classic, foundation, "This is {}.", used(360.0))
    heads = [column.head.en for column in table.columns[-3:]]
    assert heads == ["training (Wh)", "energy of the test (Wh)", "mWh per text"]
    assert [row[-3:] for row in table.rows] == [(0.1, "0.0020 *", "1.0000 *"), (None, 0.01, 5.0)]
    assert table.footer[-1].en == (
        "Energy: of the training loop, and of the time per text, by NVML, RAPL, what an idle device draws included. "
        "*: other processes on the device included."
    )


def test_what_could_not_be_measured_is_said_below_and_has_no_figure():
    foundation = replace(ZERO_SHOT, made_by=replace(ZERO_SHOT.made_by, energy=used(36.0)))
    classic = replace(CLASSIC, energy=Energy.unknown("short"))
    table = flows.table(classic, foundation, "This is {}.")
    assert [row[-3:] for row in table.rows] == [(None, None, None), (None, 0.01, 5.0)]
    assert "2 of 3 (not measured at the time, too short to measure)" in table.footer[-1].en


def test_where_nothing_was_measured_the_table_is_that_of_before():
    unknown = Energy.unknown("no-counter")
    foundation = replace(ZERO_SHOT, made_by=replace(ZERO_SHOT.made_by, energy=unknown))
    plain = flows.table(CLASSIC, ZERO_SHOT, "This is {}.")
    assert flows.table(replace(CLASSIC, energy=unknown), foundation, "This is {}.", unknown) == plain
    assert plain.columns == flows.COLUMNS
