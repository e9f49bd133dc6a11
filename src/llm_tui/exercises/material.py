"""How the texts of exercise 3 are written, and which of them came with the program, until the student brings others."""

from __future__ import annotations

from llm_tui.course.course import Moderation
from llm_tui.i18n import Text

KINDS: dict[str, Text] = {
    "plain": Text("plain", "directo"),
    "irony": Text("irony", "ironía"),
    "slang": Text("slang", "jerga"),
    "abbreviation": Text("abbreviations", "abreviaturas"),
}
"""How a text of exercise 3 is written, by its key."""

SHIPPED = frozenset((text, label) for text, label, _ in Moderation().texts)
"""Those that came with the program, with the label that they came with."""
