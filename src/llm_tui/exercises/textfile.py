"""A person's text from a file or a pipe: plain UTF-8 of a workable size; else a sentence says what is wrong."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import IO

from llm_tui import files
from llm_tui.errors import UserError, reason
from llm_tui.i18n import tr

LARGEST = 50 * 10**6


def given_text(text: str | None, file: Path | None) -> str:
    """What a command line was given: the text itself, a file, or with - and in a pipe the standard input.

    Raises:
        UserError: it was given none, or two, or one that is no text, or the name of a file in the place of its text.
    """
    if text is not None and file:
        raise UserError(
            tr("Give either a text or --file, not both.", "Indique un texto o --file, pero no las dos cosas.")
        )
    if file:
        return read_text(file)
    if text is not None and text != "-":
        if os.path.isfile(text):
            raise UserError(
                tr(
                    f"{text} is a file: its text is read with --file {text}.",
                    f"{text} es un archivo: su texto se lee con --file {text}.",
                )
            )
        # What was no UTF-8 on the command line has become halves of surrogate pairs, which nothing can write down.
        return text_of(io.BytesIO(text.encode("utf-8", "surrogateescape")), tr("TEXT", "TEXTO"))
    if sys.stdin is None or (text is None and sys.stdin.isatty()):
        raise UserError(
            tr(
                "There is no text: give one in quotes, a file with --file, or a pipe.",
                "No hay ningún texto: indique uno entre comillas, un archivo con --file o una tubería.",
            )
        )
    return text_of(sys.stdin.buffer, "stdin")


def read_text(path: Path) -> str:
    """The text of a plain file, its line ends as they are, without a byte order mark.

    Raises:
        UserError: there is no such file, it is none, cannot be read, is no text, no UTF-8, too large or empty.
    """
    try:
        where = os.path.expanduser(path)
        with files.opened(where) as file:
            return text_of(file, str(path))
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise _cannot_read(str(path), error) from error


def text_of(file: IO[bytes], name: str) -> str:
    """The text of an open file or pipe, by the same rules.

    Raises:
        UserError: it cannot be read, is no text, no UTF-8, too large or empty.
    """
    try:
        content = file.read(LARGEST + 1)
    except OSError as error:
        raise _cannot_read(name, error) from error
    if what := files.no_text(content[: files.HEAD]):
        raise UserError(tr(f"{name} is {what.en}.", f"{name} es {what.es}."))
    if len(content) > LARGEST:
        size = LARGEST // 10**6
        raise UserError(
            tr(
                f"{name} is larger than {size} MB: give a part of it.",
                f"{name} ocupa más de {size} MB: indique una parte.",
            )
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UserError(
            tr(
                f"Line {line} of {name} is not UTF-8: save the text as UTF-8 and try again.",
                f"La línea {line} de {name} no está en UTF-8: guarde el texto como UTF-8 e inténtelo de nuevo.",
            )
        ) from error
    if not text or text.isspace():
        raise UserError(
            tr(f"{name} is empty: give a text with words.", f"{name} no tiene nada: indique un texto con palabras.")
        )
    return text


def _cannot_read(name: str, error: Exception) -> UserError:
    why = reason(error) if isinstance(error, OSError) else str(error)
    return UserError(
        tr(
            f"{name} cannot be read ({why}): give the path of a text file.",
            f"No se puede leer {name} ({why}): indique la ruta de un archivo de texto.",
        )
    )
