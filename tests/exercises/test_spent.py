"""What the answers on a sheet took: every answer of a model in it counts once, and none is left out without a word."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from llm_tui.engine.energy import NOTHING, Energy
from llm_tui.exercises import batch_sizes, moderation, prompting, spent, subwords, summaries, translation
from llm_tui.exercises.contract import Beside
from llm_tui.exercises.systems import Summary
from llm_tui.foundation.job import LEAD, Answer, Asking, Generate, Generated, Provenance, RoundTrip, Score, ThereAndBack
from llm_tui.foundation.labels_job import Classified, Labelled, ZeroShot


def used(joules: float) -> Energy:
    return Energy(joules, 2.0, "NVML", False, 1, 1)


def by(job: Any, number: float, energy: Energy | None) -> Provenance:
    return Provenance(job.model.name, seconds=number, energy=energy)


def answer(job: Any, number: int, energy: Energy | None) -> Any:
    """What a model might answer."""
    made = Answer(f"answer {number}", "", 1, 1, False, True, "")
    if isinstance(job, RoundTrip):
        other = Provenance("the way back", seconds=number + 0.5, energy=energy)
        return ThereAndBack(made, made, 50.0, "", by(job, number, energy), other)
    if isinstance(job, ZeroShot):
        scores = tuple(Labelled(tuple(1 / len(job.labels) for _ in job.labels)) for _ in job.texts)
        return Classified(job.labels, scores, by(job, number, energy))
    assert isinstance(job, Generate)
    return Generated((made,), by(job, number, energy))


def filled(sheet: Any, energy: Energy | None) -> tuple[Any, int]:
    """The sheet when models have answered all that it asks, and how many answers that took."""
    count = 0
    while jobs := [job for job in sheet.pending(Asking()) if not isinstance(job, Score)]:
        count += 1
        sheet = sheet.with_result(jobs[0], answer(jobs[0], count, energy))
    return sheet, count


@pytest.mark.parametrize(
    ("exercise", "answers_each"), [(moderation, 1), (translation, 2), (summaries, 1), (prompting, 1)]
)
def test_a_filled_sheet_took_what_all_its_answers_took(exercise: Any, answers_each: int) -> None:
    sheet, jobs = filled(exercise.Answers(), used(36.0))
    energy = exercise.EXERCISE.energy(sheet, Beside())
    assert energy.whole and energy.stretches == answers_each * jobs > 1
    assert energy.joules == pytest.approx(36.0 * answers_each * jobs)


@pytest.mark.parametrize(
    ("exercise", "changed"),
    [
        (moderation, {"labels": "a, b"}),
        (translation, {"model_es_en": "another", "model_en_es": "another"}),
        (summaries, {"source": "Another text."}),
    ],
)
def test_what_does_not_stand_in_a_sheet_any_more_is_not_of_it(exercise: Any, changed: dict[str, str]) -> None:
    sheet, _ = filled(exercise.Answers(), used(36.0))
    other = replace(sheet, **changed)
    assert exercise.EXERCISE.energy(other, Beside()) == NOTHING
    again, jobs = filled(other, used(72.0))
    energy = exercise.EXERCISE.energy(again, Beside())
    assert jobs and energy.joules == pytest.approx(72.0 * energy.stretches)


def test_an_answer_without_a_figure_makes_the_sum_a_partial_one() -> None:
    sheet = prompting.Answers()
    first, second, third = sheet.pending(Asking())
    for number, (job, energy) in enumerate(((first, used(3600.0)), (second, Energy.unknown("short")), (third, None))):
        sheet = sheet.with_result(job, answer(job, number, energy))
    said = spent.said(prompting.EXERCISE.energy(sheet, Beside()))
    assert said.en == (
        "Energy, all together: 1.0000 Wh (NVML); 2 of 3 without a figure: too short to measure, not measured at the "
        "time."
    )


def test_a_summary_without_a_model_takes_nothing_and_one_for_both_places_is_counted_once() -> None:
    made = Summary("of", "x", "t", False, Asking().settings, Provenance("x", seconds=1.0, energy=used(5.0)), "")
    twice = summaries.Answers(summaries={"a": made, "b": replace(made, system="y")})
    assert spent.spent(twice).stretches == 1
    lead = replace(made, made_by=Provenance(LEAD))
    assert spent.spent(summaries.Answers(summaries={"a": made, "b": lead})) == spent.spent(twice)


def test_a_sheet_that_grew_over_two_versions_has_no_sum_of_a_part() -> None:
    older = Provenance("m", seconds=1.0)
    assert Provenance("m", seconds=1.0, energy=used(5.0)).after(older).energy is None
    assert Provenance("m", seconds=1.0, energy=used(5.0)).after(replace(older, energy=used(7.0))).energy.joules == 12.0


@pytest.mark.parametrize("exercise", [moderation, translation, summaries, prompting, subwords, batch_sizes])
def test_an_empty_sheet_took_nothing_and_says_nothing_of_it(exercise: Any) -> None:
    energy = exercise.EXERCISE.energy(exercise.Answers(), Beside())
    assert energy == NOTHING and spent.said(energy) is None


def test_what_no_machine_could_measure_is_not_spoken_of() -> None:
    assert spent.said(Energy.unknown("no-counter") + Energy.unknown("unknown")) is None
    assert spent.said(Energy.unknown("no-counter") + Energy.unknown("short")) is not None
