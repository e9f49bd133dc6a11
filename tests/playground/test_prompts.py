"""Templates of prompts: blanks, languages, and text of a person's that looks like a blank."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_tui.errors import UserError
from llm_tui.i18n import LANGUAGES
from llm_tui.playground.prompts import TEMPLATES, blanks, language_of, template

NAMES = [each.name for each in TEMPLATES]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_every_blank_of_a_template_stands_in_its_text_and_no_other_does(name, language):
    chosen = template(name)
    assert set(re.findall(r"\{(\w+)\}", chosen.text.within(language))) == {blank.name for blank in chosen.blanks}


def test_the_course_names_are_there():
    assert NAMES == ["qa", "explain", "rewrite", "terms", "json"]
    assert len({blank.name for blank in blanks()}) == len(blanks())


@settings(max_examples=20)
@given(st.text(max_size=40), st.text(max_size=40))
def test_what_is_filled_in_stands_there_as_it_was_written(passage, question):
    made = template("qa").prompt({"passage": passage, "question": question}, "es")
    if passage.strip() and question.strip():
        assert f"Texto: {passage.strip()}\n\nPregunta: {question.strip()}\nRespuesta:" in made


def test_an_empty_blank_has_its_default_or_is_asked_for():
    assert "[question]" in template("qa").prompt({"passage": "x"}, "en")
    assert "a principiantes, en 2 frases" in template("explain").prompt({"topic": "TLS"}, "es")
    template("explain").check({"topic": "TLS"})
    with pytest.raises(UserError, match="question"):
        template("qa").check({"passage": "x"})


@pytest.mark.parametrize(
    ("text", "found"),
    [("El perro está en la casa.", "es"), ("The dog is in the house.", "en"), ("TLS", "xx"), ("", "xx")],
)
def test_the_language_is_that_of_the_small_words(text, found):
    assert language_of(text, "xx") == found
