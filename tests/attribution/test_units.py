"""Pieces and the words that they are of."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from llm_tui.attribution.job import Attribute, OfClass, OfHypothesis, Unit
from llm_tui.attribution.units import Place, units
from llm_tui.engine.job import Context, run_job
from llm_tui.foundation.job import ModelChoice


def words(text, found):
    return [text[unit.start : unit.end] for unit in found]


def test_pieces_of_a_word_are_one_unit_and_what_stands_between_words_is_one_too():
    text = "¡No, incansable 😀!"
    spans = [(0, 1), (1, 3), (3, 4), (5, 7), (7, 15), (16, 17), (17, 18)]
    found, of = units(text, None, [None, *(Place(*span) for span in spans), None])
    assert words(text, found) == ["¡", "No", ",", "incansable", "😀!"]
    assert of == [None, 0, 1, 2, 3, 3, 4, 4, None]


def test_words_that_share_a_piece_are_one_unit_and_a_piece_of_white_space_is_of_the_next_word():
    found, of = units("a b  c", None, [Place(0, 3), Place(3, 5), Place(5, 6)])
    assert words("a b  c", found) == ["a b", "c"] and of == [0, 1, 1]


def test_the_words_of_a_hypothesis_come_after_those_of_the_text():
    found, of = units("ab", "ab c", [None, Place(0, 2), None, Place(0, 1, True), Place(1, 4, True), None])
    assert found == [Unit(0, 2), Unit(0, 4, True)] and of == [None, 0, None, 1, 1, None]


@settings(max_examples=25, deadline=None)
@given(text=st.text(st.characters(codec="utf-8"), max_size=40), name=st.sampled_from(["distilbert", "gpt2", "t5"]))
def test_every_piece_of_any_text_has_a_unit_and_units_stand_in_order(text, name, tokenizers_):
    given_ = tokenizers_[name].encode(text, add_special_tokens=False)
    found, of = units(text, None, [Place(*span) for span in given_.offsets])
    assert all(before.end <= after.start for before, after in itertools.pairwise(found))
    assert all(0 <= unit.start < unit.end <= len(text) for unit in found)
    if text.split():
        numbers = [number for number in of if number is not None]
        assert len(numbers) == len(of) and numbers == sorted(numbers) and set(numbers) == set(range(len(found)))


@pytest.fixture(scope="module")
def tokenizers_(classifiers):
    names = ("distilbert", "gpt2", "t5")
    return {name: Tokenizer.from_file(str(classifiers[name] / "tokenizer.json")) for name in names}


@pytest.mark.parametrize("of", [OfClass("neutral"), OfHypothesis("ñu", "Es {}.")])
def test_a_tokenizer_that_does_not_say_where_its_pieces_stand_is_aligned(of, classifiers, context: Context):
    """ByT5's: bytes, and no file."""
    text = "¿Mañana? Sí, mañana."
    result = run_job(Attribute(text, of, ModelChoice(str(classifiers["bytes"]), "cpu")), context)
    own = [unit for unit in result.units if not unit.of_hypothesis]
    assert words(text, own) == ["¿", "Mañana", "?", "Sí", ",", "mañana", "."]
    told = [unit for unit in result.units if unit.of_hypothesis]
    assert words("Es ñu.", told) == (["Es", "ñu", "."] if isinstance(of, OfHypothesis) else [])
