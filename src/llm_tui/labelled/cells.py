"""The rows of a file, be they parted by separators or written as JSON lines, each with the line where it ends."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import msgspec

from llm_tui.errors import UserError
from llm_tui.i18n import Text, tr
from llm_tui.labelled.dialect import Dialect
from llm_tui.labelled.lines import LINE_END, head_of, lines
from llm_tui.labelled.names import is_known

NumberedRow = tuple[int, list[str]]


class Broken(UserError):
    """The file does not follow its dialect; it may follow another."""


class Nested(str):
    """A list or an object within JSON, which is no cell."""


def csv_rows(path: Path, dialect: Dialect, columns: int, expected: str = "") -> Iterator[NumberedRow]:
    """Number, from 1, of the line where it ends, and cells of each row that is no blank line.

    Cells may be quoted and then hold separators and line ends. Each row has `columns` cells, one without a character
    but separators too; any number where `columns` is 0. `expected`, a sentence on what the rows should be, ends each
    sentence on the form of the file.

    Raises:
        Broken: a quote is not closed or followed by text, a cell is longer than `csv.field_size_limit()`, or a row
            has another number of columns.
        UserError: as of `lines`.
    """
    text = lines(path)
    for _ in range(dialect.skip):
        next(text, None)
    reader = dialect.reader(text)
    ended = dialect.skip
    try:
        for row in reader:
            ended = dialect.skip + reader.line_num
            if row and (len(row) == columns or not columns):
                yield ended, row
            elif any(map(str.strip, row)):
                raise _ragged(path, ended, len(row), columns, expected)
            elif row:
                yield ended, [""] * columns
    except csv.Error as error:
        raise _unreadable(path, dialect, ended, dialect.skip + reader.line_num, str(error), expected) from error


def _ragged(path: Path, line: int, there: int, columns: int, expected: str) -> Broken:
    en, es = ("column", "columna") if there == 1 else ("columns", "columnas")
    return Broken(
        tr(
            f"Line {line} of {path} has {there} {en} where the others have {columns}.",
            f"La línea {line} de {path} tiene {there} {es} y las demás {columns}.",
        )
        + expected
    )


def _unreadable(path: Path, dialect: Dialect, ended: int, line: int, error: str, expected: str) -> Broken:
    """What is wrong with the row that begins after the line `ended`, found by reading it once more."""
    text = lines(path)
    for _ in range(ended):
        next(text, None)
    if "field limit" in error:
        why = _too_long(ended + 1)
    elif "end of data" in error:
        row: list[str] = next(dialect.reader(text, strict=False), [])
        why = _not_closed(ended + 1 + sum(len(LINE_END.findall(cell)) for cell in row[:-1]))
    else:
        why = tr(
            f"of the row that begins in line {ended + 1}, a quote is closed and text goes on behind it: a quote within "
            "quotes is written twice",
            f"en la fila que empieza en la línea {ended + 1} se cierran unas comillas y el texto sigue tras ellas: "
            "dentro de comillas, unas comillas se escriben dobles",
        )
    return Broken(
        tr(
            f"{path} cannot be read as CSV at line {line} ({why}).",
            f"{path} no se puede leer como CSV en la línea {line} ({why}).",
        )
        + expected
    )


def _not_closed(line: int) -> str:
    return tr(
        f"a quote opened in line {line} is not closed",
        f"unas comillas abiertas en la línea {line} no se cierran",
    )


def _too_long(line: int) -> str:
    most = csv.field_size_limit()
    return tr(
        f"the row that begins in line {line} has a cell of more than {most} characters, or a quote that is not closed",
        f"la fila que empieza en la línea {line} tiene una celda de más de {most} caracteres, o unas comillas que no "
        "se cierran",
    )


JSON = Text("JSON lines", "líneas JSON")


def is_json(head: list[str], suffix: str) -> bool:
    """Whether a file with the lines `head` at its beginning, of which one is not blank, is JSON."""
    first = next(line.strip() for line in head if line.strip())
    return suffix.lower() in (".json", ".jsonl", ".ndjson") or first in ("[", "{") or first.startswith(("[{", '{"'))


def json_rows(path: Path) -> Iterator[NumberedRow]:
    """The names of the fields of the objects at the beginning, in the order in which they first come, as a header of
    the line of the first, then their values in each object.

    What is absent or null is an empty cell.

    Raises:
        UserError: a line is no JSON object, or has a field of texts or labels that no object at the beginning has, or
            as of `lines`.
    """
    head = [(number, line) for number, line in enumerate(head_of(path)[0], start=1) if line.strip()]
    names = list(dict.fromkeys(name for number, line in head for name in _object(line, number, path)))
    yield head[0][0], names
    known = set(names)
    for number, line in enumerate(lines(path), start=1):
        if line.strip():
            fields = _object(line, number, path)
            if late := next((name for name in fields if name not in known and is_known(name)), None):
                raise _late(late, number, path)
            yield number, [_cell(fields.get(name)) for name in names]


def _late(name: str, number: int, path: Path) -> UserError:
    return UserError(
        tr(
            f"Line {number} of {path} has the field “{name}”, which none of the first lines has: write it in the first "
            "one too, with null where it has none.",
            f"La línea {number} de {path} tiene el campo «{name}», que no está en ninguna de las primeras líneas: "
            "escríbalo también en la primera, con null si no lo tiene.",
        )
    )


def _object(line: str, number: int, path: Path) -> dict[str, object]:
    try:
        fields = msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise UserError(
            tr(
                f"Line {number} of {path} is no JSON object: write one on each line, such as "
                '{"text": "Hello", "label": "spam"}.',
                f"La línea {number} de {path} no es un objeto JSON: escriba uno en cada línea, como "
                '{"text": "Hola", "label": "spam"}.',
            )
        )
    return fields


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case _:
            return Nested(msgspec.json.encode(value).decode())
