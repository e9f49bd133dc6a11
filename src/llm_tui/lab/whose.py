"""Whose a lab is, for the hand-in: what `[hand_in]` in its lab.toml says, and writing it there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import TYPE_CHECKING

from llm_tui.errors import UserError
from llm_tui.i18n import Text, tr
from llm_tui.lab.files import read_if_there
from llm_tui.toml_lines import NotToml, as_toml, read
from llm_tui.visible import visible

if TYPE_CHECKING:
    from llm_tui.lab.store import Store

TABLE = "hand_in"

MOST_LETTERS = 500
"""Of one line: the names of a large group."""

MOST_IN_A_FILE_NAME = 80


@dataclass(frozen=True, slots=True)
class Whose:
    """Name or names, group, course and date as the person gave them, each one line and each possibly empty.
    `in_file_names` puts the name into those of what is exported.
    """

    name: str = ""
    group: str = ""
    course: str = ""
    date: str = ""
    in_file_names: bool = False

    @classmethod
    def of(cls, table: object) -> Whose:
        """What a lab.toml says, of whoever it may be: what is no text, date, or list of texts says nothing."""
        said = table if isinstance(table, Mapping) else {}
        texts = {name: _line(said.get(name)) for name in LINES}
        return cls(**texts, in_file_names=said.get("in_file_names") is True)

    def cleaned(self) -> Whose:
        """As it is read back after it was written."""
        return Whose.of({field.name: getattr(self, field.name) for field in fields(self)})

    def lines(self) -> list[tuple[Text, str]]:
        """What is given, under its name; that no name is given, where it is so."""
        given = [(head, text) for name, head in LINES.items() if (text := getattr(self, name))]
        return given if self.name else [(LINES["name"], ""), *given]

    def file_name(self, name: str) -> str:
        """That of a file, with the person's before its ending where that is wanted: letters, digits and hyphens alone,
        so never a path.
        """
        stem, dot, ending = name.partition(".")
        bare = unicodedata.normalize("NFKD", self.name.lower()) if self.in_file_names else ""
        words = re.findall(r"[^\W_]+", "".join(char for char in bare if not unicodedata.combining(char)))
        safe = "-".join(words).encode()[:MOST_IN_A_FILE_NAME].decode(errors="ignore").strip("-")
        return f"{stem}-{safe}{dot}{ending}" if safe else name


LINES: dict[str, Text] = {
    "name": Text("Name", "Nombre"),
    "group": Text("Group", "Grupo"),
    "course": Text("Course", "Curso"),
    "date": Text("Date", "Fecha"),
}

NO_NAME = Text("no name given", "sin nombre")


def _line(value: object) -> str:
    """One line of a text, a date, or a list of names."""
    if isinstance(value, list):
        return ", ".join(filter(None, map(_line, value[:MOST_LETTERS])))[:MOST_LETTERS]
    said = value.isoformat() if isinstance(value, date) else value
    return visible(" ".join(said[: 4 * MOST_LETTERS].split()))[:MOST_LETTERS] if isinstance(said, str) else ""


def keep(store: Store, whose: Whose) -> None:
    """Write it into lab.toml, in which all else stays as it is.

    Raises:
        UserError: it could not be read or written, or says it in a form that cannot be changed.
    """
    toml = store.folder / "lab.toml"
    try:
        before = (read_if_there(toml) or b"").decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise UserError(
            tr(f"{toml} is not UTF-8: save it as UTF-8 in an editor, then try again.",
               f"{toml} no está en UTF-8: guárdelo como UTF-8 en un editor y vuelva a intentarlo.")
        ) from error  # fmt: skip
    store.write(toml, rewritten(before, whose.cleaned()))


def rewritten(toml: str, whose: Whose) -> str:
    """The text of a lab.toml with what `whose` says in its table `[hand_in]`; every other line stays as it is.

    Raises:
        UserError: it is no TOML, or says it in a form that cannot be changed without touching what is the person's.
    """
    try:
        before = read(toml)
    except NotToml as error:
        raise UserError(visible(str(_NO_TOML.format(line=error.line, why=error.why)))) from None
    wanted = {field.name: getattr(whose, field.name) for field in fields(whose) if getattr(whose, field.name)}
    new = _with_table(toml, wanted)
    there = before.get(TABLE, {})
    kept = {k: v for k, v in there.items() if k not in _OWN} if isinstance(there, dict) else {}
    after = {**before, TABLE: {**kept, **wanted}}
    try:
        if {TABLE: {}, **read(new)} == after:
            return new
    except NotToml:
        pass
    raise UserError(str(_OTHER_FORM))


def _with_table(toml: str, wanted: Mapping[str, object]) -> str:
    lines = toml.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    head = next((i for i, line in enumerate(lines) if re.match(rf"\s*\[\s*{TABLE}\s*\]", line)), None)
    if head is None:
        made = [f"{name} = {as_toml(value)}\n" for name, value in wanted.items()]
        return "".join([*lines, *(["\n"] if lines and made else []), *([f"[{TABLE}]\n", *made] if made else [])])
    end = next((i for i in range(head + 1, len(lines)) if lines[i].lstrip().startswith("[")), len(lines))
    inside, left = [], dict(wanted)
    for line in lines[head + 1 : end]:
        found = _SET.match(line)
        if found is None or found["name"] not in _OWN:
            inside.append(line)
        elif (value := left.pop(found["name"], None)) is not None:
            inside.append(f"{found['before']}{as_toml(value)}{found['behind']}\n")
        elif "#" in found["behind"]:
            inside.append(found["behind"].lstrip() + "\n")
    blank = len(inside)
    while blank and not inside[blank - 1].strip():
        blank -= 1
    inside[blank:blank] = [f"{name} = {as_toml(value)}\n" for name, value in left.items()]
    return "".join([*lines[: head + 1], *inside, *lines[end:]])


_OWN = ("name", "group", "course", "date", "in_file_names")

_SET = re.compile(
    r"""\A(?P<before>\s*(?P<name>\w+)\s*=\s*)
        (?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|\[[^\[\]\n]*\]|[^"'\[\s\#]+)
        (?P<behind>[ \t]*(?:\#.*)?)\s*$""",
    re.VERBOSE,
)
"""A line that sets a key, and what a person wrote behind it."""


_NO_TOML = Text(
    "lab.toml is not TOML (line {line}: {why}), so it is left as it is: mend that line in an editor, then try again.",
    "lab.toml no es TOML (línea {line}: {why}), así que se deja como está: corrija esa línea en un editor y vuelva a "
    "intentarlo.",
)

_OTHER_FORM = Text(
    "lab.toml says whose hand-in it is in a form of its own: change it there, in an editor, under [hand_in].",
    "lab.toml dice de quién es la entrega con un formato propio: cámbielo allí, en un editor, en [hand_in].",
)
