"""A session of plain mode in this process: what is typed goes in as one text, all that is said comes back."""

from __future__ import annotations

import io
import itertools
import re
import threading
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import filled_lab
import pytest

from llm_tui.classifier.job import Training
from llm_tui.engine.engine import Listener
from llm_tui.engine.events import Failed, Finished, Metric, Started, Token
from llm_tui.engine.job import Context, Job, run_job
from llm_tui.errors import UserError
from llm_tui.lab.lab import Lab
from llm_tui.plain import session, work
from llm_tui.plain.console import Console, Sent
from llm_tui.tokenization.job import Compare

FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f\u2500-\u259f\u2800-\u28ff]")
"""Control characters but the end of a line, line drawing, blocks, braille."""


def talk(lab: Lab, *typed: str, command: Callable[[Sequence[str]], None] = lambda given: None) -> str:
    """The lines that are typed, one after the other, and then the end of the input; what was said."""
    said = io.StringIO()
    reads = io.StringIO("".join(f"{line}\n" for line in typed))
    session.run(lab, command, line=Console(reads, Sent(said, ascii_only=False)))
    return said.getvalue()


def answered_by(monkeypatch: pytest.MonkeyPatch, answer: Callable[[Job], Any]) -> list[Job]:
    """Jobs are answered at once by `answer`; those that were asked."""
    asked: list[Job] = []

    class At0nce:
        def __init__(self) -> None:
            self._ids = itertools.count(1)

        def submit(self, job: Job, *listeners: Listener) -> int:
            asked.append(job)
            number = next(self._ids)
            try:
                result = answer(job)
                events = [Started(number), *told(number, job, result), Finished(number, result)]
            except UserError as error:
                events = [Started(number), Failed(number, str(error), type(error).__name__)]
            for event in events:
                for listener in listeners:
                    listener(event)
            return number

        def cancel(self) -> None: ...

        def interrupt(self) -> None: ...

        def close(self, timeout: float) -> bool:
            return True

    monkeypatch.setattr(work, "Engine", At0nce)
    return asked


def told(number: int, job: Job, result: Any) -> Sequence[Any]:
    """What a job tells on its way: a training its last report, a text that is generated its pieces."""
    if isinstance(job, Training):
        values = {"steps": 157, "loss": 0.3, "accuracy": 0.9, "examples_per_second": 1000.0, "seconds_left": 0.0}
        return [Metric(number, 157, values)]
    if answers := getattr(result, "answers", ()):
        return [Token(number, piece) for piece in re.findall(r"\S+\s*", answers[0].text)]
    return []


def as_in_the_filled_lab() -> Callable[[Job], Any]:
    """Answers as the models of `filled_lab` give them."""
    answer = filled_lab.answering()

    def one(job: Job) -> Any:
        if isinstance(job, Compare):
            return compared(job)
        found = answer(job)
        return run_job(job, Context(1, lambda event: None, threading.Event())) if found is None else found

    return one


def compared(job: Compare) -> Any:
    """The comparison that the table of `filled_lab` was made of."""
    rows, measured = filled_lab.cut_rows(), filled_lab.measured_tokenizers()
    cuts = {row.phrase: row.cuts for row in rows}
    return SimpleNamespace(
        text=job.text, translation=job.translation, tokenized=measured, proposals=tuple(cuts), cuts=cuts.get
    )
