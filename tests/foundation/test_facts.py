"""What is counted of a text that a model wrote."""

from __future__ import annotations

import unicodedata

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
        ("Sube 12 500 metros y 10\u00a0000 más.", "Sube 12.500, o 12500, y 10,000.", ()),
        ("Sube 12 500 metros.", "Sube 500 m, y 12 más.", ("500", "12")),
        ("Cuesta 0,5 y 0.125.", "Cuesta 0,500 y 0.1250; 125 no.", ("125",)),
        ("Lo midió Raúl Go\u0301mez.", "Fue de Gómez.", ()),  # composed here, decomposed there
        ("Lo midió Raúl Gómez.", "Fue de Go\u0301mez.", ()),
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
        ("Se automatizan pruebas, despliegues, etc. El equipo revisa los registros.", 2),
        ("Pruebas, despliegues, etc. se automatizan. ¿Etc.? ¡Etc. ¿Sí?", 4),
        ("¿Basta con probar? No. Hay que observar.", 3),
        ("Dijo que no. Luego se fue. Es el no. 5 de la lista.", 3),
        ("Tarda 20 ms. Después termina. Ms. Smith lo midió.", 3),
    ],
)
def test_sentences_are_counted(text, number):
    assert facts.sentences(text) == number


def test_the_longest_repetition_says_it_once():
    text = "El equipo de datos mide. Y el equipo de datos mide, pero el equipo calla."
    assert facts.repeated(text) == ("el equipo de datos mide",)
    assert facts.repeated("uno dos tres cuatro") == ()
    assert facts.repeated("ja ja ja ja ja") == ("ja ja ja ja",)
    assert facts.repeated("a b c d x a b c y b c d") == ("a b c", "b c d")  # together they come once


def test_what_a_summary_leaves_out_and_adds():
    assert facts.compression("uno dos tres cuatro", "uno cinco") == 0.5
    assert facts.new_words("uno dos tres cuatro", "uno cinco") == 0.5
    assert facts.compression("", "uno") is None
    assert facts.new_words("uno", "...") is None


@given(st.lists(st.sampled_from("abc"), max_size=24))
def test_what_is_repeated_comes_twice_and_is_part_of_nothing_that_does(letters):
    runs = {tuple(letters[i:j]) for i in range(len(letters)) for j in range(i + 3, len(letters) + 1)}
    twice = {r for r in runs if sum(r == tuple(letters[i : i + len(r)]) for i in range(len(letters))) > 1}
    parts = {r[i:j] for r in twice for i in range(len(r)) for j in range(i + 3, len(r) + 1) if j - i < len(r)}
    found = facts.repeated(" ".join(letters))
    assert {tuple(run.split()) for run in found} == twice - parts and len(found) == len(twice - parts)


@given(ANY, ANY)
def test_no_text_is_too_strange(source, text):
    words = words_of(text)
    for run in facts.repeated(text):
        grams: list[tuple[str, ...]] = list(zip(words, words[1:], words[2:], strict=False))
        assert grams.count(tuple(run.split()[:3])) > 1
    assert all(part in unicodedata.normalize("NFC", text) for part in facts.invented(source, text))
    assert facts.sentences(text) <= len(words)
    assert (facts.new_words(source, text) or 0) <= 1
    assert (facts.compression(source, text) or 0) >= 0
