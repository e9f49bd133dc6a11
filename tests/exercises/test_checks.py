"""What exercise 6 asks of an answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_tui.exercises.checks import has_sentences, has_terms, is_label

LABELS = ("DevOps", "Seguridad", "Observabilidad")


@pytest.mark.parametrize(
    ("answer", "passed", "said"),
    [
        ("Observabilidad", True, "Observabilidad"),
        (" «observabilidad». ", True, "Observabilidad"),
        ("**DevOps**", True, "DevOps"),
        ("El tema es Seguridad.", False, "names Seguridad, and more"),
        ("DevOps, Seguridad", False, "DevOps, Seguridad"),
        ("Inseguridad", False, "none"),
        ("  ", False, "empty"),
    ],
)
def test_an_answer_is_one_of_the_labels_or_not(answer, passed, said):
    check = is_label(answer, LABELS)
    assert check.passed is passed and said in check.said.en


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("trazas, métricas, alertas, registros, latencia", 5),
        ("trazas, métricas, alertas, registros y latencia.", 5),
        ("1. trazas\n2. métricas\n3. alertas\n4. registros\n5. latencia", 5),
        ("- trazas\n- métricas\n* alertas\n• registros\n– latencia", 5),
        ("1) trazas 2) métricas 3) alertas 4) registros 5) latencia", 5),
        ("trazas; métricas; Trazas", 2),
        ("trazas y métricas", 2),
        ("tiempo de respuesta", 1),
    ],
)
def test_terms_are_counted_however_they_are_listed(answer, found):
    check = has_terms(answer, 5)
    has = "it has one term" if found == 1 else f"it has {found} different terms"
    assert f"{has}; 5 are asked for" in check.said.en
    assert check.passed is (found == 5)


def test_two_or_three_sentences():
    assert has_sentences("Una. Dos.").passed and has_sentences("Una. Dos. Tres.").passed
    assert not has_sentences("Una.").passed and not has_sentences("A b. C d. E f. G h.").passed
    assert not has_sentences("").passed
    assert str(has_sentences("Una.").said.es) == "tiene una oración; se piden 2 o 3"


@given(st.text(st.characters(), max_size=100))
def test_no_answer_is_too_strange(answer):
    for check in (is_label(answer, LABELS), has_terms(answer, 5), has_sentences(answer)):
        assert check.said.en and check.said.es
