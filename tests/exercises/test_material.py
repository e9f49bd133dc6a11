"""The texts that exercises 3 to 6 begin with."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

import pytest

from llm_tui.exercises import material

LABELS = ("permitido", "spam", "odio", "sensibles")


def test_twenty_texts_bear_the_labels_of_the_course():
    assert len(material.MODERATION) == 20
    labels = Counter(label for _, label, _ in material.MODERATION)
    assert labels == dict.fromkeys(LABELS, 5)


def test_every_kind_is_as_frequent_within_each_label():
    """Else a kind could fail more often for its labels."""
    pairs = Counter((label, kind) for _, label, kind in material.MODERATION)
    wanted = {"plain": 2, "irony": 1, "slang": 1, "abbreviation": 1}
    assert pairs == {(label, kind): n for label in LABELS for kind, n in wanted.items()}
    assert set(material.KINDS) == set(wanted)
    assert len({name.en for name in material.KINDS.values()}) == len({name.es for name in material.KINDS.values()}) == 4


def test_abbreviations_are_in_the_texts_said_to_have_them_only():
    short = re.compile(r"\b(xq|q|x|d|t|tqm|tmb|tds|dsps|msj|aki)\b", re.IGNORECASE)
    for text, _, kind in material.MODERATION:
        assert (len(short.findall(text)) >= 2) == (kind == "abbreviation"), text


def test_no_text_stands_twice_and_all_are_short():
    texts = [text for text, _, _ in material.MODERATION]
    texts += [*material.SPANISH_SENTENCES, *material.ENGLISH_SENTENCES]
    assert len({text.casefold() for text in texts}) == 30
    assert all(len(text) <= 160 and text == text.strip() for text in texts)


def test_there_are_five_sentences_for_each_direction():
    assert len(material.SPANISH_SENTENCES) == len(material.ENGLISH_SENTENCES) == 5


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [(material.SOURCE_TEXT, 250, 350), (material.SOURCE_TEXT_EN, 200, 400), (material.PARAGRAPH, 80, 120)],
)
def test_the_lengths_that_the_exercises_ask_for(text, least, most):
    assert least <= len(text.split()) <= most


def test_both_source_texts_have_the_same_figures_and_names():
    spanish, english = (
        Counter(re.sub(r"[.,:](?=\d)", "", figure) for figure in re.findall(r"\d[\d.,:]*\d|\d", text))
        for text in (material.SOURCE_TEXT, material.SOURCE_TEXT_EN)
    )
    assert spanish == english and len(spanish) >= 10
    for name in ("Monteclaro", "Inés Olmedo", "Tomás Arriaga", "Brumalta", "Lucía Ferrán", "Alborada"):
        assert name in material.SOURCE_TEXT and name in material.SOURCE_TEXT_EN


def test_spanish_questions_and_exclamations_are_opened_and_letters_are_composed():
    texts = [text for text, _, _ in material.MODERATION]
    for text in (*texts, *material.SPANISH_SENTENCES, material.SOURCE_TEXT, material.PARAGRAPH):
        assert text.count("¿") == text.count("?") and text.count("¡") == text.count("!")
        assert text == unicodedata.normalize("NFC", text)
