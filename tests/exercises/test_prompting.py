"""The sheet of exercise 6, without a screen: what is asked, and its export."""

from __future__ import annotations

from dataclasses import replace

import pytest
from gfm import lists
from hypothesis import given
from hypothesis import strategies as st

from llm_tui.errors import UserError
from llm_tui.exercises import prompting
from llm_tui.exercises.prompting import TITLES, Answers
from llm_tui.foundation.job import Answer, Asking, Generated, Provenance, Settings
from llm_tui.visible import visible

BY = Provenance("somebody/little", "", "CPU", "float32", 1, 0.5)


def filled(answers: Answers, output: str, asking: Asking = Asking()) -> Answers:  # noqa: B008
    for job in answers.pending(asking):
        answers = answers.with_result(job, Generated((Answer(output, "x", 9, 5, False, True, ""),), BY))
    return answers


def test_other_settings_words_or_models_are_other_runs():
    answers = filled(Answers(), "uno")
    assert not list(answers.pending(Asking()))
    sampled = Asking(settings=Settings(sample=True, seed=3))
    assert len(list(answers.pending(sampled))) == 3
    assert len(list(replace(answers, paragraph="Otro.").pending(Asking()))) == 3
    assert len(list(replace(answers, model="otro").pending(Asking()))) == 3
    twice = filled(answers, "dos", sampled)
    assert [run.output for run in twice.prompt("terms").runs] == ["dos", "uno"]
    with pytest.raises(UserError, match="no paragraph"):
        list(replace(answers, paragraph=" ").pending(Asking()))


def test_an_answer_to_words_that_were_changed_meanwhile_is_not_put_to_the_new_ones():
    answers = Answers()
    (job, *_) = answers.pending(Asking())
    prompt = replace(answers.prompt("classification"), instruction="Otra cosa.")
    changed = answers.with_prompt("classification", prompt)
    assert changed.with_result(job, Generated((Answer("x", "x", 1, 1, False, True, ""),), BY)) == changed


AWKWARD = st.text(st.sampled_from("ab |`<unk>\n\\*_[]&#~ñ▁é!:/.\x1b"), min_size=1, max_size=20)


def shown(text: str) -> str:
    return visible(" ".join(text.split())) or "-"


@given(AWKWARD, AWKWARD.filter(str.strip), AWKWARD)
def test_the_export_is_the_same_whatever_is_in_it(output, instruction, note):
    answers = Answers()
    for name in TITLES:
        answers = answers.with_prompt(name, replace(answers.prompt(name), instruction=instruction, note=note))
    written = [item for listed in lists(prompting.document(filled(answers, output), "es")) for item in listed]
    assert len(written) == 18
    for head, text in (("Instrucción:", instruction), ("Salida:", output), ("Breve nota:", note)):
        assert [found for name, found in written if name == head] == [shown(text).strip()] * 3


def test_the_footer_credits_each_answer_to_what_made_it_and_not_to_today_s_program():
    answers = Answers()
    makers = (replace(BY, device="cuda:0", version="0.0.8"), BY, replace(BY, device="cuda:0", version="0.0.8"))
    for job, by in zip(list(answers.pending(Asking())), makers, strict=True):
        answers = answers.with_result(job, Generated((Answer("x", "x", 9, 5, False, True, ""),), by))
    said = [text.en.partition(" Greedy")[0] for text in prompting.footer(answers)]
    assert said == [
        "Model: somebody/little; 0.0 M parameters; cuda:0; float32; 1.00 s; llm-tui 0.0.8.",
        "Model: somebody/little; 0.0 M parameters; CPU; float32; 0.50 s.",  # of a lab that does not say it
    ]


def test_a_text_that_was_cut_and_an_answer_without_an_end_are_handed_in_as_such():
    answers = Answers()
    for job, (cut, complete) in zip(
        answers.pending(Asking()), ((True, True), (False, False), (False, True)), strict=True
    ):
        answers = answers.with_result(job, Generated((Answer("x", "x", 9, 5, cut, complete, ""),), BY))
    first, second, _ = (said.en for said in prompting.footer(answers))
    assert first == "Classification: The text was cut: it is longer than the model takes."
    assert second == "Key terms: The answer reached its limit: the end is missing."
    assert "Extracción de claves: La respuesta llegó a su límite: falta el final." in prompting.document(answers, "es")


def test_an_answer_that_is_thinking_alone_is_handed_in_as_such():
    answers = filled(Answers(), "<think>Un momento")
    assert "Clasificación: Solo se escribió el razonamiento del modelo" in prompting.document(answers, "es")


def test_what_the_exercise_lacks():
    assert lacks(Answers()) == ["the model's answers to 3 instructions", "3 notes"]
    answers = filled(Answers(), "uno")
    for name in TITLES:
        answers = answers.with_prompt(name, replace(answers.prompt(name), note="y"))
    assert lacks(answers) == []
    assert prompting.state(answers).said(True).es == "completo; opcional: la respuesta"


def test_the_three_are_about_one_paragraph():
    answers = filled(Answers(), "uno")
    other = filled(replace(answers, paragraph="Otro."), "dos")
    mixed = other.with_prompt("terms", replace(other.prompt("terms"), chosen=1))
    assert lacks(mixed)[0] == "one paragraph for all three"


def lacks(answers: Answers) -> list[str]:
    return [text.en for text in prompting.state(answers).missing]
