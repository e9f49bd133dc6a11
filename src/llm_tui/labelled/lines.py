"""The lines of a person's file, as an editor counts them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from llm_tui import files
from llm_tui.errors import UserError, reason
from llm_tui.i18n import number, tr

LONGEST = 2**20
"""Characters of the longest line that is read: a file of one line alone would be held whole."""

HEAD_LINES = 1000
HEAD_CHARACTERS = 2**20
"""What is looked at before a file is read."""

LINE_END = re.compile(r"\r\n|\r|\n")


def lines_of(text: str) -> list[str]:
    """The lines of a text without their ends. Unlike `str.splitlines`, no form feed or U+2028 ends one."""
    lines = LINE_END.split(text)
    return lines if lines[-1] else lines[:-1]


@lru_cache(64)
def one_line(text: str) -> tuple[str, ...]:
    """The parts of a line typed with commas, each once; one that holds a comma is written in quotes.

    Where quotes do not match, as while somebody types them, they are text.
    """
    try:
        parts = next(csv.reader([text], skipinitialspace=True, strict=True), [])
    except csv.Error:
        parts = text.split(",")
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def lines(path: Path) -> Iterator[str]:
    """The lines of a UTF-8 file, with their ends as they are; byte order marks are dropped.

    Raises:
        UserError: it is no plain file or no text, cannot be read, has a line longer than `LONGEST`, or is not UTF-8.
    """
    try:
        with files.opened(path) as raw:
            _check(raw.read(files.HEAD), path)
            raw.seek(0)
            with io.TextIOWrapper(raw, encoding="utf-8", newline="") as file:
                while line := file.readline(LONGEST):
                    if len(line) >= LONGEST:
                        raise OSError(_too_long())
                    if bare := line.lstrip("\ufeff"):  # files that were put together have one within, too
                        yield bare
    except UnicodeDecodeError as error:
        raise _not_utf8(path) from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        why = reason(error) if isinstance(error, OSError) else str(error)
        raise UserError(tr(f"{path} cannot be read ({why}).", f"{path} no se puede leer ({why}).")) from error


def head_of(path: Path) -> tuple[list[str], bool]:
    """The lines at the beginning of a file, and whether they are all."""
    head: list[str] = []
    size = 0
    for line in lines(path):
        if len(head) == HEAD_LINES or size > HEAD_CHARACTERS:
            return head, False
        head.append(line)
        size += len(line)
    return head, True


def encoding(path: Path) -> str:
    """How the letters of a file that could be read are written, in a sentence."""
    try:
        with files.opened(path) as file:
            marked = file.read(3) == b"\xef\xbb\xbf"
    except OSError:
        marked = False
    mark = tr(", with a byte order mark", ", con marca de orden de bytes") if marked else ""
    return tr(f"Encoding: UTF-8{mark}.", f"Codificación: UTF-8{mark}.")


def _too_long() -> str:
    return tr(f"a line of more than {number(LONGEST)} characters", f"una línea de más de {number(LONGEST)} caracteres")


def _check(head: bytes, path: Path) -> None:
    if what := files.no_data(head):
        raise UserError(tr(f"{path} is {what.en}.", f"{path} es {what.es}."))
    # Half of what UTF-16 writes for letters of the West is NUL, with a mark before it or without.
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or max(head[::2].count(0), head[1::2].count(0)) > len(head) / 4:
        raise UserError(
            tr(
                f"Line 1 of {path} is not UTF-8 but UTF-16: save the file as UTF-8 and try again.",
                f"La línea 1 de {path} no está en UTF-8, sino en UTF-16: guarde el archivo como UTF-8 e inténtelo "
                "de nuevo.",
            )
        )


def _not_utf8(path: Path) -> UserError:
    """Files are decoded in blocks, so the error itself does not know its line."""
    with files.opened(path) as file:
        pieces = enumerate(iter(lambda: file.readline(4 * LONGEST), b""), start=1)
        line = next((number for number, line in pieces if not _is_utf8(line)), 0)
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
