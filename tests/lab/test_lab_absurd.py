"""Labs whose files hold values of the right type that nobody ever typed: everything opens, or says so in a sentence."""

from __future__ import annotations

import json
import random
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from absurd_lab import LABS, mutated, write
from filled_lab import fill
from hypothesis import HealthCheck, Phase, given, settings

from llm_tui import i18n
from llm_tui.classifier.job import Sweep, Training
from llm_tui.errors import UserError
from llm_tui.exercises import batch_sizes, ethics
from llm_tui.exercises.batch_sizes import Attempt
from llm_tui.exercises.registry import handed_in
from llm_tui.export.html import to_html
from llm_tui.foundation.job import Asking
from llm_tui.lab import sweeps
from llm_tui.lab.found import RunIndex
from llm_tui.lab.lab import Lab
from llm_tui.playground.state import Playground, parse_settings
from llm_tui.report.document import Report
from llm_tui.report.evidence import facts
from llm_tui.report.known import known
from llm_tui.report.parts import parts
from llm_tui.visible import visible
from llm_tui.widgets.evaluation import comparison_content, evaluation_content


def opens(folder: Path) -> None:
    """All that screens, report and command line make of a lab; a `UserError` is a sentence, and no failure."""
    for language in i18n.LANGUAGES:
        lab = Lab(folder)
        for look in (_claimed, _report, _answers, _runs, _log):
            try:
                for _ in look(lab, language):
                    pass
            except UserError as error:
                assert str(error) == visible(str(error))  # an unassigned character may stand in it


def _claimed(lab: Lab, language: str) -> Iterable[object]:
    yield lab.claim()
    lab.release()


def _report(lab: Lab, language: str) -> Iterable[object]:
    yield lab.name
    yield [str(part.state()) for part in parts(lab, language)]
    yield to_html(Report.of(lab, language).markdown(), language, lab.name)
    yield Report.of(lab, language).csv_files()
    yield json.loads(Report.of(lab, language).json())
    yield facts(lab)


def _answers(lab: Lab, language: str) -> Iterable[object]:
    """What the screens make of the answers."""
    beside = known(lab)
    for row in handed_in():
        exercise = row.exercise()
        answers: Any = lab.answers(row.number, exercise.answers)
        yield exercise.tables(answers, beside, language), exercise.state(answers, beside)
        if hasattr(answers, "pending"):
            yield from _all(answers.pending(Asking()))
    checklist = lab.answers(7, ethics.Answers)
    yield ethics.meters(checklist)
    playground = lab.answers("playground", Playground)
    for way in ("batch_size", "precision", "device"):
        playground = playground.eased(way)
    yield parse_settings(playground.all_settings())
    yield playground.job()


def _all(jobs: Iterable[object]) -> Iterable[object]:
    try:
        yield from jobs
    except UserError as error:
        yield str(error)


def _runs(lab: Lab, language: str) -> Iterable[object]:
    runs = lab.runs.all()
    found = RunIndex(runs)
    for run in runs:
        yield run.line(), run.points(), found(run.job), found.reusable(run.job)
        if run.result:
            yield evaluation_content(run.result)
    told = [[(point.step, point.loss, point.accuracy) for point in run.points()] for run in runs if run.result]
    yield comparison_content([(run.job, run.result) for run in runs if run.result], told)
    answers = lab.answers(1, batch_sizes.Answers)
    sweep = answers.sweep or Sweep(Training())
    attempt, _ = sweeps.plan(answers, sweep, runs)
    yield sweeps.standing(answers, runs)
    for changed in (sweeps.begun(answers, attempt, runs), sweeps.taken(answers, Attempt(sweep), runs)):
        yield batch_sizes.table(changed, sweeps.shown(changed, runs), language)


def _log(lab: Lab, language: str) -> Iterable[object]:
    for entry in lab.log():
        yield entry.moment()


# Making a failure small takes minutes, and what failed is short as it is.
@settings(
    deadline=None,
    max_examples=25,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(LABS)
def test_a_lab_of_absurd_values_opens(content: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), content)
        opens(Path(folder))


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("filled") / "lab"
    fill(Lab(folder))
    return folder


@pytest.mark.parametrize("seed", range(6))
def test_a_finished_lab_with_one_value_gone_mad_in_each_file_opens(filled: Path, tmp_path: Path, seed: int) -> None:
    luck = random.Random(seed)
    lab = tmp_path / "lab"
    shutil.copytree(filled, lab)
    for path in sorted(lab.rglob("*.json")):
        path.write_text(json.dumps(mutated(json.loads(path.read_text()), luck)))
    opens(lab)
