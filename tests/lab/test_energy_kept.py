"""What jobs used, from what they tell on: in the run, the log, the table and the report."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from llm_tui.classifier.job import Sweep, Training, TrainingResult
from llm_tui.engine.energy import Energy
from llm_tui.engine.events import Cancelled, Event, Finished, Metric, Started
from llm_tui.engine.job import Job
from llm_tui.exercises.batch_sizes import Answers, table
from llm_tui.export.table import Measure
from llm_tui.foundation.job import Generate, Generated, ModelChoice, Provenance
from llm_tui.foundation.models import PullModel
from llm_tui.lab.found import RunIndex
from llm_tui.lab.lab import Lab
from llm_tui.report.document import Report

SWEEP = Sweep(Training(), (32, 64))
METRIC = Metric(1, 1, {"steps": 1, "loss": 0.5, "accuracy": 0.25, "examples_per_second": 1.0, "seconds_left": 0.0})


def used(joules: float, shared: bool = False) -> Energy:
    return Energy(joules, 2.0, "NVML", shared, 1, 1)


def tell(lab: Lab, job: Job, *events: Event) -> None:
    for listener in lab.listeners(job):
        for event in (Started(1), *([METRIC] if isinstance(job, Training) else []), *events):
            listener(event)


def train(lab: Lab, result: TrainingResult, *energies: Energy) -> None:
    for job, energy in zip(SWEEP.runs(), energies, strict=True):
        tell(lab, job, Finished(1, replace(result, energy=energy), energy))


def test_a_run_keeps_its_energy_and_the_table_has_it(lab: Lab, result: TrainingResult) -> None:
    train(lab, result, used(360.0), used(36.0, shared=True))
    runs = Lab(lab.folder).runs.all()
    assert {run.job.batch_size: run.result.energy for run in runs} == {32: used(360.0), 64: used(36.0, shared=True)}
    rows = table(Answers(SWEEP, energy=True), RunIndex(runs)).rows
    assert [row[3] for row in rows] == [Measure(0.1, None, 1), "0.0100 *"]


def test_a_run_whose_file_has_an_energy_that_nobody_can_have_measured_is_no_finished_run(lab, result) -> None:
    train(lab, result, used(360.0), used(36.0))
    (path, *_) = sorted((lab.folder / "runs").glob("*-b32-*/result.json"))
    content = json.loads(path.read_text(encoding="utf-8"))
    content["result"]["energy"]["joules"] = -360.0
    path.write_text(json.dumps(content), encoding="utf-8")
    assert [(run.job.batch_size, run.result is None) for run in lab.runs.all()] == [(64, False), (32, True)]


def test_the_log_has_the_energy_of_each_job_however_it_ended(lab: Lab, result: TrainingResult) -> None:
    tell(lab, Training(), Finished(1, replace(result, energy=used(5.0)), used(5.0)))
    tell(lab, Training(), Cancelled(1, False, used(2.0)))
    tell(lab, PullModel("m"), Finished(1, None))
    assert [entry.energy for entry in lab.log()] == [used(5.0), used(2.0), None]


@pytest.fixture
def worked(lab: Lab, result: TrainingResult) -> Lab:
    """A lab in which a sweep was trained, and a model asked three times: once too briefly, once in vain."""
    train(lab, result, used(360.0), used(36.0))
    lab.save_answers(1, Answers(SWEEP))
    job = Generate("prompt", ("x",), ModelChoice("acme/writer"))
    for ending in (
        Finished(1, Generated((), Provenance("acme/writer")), used(72.0, shared=True)),
        Finished(1, Generated((), Provenance("acme/writer")), Energy.unknown("short")),
        Cancelled(1, False, used(3.6)),
    ):
        tell(lab, job, ending)
    return lab


def rows(table: Any) -> list[list[str]]:
    return [[column.show(cell) for column, cell in zip(table.columns, row, strict=True)] for row in table.rows]


def test_the_report_has_the_sum_of_each_kind_of_work_and_model_and_says_what_it_lacks(worked: Lab) -> None:
    found = Report.of(worked, "en").tables()
    assert rows(found["appendix-energy"]) == [
        ["generation", "acme/writer", "3", "2", "0.0210 (2/3) *", "too short to measure"],
        ["training", "", "2", "2", "0.1100", ""],
        ["all together", "", "5", "4", "0.1310 (4/5) *", "too short to measure"],
    ]
    assert rows(found["appendix-energy-exercises"]) == [
        ["exercise 1", "", "2", "2", "0.1100", ""],
        ["all together", "", "2", "2", "0.1100", ""],
    ]
    assert "Without a figure of energy: 1 of 5 (too short to measure)." in Report.of(worked, "en").markdown()
    assert "Sin cifra de energía: 1 de 5 (demasiado breve para medirlo)." in Report.of(worked, "es").markdown()


def test_work_of_an_earlier_version_is_counted_as_not_measured(worked: Lab) -> None:
    log = worked.folder / "audit.jsonl"
    first, *others = log.read_text(encoding="utf-8").splitlines()
    older = {key: part for key, part in json.loads(first).items() if key != "energy"}
    pulled = {**older, "job": "pull"}
    log.write_text("\n".join([*map(json.dumps, (older, pulled)), *others, ""]), encoding="utf-8")
    _, training, together = rows(Report.of(worked, "en").tables()["appendix-energy"])
    assert training == ["training", "", "2", "1", "0.0100 (1/2)", "not measured at the time"]
    assert together[2:5] == ["5", "3", "0.0310 (3/5) *"]


def test_a_line_of_the_log_that_cannot_be_read_is_not_left_out_of_the_sum_without_a_word(worked: Lab) -> None:
    log = worked.folder / "audit.jsonl"
    log.write_text(log.read_text(encoding="utf-8") + '{"time": "2026-', encoding="utf-8")
    unread, *_, together = rows(Report.of(worked, "en").tables()["appendix-energy"])
    assert unread == ["(lines that could not be read)", "", "1", "0", "", "what was written of it cannot be read"]
    assert together[2:5] == ["6", "4", "0.1310 (4/6) *"]


def test_a_lab_in_which_nothing_was_ever_measured_has_no_table_of_it(lab: Lab, result: TrainingResult) -> None:
    tell(lab, PullModel("m"), Finished(1, None))
    assert not [name for name in Report.of(lab, "en").tables() if "energy" in name]
    tell(lab, Training(), Finished(1, replace(result, energy=Energy.unknown("locked")), Energy.unknown("locked")))
    (why,) = {row[5] for row in rows(Report.of(lab, "en").tables()["appendix-energy"])}
    assert why == "the processor's energy counter may not be read here"
