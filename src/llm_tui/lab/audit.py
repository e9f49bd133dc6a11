"""The lab's log: one JSON object per training or model call, appended as it ends, and read back one by one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import msgspec

from llm_tui import __version__, files
from llm_tui.config import read_config
from llm_tui.decoding import convert, decode
from llm_tui.engine.energy import Energy
from llm_tui.engine.events import Cancelled, Event, Failed, Finished, Started
from llm_tui.errors import UserError, reason
from llm_tui.i18n import Text, tr
from llm_tui.lab.answered import answer_of, versions
from llm_tui.lab.privacy import settings_of
from llm_tui.serving.address import served_by
from llm_tui.visible import visible

if TYPE_CHECKING:
    from llm_tui.engine.job import Job
    from llm_tui.lab.store import Store

OUTCOMES: dict[str, Text] = {
    "finished": Text("finished", "terminado"),
    "failed": Text("failed", "fallido"),
    "cancelled": Text("stopped", "detenido"),
}
"""How a job can end, as the log has it and in words."""

_WITH_JOBS = (
    "llm_tui.attribution.attention_job",
    "llm_tui.attribution.job",
    "llm_tui.attribution.piece_job",
    "llm_tui.bias.job",
    "llm_tui.classifier.job",
    "llm_tui.classifier.why_job",
    "llm_tui.environment",
    "llm_tui.foundation.branch",
    "llm_tui.foundation.inspection",
    "llm_tui.foundation.job",
    "llm_tui.foundation.models",
    "llm_tui.foundation.probes",
    "llm_tui.labels.job",
    "llm_tui.serving.job",
    "llm_tui.tokenization.job",
)
"""Where the classes of jobs are, beside those of tasks and exercises. All are light."""


@cache
def _job_names(modules: tuple[str, ...]) -> dict[str, Text]:
    there = (thing for module in modules for thing in vars(import_module(module)).values())
    jobs: list[Any] = [thing for thing in there if isinstance(thing, type) and hasattr(thing, "runner")]
    return {job.kind: job.name for job in jobs}


def job_name(kind: str) -> Text:
    """A kind of job in words, as the job itself says; of one that this version does not have the kind."""
    from llm_tui.exercises.registry import EXERCISES
    from llm_tui.playground import registry  # not at the top: it brings the tasks' own, before the first paint

    of_exercises = (row.definition.partition(":")[0] for row in EXERCISES)
    return _job_names((*_WITH_JOBS, *registry.ROWS, *of_exercises)).get(kind) or Text(kind, kind)


LONGEST = 2**24
"""No line of a log is longer, in bytes; where one is, the file is not a log."""


def log_of(lab: Path) -> Path:
    """Where the log of a lab is."""
    return lab / "audit.jsonl"


class Auditor:
    """A listener that writes one line to audit.jsonl when its job ends. A job that never started leaves none. Where it
    cannot be written, the person is told, and the job has its result all the same.

    Of what a person wrote the line has the SHA-256, with `texts` the text itself. It has no token and no path: of a
    path the last part, of a home folder not even that. Servers that it sent texts to are named, however it ended.
    """

    def __init__(self, store: Store, job: Job):
        self._store = store
        self._job = job
        self._texts = store.settings().get("log_texts", read_config().value("log_texts")) is True
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

    def _entry(self, event: Finished | Failed | Cancelled) -> dict[str, object]:
        result = getattr(event, "result", None)
        made_by = getattr(result, "made_by", None)  # of a pretrained model's answer
        return {
            "time": datetime.now().astimezone().isoformat(timespec="seconds"),
            "job": self._job.kind,
            "settings": settings_of(self._job, self._texts),
            "device": getattr(made_by or result, "device", None),
            "revision": getattr(made_by, "revision", None),
            "precision": getattr(made_by, "precision", None),
            "seconds": round(time.monotonic() - (self._began or 0.0), 3),
            "energy": event.energy,
            "outcome": type(event).__name__.lower(),
            "llm_tui": __version__,
            **({"answer": answer_of(result, self._texts), "versions": versions()} if made_by else {}),
            **({"sent_to": [there.place for there in sent]} if (sent := served_by(self._job)) else {}),
        }


class Entry:
    """One line of the log, each part safe to show, and made when it is asked for; empty where the line has none.
    `seconds` is how long the job ran, `energy` what its work used, None where it had none, `settings` what it was
    asked, in short, `sent_to` the servers (`host:port`) that its texts went to; `fields` is the whole line as the file
    has it, and not safe to show.
    """

    def __init__(self, line: bytes, outcome: str):
        self.outcome = outcome
        self._line = line

    @cached_property
    def fields(self) -> dict[str, object]:
        """A number that is larger than any is left out with the part that it stands in; so is all that is nested so
        deep that it could be passed over, and not read.
        """
        for read in (_whole, _readable):
            with suppress(msgspec.ValidationError, RecursionError):
                return read(self._line)
        return {"outcome": self.outcome}

    @property
    def time(self) -> str:
        return _word(self.fields.get("time"))

    @property
    def job(self) -> str:
        return _word(self.fields.get("job"))

    @property
    def model(self) -> str:
        return _model(self.fields)

    @property
    def revision(self) -> str:
        return _word(self.fields.get("revision"))

    @property
    def device(self) -> str:
        return _device(self.fields)

    @property
    def precision(self) -> str:
        return _word(self.fields.get("precision"))

    @property
    def seconds(self) -> float | None:
        seconds = self.fields.get("seconds")
        return float(seconds) if isinstance(seconds, int | float) else None

    @property
    def energy(self) -> Energy | None:
        return _energy(self.fields)

    @property
    def settings(self) -> str:
        settings = _group(self.fields.get("settings"))
        how = _group(settings.pop("settings", None))
        settings.pop("model", None)
        return _short(settings | how)

    @property
    def sent_to(self) -> tuple[str, ...]:
        return _words(self.fields.get("sent_to"))

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
            if entry := entry_of(line):
                return entry
            self.skipped += 1
        raise StopIteration

    @property
    def lines(self) -> Iterator[bytes]:
        """Those that are not read yet, as they are written."""
        return self._lines

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
        if not line.isspace():
            yield line


class _Line(msgspec.Struct):
    """What makes a line an entry, as it is written."""

    outcome: msgspec.Raw = msgspec.Raw(b"")


_decoder = msgspec.json.Decoder(_Line)
_ENDINGS = {msgspec.json.encode(outcome): outcome for outcome in OUTCOMES}


def entry_of(line: bytes) -> Entry | None:
    """None of a line that is no entry."""
    try:
        if sound(line):
            outcome: Any = _ENDINGS.get(bytes(_decoder.decode(line).outcome))
        else:
            outcome = _whole(line).get("outcome")
        return Entry(line, outcome) if outcome in OUTCOMES else None
    except (msgspec.DecodeError, ValueError, RecursionError, TypeError):
        return None


def sound(line: bytes) -> bool:
    """Whether what is in it can be passed over now, and read later: msgspec does not look whether texts are characters.
    What is not UTF-8 is not, nor half of a pair of surrogates, which is written as a number.
    """
    if b"\\" in line and b"\\u" in line:  # the first is found at once
        return False
    try:
        return line.isascii() or bool(line.decode())
    except UnicodeDecodeError:
        return False


def _whole(line: bytes) -> dict[str, object]:
    return decode(line, dict[str, object])


def _readable(line: bytes) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, part in decode(line, dict[str, msgspec.Raw]).items():
        with suppress(msgspec.ValidationError):
            found[name] = decode(part, object)
    return found


def _device(fields: dict[str, object]) -> str:
    """With the node, where a scheduler has run it."""
    device, node = _word(fields.get("device")), _word(_group(fields.get("ran")).get("node"))
    return f"{device} ({node})" if device and node else device


def _is_lead(fields: dict[str, object]) -> bool:
    """Whether it is the beginning of a text, for which no model was asked."""
    from llm_tui.foundation.job import LEAD

    return _model(fields) == LEAD


def _energy(fields: dict[str, object]) -> Energy | None:
    """Earlier versions did not measure it: of what worked then it is not known."""
    if "energy" not in fields and (fields.get("job") in _IDLE or _is_lead(fields)):
        return None
    try:
        return convert(fields.get("energy", ...), Energy | None)  # type: ignore[arg-type]
    except msgspec.ValidationError:
        return Energy.unknown("unknown")


_IDLE = ("environment", "pull", "remove")
"""The kinds of jobs of earlier versions in which no model worked."""


def _model(fields: dict[str, object]) -> str:
    model = _group(fields.get("settings")).get("model")
    return _word(_group(model).get("name", model))


def _group(value: object) -> dict[str, object]:
    return dict(value) if isinstance(value, dict) else {}


def _word(value: object) -> str:
    return visible(value) if isinstance(value, str) else ""


def _words(value: object) -> tuple[str, ...]:
    return tuple(map(_word, value)) if isinstance(value, list) else ()


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
