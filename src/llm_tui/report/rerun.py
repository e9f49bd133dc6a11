"""An answer of the log asked for again, at the revision that was logged: the job made anew, and what came held against
what was logged. The log has hashes of texts; the texts are found in the lab by them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, is_dataclass
from typing import Any

import msgspec

from llm_tui import __version__
from llm_tui.decoding import convert
from llm_tui.errors import UserError
from llm_tui.exercises.registry import EXERCISES
from llm_tui.exercises.rerun import AROUND, Held, Rerun, compared
from llm_tui.export.table import Column, Table
from llm_tui.foundation.job import Generate, RoundTrip
from llm_tui.foundation.labels_job import Entities, Sentiment, ZeroShot
from llm_tui.i18n import Text, tr
from llm_tui.lab.answered import answer_of, versions
from llm_tui.lab.audit import Entry, job_name
from llm_tui.lab.lab import Lab
from llm_tui.playground import registry
from llm_tui.playground.state import Playground
from llm_tui.report.known import known
from llm_tui.visible import visible

KINDS: Mapping[str, type[Any]] = {job.kind: job for job in (Generate, ZeroShot, Entities, Sentiment, RoundTrip)}
"""What can be asked again."""

_COMMIT = re.compile(r"[0-9a-f]{40}")
_HASH = "sha256:"


def answers_of(lab: Lab) -> list[Entry]:
    """The answers of pretrained models in the log, the newest first.

    Raises:
        UserError: the log cannot be read.
    """
    found = [entry for entry in lab.log() if entry.job in KINDS and entry.outcome == "finished"]
    return found[::-1]


def listing(logged: Iterable[Entry], language: str) -> Table:
    """Entries by the number that asks for them again."""
    rows = enumerate(logged, start=1)
    return Table(_LISTED, tuple((n, one.time, job_name(one.job).within(language), one.model) for n, one in rows))


_LISTED = (
    Column("number", Text("number", "número"), numeric=True),
    Column("time", Text("time", "fecha")),
    Column("job", Text("job", "trabajo")),
    Column("model", Text("model", "modelo")),
)


def again(lab: Lab, entry: Entry, texts: Iterable[str] = (), model: str = "") -> Any:
    """The job of an entry, at its revision. What it was asked is looked for in the lab and among `texts`; `model` is
    where its model is, which the log does not say of a folder.

    Raises:
        UserError: it cannot be made of what is known.
    """
    try:
        settings = _with_texts(_group(entry.fields.get("settings")), _by_hash(lab, texts))
        asked = _group(settings.get("model"))
        hub = _COMMIT.fullmatch(entry.revision)
        if model:
            asked["name"] = model
        elif not (entry.revision or entry.sent_to):
            raise _unplaced(entry)
        asked["revision"] = entry.revision if hub and not model else ""
        return convert({**settings, "model": asked}, KINDS[entry.job])
    except (msgspec.ValidationError, RecursionError) as error:
        why = visible(str(error))
        raise UserError(
            tr(
                f"The entry of {entry.time} in the log is not one of this version's ({why}): choose another.",
                f"La entrada del registro de {entry.time} no es de esta versión ({why}): elija otra.",
            )
        ) from error


def held_against(entry: Entry, result: Any) -> Rerun:
    """What came now beside what was logged."""
    by = result.made_by
    now = {"revision": by.revision, "device": by.device, "precision": by.precision}
    then = {"revision": entry.revision, "device": entry.device, "precision": entry.precision}
    logged = {name: str(value) for name, value in _group(entry.fields.get("versions")).items()}
    around = [Held(name, then[name], now[name]) for name in AROUND]
    if not entry.sent_to:
        around += [Held(name, logged.get(name, ""), version) for name, version in versions().items()]
    around.append(Held("llm-tui", str(entry.fields.get("llm_tui") or ""), __version__))
    texts = not any(_hashes(entry.fields.get("answer")))
    answers = compared(entry.fields.get("answer"), answer_of(result, texts))
    return Rerun(entry.time, entry.job, entry.model, bool(entry.sent_to), answers, tuple(around))


def _by_hash(lab: Lab, texts: Iterable[str]) -> dict[str, str]:
    """What can have been asked in this lab: what the exercises hold and have asked, and what the playground shows."""
    found: dict[str, str] = {}
    for text in (*texts, *_texts_of(lab)):
        found[_HASH + hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()] = text
    return found


def _texts_of(lab: Lab) -> Iterator[str]:
    beside = known(lab)
    for row in EXERCISES:
        with suppress(UserError):
            exercise = row.exercise()
            answers = lab.answers(row.number, exercise.answers)
            yield from _strings(answers)
            for job in exercise.jobs(answers, beside):
                yield from _strings(job)
    with suppress(UserError):
        yield from _strings(lab.answers("playground", Playground))
    yield from (task.example for task in registry.tasks())


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _strings(part)
    elif is_dataclass(value) and not isinstance(value, type):
        yield from _strings(asdict(value))


def _with_texts(settings: dict[str, object], found: Mapping[str, str]) -> dict[str, object]:
    """
    Raises:
        UserError: a text is nowhere to be found.
    """

    def put(value: object) -> object:
        if isinstance(value, str) and value.startswith(_HASH) and len(value) == len(_HASH) + 64:
            if value not in found:
                raise _unfound()
            return found[value]
        if isinstance(value, list):
            return [put(part) for part in value]
        return {name: put(part) for name, part in value.items()} if isinstance(value, dict) else value

    return {name: put(value) for name, value in settings.items()}


def _hashes(value: object) -> Iterator[str]:
    return (text for text in _strings(value) if text.startswith(_HASH))


def _group(value: object) -> dict[str, Any]:
    return dict(value) if isinstance(value, dict) else {}


def _unfound() -> UserError:
    return UserError(
        tr(
            "The log has the hash of what was asked, and no text in this lab has it: give the text itself "
            "(llm-tui rerun N TEXT), or have texts logged from now on with log_texts = true in lab.toml.",
            "El registro tiene el hash de lo que se preguntó, y ningún texto de este laboratorio lo tiene: dé el texto "
            "mismo (llm-tui rerun N TEXTO), o haga que desde ahora se registren con log_texts = true en lab.toml.",
        )
    )


def _unplaced(entry: Entry) -> UserError:
    return UserError(
        tr(
            f"The model {entry.model} was a folder, of which the log has only the name: say where it is "
            "(llm-tui rerun N --model FOLDER).",
            f"El modelo {entry.model} era una carpeta, de la que el registro solo tiene el nombre: diga dónde está "
            "(llm-tui rerun N --model CARPETA).",
        )
    )
