"""The steps of exercise 7."""

from __future__ import annotations

from collections.abc import Iterator

from llm_tui.exercises.contract import Beside
from llm_tui.exercises.ethics import Answers, checks, draft
from llm_tui.exercises.next_step import Step
from llm_tui.i18n import Text


def steps(answers: Answers, known: Beside) -> Iterator[Step]:
    """The paragraph, found by way of the checklist, and what it still lacks."""
    if not answers.answer.strip():
        begin = "draft" if draft(answers, "en") else "list"
        yield Step(Text("the paragraph is missing", "falta el párrafo"), ("answer", begin))
        return
    for check in checks(answers.answer):
        if not check.passed:
            yield Step(
                Text("the paragraph lacks {what}", "al párrafo le falta {what}").format(what=check.wanted), ("answer",)
            )
