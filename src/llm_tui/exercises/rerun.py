"""An answer of the log that was asked for again, held against what was logged: whether work can be traced."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeGuard

from llm_tui.export.table import Column, Table
from llm_tui.i18n import Text, number
from llm_tui.marks import Each, Later

TOLERANCE = 1e-5
"""Scores that are no farther apart are the same: sums in another order differ in their last digits."""

COLUMNS = (
    Column("what", Text("what", "qué")),
    Column("then", Text("as logged", "según el registro")),
    Column("now", Text("now", "ahora")),
    Column("same", Text("the same?", "¿igual?")),
)

UNLOGGED = Text("not logged", "sin registrar")


@dataclass(frozen=True, slots=True)
class Held:
    """One thing as it was logged and as it is now; empty where it is not known."""

    what: Later[str] = ""
    then: Later[str] = ""
    now: Later[str] = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """Whether one answer came again; `apart` is how far the farthest of its numbers is from the logged one."""

    same: Later[bool] = False
    apart: Later[float] = 0.0
    then: Later[str] = ""
    now: Later[str] = ""


@dataclass(frozen=True, slots=True)
class Rerun:
    """`time`, `job` and `model` are those of the entry in the log. `answers` are empty where it has none. `around` is
    what can explain a difference: revision, device, versions. `served`: a server answered.
    """

    time: Later[str] = ""
    job: Later[str] = ""
    model: Later[str] = ""
    served: Later[bool] = False
    answers: Each[Answered] = ()
    around: Each[Held] = ()

    @property
    def same(self) -> int:
        return sum(answer.same for answer in self.answers)


AROUND: Mapping[str, Text] = {
    "revision": Text("revision", "revisión"),
    "device": Text("device", "dispositivo"),
    "precision": Text("precision", "precisión"),
}


def compared(then: object, now: object) -> tuple[Answered, ...]:
    """The answers to the texts of one job, as `lab.answered` tells them; none where nothing was logged."""
    if not isinstance(then, dict) or not isinstance(now, dict):
        return ()
    return tuple(_held(*pair) for pair in _pairs(then, now))


def _pairs(then: dict[str, object], now: dict[str, object]) -> Iterator[tuple[object, object]]:
    """One for each text; where there is no list of answers the whole is one."""
    lists = [name for name, value in now.items() if isinstance(value, list)]
    before, after = then.get(lists[0]) if len(lists) == 1 else None, now[lists[0]] if len(lists) == 1 else None
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        yield from zip(before, after, strict=True)
    else:
        yield then, now


def _held(then: object, now: object) -> Answered:
    before, after = dict(_leaves(then)), dict(_leaves(now))
    pairs = [(before.get(key), value) for key, value in after.items()]
    apart = [abs(one - other) for one, other in pairs if _is_score(one) and _is_score(other)]
    exact = before.keys() == after.keys() and all(
        one == other for one, other in pairs if not (_is_score(one) and _is_score(other))
    )
    farthest = max(apart, default=0.0)
    return Answered(exact and farthest <= TOLERANCE, farthest, _text(before), _text(after))


def _leaves(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Texts, numbers and the like, by where they stand."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _leaves(part, f"{path}.{name}")
    elif isinstance(value, list):
        yield f"{path}.length", len(value)
        for place, part in enumerate(value):
            yield from _leaves(part, f"{path}.{place}")
    else:
        yield path, value


def _is_score(value: object) -> TypeGuard[float]:
    return isinstance(value, float) and math.isfinite(value)


def _text(leaves: Mapping[str, object]) -> str:
    """What of an answer can be shown: its text, or that text's hash, else its numbers."""
    if isinstance(text := leaves.get(".text"), str):
        return text[:19] if text.startswith("sha256:") else text
    return " ".join(f"{value:g}" for value in leaves.values() if isinstance(value, float))


def table(rerun: Rerun, language: str) -> Table:
    """A row for each answer, then what stands around them; in the language of the export."""
    named, yes, no = Text("answer {n}", "respuesta {n}"), Text("yes", "sí"), Text("no", "no")
    apart = Text("no, {apart} apart", "no, a {apart}")
    rows: list[tuple[str, str, str, str]] = []
    for place, answer in enumerate(rerun.answers, start=1):
        said = yes if answer.same else apart.format(apart=number(answer.apart, 6)) if answer.apart > TOLERANCE else no
        rows.append((named.format(n=place).within(language), answer.then, answer.now, said.within(language)))
    for held in rerun.around:
        known = held.then or UNLOGGED.within(language)
        said = Text("", "") if not held.then else yes if held.then == held.now else no
        what = AROUND[held.what].within(language) if held.what in AROUND else held.what
        rows.append((what, known, held.now, said.within(language)))
    return Table(COLUMNS, tuple(rows), (outcome(rerun),))


def outcome(rerun: Rerun) -> Text:
    """How it came out, in a sentence."""
    asked = Text("Logged on {time}, asked again of {model}: ", "Registrado el {time}, preguntado de nuevo a {model}: ")
    if not rerun.answers:
        found = Text(
            "the log has no answer to compare with; an earlier llm-tui wrote it, or it was too long.",
            "el registro no tiene respuesta con la que comparar; lo escribió un llm-tui anterior, o era demasiado "
            "larga.",
        )
    elif len(rerun.answers) == 1:
        found = (
            Text("the same answer.", "la misma respuesta.")
            if rerun.same
            else Text("another answer.", "otra respuesta.")
        )
    elif rerun.same == len(rerun.answers):
        found = Text("all {n} answers are the same.", "las {n} respuestas son iguales.")
    else:
        found = Text("{same} of {n} answers are the same.", "{same} de {n} respuestas son iguales.")
    if rerun.served and rerun.same < len(rerun.answers):
        more = Text(
            " A server's answers change when its model or its other work does.",
            " Las respuestas de un servidor cambian cuando cambia su modelo o su otro trabajo.",
        )
        found = Text("", "").join([found, more])
    return Text("", "").join([asked, found]).format(
        time=rerun.time, model=rerun.model, same=rerun.same, n=len(rerun.answers)
    )  # fmt: skip
