"""What may stand in a course file, value by value. All of it is somebody else's: text is text, a model is an id, a
folder beside the file, or a server, and nothing is a path to elsewhere.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from llm_tui.course.course import Item
from llm_tui.decoding import convert
from llm_tui.errors import UserError
from llm_tui.i18n import LANGUAGES, Text
from llm_tui.toml_lines import Place
from llm_tui.visible import shortened, visible

LONGEST_LINE, LONGEST_TEXT = 2_000, 50_000
"""Characters."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong on a line, for a person; a part of a sentence, without a point."""

    line: int
    said: Text


class Wrong(Exception):
    """A value cannot be taken; `at` says where in it."""

    def __init__(self, said: Text, *at: str | int):
        super().__init__(str(said))
        self.said, self.at = said, at


Check = Callable[["Reading", Place, object], Any]
"""Gives the value that stands at a place, as the course has it; what is wrong is raised, or told to the reading."""


@dataclass(slots=True)
class Reading:
    """What is known while a file is read: the line of everything, the folder that it is in, the names of tasks; and
    what was found wrong.
    """

    lines: Mapping[Place, int]
    folder: Path
    tasks: Callable[[], Collection[str]]
    problems: list[Problem] = field(default_factory=list)

    def tell(self, at: Place, said: Text) -> None:
        while at and at not in self.lines:
            at = at[:-1]
        self.problems.append(Problem(self.lines.get(at, 1), said))

    def value(self, at: Place, value: object, check: Check) -> Any:
        """The value, or None where it is wrong, which is told."""
        try:
            return check(self, at, value)
        except Wrong as wrong:
            self.tell(at + wrong.at, wrong.said)
            return None

    def table(self, at: Place, value: object, keys: Mapping[str, Check]) -> dict[str, Any]:
        """The values of a table by their keys, but for those that are wrong."""
        taken = {}
        for key, part in mapping(value).items():
            if key not in keys:
                self.tell((*at, key), unknown(key, keys))
            elif (there := self.value((*at, key), part, keys[key])) is not None:
                taken[key] = there
        return taken


def unknown(key: str, known: Collection[str]) -> Text:
    near = get_close_matches(key, known, 1)
    like = Text(f" (is it “{near[0]}”?)", f" (¿es «{near[0]}»?)") if near else Text(
        f"; there are {', '.join(known)}", f"; hay {', '.join(known)}")  # fmt: skip
    name = shortened(visible(key), 40)
    return Text(f"there is no “{name}” here{like.en}", f"aquí no hay «{name}»{like.es}")


def mapping(value: object) -> dict[str, object]:
    if isinstance(value, dict):
        return value
    raise Wrong(Text("this is a table, of the form [name]", "esto es una tabla, de la forma [nombre]"))


def _is(value: object, of: Any, wanted: Text) -> Any:
    try:
        return convert(value, of)
    except msgspec.ValidationError:
        said = Text("this must be {wanted}", "esto debe ser {wanted}").format(wanted=wanted)
        raise Wrong(said) from None


# Texts.


def passage(reading: Reading, at: Place, value: object, most: int = LONGEST_TEXT) -> str:
    said: str = _is(value, str, Text("a text, in quotes", "un texto, entre comillas"))
    if not said.strip():
        raise Wrong(Text("the text is empty", "el texto está vacío"))
    if len(said) > most:
        long = Text("the text has {n} characters, more than {most}", "el texto tiene {n} caracteres, más de {most}")
        raise Wrong(long.format(n=len(said), most=most))
    if strange := next((char for char in said if char not in "\n\t" and _turns(char)), None):
        there = Text("there is a control character, U+{code}", "hay un carácter de control, U+{code}")
        raise Wrong(there.format(code=f"{ord(strange):04X}"))
    return said


def _turns(char: str) -> bool:
    """Whether a character is a control, or one that turns the direction of what follows; emoji need joiners."""
    return unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") and char not in "\u200d\u200c"


def line(reading: Reading, at: Place, value: object) -> str:
    said = passage(reading, at, value, LONGEST_LINE).strip()
    if "\n" in said:
        raise Wrong(Text("this is a text of one line", "esto es un texto de una línea"))
    return said


def both(reading: Reading, at: Place, value: object) -> Text:
    """One text, or one for each language."""
    if not isinstance(value, dict):
        said = line(reading, at, value)
        return Text(said, said)
    if not value or set(value) - set(LANGUAGES):
        raise Wrong(Text("a text, or { es = '...', en = '...' }", "un texto, o { es = '...', en = '...' }"))
    given = {key: reading.value((*at, key), part, line) for key, part in value.items()}
    en, es = given.get("en") or given.get("es"), given.get("es") or given.get("en")
    return Text(en or "", es or "")


def template(reading: Reading, at: Place, value: object) -> str:
    said = line(reading, at, value)
    if said.count("{") != 1 or said.count("}") != 1 or "{}" not in said:
        raise Wrong(Text("a hypothesis has {} once, for the label", "una hipótesis lleva {} una vez, para la etiqueta"))
    return said


def label(reading: Reading, at: Place, value: object) -> str:
    said = line(reading, at, value)
    if "," in said:
        raise Wrong(Text("a label has no comma", "una etiqueta no lleva comas"))
    return said


# Lists.


def many(check: Check, least: int, most: int, distinct: bool = True) -> Check:
    """A list, each element of which is checked for itself; None stands in the place of one that is wrong."""

    def checked(reading: Reading, at: Place, value: object) -> tuple[Any, ...]:
        parts: list[object] = _is(value, list[Any], Text("a list, in brackets", "una lista, entre corchetes"))
        if not least <= len(parts) <= most:
            said = Text("{a} to {b} are wanted here, and there are {n}", "aquí se quieren de {a} a {b}, y hay {n}")
            exact = Text("{a} are wanted here, and there are {n}", "aquí se quieren {a}, y hay {n}")
            raise Wrong((exact if least == most else said).format(a=least, b=most, n=len(parts)))
        taken = [reading.value((*at, number), part, check) for number, part in enumerate(parts)]
        seen: set[str] = set()
        for number, part in enumerate(taken):
            key = str(part).casefold()
            if distinct and part is not None and key in seen:
                reading.tell((*at, number), Text("this is there twice", "esto está dos veces"))
            seen.add(key)
        return tuple(taken)

    return checked


def marked(reading: Reading, at: Place, value: object) -> tuple[str, str, str]:
    """A text of exercise 3, alone or as a list with its label and its kind."""
    wanted = Text(
        "a text, or [text, label] or [text, label, kind]", "un texto, o [texto, etiqueta] o [texto, etiqueta, tipo]"
    )
    parts: list[str] = _is([value] if isinstance(value, str) else value, list[str], wanted)
    if not 1 <= len(parts) <= 3:
        raise Wrong(Text("this must be {wanted}", "esto debe ser {wanted}").format(wanted=wanted))
    said = [line(reading, at, part) if number == 0 or part.strip() else "" for number, part in enumerate(parts)]
    padded = [*said, "", ""]
    return padded[0], padded[1], padded[2]


# Models.


def model(reading: Reading, at: Place, value: object) -> str:
    """An id of the hub, a folder beside the course file, or a server: as it is typed on a screen."""
    from llm_tui.hub.repository import is_id  # with the hub's library: most courses name no model
    from llm_tui.serving.address import address, is_address

    name = line(reading, at, value)
    if is_address(name):
        try:
            address(name)
        except UserError as error:
            raise Wrong(Text(str(error).rstrip("."), str(error).rstrip("."))) from error
        return name
    if name.startswith(("/", "~")) or ".." in PurePosixPath(name).parts or "\\" in name:
        raise Wrong(OUTSIDE)
    folder = Path(os.path.realpath(reading.folder / name))
    if os.path.isdir(folder):  # False too for a name that the system does not take
        if not folder.is_relative_to(reading.folder.resolve()):
            raise Wrong(OUTSIDE)
        return str(folder)
    if name.startswith("./") or not is_id(name):
        nowhere = Text(
            "there is no folder “{name}” beside this file, and it is no hub id",
            "no hay ninguna carpeta «{name}» junto a este archivo, y no es un id del hub",
        )
        raise Wrong(nowhere.format(name=shortened(name, 60)))
    return name


OUTSIDE = Text(
    "a folder of a model is one beside this file: without / or ~ before it, without .. in it",
    "la carpeta de un modelo está junto a este archivo: sin / ni ~ delante, sin .. dentro",
)


def of_tasks(reading: Reading, at: Place, value: object) -> dict[str, str]:
    """Models by the names of tasks."""
    return reading.table(at, value, dict.fromkeys(reading.tasks(), model))


# What stands alone.


def language(reading: Reading, at: Place, value: object) -> str:
    if value not in LANGUAGES:
        raise Wrong(Text("the language is 'es' or 'en'", "el idioma es 'es' o 'en'"))
    return str(value)


def day(reading: Reading, at: Place, value: object) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    raise Wrong(Text("a day is written 2026-12-18, without quotes", "un día se escribe 2026-12-18, sin comillas"))


def item(reading: Reading, at: Place, value: object) -> Item:
    """A question of the checklist, alone or with its topic and where it is from."""
    if isinstance(value, str):
        return Item(both(reading, at, value))
    keys = {"question": both, "topic": line, "reference": line}
    if "question" not in mapping(value):
        raise Wrong(Text("there is no “question” here", "aquí falta «question»"))
    taken = reading.table(at, value, keys)
    return Item(**{"question": Text("", ""), **taken})  # one that is wrong is told already
