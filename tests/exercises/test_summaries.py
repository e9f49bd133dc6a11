"""The sheet of exercise 5, without a screen: its export, and what it says when."""

from __future__ import annotations

import itertools
import threading
from dataclasses import replace

import pytest
from gfm import tables
from hypothesis import given
from hypothesis import strategies as st

from llm_tui.engine.job import Context, run_job
from llm_tui.errors import UserError
from llm_tui.exercises import summaries
from llm_tui.exercises.summaries import RUBRIC, Answers
from llm_tui.exercises.systems import COURSE_SYSTEMS, Summary
from llm_tui.foundation import facts
from llm_tui.foundation.job import PROMPT, Answer, Asking, Generate, Generated, Provenance, Settings
from llm_tui.visible import visible


def filled(answers: Answers, texts: dict[str, str]) -> Answers:
    """The sheet with what each system wrote."""
    for job in answers.pending(Asking()):
        assert isinstance(job, Generate)
        by = Provenance(job.model.name, "", "CPU", "float32", 1, 0.5)
        answers = answers.with_result(job, Generated((Answer(texts[job.model.name], "x", 9, 5, False, True, ""),), by))
    return answers


def marked(answers: Answers, note: str = "") -> Answers:
    for slot, name in itertools.product("ab", RUBRIC):
        answers = answers.with_mark(slot, name, "1").with_mark(slot, "note", note)
    return answers


AWKWARD = st.text(st.sampled_from("ab |`<unk>\n\\*_[]&#~ñ▁é!:/.\x1b"), min_size=1, max_size=20)


@given(AWKWARD.filter(str.strip), AWKWARD, AWKWARD, AWKWARD)
def test_the_export_has_the_same_cells_whatever_is_in_them(system, note, first, second):
    name = f"x{system.strip()}"
    answers = filled(Answers(system_a=name, system_b="b"), {name: first, "b": second})
    rows = {row[0]: row[1:] for row in tables(summaries.document(marked(answers, note), "es"))[0][1:]}
    said = f"no es un sistema que el curso sugiera; {note}"
    assert rows[visible(" ".join(name.split()))] == ["1", "1", "1", visible(" ".join(said.split()))]


def test_nothing_names_a_system_before_both_are_marked():
    answers = filled(Answers(), {"sshleifer/distilbart-cnn-12-6": "Uno.", "facebook/bart-large-cnn": "Dos."})
    assert "bart" not in summaries.document(answers, "es")
    half = answers.with_mark("a", "coverage", "2").with_mark("a", "coherence", "2").with_mark("a", "fidelity", "2")
    assert "bart" not in summaries.document(half, "es")
    assert "facebook/bart-large-cnn" in summaries.document(marked(answers), "es")
    assert "facebook/bart-large-cnn" in summaries.document(replace(answers, unblinded=True), "es")


def test_what_the_exercise_lacks():
    assert lacks(Answers()) == ["2 summaries", "the scores of the rubric for both"]
    assert lacks(Answers(source="Corta."))[0] == "a source of 200 to 400 words (it has 1)"
    answers = filled(Answers(), {"sshleifer/distilbart-cnn-12-6": "Uno.", "facebook/bart-large-cnn": "Dos."})
    assert lacks(replace(answers, unblinded=True)) == ["the scores of the rubric for both"]
    assert lacks(marked(answers)) == []
    assert summaries.state(marked(answers)).said(True).en == "complete; optional: the answer"


def lacks(answers: Answers) -> list[str]:
    return [text.en for text in summaries.state(answers).missing]


def notes(answers: Answers, language: str = "es") -> dict[str, str]:
    table = summaries.table(answers, language)
    return {key: str(row[-1]) for key, row in zip(table.keys, table.rows, strict=True)}


def test_a_system_that_the_course_does_not_suggest_is_documented():
    answers = marked(filled(Answers(system_b="lead-3"), {"sshleifer/distilbart-cnn-12-6": "Uno.", "lead-3": "Dos."}))
    assert lacks(answers) == []
    assert notes(answers) == {"a": "", "b": "no es un sistema que el curso sugiera"}
    answers = answers.with_mark("b", "note", "la referencia")
    assert notes(answers, "en") == {"a": "", "b": "not a system that the course suggests; la referencia"}
    assert summaries.table(answers).held == {("a", "note"): "", ("b", "note"): "la referencia"}


def test_what_the_program_says_of_a_summary_goes_with_it_and_never_uncovers_a_system_that_is_hidden():
    first, second = COURSE_SYSTEMS
    (job, _) = Answers().pending(Asking())
    failed = Answers().with_failure(job, "No.")
    assert failed is not None
    answers = filled(failed, {"google/flan-t5-small": "Del sustituto.", second: "Dos."})
    said = f"en lugar de {first}, que no se pudo cargar"
    assert notes(answers) == {"a": "", "b": ""}
    assert notes(marked(answers)) == {"a": said, "b": ""}
    assert notes(marked(answers, "breve")) == {"a": f"{said}; breve", "b": "breve"}
    old = marked(answers).with_mark("a", "note", f"{said}; breve")  # as earlier versions kept it
    assert notes(old) == {"a": f"{said}; breve", "b": ""} and summaries.table(old).held["a", "note"] == "breve"
    assert notes(old, "en")["a"] == f"in place of {first}, which could not be loaded; breve"
    for before in (marked(answers, "breve"), old):
        now = filled(before.again(), {first: "Uno."})
        assert notes(now)["a"] == "breve" and not now.revealed
        assert notes(marked(now)) == {"a": "", "b": ""}


def test_a_summary_that_reached_its_limit_is_noted_as_such():
    answers = Answers()
    for job, complete in zip(answers.pending(Asking()), (False, True), strict=True):
        by = Provenance(job.model.name, "", "CPU", "float32", 1, 0.5)
        answers = answers.with_result(job, Generated((Answer(job.model.name, "x", 9, 5, False, complete, ""),), by))
    assert notes(marked(answers)) == {"a": "llegó a su límite", "b": ""}


def test_a_summary_that_is_thinking_alone_is_noted_as_such():
    first, second = (Answers().system(slot) for slot in "ab")
    answers = filled(Answers(), {first: "<think>Un momento", second: "Uno."})
    assert notes(marked(answers)) == {"a": "es solo el razonamiento del modelo", "b": ""}


def test_a_model_is_not_compared_with_itself():
    with pytest.raises(UserError, match="Both systems are x"):
        list(Answers(system_a="x", system_b=" x ").pending(Asking()))
    # Both came by one model all the same, as a lab of an earlier version has it.
    answers = Answers(system_a="a", system_b="b", unblinded=True)
    by = Provenance("one", "", "CPU", "float32", 1, 0.5)
    made = {slot: Summary(answers.source, slot, slot, False, Settings(), by, "No.") for slot in "ab"}
    answers = marked(replace(answers, summaries=made), "sustituto")
    assert lacks(answers) == ["a second system (both summaries are by one)"]
    assert "no compara nada" in summaries.document(answers, "es")


def test_where_both_systems_fail_two_others_take_their_places():
    answers = Answers()
    for name in COURSE_SYSTEMS:
        (job, *_) = (job for job in answers.pending(Asking()) if job.model.name == name)
        failed = answers.with_failure(job, "No.")
        assert failed is not None
        answers = failed
    assert [job.model.name for job in answers.pending(Asking())] == ["google/flan-t5-small", "lead-3"]
    answers = filled(answers, {"google/flan-t5-small": "Uno.", "lead-3": "Dos."})
    assert summaries.with_itself(answers) is None and not list(answers.pending(Asking()))
    named = answers.with_models("llm-tui/teaching-t5")
    assert [job.model.name for job in named.again().pending(Asking())] == ["llm-tui/teaching-t5", "lead-3"]


def test_lead_3_is_the_first_three_sentences_and_says_that_it_is_no_model():
    answers = Answers(system_a="lead-3")
    (job, _) = answers.pending(Asking())
    result = run_job(job, Context(1, lambda event: None, threading.Event()))
    assert result.answers[0].text.startswith("La mañana del martes 12 de marzo")
    assert result.answers[0].text.endswith("en un archivo de configuración.")
    assert facts.sentences(result.answers[0].text) == 3
    shown = summaries.document(replace(answers.with_result(job, result), unblinded=True), "es")
    assert "lead-3: las tres primeras oraciones de la fuente, sin ningún modelo" in shown
    with pytest.raises(UserError, match="only summarizes"):
        assert isinstance(job, Generate)
        run_job(replace(job, task=PROMPT), Context(1, lambda event: None, threading.Event()))
