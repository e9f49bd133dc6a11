"""A program in a pseudo-terminal, and the screen that a person would see: for tests and benchmarks."""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence

import pyte

SLICE = 512
"""Bytes that are drawn before the terminal is asked again for more: drawing must not make an arrival look late."""

Condition = str | Callable[["Terminal"], object]


class Terminal:
    """Starts `command` in a pty of `columns` by `rows` with exactly the environment `env`; use it in a `with` block.

    What arrives is stamped first (`time.perf_counter`, seconds) and drawn afterwards, while nothing more is there to
    be read. Nothing is read but within `wait_for` and `pump`. The terminal answers no queries.
    """

    def __init__(self, command: Sequence[str], env: Mapping[str, str], columns: int = 80, rows: int = 24):
        self.screen = pyte.Screen(columns, rows)
        self.reads: list[tuple[float, bytes]] = []
        """All that has arrived: when, and what."""
        self.exit_code: int | None = None
        """Negative: the signal that ended the program. None: nobody has seen it end."""
        self._stream = pyte.Stream(self.screen)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._undrawn: deque[tuple[float, bytes]] = deque()
        self._ended = False
        self.started = time.perf_counter()
        self.pid, self._handle = pty.fork()
        if self.pid == 0:
            _become(command, env, columns, rows)
        self.resize(columns, rows)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, keys: str | bytes) -> float:
        """Type `keys`, as a terminal sends them, all in one write; returns when."""
        now = time.perf_counter()
        os.write(self._handle, keys if isinstance(keys, bytes) else keys.encode())
        return now

    def hang_up(self) -> None:
        """Drop the line: the program has no terminal any more."""
        self._ended = True
        os.close(self._handle)
        self._handle = -1

    def left_as_before(self) -> str:
        """What the program that has ended did not take back of what it asked of the terminal; empty when all."""
        sent = b"".join(data for _, data in self.reads)
        left = [
            code
            for code in ("?1049", "?1000", "?1003", "?1006", "?1004", "?2004")
            if sent.rfind(f"\x1b[{code}h".encode()) > sent.rfind(f"\x1b[{code}l".encode())
        ]
        if sent.rfind(b"\x1b[?25l") > sent.rfind(b"\x1b[?25h"):
            left.append("no cursor")
        flags = termios.tcgetattr(self._handle)[3]
        if not (flags & termios.ECHO and flags & termios.ICANON and flags & termios.ISIG):
            left.append("raw")
        return " ".join(left)

    def resize(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._handle, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.screen.resize(rows, columns)

    def row(self, y: int) -> str:
        """One line of the screen, 0 the first, without the cells' colours."""
        line = self.screen.buffer[y]
        return "".join(line[x].data for x in range(self.screen.columns))

    def text(self) -> str:
        return "\n".join(self.row(y).rstrip() for y in range(self.screen.lines))

    def received(self, since: float = 0.0) -> int:
        """How many bytes have arrived since then."""
        return sum(len(data) for when, data in self.reads if when >= since)

    def wait_for(self, condition: Condition, timeout: float = 60.0) -> float:
        """Wait until the screen shows a text or fulfils a condition; returns when the bytes that did it arrived.

        Raises:
            TimeoutError: it did not within `timeout` seconds, or the program ended; with what the screen showed.
        """
        holds = (lambda _: condition in self.text()) if isinstance(condition, str) else condition
        deadline = time.perf_counter() + timeout
        when = time.perf_counter()
        while not holds(self):
            arrival = self._next(deadline)
            if arrival is None:
                raise TimeoutError(f"{condition!r} not seen in {timeout:g} s; the screen:\n{self.text()}")
            when = arrival
        return when

    @property
    def ended(self) -> bool:
        """Whether the program has been seen to end, or its line was dropped."""
        return self._ended

    def pump(self, seconds: float) -> None:
        """Draw what comes, for this long or until the program ends."""
        deadline = time.perf_counter() + seconds
        while self._next(deadline) is not None:
            pass

    def wait_exit(self, timeout: float = 60.0) -> float:
        """Wait until the program has ended; returns when, and leaves its `exit_code`.

        Raises:
            TimeoutError: it still runs after `timeout` seconds; with what the screen shows.
        """
        deadline = time.perf_counter() + timeout
        self.pump(timeout)
        while self._handle < 0 and not self.gone() and time.perf_counter() < deadline:
            time.sleep(0.01)
        if not self._ended or not (self._handle >= 0 or self.gone()):
            raise TimeoutError(f"still running after {timeout:g} s; the screen:\n{self.text()}")
        self._reap()
        return time.perf_counter()

    def gone(self) -> bool:
        """Whether the program has ended, without taking its exit code from it."""
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def close(self) -> None:
        """Kill the program if it still runs."""
        if self.exit_code is None:
            os.kill(self.pid, signal.SIGKILL)
            self._reap()
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def _reap(self) -> None:
        if self.exit_code is None:
            self.exit_code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def _next(self, deadline: float) -> float | None:
        """Draw the next read completely; returns when it arrived, None if none came before the deadline or the end."""
        while True:
            while self._read(0.0):
                pass
            if self._undrawn:
                when, data = self._undrawn.popleft()
                self._stream.feed(self._decoder.decode(data[:SLICE]))
                if len(data) <= SLICE:
                    return when
                self._undrawn.appendleft((when, data[SLICE:]))
            elif self._ended or not self._read(deadline - time.perf_counter()):
                return None

    def _read(self, timeout: float) -> bool:
        """Whether something arrived within `timeout` seconds."""
        if self._ended or not select.select([self._handle], [], [], max(0.0, timeout))[0]:
            return False
        now = time.perf_counter()
        try:
            data = os.read(self._handle, 65536)
        except OSError:  # Linux says so when the last program on the terminal has gone
            data = b""
        self._ended = not data
        if data:
            self.reads.append((now, data))
            self._undrawn.append((now, data))
        return bool(data)


def _become(command: Sequence[str], env: Mapping[str, str], columns: int, rows: int) -> None:
    """In the child: turn into the program, at normal priority, on a terminal that already has its size."""
    try:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.setpriority(os.PRIO_PROCESS, 0, max(0, os.getpriority(os.PRIO_PROCESS, 0)))
        # Programs believe these more than the terminal, and test runners set them.
        plain = {name: value for name, value in env.items() if name not in ("COLUMNS", "LINES")}
        os.execvpe(command[0], list(command), plain)
    finally:
        os._exit(127)
