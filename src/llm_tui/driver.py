"""Textual's driver for Linux and macOS, for lines as they are: bytes that are no text, sequences that are none, a
terminal that goes away.
"""

from __future__ import annotations

import codecs
import contextlib
import logging
import os
import re
import selectors
import signal
from collections.abc import Callable, Iterator
from typing import IO, Any, Protocol, cast

from textual import events
from textual._keyboard_protocol import MODIFIER_FUNCTIONAL_KEYS
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message
from textual.messages import InBandWindowResize
from textual.notifications import SeverityLevel

from llm_tui.ending import Ending
from llm_tui.i18n import tr
from llm_tui.outward import BACK, KEPT, Outward, has_title
from llm_tui.terminal import OwnTerminal

log = logging.getLogger(__name__)

SMALLEST = 40, 10
BAD = re.compile("[\udc80-\udcff]")
"""How a byte that is not UTF-8 is decoded; a replacement character is one that somebody has sent."""

MOUSE = re.compile(rb"\x1b\[M[\x20-\xff]{3}", re.DOTALL)
"""A report of the mouse in bytes that are no text, from a terminal that has no newer way (X10)."""
CUT_MOUSE = re.compile(rb"\x1b\[M[\x20-\xff]{0,2}\Z", re.DOTALL)

BEGIN, END = "\x1b[200~", "\x1b[201~"
PASTED = re.compile(r"[^\x00-\x1f\x7f]{64,}")
DIFFERENT = 5
"""Letters and words that come in one read and that nobody has typed."""

MODIFIERS = MODIFIER_FUNCTIONAL_KEYS | {"caps_lock", "num_lock", "scroll_lock"}
"""Keys that change others and do nothing by themselves: terminals with kitty's keyboard protocol tell of them."""


class Owner(Protocol):
    """What the driver knows of the app."""

    terminal: OwnTerminal | None
    ending: Ending

    @property
    def outward(self) -> Outward | None: ...

    def call_later(self, callback: Callable[[], None]) -> bool: ...

    def notify(self, message: str, *, severity: SeverityLevel, markup: bool) -> None: ...


class RobustDriver(LinuxDriver):
    """What cannot be read as a key is dropped and logged. The app is told of the first bytes that were not UTF-8, and
    told to end when the terminal has gone.
    """

    def __init__(self, app: App[Any], **settings: Any):
        super().__init__(app, **settings)
        assert self._file is not None
        self._owner = cast(Owner, app)
        self._screen = _Screen(self._file)
        self._file = self._screen  # type: ignore[assignment]
        self._decode = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode
        self._parser = XTermParser()
        self._told_of_bad_bytes = False
        self._undecoded = b""
        """The beginning of a report whose end has not come."""
        self._begun = ""
        """The last letters that the parser got: they may be the beginning of `BEGIN`."""
        self._pasted: str | None = None
        """What has come of a paste that has not ended; None where there is none."""

    def _get_terminal_size(self) -> tuple[int, int]:
        """That of the terminal itself: COLUMNS and LINES may be left over from another one."""
        try:
            columns, rows = os.get_terminal_size(self._screen.fileno())
        except (OSError, ValueError):
            columns = rows = 0
        # Nothing can be laid out in less; a terminal that is smaller shows a part.
        return max(columns or 80, SMALLEST[0]), max(rows or 24, SMALLEST[1])

    def _query_in_band_window_resize(self) -> None:
        """The size comes with a signal, and from nowhere else: what is pasted may hold such a report, too."""

    def start_application_mode(self) -> None:
        if terminal := self._owner.terminal:
            terminal.taken = True
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if has_title():
            self.write(f"{KEPT}\x1b]0;llm-tui\x07")

    def stop_application_mode(self) -> None:
        if has_title():
            self.write(BACK)
        super().stop_application_mode()  # type: ignore[no-untyped-call]

    def close(self) -> None:
        super().close()  # all has been written by then
        if terminal := self._owner.terminal:
            terminal.taken = False

    def leave(self) -> None:
        """Nothing is read from the terminal or written to it any more; to be called on the main thread."""
        self.exit_event.set()
        self._screen.gone = True
        self.attrs_before = None
        for number in (signal.SIGWINCH, signal.SIGTSTP, signal.SIGCONT):
            signal.signal(number, signal.SIG_IGN)

    def _sigcont_application(self, *_: object) -> None:
        """A terminal that was not given back, for it was stopped by SIGSTOP, is not taken a second time: it is drawn
        anew, as after a change of its size.
        """
        if self._must_signal_resume:
            super()._sigcont_application()  # type: ignore[no-untyped-call]
        else:
            signal.raise_signal(signal.SIGWINCH)

    def run_input_thread(self) -> None:
        """Read the terminal until the app ends, or the line does."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(0.1):
                    try:
                        data = os.read(self.fileno, 4096)
                    except OSError:
                        data = b""
                    if not data:
                        log.warning("the terminal has gone")
                        self._owner.ending.told(signal.SIGHUP)
                        return
                    for message in self._messages(data):
                        self.process_message(message)
                for message in self._guarded(self._parser.tick):
                    self.process_message(message)

    def _messages(self, data: bytes) -> Iterator[Message]:
        text, bad = BAD.subn("", self._decode(self._without_mouse(data)))
        if bad:
            log.warning("the terminal sent %d bytes that are not UTF-8", bad)
            self._owner.call_later(self._tell_of_bad_bytes)
        for part in self._parts(text):
            if isinstance(part, events.Paste):
                yield part
            else:
                yield from self._guarded(lambda c=part: self._parser.feed(c))  # type: ignore[misc]

    def _without_mouse(self, data: bytes) -> bytes:
        data, self._undecoded = self._undecoded + data, b""
        if self._pasted is None:
            data = MOUSE.sub(b"", data)
            cut = CUT_MOUSE.search(data)
            self._undecoded = cut[0] if cut else b""
        return data.removesuffix(self._undecoded)

    def _parts(self, text: str) -> Iterator[str | events.Paste]:
        """The letters that are keys, and pastes. Whatever is between the marks of a paste is text: Textual's parser
        takes a sequence in it for its end, and what follows for keys.
        """
        while text:
            if self._pasted is not None:
                self._pasted += text
                inside, mark, text = self._pasted.partition(END)
                if not mark:
                    return
                self._pasted = None
                yield events.Paste(inside.replace("\0", ""))
                continue
            begun = self._begun if self._in_sequence() else ""
            before, mark, rest = (begun + text).partition(BEGIN)
            if len(before) < len(begun):
                self._parser = XTermParser()  # it has the beginning of the mark
            else:
                yield from self._typed(before[len(begun) :])
            self._begun = "" if mark else before[1 - len(BEGIN) :]
            self._pasted = "" if mark else None
            text = rest

    def _in_sequence(self) -> bool:
        """Whether the parser waits for the rest of one. Textual has no public name for it."""
        return self._parser._timeout_time is not None

    def _typed(self, text: str) -> Iterator[str | events.Paste]:
        """Letter by letter, or in one go what nobody can have typed in one: a terminal that has no bracketed paste, or
        a multiplexer that leaves it out, pastes so, and each letter would be a key.
        """
        at = 0
        for run in PASTED.finditer(text) if "\x1b" not in text and not self._in_sequence() else ():
            if len(set(run[0])) >= DIFFERENT:  # else a key that is held down on a slow line
                yield from text[at : run.start()]
                yield events.Paste(run[0])
                at = run.end()
        yield from text[at:]

    def _tell_of_bad_bytes(self) -> None:
        """Say once why some letters do not arrive."""
        if not self._told_of_bad_bytes:
            self._told_of_bad_bytes = True
            self._owner.notify(
                tr(
                    "This terminal sends letters that are not UTF-8; they are left out. Set it to UTF-8.",
                    "Esta terminal envía letras que no son UTF-8 y se omiten. Configúrela en UTF-8.",
                ),
                severity="warning",
                markup=False,
            )

    def _guarded(self, parse: Callable[[], Any]) -> Iterator[Message]:
        """What the parser makes of it. A sequence on which it fails is dropped, and it begins anew after it."""
        try:
            yield from [message for message in parse() if not _is_modifier(message)]
        except Exception:
            log.warning("a sequence of the terminal was not understood", exc_info=True)
            self._parser = XTermParser()

    def process_message(self, message: Message) -> None:
        if isinstance(message, events.Resize | InBandWindowResize):
            log.warning("the terminal sent its size, for which it was not asked")
            return
        if isinstance(message, events.AppFocus | events.AppBlur) and (outward := self._owner.outward):
            outward.looked_at(isinstance(message, events.AppFocus))
        try:
            super().process_message(message)
        except RuntimeError:  # the app has just ended
            log.info("a key came after the end")


def _is_modifier(message: Message) -> bool:
    return isinstance(message, events.Key) and message.key.rpartition("+")[2] in MODIFIERS


class _Screen:
    """A terminal to write to that may go away: then what is written is lost, and nobody waits for it."""

    def __init__(self, file: IO[str]):
        self.gone = False
        self._file = file

    def fileno(self) -> int:
        return self._file.fileno()

    def write(self, text: str) -> None:
        if not self.gone:
            with contextlib.suppress(OSError):
                self._file.write(text)

    def flush(self) -> None:
        if not self.gone:
            with contextlib.suppress(OSError):
                self._file.flush()
