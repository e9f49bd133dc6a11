"""The lab's log: one JSON object per training or model call, appended as it ends, and read back one by one."""

from __future__ import annotations

import dataclasses
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

import msgspec

from llm_tui import __version__, files
from llm_tui.engine.events import Cancelled, Event, Failed, Finished, Started
from llm_tui.engine.job import Job
from llm_tui.errors import UserError, reason
from llm_tui.i18n import Text, tr
from llm_tui.lab.store import Store
from llm_tui.visible import visible

OUTCOMES: dict[str, Text] = {
    "finished": Text("finished", "terminado"),
    "failed": Text("failed", "fallido"),
    "cancelled": Text("stopped", "detenido"),
}
"""How a job can end, as the log has it and in words."""

JOBS: dict[str, Text] = {
    "training": Text("training", "entrenamiento"),
    "prediction": Text("prediction", "predicción"),
    "retest": Text("test of a saved model", "prueba de un modelo guardado"),
    "tokens": Text("comparison of tokenizers", "comparación de tokenizadores"),
    "generation": Text("generation", "generación de texto"),
    "round-trip": Text("translation there and back", "traducción de ida y vuelta"),
    "zero-shot": Text("zero-shot classification", "clasificación zero-shot"),
    "entities": Text("entities", "entidades"),
    "sentiment": Text("sentiment", "sentimiento"),
    "score": Text("comparison with a reference", "comparación con una referencia"),
    "probe": Text("jailbreak test", "prueba de jailbreak"),
    "models": Text("list of models", "lista de modelos"),
    "pull": Text("download of a model", "descarga de un modelo"),
    "remove": Text("removal of a model", "borrado de un modelo"),
    "aid": Text("count of pieces", "recuento de piezas"),
    "environment": Text("look at the environment", "examen del entorno"),
}
"""The kinds of jobs in words."""


def job_name(kind: str) -> Text:
    return JOBS.get(kind) or Text(kind, kind)


LONGEST = 2**24
"""No line of a log is longer, in bytes; where one is, the file is not a log."""


def log_of(lab: Path) -> Path:
    """Where the log of a lab is."""
    return lab / "audit.jsonl"


class Auditor:
    """A listener that writes one line to audit.jsonl when its job ends. A job that never started leaves none. Where it
    cannot be written, the person is told, and the job has its result all the same.

    Of what a person wrote the line has the SHA-256, with `texts` the text itself. It has no token and no path: of a
    path the last part, of a home folder not even that.
    """

    def __init__(self, store: Store, job: Job):
        self._store = store
        self._job = job
        self._texts = store.settings().get("log_texts") is True
        self._began: float | None = None

    def __call__(self, event: Event) -> None:
        match event:
            case Started():
                self._began = time.monotonic()
            case Finished() | Failed() | Cancelled() if self._began is not None:
                try:
                    self._store.append(log_of(self._store.folder), msgspec.json.encode(self._entry(event)).decode())
                    self._store.over("log")
                except UserError as error:
                    self._store.trouble("log", error)

    def _entry(self, event: Event) -> dict[str, object]:
        result = getattr(event, "result", None)
        made_by = getattr(result, "made_by", None)  # of a pretrained model's answer
        settings = dataclasses.asdict(self._job)  # type: ignore[call-overload]
        return {
            "time": datetime.now().astimezone().isoformat(timespec="seconds"),
            "job": self._job.kind,
            "settings": _told("settings", settings, self._texts),
            "device": getattr(made_by or result, "device", None),
            "revision": getattr(made_by, "revision", None),
            "precision": getattr(made_by, "precision", None),
            "seconds": round(time.monotonic() - (self._began or 0.0), 3),
            "outcome": type(event).__name__.lower(),
            "llm_tui": __version__,
        }


_TEXTS = ("text", "texts", "translation", "phrases", "reference")
"""Settings that hold what a person wrote."""

_WORDING = (*_TEXTS, "template", "labels")
"""Settings that are never a path, whatever they begin with."""


def _told(name: str, value: object, texts: bool) -> object:
    """A setting as the log may have it."""
    if isinstance(value, dict):
        return {key: _told(key, part, texts) for key, part in value.items()}
    if isinstance(value, tuple | list):
        return [_told(name, part, texts) for part in value]
    if not isinstance(value, str):
        return value
    if name in _TEXTS and not texts:
        import hashlib  # not at the top: it takes 9 ms, before the first paint

        return f"sha256:{hashlib.sha256(value.encode(errors='surrogatepass')).hexdigest()}"
    # A hub id has one slash at most.
    is_path = name not in _WORDING and (value.startswith(("/", "~", ".")) or value.count("/") > 1)
    return _private(_last_part(value) if is_path else value)


HIDDEN = "…"
"""Stands in the log for a token and for a home folder."""

_PRIVATE = re.compile(r"\b(?:hf|api_org)_[A-Za-z0-9]{16,}|/(?:home|Users)/[^/\s]+|~[\w.-]*(?=/)")


def _last_part(path: str) -> str:
    """The name of a file or folder; that of a home folder would be the name of a person."""
    home = os.path.basename(os.path.expanduser("~"))
    whole = os.path.normpath(os.path.join("/", os.path.expanduser(path)))
    name = os.path.basename(whole)
    somebody = path.startswith("~") and "/" not in path.rstrip("/")
    return HIDDEN if somebody or name in ("", home) or _PRIVATE.fullmatch(whole) else name


def _private(text: str) -> str:
    """`text` without tokens of the hub and paths of home folders; and without the halves of surrogate pairs, which
    JSON does not have.
    """
    for token in (os.environ.get(name, "").strip() for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")):
        if token:
            text = text.replace(token, HIDDEN)
    home = os.path.expanduser("~").rstrip("/")
    if home:
        text = re.sub(rf"{re.escape(home)}(?![\w.-])", HIDDEN, text)
    return _PRIVATE.sub(HIDDEN, text).encode(errors="replace").decode()


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log, each part safe to show; empty where the line has none. `seconds` is how long the job ran,
    `settings` what it was asked, in short; `fields` is the whole line as the file has it, and not safe to show.
    """

    time: str
    job: str
    model: str
    revision: str
    device: str
    precision: str
    seconds: float | None
    outcome: str
    settings: str
    fields: dict[str, object]

    def moment(self) -> datetime | None:
        """When the job ended; None where the line does not say so in ISO 8601."""
        try:
            return datetime.fromisoformat(self.time).astimezone()
        except (ValueError, OverflowError):
            return None


def entries(path: Path) -> Entries:
    """The entries of a log in the order of the file; of none, where there is no log."""
    return Entries(path)


class Entries(Iterator[Entry]):
    """Reads a log line by line, however long it is. `skipped` counts the lines so far that are no entry: a program
    that was killed may have left half of one.

    Raises:
        UserError: the file cannot be read.
    """

    def __init__(self, path: Path):
        self.skipped = 0
        self._path = path
        self._lines = self._read()

    def __next__(self) -> Entry:
        for line in self._lines:
            if entry := _entry(line):
                return entry
            self.skipped += 1
        raise StopIteration

    def _read(self) -> Iterator[bytes]:
        try:
            with files.opened(self._path) as file:
                yield from _lines(file)
        except FileNotFoundError:
            return
        except OSError as error:
            raise UserError(
                tr(
                    f"The log {self._path} cannot be read ({reason(error)}).",
                    f"No se puede leer el registro {self._path} ({reason(error)}).",
                )
            ) from error


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    """The lines that are not empty; of one that is too long its beginning."""
    while line := file.readline(LONGEST):
        rest = line
        while len(rest) == LONGEST and not rest.endswith(b"\n"):
            rest = file.readline(LONGEST)
        if line.strip():
            yield line


def _entry(line: bytes) -> Entry | None:
    try:
        fields = msgspec.json.decode(line, type=dict[str, object])
        return _of(fields) if fields.get("outcome") in OUTCOMES else None
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None


def _of(fields: dict[str, object]) -> Entry:
    settings, seconds = _group(fields.get("settings")), fields.get("seconds")
    model, how = settings.pop("model", None), _group(settings.pop("settings", None))
    return Entry(
        time=_word(fields.get("time")),
        job=_word(fields.get("job")),
        model=_word(_group(model).get("name", model)),
        revision=_word(fields.get("revision")),
        device=_word(fields.get("device")),
        precision=_word(fields.get("precision")),
        seconds=float(seconds) if isinstance(seconds, int | float) else None,
        outcome=_word(fields.get("outcome")),
        settings=_short(settings | how),
        fields=fields,
    )


def _group(value: object) -> dict[str, object]:
    return dict(value) if isinstance(value, dict) else {}


def _word(value: object) -> str:
    return visible(value) if isinstance(value, str) else ""


def _short(settings: dict[str, object]) -> str:
    """`name=value` for each setting that has one; of a list the first three, of a model its name."""
    parts = []
    for name, value in settings.items():
        values = value if isinstance(value, list) else [_group(value).get("name", value)]
        shown = [_brief(part) for part in values[:3]] + ["…"] * (len(values) > 3)
        if values and value not in (None, ""):
            parts.append(f"{visible(name)}={','.join(shown)}")
    return " ".join(parts)


def _brief(value: object) -> str:
    text = visible(value if isinstance(value, str) else msgspec.json.encode(value).decode())
    most = 15 if text.startswith("sha256:") else 60
    return text if len(text) <= most else f"{text[:most]}…"
