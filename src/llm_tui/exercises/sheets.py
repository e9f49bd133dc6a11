"""The sheets by the number of their exercise. Each module has NUMBER, Answers, table, document and state."""

from __future__ import annotations

from types import ModuleType

from llm_tui.exercises import moderation, prompting, summaries, translation

SHEETS: dict[int, ModuleType] = {module.NUMBER: module for module in (moderation, translation, summaries, prompting)}
