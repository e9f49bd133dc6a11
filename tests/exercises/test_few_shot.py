"""Few-shot on a small set: which answers are right, what is asked, and the table."""

from __future__ import annotations

import pytest
from statsmodels.stats.proportion import proportion_confint

from llm_tui.errors import UserError
from llm_tui.exercises.few_shot import Trial, read_pairs, same, shipped
from llm_tui.foundation.job import Answer, Asking, Generated, ModelChoice, Provenance, Settings
from llm_tui.i18n import LANGUAGES

BY = Provenance("somebody/little", "abc", "CPU", "float32", 1, 0.5)


@pytest.mark.parametrize(
    ("answer", "expected", "right"),
    [
        ("Música.", "musica", True),
        ("«Deportes»", "deportes", True),
        ("  pingüino ", "PINGUINO", True),
        ("año", "ano", False),
        ("ESPAN\u0303A!", "españa", True),
        ("deportes y salud", "deportes", False),
        ("", "deportes", False),
        ("...", "!", False),
        ("(**Música**.)", "música", True),
        ("¿« `música` »?", "música", True),
        ("C", "C#", False),
        ("C++", "C#", False),
        ("C++.", "c++", True),
        ("A*", "A", False),
        ("5", "-5", False),
        ("(-5)", "-5", True),
        (".5", "5", False),
        ("$5", "5", False),
        ("50 %", "50", False),
        ("50 %.", "50 %", True),
        ("+", "+", True),
        ("+", "-", False),
        ("👍", "👍", True),
        ("👍", "👎", False),
        (" ?", "?", True),
        ("?", "!", False),
        (":)", ":(", False),
    ],
)
def test_an_answer_is_right_by_the_stated_rule(answer, expected, right):
    assert same(answer, expected) is right


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_shipped_set_is_balanced_and_no_text_of_it_is_an_example(language):
    given = shipped(language)
    answers = [answer for _, answer in given.rows]
    assert len(given.rows) == len(set(given.rows)) == 20 and len(given.examples) == 4
    assert {answers.count(answer) for answer in answers} == {5}
    assert set(answers) == {answer for _, answer in given.examples}
    assert all(answer in given.instruction for answer in answers)
    trial = Trial(given.rows, given.examples, given.instruction)
    assert trial.asked == given.rows and trial.counts() == (0, 1, 2, 4)


def test_a_row_that_is_an_example_is_not_asked_and_so_many_examples_as_there_are_stand_before_the_others():
    trial = Trial((("a", "1"), ("b", "2"), ("c", "3")), ((" B", "2"), ("x", "9")), "Di.")
    assert trial.counts() == (0, 1, 2)
    job = trial.job(1, ModelChoice("a/b"), Asking(batch_size=3))
    assert job.texts == ("Di.\n\na", "Di.\n\nc") and job.examples == (("Di.\n\n B", "2"),) and job.batch_size == 3
    with pytest.raises(UserError):
        Trial((("a", "1"),), (("a", "1"),)).job(0, ModelChoice("a/b"), Asking())


def test_texts_that_differ_in_a_sign_are_not_each_others_example():
    rows = (("👍", "sí"), ("👎", "no"), ("¡Bien!", "sí"), ("¿Bien?", "no"))
    assert Trial(rows, (("👍", "sí"), ("¡BIEN!", "sí"))).asked == (rows[1], rows[3])


def test_the_table_has_wilsons_interval_and_what_a_prompt_takes():
    trial = Trial(tuple((str(n), "sí") for n in range(20)), (("x", "sí"),), name="mine")
    made = Generated(tuple(Answer("Si" if n < 7 else "no", "", 10 + n, 1, n == 0, True, "") for n in range(20)), BY)
    table = trial.table([made], Settings())
    low, high = proportion_confint(7, 20, method="wilson")
    assert table.rows == ((0, 7, 20, 0.35, f"{low:.3f}-{high:.3f}", 19.5, 1),)
    told = " ".join(said.en for said in table.footer)
    assert "mine" in told and "x => sí" in told and "Greedy" in told
    assert len(trial.table([made, made], Settings()).rows) == 2
    assert "1.00 s" in " ".join(said.en for said in trial.table([made, made], Settings()).footer)


@pytest.mark.parametrize(
    "content",
    [
        "a b,c\nd e,f\n",
        "entrada,salida\na b,c\nd e,f\n",
        "answer,question\nc,a b\nf,d e\n",
        "texto;respuesta\na b;c\nd e;f\n",
    ],
)
def test_a_table_of_two_columns_is_read_with_a_header_and_without(content, tmp_path):
    path = tmp_path / "set.csv"
    path.write_text(content, encoding="utf-8")
    assert read_pairs(path) == (("a b", "c"), ("d e", "f"))


def test_answers_are_what_the_file_says_whatever_numbers_they_are(tmp_path):
    path = tmp_path / "set.csv"
    path.write_text("pregunta,respuesta\n" + "".join(f"¿{n}?,{n % 3}.0\n" for n in range(9)), encoding="utf-8")
    assert {answer for _, answer in read_pairs(path)} == {"0.0", "1.0", "2.0"}
