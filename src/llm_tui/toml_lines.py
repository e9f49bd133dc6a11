"""TOML with the line of everything in it, which `tomllib` does not tell, and a value written as TOML."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping

from llm_tui.i18n import Text

Place = tuple[str | int, ...]
"""Where something stands: the names of tables and keys, and numbers in lists from 0."""

_TOKEN = re.compile(
    r'(?P<string>"""(?:\\.|[^\\])*?"{3,5}|' + r"'''.*?'{3,5}" + r'|"(?:\\.|[^"\\\n])*"|' + r"'[^'\n]*')"
    r"|(?P<end>\n)|(?P<sign>[\[\]{}=,.])|(?P<skip>#[^\n]*|[^\S\n]+)|(?P<bare>[^\s\[\]{}=,.\"'#]+)",
    re.DOTALL,
)

# tomllib's memory grows with the square of a key's dots: a key of 300,000 would take all there is.
_DOTTED = re.compile(r"^(?:[^.\n]*\.){100}", re.MULTILINE)

# tomllib's words, in plain ones of both languages, for the slips of somebody who writes such a file by hand.
_SLIPS = (
    (
        r"(Illegal|Found invalid) character '\\n'|Unterminated string|Expected \"'+\"",
        Text("a text has no closing quote", "falta la comilla que cierra un texto"),
    ),
    (
        "Invalid value",
        Text(
            "no value: a text stands in quotes, a day is 2026-12-18",
            "no es un valor: un texto va entre comillas, un día es 2026-12-18",
        ),
    ),
    ("Expected '='", Text("name = value is wanted", "se espera nombre = valor")),
    ("Invalid statement|Invalid initial", Text("neither name = value nor [table]", "no es nombre = valor ni [tabla]")),
    ("Expected newline", Text("something more stands behind the value", "hay algo más detrás del valor")),
    ("Cannot overwrite|Cannot declare|Duplicate", Text("this name is there twice", "este nombre está dos veces")),
    ("Unclosed", Text("a comma or a closing bracket is missing", "falta una coma o el corchete que cierra")),
    (r"Expected '\]", Text("the closing bracket is missing", "falta el corchete que cierra")),
    ("Unescaped", Text(r"\ in a text is written \\", r"\ en un texto se escribe \\")),
)


class NotToml(ValueError):
    """What is no TOML, and why, on `line`."""

    def __init__(self, line: int, why: Text):
        super().__init__(str(why))
        self.line, self.why = line, why


def read(text: str) -> dict[str, object]:
    """What a text in TOML says.

    Raises:
        NotToml: it is none.
    """
    if dotted := _DOTTED.search(text):
        line = text.count("\n", 0, dotted.start()) + 1
        raise NotToml(line, Text("too many dots", "demasiados puntos"))
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise NotToml(1, Text("nested too deeply", "demasiados niveles")) from None
    except ValueError as error:  # TOML's own, or a number too long to be one
        said = re.sub(r"\(at (line \d+, column \d+|end of document)\)$", "", str(error)).rstrip()
        found = re.search(r"at line (\d+)", str(error))
        raise NotToml(int(found[1]) if found else len(text.splitlines()) or 1, _plain(said)) from None


def _plain(said: str) -> Text:
    return next((words for slip, words in _SLIPS if re.match(slip, said)), Text(said, said))


def lines(text: str) -> Mapping[Place, int]:
    """The line, from 1, of each table, key and element of a text that `read` takes."""
    return _Lines(text).found


def as_toml(value: object) -> str:
    import json  # not at the top: most files are only read

    # What JSON writes is TOML too, but for the one control character that it leaves as it is.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


class _Lines:
    """Goes through the signs of a text once. `found` has what stands where."""

    def __init__(self, text: str):
        self.found: dict[Place, int] = {}
        self._tables: dict[Place, int] = {}
        """How many there are so far of each [[table]]."""
        self._tokens = list(_tokens(text.replace("\r\n", "\n")))
        self._at = 0
        table: Place = ()
        while self._at < len(self._tokens):
            if self._is("["):
                table = self._head()
            elif self._kind == "end":
                self._at += 1
            else:
                self._pair(table)

    @property
    def _kind(self) -> str:
        return self._tokens[self._at][0] if self._at < len(self._tokens) else "end"

    @property
    def _line(self) -> int:
        return self._tokens[min(self._at, len(self._tokens) - 1)][2]

    def _is(self, sign: str) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at][:2] == ("sign", sign)

    def _skip(self, sign: str) -> bool:
        there = self._is(sign)
        self._at += there
        return there

    def _ends(self) -> None:
        while self._kind == "end" and self._at < len(self._tokens):
            self._at += 1

    def _note(self, place: Place, line: int) -> None:
        """The first line counts; what a dotted name is in begins there too."""
        for length in range(1, len(place) + 1):
            self.found.setdefault(place[:length], line)

    def _head(self) -> Place:
        """[table] or [[table]], up to the end of its line."""
        line = self._line
        self._at += 1
        several = self._skip("[")
        name = self._name()
        self._at += 2 if several else 1
        place = self._inside(name[:-1]) + name[-1:]
        if several:
            number = self._tables.get(place, 0)
            self._tables[place] = number + 1
            place += (number,)
        else:
            place = self._inside(name)
        self._note(place, line)
        return place

    def _inside(self, name: Place) -> Place:
        """A table's name, with the number of the last one where there are several of it."""
        place: Place = ()
        for part in name:
            place += (part,)
            if place in self._tables:
                place += (self._tables[place] - 1,)
        return place

    def _name(self) -> Place:
        parts: list[str] = []
        while self._kind in ("bare", "string") or self._is("."):
            kind, text, _ = self._tokens[self._at]
            if kind == "string":
                parts.append(str(tomllib.loads(f"name = {text}")["name"]))
            elif kind == "bare":
                parts.append(text)
            self._at += 1
        return tuple(parts)

    def _pair(self, table: Place) -> None:
        line = self._line
        place = table + self._name()
        self._note(place, line)
        self._at += 1  # the sign =
        self._value(place)

    def _value(self, place: Place) -> None:
        self._note(place, self._line)
        if self._skip("["):
            number = 0
            self._ends()
            while self._at < len(self._tokens) and not self._skip("]"):
                self._value((*place, number))
                number += 1
                self._ends()
                self._skip(",")
                self._ends()
        elif self._skip("{"):
            self._ends()
            while self._at < len(self._tokens) and not self._skip("}"):
                self._pair(place)
                self._ends()
                self._skip(",")
                self._ends()
        else:
            self._at += 1
            while self._kind == "bare" or self._is("."):  # a number, a date and its time
                self._at += 1


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    line = 1
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind != "skip":
            yield kind, match[0], line
        line += match[0].count("\n")
