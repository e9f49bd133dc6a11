"""The sheet of exercise 5, without a screen: its export, and what it says when."""

from __future__ import annotations

import itertools
from dataclasses import replace

from gfm import tables
from hypothesis import given
from hypothesis import strategies as st

from llm_tui.exercises import summaries
from llm_tui.exercises.summaries import RUBRIC, Answers
from llm_tui.foundation.job import Answer, Asking, Generate, Generated, Provenance
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
    assert rows[visible(" ".join(name.split()))] == ["1", "1", "1", visible(" ".join(note.split()))]


def test_nothing_names_a_system_before_both_are_marked():
    answers = filled(Answers(), {"sshleifer/distilbart-cnn-12-6": "Uno.", "facebook/bart-large-cnn": "Dos."})
    assert "bart" not in summaries.document(answers, "es")
    half = answers.with_mark("a", "coverage", "2").with_mark("a", "coherence", "2").with_mark("a", "fidelity", "2")
    assert "bart" not in summaries.document(half, "es")
    assert "facebook/bart-large-cnn" in summaries.document(marked(answers), "es")
    assert "facebook/bart-large-cnn" in summaries.document(replace(answers, unblinded=True), "es")


def test_what_the_exercise_lacks():
    assert [str(text) for text in summaries.missing(Answers())] == ["summaries: 2", "marks", "answer"]
    short = Answers(source="Corta.")
    assert str(summaries.missing(short)[0]) == "a source of 200 to 400 words"
    answers = filled(Answers(), {"sshleifer/distilbart-cnn-12-6": "Uno.", "facebook/bart-large-cnn": "Dos."})
    assert summaries.missing(replace(marked(answers), answer="x")) == []
