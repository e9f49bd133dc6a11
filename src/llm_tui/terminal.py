"""The app's own way to the terminal, so that nothing else can write over the screen.

Textual draws through the program's standard streams. So do CUDA, OpenMP and the tokenizers when they have something to
say, and their lines would land in the middle of the screen. The app gets a copy of the terminal; the real descriptors
1 and 2 go to a log file, which the app can show.
"""

from __future__ import annotations

import contextlib
import logging
import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from platformdirs import user_state_path

from llm_tui.errors import UserError, reason
from llm_tui.i18n import tr
from llm_tui.visible import visible

try:
    import termios
except ImportError:  # not on Windows, where the app has another driver
    termios = None  # type: ignore[assignment]

AS_BEFORE = "".join(
    f"\x1b[{code}"
    for code in (
        *("?2004l", "?7h", "?2048l"),  # no bracketed paste, lines wrap, no reports of the size
        *("?1000l", "?1003l", "?1015l", "?1006l", "?1016l"),  # no mouse
        *("<u", "?1049l", "?25h", "?1004l"),  # plain keys, the first screen, its cursor, no word of the focus
        "23;0t",  # the title that it had
    )
)
"""What takes back all that the app's driver asks of a terminal."""


END = 20_000
"""How much of the log a person is shown, in characters."""


def log_path() -> Path:
    return user_state_path("llm-tui") / "llm-tui.log"


def end_of_log() -> str:
    """What was logged last; nothing where the log cannot be read."""
    try:
        return log_path().read_text(encoding="utf-8", errors="replace")[-END:]
    except OSError:
        return ""


def start_log(fresh: bool) -> tuple[int, str]:
    """Send what the program logs to a file from now on; returns the file's descriptor, and why there is none: that
    stops nobody.

    The app begins a `fresh` log at each start, since one that only grows fills a home; a command adds to what is there,
    for an app may be running beside it.
    """
    path, why = log_path(), ""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | (os.O_TRUNC if fresh else 0), 0o600)
    except OSError as error:
        log = os.open(os.devnull, os.O_WRONLY)
        why = visible(
            tr(
                f"The messages file {path} cannot be written ({reason(error)}), so what the program logs is lost: free "
                "some space, or set XDG_STATE_HOME.",
                f"No se puede escribir el archivo de mensajes {path} ({reason(error)}), así que se pierde lo "
                "que anota el programa: libere espacio o defina XDG_STATE_HOME.",
            )
        )
    stream = os.fdopen(os.dup(log), "w", encoding="utf-8", errors="backslashreplace")
    logging.basicConfig(stream=stream, format="%(asctime)s %(name)s %(levelname)s %(message)s", force=True)
    return log, why


class OwnTerminal:
    """The terminal as it was before the app. `taken` while the app's driver has it; `descriptors` are those by which
    the program reaches it.
    """

    def __init__(self) -> None:
        self.taken = False
        self.descriptors: tuple[int, ...] = ()
        self._screen = os.dup(1)
        self._attributes = termios.tcgetattr(0) if termios else []

    def restore(self) -> None:
        """Give the terminal back, where the app could not; waits for nothing, and may be called on any thread."""
        if not self.taken:
            return
        self.taken = False
        with contextlib.suppress(OSError, termios.error):
            termios.tcsetattr(0, termios.TCSANOW, self._attributes)
            self.say(AS_BEFORE)

    def leave(self, farewell: str) -> None:
        """Nothing reaches the terminal from now on, and what would gets no error. A line that has dropped hears no
        farewell.
        """
        self.restore()
        self.say(farewell)
        with open(os.devnull, "r+b") as nowhere:
            for descriptor in (self._screen, *self.descriptors):
                os.dup2(nowhere.fileno(), descriptor)

    def say(self, text: str) -> None:
        """Write where nothing else writes any more; nothing where the terminal takes no more."""
        with contextlib.suppress(OSError, ValueError):
            if select.select([], [self._screen], [], 0)[1]:
                os.write(self._screen, text.encode())


@contextmanager
def own_terminal(log: int) -> Iterator[OwnTerminal]:
    """Keep the terminal for the app while the block runs; everything else that is written goes to `log`.

    Raises:
        UserError: the program has no terminal, or one that cannot show a screen.
    """
    if why := why_unfit():
        raise UserError(
            tr(
                f"The app needs a terminal ({why[0]}): start llm-tui in one, or use a command (llm-tui --help lists "
                "them).",
                f"La aplicación necesita una terminal ({why[1]}): inicie llm-tui en una, o use una orden (llm-tui "
                "--help las muestra).",
            )
        )
    terminal = OwnTerminal()
    saved = {descriptor: os.dup(descriptor) for descriptor in (1, 2)}
    streams = sys.__stdout__, sys.__stderr__
    screen = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="replace")
    # Textual takes the terminal's size from __stdout__ and writes to __stderr__.
    sys.__stdout__ = sys.__stderr__ = screen  # type: ignore[misc]
    terminal.descriptors = (0, screen.fileno(), *saved.values())
    try:
        for descriptor in saved:
            os.dup2(log, descriptor)
        yield terminal
    finally:
        terminal.restore()
        for descriptor, copy in saved.items():
            os.dup2(copy, descriptor)
            os.close(copy)
        sys.__stdout__, sys.__stderr__ = streams  # type: ignore[misc]


def why_unfit() -> tuple[str, str] | None:
    """Why the app cannot be shown here, in both languages."""
    if not sys.stdin.isatty():
        return "its input is none", "su entrada no lo es"
    if not sys.stdout.isatty():
        return "its output is none", "su salida no lo es"
    kind = os.environ.get("TERM", "")
    if kind in ("", "dumb", "unknown"):
        return f"TERM={kind} has no screen", f"TERM={kind} no tiene pantalla"
    return None
