"""What is counted of a text that a model wrote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_tui.foundation import facts
from llm_tui.foundation.rouge import words_of

ANY = st.text(st.characters(), max_size=200)  # surrogates among them


@pytest.mark.parametrize(
    ("source", "text", "invented"),
    [
        ("En 2021 Ana midió 1.200 ms en Lima.", "Ana midió 1,200 ms en 2021.", ()),
        ("Ana midió 12,50 ms.", "Ana midió 12.5 ms y 13 ms.", ("13",)),
        ("La empresa Teseo abrió.", "La empresa Tesco abrió en Quito.", ("Tesco", "Quito")),
        ("Peña y Núñez lo midieron.", "Lo midieron Pena y Nunez.", ()),  # accents that a vocabulary lost
        ("el equipo usa trazas", "Trazas. El equipo usa AWS.", ("AWS",)),
        ("Hola.", "¿Quién? «Nadie». Nadie más.", ()),  # each begins a sentence or a quotation
    ],
)
def test_names_and_numbers_that_the_source_does_not_have(source, text, invented):
    assert facts.invented(source, text) == invented


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", 0),
        ("...", 0),
        ("Sin punto", 1),
        ("Una. Dos.", 2),
        ("¿Una? ¡Dos! Tres… Y cuatro", 4),
        ("Cuesta 3.5 euros, p. ej. en Lima. Lo dijo el Dr. Ruiz.", 2),
        ("It costs 3.5 dollars, e.g. here. Mr. Smith said so.", 2),
        ("«Dijo que sí.» Luego se fue.", 2),
        ("Lo firma J. Pérez.", 1),
    ],
)
def test_sentences_are_counted(text, number):
    assert facts.sentences(text) == number


def test_the_longest_repetition_says_it_once():
    text = "El equipo de datos mide. Y el equipo de datos mide, pero el equipo calla."
    assert facts.repeated(text) == ("el equipo de datos mide",)
    assert facts.repeated("uno dos tres cuatro") == ()
    assert facts.repeated("ja ja ja ja ja") == ("ja ja ja ja ja",)


def test_what_a_summary_leaves_out_and_adds():
    assert facts.compression("uno dos tres cuatro", "uno cinco") == 0.5
    assert facts.new_words("uno dos tres cuatro", "uno cinco") == 0.5
    assert facts.compression("", "uno") is None
    assert facts.new_words("uno", "...") is None


@given(ANY, ANY)
def test_no_text_is_too_strange(source, text):
    words = words_of(text)
    for run in facts.repeated(text):
        grams: list[tuple[str, ...]] = list(zip(words, words[1:], words[2:], strict=False))
        assert grams.count(tuple(run.split()[:3])) > 1
    assert all(part in text for part in facts.invented(source, text))
    assert facts.sentences(text) <= len(words)
    assert (facts.new_words(source, text) or 0) <= 1
    assert (facts.compression(source, text) or 0) >= 0
