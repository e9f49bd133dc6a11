"""What jobs have found out, for another program that takes it from this lab: a line each in results.jsonl, with what
was asked. A lab keeps them where lab.toml says `results = true`, as that of a task which was handed over does.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from llm_tui.classifier.job import Retest, Retested
from llm_tui.decoding import decode
from llm_tui.engine.events import Event, Failed, Finished
from llm_tui.engine.job import Job
from llm_tui.errors import UserError
from llm_tui.exercises.sheet import Learns
from llm_tui.foundation.job import Generate, Generated, RoundTrip, Score, ThereAndBack
from llm_tui.foundation.labels_job import Classified, ZeroShot
from llm_tui.foundation.rouge import Overlap
from llm_tui.lab.files import read_plain
from llm_tui.lab.store import Store

log = logging.getLogger(__name__)

FILE = "results.jsonl"

_KEPT: dict[str, tuple[type[Any], Any]] = {
    ZeroShot.kind: (ZeroShot, Classified),
    Generate.kind: (Generate, Generated),
    RoundTrip.kind: (RoundTrip, ThereAndBack),
    Retest.kind: (Retest, Retested),
    Score.kind: (Score, tuple[Overlap, ...]),
}
"""What sheets and the comparison ask: the job of each kind, and what comes back."""


@dataclass(frozen=True, slots=True)
class JobResult:
    """What one job has found out, or, with `result` None, why it failed."""

    job: Any
    result: Any = None
    failed: str = ""

    def put_into(self, sheet: Learns) -> Learns:
        """As if it had been asked here; what no such sheet asks is left out, for the lab may be anybody's."""
        try:
            if self.result is not None:
                return sheet.with_result(self.job, self.result)
            return sheet.with_failure(self.job, self.failed) or sheet
        except Exception:
            log.warning("a result from elsewhere does not fit the sheet", exc_info=True)
            return sheet


def keepers(store: Store, job: Job) -> tuple[Callable[[Event], None], ...]:
    """What writes down how a job ends, where the lab keeps that of this kind."""

    def keep(event: Event) -> None:
        match event:
            case Finished(result=result):
                if isinstance(result, Generated):
                    result = replace(result, pieces=())  # no sheet takes them
                line = {"kind": job.kind, "job": job, "result": result}
            case Failed(message=message):
                line = {"kind": job.kind, "job": job, "failed": message}
            case _:
                return
        try:
            store.append(store.folder / FILE, msgspec.json.encode(line).decode())
        except UserError as error:
            store.trouble("results", error)

    return (keep,) if job.kind in _KEPT and store.settings().get("results") is True else ()


def found(lab: Path, after: int = 0) -> list[JobResult | None]:
    """The results of a lab so far, but for the first `after` of them; None for a line that is none."""
    try:
        lines = read_plain(lab / FILE).rpartition(b"\n")[0].splitlines()
    except OSError:
        return []
    return [_found(line) for line in lines[after:]]


def _answers(found: JobResult) -> bool:
    """Whether there is an answer to each text that was asked, and a score for each label."""
    match found.result:
        case Classified(labels=labels, texts=texts):
            scored = all(len(text.scores) == len(found.job.labels) for text in texts)
            return labels == found.job.labels and len(texts) == len(found.job.texts) and scored
        case Generated(answers=answers):
            return len(answers) == len(found.job.texts)
        case Retested(texts=texts, labels=labels, predicted=predicted):
            return 0 < len(texts) == len(labels) == len(predicted)
        case tuple():
            return len(found.result) == len(found.job.texts)
    return True


def _found(line: bytes) -> JobResult | None:
    try:
        said = decode(line, dict[str, msgspec.Raw])
        kind, result = _KEPT[decode(said["kind"], str)]
        job = decode(said["job"], kind)
        if "failed" in said:
            return JobResult(job, failed=decode(said["failed"], str))
        found = JobResult(job, decode(said["result"], result))
        return found if _answers(found) else None
    except (msgspec.DecodeError, ValueError, KeyError, RecursionError):
        return None
