"""The app's own way to the terminal, so that nothing else can write over the screen.

Textual draws through the program's standard streams. So do CUDA, OpenMP and the tokenizers when they have something to
say, and their lines would land in the middle of the screen. The app gets a copy of the terminal; the real descriptors
1 and 2 go to a log file, which the app can show.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from platformdirs import user_state_path

from llm_tui.errors import UserError, reason
from llm_tui.i18n import tr


def log_path() -> Path:
    return user_state_path("llm-tui") / "llm-tui.log"


def start_log(fresh: bool) -> int:
    """Send what the program logs to a file from now on; returns the file's descriptor.

    The app begins a `fresh` log at each start, since one that only grows fills a home; a command adds to what is there,
    for an app may be running beside it.

    Raises:
        UserError: the log cannot be written.
    """
    path = log_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | (os.O_TRUNC if fresh else 0), 0o600)
    except OSError as error:
        raise UserError(
            tr(
                f"The log {path} cannot be written ({reason(error)}): free some space, or set XDG_STATE_HOME.",
                f"No se puede escribir el registro {path} ({reason(error)}): libere espacio o defina XDG_STATE_HOME.",
            )
        ) from error
    stream = os.fdopen(os.dup(log), "w", encoding="utf-8", errors="backslashreplace")
    logging.basicConfig(stream=stream, format="%(asctime)s %(name)s %(levelname)s %(message)s", force=True)
    return log


@contextmanager
def own_terminal(log: int) -> Iterator[None]:
    """Keep the terminal for the app while the block runs; everything else that is written goes to `log`.

    Raises:
        UserError: the program has no terminal.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UserError(
            tr(
                "The app needs a terminal: start llm-tui in one, or use a command (llm-tui --help lists them).",
                "La aplicación necesita una terminal: inicie llm-tui en una, o use una orden (llm-tui --help las "
                "muestra).",
            )
        )
    saved = {descriptor: os.dup(descriptor) for descriptor in (1, 2)}
    streams = sys.__stdout__, sys.__stderr__
    screen = os.fdopen(os.dup(2), "w", encoding="utf-8", errors="replace")
    # Textual takes the terminal's size from __stdout__ and writes to __stderr__.
    sys.__stdout__ = sys.__stderr__ = screen  # type: ignore[misc]
    try:
        for descriptor in saved:
            os.dup2(log, descriptor)
        yield
    finally:
        for descriptor, copy in saved.items():
            os.dup2(copy, descriptor)
            os.close(copy)
        sys.__stdout__, sys.__stderr__ = streams  # type: ignore[misc]
