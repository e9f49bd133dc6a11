"""Texts of the project's own that exercises 3 to 6 begin with, until the student brings others."""

from __future__ import annotations

from dataclasses import dataclass

from llm_tui.exercises import data
from llm_tui.i18n import Text

KINDS: dict[str, Text] = {
    "plain": Text("plain", "directo"),
    "irony": Text("irony", "ironía"),
    "slang": Text("slang", "jerga"),
    "abbreviation": Text("abbreviations", "abreviaturas"),
}
"""How a text of exercise 3 is written, by its key."""


@dataclass(frozen=True, slots=True)
class _Material:
    moderation: tuple[tuple[str, str, str], ...]
    spanish_sentences: tuple[str, ...]
    english_sentences: tuple[str, ...]
    source_text: str
    source_text_en: str
    paragraph: str


_MATERIAL = data.read("material", _Material)

MODERATION = _MATERIAL.moderation
"""Text, true label and kind."""
SPANISH_SENTENCES = _MATERIAL.spanish_sentences
"""Technical sentences for ES->EN."""
ENGLISH_SENTENCES = _MATERIAL.english_sentences
"""Technical sentences for EN->ES."""
SOURCE_TEXT = _MATERIAL.source_text
"""A text to summarize in exercise 5."""
SOURCE_TEXT_EN = _MATERIAL.source_text_en
"""`SOURCE_TEXT` in English."""
PARAGRAPH = _MATERIAL.paragraph
"""A paragraph for the three prompts of exercise 6."""
