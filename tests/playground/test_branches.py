"""What the session of the playground keeps of answers that branch off others."""

from __future__ import annotations

import re
from dataclasses import replace

from llm_tui.engine.events import Finished
from llm_tui.foundation import branch
from llm_tui.foundation.job import Answer, Generate, Generated, ModelChoice, Provenance
from llm_tui.playground.session import Asked, Session
from llm_tui.playground.state import Playground

FIELDS = replace(Playground(), task="prompt").with_input("Why [b]?")


def answered(session: Session, number: int, text: str, of: Asked | None = None, *begun: int) -> Asked:
    job = Generate("prompt", ("Why [b]?",), ModelChoice("m"))
    made = Generated((Answer(text, "", 3, 4, False, True, ""),), Provenance("m"))
    asked = Asked(FIELDS, branch.of(job, begun, f"to{number}", "|in") if of else job, of=of)
    session.ask(number, asked)
    session.hear(Finished(number, made))
    return asked


def grown() -> tuple[Session, list[Asked]]:
    """Two questions that are the same, each with a branch, and the first with a branch of its branch."""
    session = Session()
    first = answered(session, 1, "one")
    second = answered(session, 2, "one")
    of_first = answered(session, 3, "uno", first, 5, 6)
    of_branch = answered(session, 4, "un", of_first, 5, 6, 7)
    of_second = answered(session, 5, "two", second, 5)
    return session, [second, of_second, first, of_first, of_branch]


def test_a_branch_stands_behind_the_answer_that_it_branches_off():
    session, expected = grown()
    assert session.past == expected
    assert session.shown is expected[1]
    lines = [asked.listed().partition(":")[0] for asked in session.past]
    assert lines == ["Prompt", "└ piece 1", "Prompt", "└ piece 2", "  └ piece 3"]


def test_the_export_names_what_was_taken_in_place_of_what():
    session, _ = grown()
    document = session.document("en")
    told = re.findall(r"\| (one|uno|un|two) +\|", document)
    assert told == ["one", "uno", "un", "one", "two"]
    assert "From piece 2 on: “to3” in place of “|in”." in document.replace("\\", "")
    assert "Desde la pieza 3: «to4» en lugar de" in session.document("es")


def test_the_line_under_a_branch_says_it_too():
    _, (_, of_second, *_) = grown()
    assert "From piece 1 on: “to5” in place of “|in”." in of_second.task.said(of_second.job, of_second.result)
