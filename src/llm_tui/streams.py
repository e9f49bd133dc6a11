"""The standard streams, whatever the program was started with: closed, on a full disk, in another encoding, a pipe that
nobody reads. What cannot be written is one sentence, said once.
"""

from __future__ import annotations

import io
import os
import sys
from typing import Any, TextIO

from llm_tui.errors import UserError, reason
from llm_tui.i18n import tr


class PipeClosed(BaseException):
    """Nobody reads any more what the program writes, as after `| head`: no error, and nothing more to do."""

    CODE = 141
    """What shells see of a program that SIGPIPE ended."""


def secure() -> None:
    """Make the standard streams safe to use. Characters that an encoding lacks are written as Python's escapes."""
    if os.name != "posix":
        return
    for descriptor, flags in enumerate((os.O_RDONLY, os.O_RDONLY, os.O_WRONLY)):
        # Otherwise the next file that is opened would take the place of a closed one. What goes to a closed stdout is
        # an error, which a descriptor only for reading gives by itself.
        try:
            os.fstat(descriptor)
        except OSError:
            os.dup2(os.open(os.devnull, flags), descriptor)
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = _text(_Output(1, "w", closefd=False), sys.stdout)
    sys.stderr = _text(_Messages(2, "w", closefd=False), sys.stderr)


def _text(raw: io.FileIO, before: TextIO | None) -> TextIO:
    encoding = before.encoding if before is not None else "utf-8"
    # Lines at once, as a message that waits for others may never come.
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding, "backslashreplace", line_buffering=True)


class _Output(io.FileIO):
    """Raises a `UserError` where an answer cannot be written, `PipeClosed` where nobody reads it."""

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except BrokenPipeError as error:
            raise PipeClosed from error
        except OSError as error:
            raise UserError(
                tr(
                    f"The output could not be written ({reason(error)}): free some space, or send it elsewhere.",
                    f"No se pudo escribir la salida ({reason(error)}): libere espacio o envíela a otro sitio.",
                )
            ) from error


class _Messages(io.FileIO):
    """Where messages cannot be written there is nowhere to say so."""

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except OSError:
            return len(data)
