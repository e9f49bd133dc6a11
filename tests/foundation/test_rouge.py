"""ROUGE, against Google's rouge-score where that is right, and by hand where it is not."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from llm_tui.foundation.rouge import Rouge, ascii_words_of, rouge_l, rouge_n, words_of

REFERENCE = "La ingeniería de películas empieza mañana."
TEXT = "Mañana empieza la ingeniería de caminos."

package = RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=False)

few_words = st.lists(st.sampled_from(["The", "the", "cat", "sat", "on", "a", "mat", "don't", "x_1"]), max_size=30)
ascii_texts = few_words.map(" ".join) | st.text(st.characters(max_codepoint=127), max_size=60)
spanish_texts = st.lists(st.sampled_from(["la", "niña", "El", "niño", "sí", "sé", "mañana"]), max_size=20).map(" ".join)


def near(value: Any, **how: Any) -> Any:
    """As good as equal, wherever a number stands."""
    return pytest.approx(value, **how)


def measured(words_of, text: str, reference: str) -> list[Rouge]:
    words, others = words_of(text), words_of(reference)
    return [rouge_n(1, words, others), rouge_n(2, words, others), rouge_l(words, others)]


def by_package(text: str, reference: str):
    scores = package.score(reference, text)
    return [near(tuple(scores[name]), abs=1e-9) for name in ("rouge1", "rouge2", "rougeL")]


def values(scores: list[Rouge]) -> list[tuple[float, float, float]]:
    return [(score.precision, score.recall, score.f1) for score in scores]


@given(ascii_texts, ascii_texts)
@example("", "")
@example("", "the cat")
@example("the cat", "")
@example("cat", "cat")
def test_on_ascii_texts_both_are_the_packages(text, reference):
    assert values(measured(words_of, text, reference)) == by_package(text, reference)
    assert values(measured(ascii_words_of, text, reference)) == by_package(text, reference)


@given(spanish_texts | st.text(max_size=60), spanish_texts | st.text(max_size=60))
def test_ascii_words_are_the_packages_on_any_text(text, reference):
    assert values(measured(ascii_words_of, text, reference)) == by_package(text, reference)


def test_what_chooses_how_an_emoji_looks_is_no_word():
    assert words_of("⚠\ufe0f fallo ✔\ufe0f") == ["fallo"]
    assert words_of("\u0301") == [] and words_of("n\u0303") == ["ñ"]


def test_spanish_words_stay_whole():
    assert words_of(REFERENCE) == ["la", "ingeniería", "de", "películas", "empieza", "mañana"]
    # Of 6 words 5 are common; of 5 pairs "la ingeniería" and "ingeniería de"; in order "la ingeniería de".
    assert measured(words_of, TEXT, REFERENCE) == [
        Rouge(near(5 / 6), near(5 / 6), near(5 / 6)),
        Rouge(near(2 / 5), near(2 / 5), near(2 / 5)),
        Rouge(near(3 / 6), near(3 / 6), near(3 / 6)),
    ]


def test_the_package_breaks_spanish_words():
    assert ascii_words_of(REFERENCE) == ["la", "ingenier", "a", "de", "pel", "culas", "empieza", "ma", "ana"]
    # 8 and 9 pieces, of which 7 are common; 4 pairs of 7 and 8; in order "la ingenier a de".
    scores = measured(ascii_words_of, TEXT, REFERENCE)
    assert [(score.precision, score.recall) for score in scores] == [
        near((7 / 8, 7 / 9)),
        near((4 / 7, 4 / 8)),
        near((4 / 8, 4 / 9)),
    ]
    assert values(scores) == by_package(TEXT, REFERENCE)


def test_two_words_that_differ_in_an_accent_are_one_only_to_the_package():
    assert measured(words_of, "sé", "sí")[0].f1 == 0
    assert measured(ascii_words_of, "sé", "sí")[0].f1 == 1


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_accents_written_as_marks_of_their_own_make_no_difference(form):
    assert words_of(unicodedata.normalize(form, "¿MAÑANA, películas?")) == ["mañana", "películas"]


def test_a_mark_that_has_no_composed_form_stays_in_its_word():
    assert words_of("हिन्दी भाषा") == ["हिन्दी", "भाषा"]


def test_the_longest_common_subsequence_of_long_texts():
    words = [str(number) for number in range(20_000)]
    assert rouge_l(words, words[::2]) == Rouge(0.5, 1.0, near(2 / 3))
    assert rouge_l(words, words[::-1]).precision == 1 / 20_000
