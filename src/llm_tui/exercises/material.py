"""The texts that come with the program, and how those of exercise 3 are written."""

from __future__ import annotations

from llm_tui.course.course import Moderation, Prompting, Summaries, Translation
from llm_tui.i18n import Text

KINDS: dict[str, Text] = {
    "plain": Text("plain", "directo"),
    "irony": Text("irony", "ironía"),
    "slang": Text("slang", "jerga"),
    "abbreviation": Text("abbreviations", "abreviaturas"),
}
"""How a text of exercise 3 is written, by its key."""

MODERATION = Moderation().texts
"""Text, true label and kind."""
SPANISH_SENTENCES, ENGLISH_SENTENCES = Translation().spanish, Translation().english
"""Technical sentences for ES->EN and for EN->ES."""
SOURCE_TEXT, SOURCE_TEXT_EN = Summaries().source, Summaries().source_en
"""A text to summarize in exercise 5, and the same in English."""
PARAGRAPH = Prompting().paragraph
"""A paragraph for the three prompts of exercise 6."""
