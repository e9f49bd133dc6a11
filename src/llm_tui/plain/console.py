"""The line: what is said, what is asked, and what a person types. Everything plain mode sends goes through here."""

from __future__ import annotations

import io
import os
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from llm_tui.errors import UserError
from llm_tui.i18n import Text, tr
from llm_tui.plain.letters import plain, spelled
from llm_tui.plain.words import BACK, NO_WORDS, OPEN, QUIT, YES_WORDS, is_word

END = "."
"""Alone on a line it ends a text of several lines."""

LONGEST = 4095
"""Bytes of a line, without its end, that Linux takes from a terminal; what is beyond them is lost (termios(3))."""


class Back(Exception):
    """The person goes one step back."""


class Leave(Exception):
    """The person leaves, or there is nothing more to read."""


class Stopped(Exception):
    """The person has stopped what ran."""


class Sent(io.TextIOBase):
    """A text stream that makes safe all that is written to it; what commands print goes through it as well."""

    encoding = "utf-8"

    def __init__(self, to: TextIO, ascii_only: bool, terminals: Sequence[int] = ()):
        self._to = to
        self._terminals = terminals
        self._ascii_only = ascii_only
        self._lock = threading.RLock()

    def writable(self) -> bool:
        return True

    def write(self, text: Any, /) -> int:
        if not isinstance(text, str):
            raise UserError(tr("This is no text: name a file with -o.", "Esto no es texto: indique un archivo con -o."))
        sent = plain(text)
        with self._lock:
            try:
                self._to.write(spelled(sent) if self._ascii_only else sent)
            except UserError:
                if not self._terminals:
                    raise
                self.leave()
        return len(text)

    def leave(self) -> None:
        """From now on nothing is written to terminals that have gone, and nothing read from them: once they have,
        nothing tells what they were.
        """
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in self._terminals:
            os.dup2(nowhere, descriptor)

    def flush(self) -> None:
        with self._lock:
            self._to.flush()


class Console:
    """`ahead` is what stood behind the word of a command: it answers the first question that follows."""

    def __init__(self, reads: TextIO, sent: Sent):
        self._reads = reads
        self._sent = sent
        self._echoes = not reads.isatty()
        self.ahead = ""
        self.gone = False
        """Whether the line has dropped: nothing more is read."""

    def leave(self) -> None:
        """The line has dropped: what runs goes on without it."""
        self.gone = True
        self._sent.leave()

    def say(self, *lines: object) -> None:
        """A line each; empty ones are left out."""
        for line in lines:
            if said := str(line).rstrip():
                self._sent.write(f"{said}\n")
        self._sent.flush()

    def read(self) -> str:
        """One line as it was typed, without its end; another one in place of one that the terminal may have cut.

        Raises:
            Leave: there is none.
        """
        while self._cut(line := self._line()):
            self.say(
                tr(
                    f"A terminal cuts a line at {LONGEST} bytes: this one may have lost its end and was not taken. "
                    f"Type it in shorter lines, or take it from a file, with {OPEN.en} where the list has it.",
                    f"Una terminal corta las líneas a los {LONGEST} bytes: esta pudo perder el final y no se ha "
                    f"tomado. Escríbala en líneas más cortas, o tómela de un archivo, con {OPEN.es} donde la lista lo "
                    "tenga.",
                )
            )
        return line

    def _cut(self, line: str) -> bool:
        return self._reads.isatty() and len(line.encode(self._reads.encoding, "replace")) >= LONGEST

    def _line(self) -> str:
        self._sent.write("> ")
        self._sent.flush()
        try:
            line = "" if self.gone else self._reads.readline()
        except (OSError, ValueError):  # the terminal is gone
            line = ""
        if not line or self.gone:
            self._sent.write("\n")
            raise Leave
        line = line.removesuffix("\n").removesuffix("\r")
        if self._echoes:
            self.say(line or " ")
            if not line:
                self._sent.write("\n")
        return line

    def ask(self, question: object, now: str = "") -> str:
        """One line; an empty one keeps what stands there `now`, one of spaces alone empties it.

        Raises:
            Back: the person does not want to say it.
            Leave: the person leaves.
        """
        if self.ahead:
            said, self.ahead = self.ahead, ""
            return said
        keeps = tr(f" Enter keeps: {now}", f" Enter conserva: {now}") if now else ""
        self.say(f"{question}{keeps}")
        said = _unless_command(self.read())
        return said if said.strip() else "" if said else now

    def ask_lines(self, question: object) -> str:
        """A text of several lines; a line with a full stop alone ends it. One of spaces alone is an empty text.

        Raises:
            Back: the first line says so, or ends it.
            Leave: there is nothing more to read.
        """
        if self.ahead:
            said, self.ahead = self.ahead, ""
            return said
        self.say(f"{question} " + tr("End with a line that is a full stop.", "Termine con una línea que sea un punto."))
        lines: list[str] = []
        while (line := self.read()) != END:
            lines.append(line if lines else _unless_command(line))
        if not lines:
            raise Back
        return "\n".join(lines) if "".join(lines).strip() else ""

    def confirm(self, question: object) -> bool:
        """Yes or no; an empty line is no."""
        while True:
            said = self.ask(f"{question} " + tr("Yes or no?", "¿Sí o no?"))
            if is_word(said, *YES_WORDS):
                return True
            if not said.strip() or is_word(said, *NO_WORDS):
                return False


def _unless_command(line: str) -> str:
    if is_word(line, BACK):
        raise Back
    if is_word(line, QUIT):
        raise Leave
    return line[1:] if line[:1] == " " and is_word(line[1:], BACK, QUIT) else line


def ascii_only(environ: Mapping[str, str], stream: TextIO) -> bool:
    """Whether the other end takes ASCII alone: by the encoding of the stream, or since the locale is C by name."""
    chosen = next((v for k in ("LC_ALL", "LC_CTYPE", "LANG") if (v := environ.get(k))), "")
    if environ.get("LC_CTYPE") == "C.UTF-8" and not environ.get("LC_ALL"):  # Python itself has put it there
        chosen = environ.get("LANG", "")
    named = (stream.encoding or "utf-8").lower().replace("_", "-")
    return chosen in ("C", "POSIX") or named in ("ascii", "us-ascii", "ansi-x3.4-1968")


def standard() -> Console:
    """On the standard streams. What commands print comes the same way; what libraries say on stderr does not."""
    only = ascii_only(os.environ, sys.stdout)
    sent = Sent(sys.stdout, only, [descriptor for descriptor in range(3) if os.isatty(descriptor)])
    sys.stdout = sent  # type: ignore[assignment]
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")  # a line in another encoding is no end of the input
    console = Console(sys.stdin, sent)
    if only:
        said = Text(
            "Only ASCII can be sent here: an accent stands behind its letter, as in n~.",
            "Aquí solo se puede enviar ASCII: el acento va detrás de su letra, como en n~.",
        )
        console.say(said)
    return console
