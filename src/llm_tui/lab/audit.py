"""The lab's log: one JSON object per training or model call, appended as it ends."""

from __future__ import annotations

import dataclasses
import time
from datetime import datetime
from pathlib import Path

import msgspec

from llm_tui import __version__
from llm_tui.engine.events import Cancelled, Event, Failed, Finished, Started
from llm_tui.engine.job import Job
from llm_tui.lab.files import append_line


class Auditor:
    """A listener that writes one line to audit.jsonl when its job ends. A job that never started leaves none."""

    def __init__(self, path: Path, job: Job):
        self._path = path
        self._job = job
        self._began: float | None = None

    def __call__(self, event: Event) -> None:
        match event:
            case Started():
                self._began = time.monotonic()
            case Finished() | Failed() | Cancelled() if self._began is not None:
                append_line(self._path, msgspec.json.encode(self._entry(event)).decode())

    def _entry(self, event: Event) -> dict[str, object]:
        result = getattr(event, "result", None)
        made_by = getattr(result, "made_by", None)  # of a pretrained model's answer
        return {
            "time": datetime.now().astimezone().isoformat(timespec="seconds"),
            "job": self._job.kind,
            "settings": _told("settings", dataclasses.asdict(self._job)),  # type: ignore[call-overload]
            "device": getattr(made_by or result, "device", None),
            "revision": getattr(made_by, "revision", None),
            "precision": getattr(made_by, "precision", None),
            "seconds": round(time.monotonic() - (self._began or 0.0), 3),
            "outcome": type(event).__name__.lower(),
            "llm_tui": __version__,
        }


_TEXTS = ("text", "texts", "translation", "phrases", "reference")
"""Settings that hold what a person wrote."""


def _told(name: str, value: object) -> object:
    """A setting as the log may have it: of a path the last part, since the rest tells whose home it is in; of a
    person's text its SHA-256.
    """
    if isinstance(value, dict):
        return {key: _told(key, part) for key, part in value.items()}
    if isinstance(value, tuple | list):
        return [_told(name, part) for part in value]
    if not isinstance(value, str):
        return value
    if name in _TEXTS:
        import hashlib  # not at the top: it takes 9 ms, before the first paint

        return f"sha256:{hashlib.sha256(value.encode(errors='surrogatepass')).hexdigest()}"
    return Path(value).name if value.startswith(("/", "~", "..")) else value
