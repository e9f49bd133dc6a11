"""Exercise 7: the checklist, the draft, and what the paragraph still lacks."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
from filled_lab import PARAGRAPH
from hypothesis import given
from hypothesis import strategies as st

from llm_tui.exercises import ethics
from llm_tui.exercises.checklist import COURSE_ITEMS, EXTENDED_ITEMS, TOPICS, Item
from llm_tui.exercises.ethics import Answers, Entry, checks, draft, meters, state
from llm_tui.i18n import Text


def said(paragraph: str) -> dict[str, bool]:
    """The checks by what they are about."""
    names = ["lines", "paragraphs", *map(str, TOPICS.values()), "recommendations", "context"]
    return {name: check.passed for name, check in zip(names, checks(paragraph), strict=True)}


def test_an_empty_paragraph_lacks_everything() -> None:
    assert not any(said("").values()) and len(said("")) == 2 + len(TOPICS) + 2


def test_a_whole_paragraph_lacks_nothing_and_each_part_of_it_is_missed() -> None:
    assert all(said(PARAGRAPH).values())
    for word, name in (
        ("sesgos", "Bias"),
        ("privacidad", "Privacy"),
        ("auditoría", "Life cycle"),
        ("Recomiendo", "recommendations"),
    ):
        changed = PARAGRAPH.replace(word, "...").replace("Sesgos", "").replace("ciclo de vida", "").replace(
            "ciclo de vida", "").replace("rollback", "").replace("El ciclo de vida", "")  # fmt: skip
        assert said(changed)[name] is False, word


@pytest.mark.parametrize(
    ("text", "passed"),
    [
        ("x" * 700, False),  # 7 lines of 100
        ("x" * 701, True),
        ("x" * 1200, True),
        ("x" * 1201, False),
    ],
)
def test_a_line_has_a_hundred_characters(text: str, passed: bool) -> None:
    assert said(text)["lines"] is passed


def test_two_paragraphs_are_one_too_many_and_a_broken_line_is_none() -> None:
    assert said("uno\ndos")["paragraphs"] and not said("uno\n \ndos")["paragraphs"]


@pytest.mark.parametrize(
    ("text", "passed"),
    [
        ("Nada que decir.", False),
        ("Conviene revisar.", True),
        ("Se deben revisar los textos. We should log everything.", True),
        ("Conviene, hay que y se debe revisar.", True),  # one sentence, one recommendation
        ("Recomiendo a. Recomiendo b. Recomiendo c.", False),
        ("El deber cumplido.", False),
    ],
)
def test_one_or_two_recommendations(text: str, passed: bool) -> None:
    assert said(text)["recommendations"] is passed


@pytest.mark.parametrize(
    ("text", "passed"),
    [
        ("Recomiendo revisar lo que se publica.", False),
        ("Recomiendo que en nuestro laboratorio se revise lo que se publica.", True),
        ("En las prácticas del módulo conviene revisar lo que se publica.", True),
        ("The course should review what it publishes.", True),
        ("A model of courseware, coursed over labels.", False),
    ],
)
def test_the_recommendations_are_for_the_students_own_context(text: str, passed: bool) -> None:
    assert said(text)["context"] is passed


def test_topics_are_found_in_both_languages_with_and_without_accents() -> None:
    spanish = said("Sesgos, privacidad, trazabilidad, despliegue seguro y ciclo de vida")
    english = said("Bias, privacy, traceability, safe deployment and the life cycle")
    plain = said("DISCRIMINACION, anonimizacion, registros, monitoreo, auditoria")
    for found in (spanish, english, plain):
        assert all(found[str(name)] for name in TOPICS.values())


@given(st.text(max_size=300))
def test_any_text_can_be_checked(text: str) -> None:
    assert len(checks(text)) == 9


def entries(*given: tuple[int, Entry]) -> Answers:
    answers = Answers()
    for row, entry in given:
        answers = answers.with_entry(COURSE_ITEMS[row].id, entry)
    return answers


def test_the_draft_is_the_answers_by_topic_and_the_gravest_mitigations_as_recommendations() -> None:
    answers = entries(
        (0, Entry("met", "Faltan textos de América")),
        (5, Entry("partly", "No hay nombres.", "Quitar las direcciones", "low")),
        (10, Entry("not_met", "", "Escribir el registro", "high")),
        (15, Entry("not_met", "Nadie vigila.", "Poner un límite", "medium")),
    )
    assert draft(answers, "es") == (
        "Sobre sesgos: Faltan textos de América. Sobre privacidad: No hay nombres. Quitar las direcciones. Sobre "
        "despliegue seguro: Nadie vigila. Recomiendo: Escribir el registro. Recomiendo: Poner un límite."
    )
    assert draft(answers, "en").startswith("On bias: Faltan") and "I recommend: Escribir" in draft(answers, "en")
    assert draft(Answers(), "es") == ""
    assert said(draft(answers, "es"))["recommendations"]


def test_a_severity_weighs_the_same_in_either_language() -> None:
    words = ("low", "Media", "alta ", "HIGH", "baja", "mucha")
    answers = entries(*((n, Entry("not_met", mitigation=f"do {n}", severity=word)) for n, word in enumerate(words)))
    assert draft(answers, "en").endswith("I recommend: do 2. I recommend: do 3.")
    assert [row[5] for row in ethics.table(answers, "en").rows][:6] == ["low", "medium", "high", "high", "low", "mucha"]


def test_an_answer_whose_question_has_no_state_is_said_and_stays_open() -> None:
    one = entries((0, Entry(answer="Sí."))).with_answer(PARAGRAPH)
    assert state(one).said(True).en.endswith("25 open questions, the state of a question that is answered")
    several = entries((0, Entry(answer="Sí.")), (3, Entry(answer="No.")), (5, Entry("met"))).with_answer(PARAGRAPH)
    assert state(several).said(True).es == (
        "completo; opcional: 24 preguntas abiertas, el estado de 2 preguntas respondidas"
    )


def test_what_is_missing_goes_away_step_by_step() -> None:
    assert state(Answers()).said(False).es == "por hacer: el párrafo"
    answers = Answers(answer=PARAGRAPH)
    assert state(answers).said(True).en == "complete; optional: 25 open questions"
    for item in COURSE_ITEMS:
        answers = answers.with_entry(item.id, Entry("not_met"))
    assert state(answers).said(True).en == "complete; optional: 25 mitigations"
    for item in COURSE_ITEMS:
        answers = answers.with_entry(item.id, Entry("not_met", mitigation="Algo."))
    assert state(answers).said(True).en == "complete"
    short = replace(answers, answer="Los sesgos importan.\n\nRecomiendo medirlos.")
    assert [text.es for text in state(short).missing] == [
        "de 8 a 12 líneas (hay 1)",
        "un párrafo único (hay 2)",
        "el tema «Privacidad»",
        "el tema «Trazabilidad»",
        "el tema «Despliegue seguro»",
        "el tema «Ciclo de vida»",
        "su propio curso, laboratorio o proyecto",
    ]


def test_meters_count_what_is_no_longer_open_for_each_topic_and_own_topics_come_last() -> None:
    own = tuple(Item(f"x{n}", "data", Text("Is it?", "¿Es?")) for n in range(3))
    answers = Answers(own=own).with_entry("x1", Entry("not_applicable")).with_entry(COURSE_ITEMS[0].id, Entry("met"))
    counted = meters(answers)
    assert [topic for topic, _, _ in counted] == [*TOPICS, "data"]
    assert counted[0][1:] == (1, 5) and counted[-1] == ("data", 1, 3)
    more = {topic: of for topic, _, of in meters(Answers(extended=True))}
    assert sum(more.values()) == len(COURSE_ITEMS) + len(EXTENDED_ITEMS)


def test_open_questions_and_empty_columns_are_not_handed_in() -> None:
    document = ethics.document(entries((3, Entry("met", "Sí."))), "en")
    assert "| topic " in document and "mitigation" not in document and "owner" not in document
    assert document.count("\n|") == 3 and "24 of the 25 questions are open." in document
    assert "|" not in ethics.document(Answers(answer="Uno."), "es")


def test_evidence_is_said_as_the_lab_has_it_now() -> None:
    answers = entries((0, Entry("met", evidence=("run", "gone"))))
    table = ethics.table(answers, "en", {"run": "accuracy 0.9"})
    assert dict(zip((c.key for c in table.columns), table.rows[0], strict=True))["evidence"] == "accuracy 0.9; gone"


ENTRY = st.builds(
    Entry, st.sampled_from(sorted(ethics.STATES)), *[st.text(max_size=9)] * 5, st.tuples(st.text(max_size=5))
)


@given(given=st.lists(ENTRY, max_size=5), answer=st.text(max_size=30))
def test_answers_are_kept_as_they_are(given: list[Entry], answer: str) -> None:
    answers = entries(*enumerate(given)).with_answer(answer)
    assert msgspec.json.decode(msgspec.json.encode(answers), type=Answers) == answers
