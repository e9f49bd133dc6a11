"""What a plain program is, and which module writes that of a job. Light: templates are read when one is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pkgutil import resolve_name
from typing import Any, Protocol

from llm_tui.errors import UserError
from llm_tui.i18n import Text, tr
from llm_tui.snippets.tested import Tested


class Done(Protocol):
    """What was done: a job, or several of one kind as a whole."""

    @property
    def kind(self) -> str: ...

    @property
    def name(self) -> Text: ...


@dataclass(frozen=True, slots=True)
class Snippet:
    """The plain program that does what a job did.

    `name` is for files (`training`), `text` the program. `files` are what it reads from beside itself, by name: only
    where the data are this program's own, or too long to be quoted.
    """

    name: str
    text: str
    files: Mapping[str, str] = field(default_factory=dict)


ROWS: dict[str, str] = {
    "training": "llm_tui.snippets.classic:training",
    "sweep": "llm_tui.snippets.classic:sweep",
    "prediction": "llm_tui.snippets.classic:prediction",
    "retest": "llm_tui.snippets.classic:retest",
    "tokens": "llm_tui.snippets.tokens:comparison",
    "generation": "llm_tui.snippets.generating:generate",
    "branch": "llm_tui.snippets.generating:generate",
    "round-trip": "llm_tui.snippets.generating:round_trip",
    "zero-shot": "llm_tui.snippets.foundation:zero_shot",
    "zero-shot-rows": "llm_tui.snippets.foundation:tested_rows",
    "zero-shot-test": "llm_tui.snippets.foundation:tested",
    "pairs": "llm_tui.snippets.foundation:in_pairs",
    "entities": "llm_tui.snippets.foundation:entities",
    "sentiment": "llm_tui.snippets.foundation:sentiment",
    "score": "llm_tui.snippets.foundation:score",
    "probe": "llm_tui.snippets.foundation:probe",
}
"""By a job's `kind`, who writes its program: `module:function`, of the job and the language (`en`, `es`)."""


def snippet(job: Done, language: str) -> Snippet:
    """The program of a job, commented in the language.

    Raises:
        UserError: there is none for such a job.
    """
    if job.kind not in ROWS:
        name = str(job.name)
        raise UserError(
            tr(f"There is no plain program of this: {name}.", f"De esto no hay un programa sencillo: {name}.")
        )
    write: Callable[[Done, str], Snippet] = resolve_name(ROWS[job.kind])
    return write(job, language)


def of_row(jobs: Sequence[Done], place: int, rows: Sequence[Sequence[object]]) -> list[Done]:
    """The jobs, first what made one of the `rows` of their table: the job that was asked a text which stands in the
    row, for this text alone; else the job in the row's place, where there are as many as rows.
    """
    for job in jobs:
        asked: Any = getattr(job, "job", job)
        texts: tuple[str, ...] = getattr(asked, "texts", (getattr(asked, "text", ""),))
        for number, text in enumerate(texts):
            if text and text in rows[place]:
                alone = replace(asked, texts=(text,)) if len(texts) > 1 else asked
                if isinstance(job, Tested):
                    alone = replace(job, job=alone, true=job.true[number : number + 1])
                return [alone, *(other for other in jobs if other != alone)]
    first = jobs[place : place + 1] if len(jobs) >= len(rows) else []
    return [*first, *(job for job in jobs if job not in first)]
