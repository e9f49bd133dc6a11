"""The rows of a person's CSV file: UTF-8, one number of columns; else a sentence says what is wrong, and where."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

from llm_tui import files
from llm_tui.errors import UserError, reason
from llm_tui.i18n import tr

_QUOTED = re.compile(r'(^|[,;\t\r\n])(?:"[^"]*(?:"|\Z))+')
LONGEST = 2**20
"""Characters of the longest line that is read: a file of one line alone would be held whole."""

_LINE_END = re.compile(r"\r\n|\r|\n")


def rows(path: Path, expected: str = "") -> Iterator[tuple[int, list[str]]]:
    """Number, from 1, of the line where it ends, and cells of each row that is no blank line.

    Cells may be quoted (RFC 4180) and then hold separators and line ends. Comma, semicolon or tab separates: the one
    that the first line has most often outside quotes, of equals the first named. `expected`, a sentence on what the
    rows should be, ends each sentence on the form of the file.

    Raises:
        UserError: it is no plain file, cannot be read, is empty or not UTF-8, a quote is not closed, a cell is longer
            than `csv.field_size_limit()`, or a row has another number of columns than the first.
    """
    text = lines(path)
    head = list(islice(text, 100))  # a quoted cell of the first row may take several lines
    ended = False

    def whole() -> Iterator[str]:
        nonlocal ended
        yield from chain(head, text)
        ended = True

    reader = csv.reader(whole(), delimiter=_separator("".join(head)))
    begins, columns = 1, 0
    try:
        for row in reader:
            if ended:  # the reader went on past the last line, and gives what it has
                opened = begins + sum(len(_LINE_END.findall(cell)) for cell in row[:-1])
                raise _unreadable(path, reader.line_num, _not_closed(opened), expected)
            columns = columns or len(row)
            if row and len(row) != columns:
                raise _ragged(path, reader.line_num, len(row), columns, expected)
            if row:
                yield reader.line_num, row
            begins = reader.line_num + 1
    except csv.Error as error:  # the only one that a reader that is not strict has
        raise _unreadable(path, reader.line_num, _too_long(begins), expected) from error
    if not columns:
        raise UserError(tr(f"{path} is empty.", f"{path} está vacío.") + expected)


def _separator(head: str) -> str:
    """What separates the cells of a file that begins with `head`."""
    first = re.search(r"[^\r\n]+", _QUOTED.sub(r"\1", head))
    return max(",;\t", key=first[0].count) if first else ","


def _ragged(path: Path, line: int, there: int, columns: int, expected: str) -> UserError:
    return UserError(
        tr(
            f"Line {line} of {path} has {there} columns where the first has {columns}.",
            f"La línea {line} de {path} tiene {there} columnas y la primera {columns}.",
        )
        + expected
    )


def _unreadable(path: Path, line: int, why: str, expected: str) -> UserError:
    return UserError(
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


def lines(path: Path) -> Iterator[str]:
    """The lines of a UTF-8 file, with their ends as they are; a byte order mark is dropped.

    Raises:
        UserError: it is no plain file, cannot be read, has a line longer than `LONGEST`, or is not UTF-8.
    """
    try:
        with io.TextIOWrapper(files.opened(path), encoding="utf-8-sig", newline="") as file:
            while line := file.readline(LONGEST):
                if len(line) == LONGEST:
                    raise OSError(
                        tr(f"a line of more than {LONGEST:,} characters", f"una línea de más de {LONGEST:,} caracteres")
                    )
                yield line
    except UnicodeDecodeError as error:
        raise _not_utf8(path) from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        why = reason(error) if isinstance(error, OSError) else str(error)
        raise UserError(tr(f"{path} cannot be read ({why}).", f"{path} no se puede leer ({why}).")) from error


def _not_utf8(path: Path) -> UserError:
    """Files are decoded in blocks, so the error itself does not know its line."""
    with files.opened(path) as file:
        if what := files.no_data(file.read(files.HEAD)):
            return UserError(tr(f"{path} is {what.en}.", f"{path} es {what.es}."))
        file.seek(0)
        if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return UserError(
                tr(
                    f"Line 1 of {path} is not UTF-8 but UTF-16: save the file as UTF-8 and try again.",
                    f"La línea 1 de {path} no está en UTF-8 sino en UTF-16: guarde el archivo como UTF-8 e inténtelo "
                    "de nuevo.",
                )
            )
        file.seek(0)
        line = next(
            (
                number
                for number, line in enumerate(iter(lambda: file.readline(4 * LONGEST), b""), start=1)
                if not _is_utf8(line)
            ),
            0,
        )
    return UserError(
        tr(
            f"Line {line} of {path} is not UTF-8: save the file as UTF-8 and try again.",
            f"La línea {line} de {path} no está en UTF-8: guarde el archivo como UTF-8 e inténtelo de nuevo.",
        )
    )


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
