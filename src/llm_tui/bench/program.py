"""The real program in a terminal of 80x24, on a lab of its own; and a Textual app beside which it is measured."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from llm_tui.bench.measure import Spent
from llm_tui.bench.terminal import Condition, Terminal

PROGRAM = (sys.executable, "-m", "llm_tui")

PAINTED = "News classifier"
"""What home shows first."""

TWO_SCREENS = """
from textual.app import App
from textual.screen import Screen
from textual.widgets import Static

class One(Screen):
    def compose(self):
        yield Static("nothing here")

class Other(Screen):
    def compose(self):
        yield Static("nothing there")

class Empty(App):
    MODES = {"one": One, "other": Other}
    DEFAULT_MODE = "one"
    BINDINGS = [("f2", "app.switch_mode('one')"), ("f3", "app.switch_mode('other')")]

Empty().run()
"""
EMPTY_APP = (sys.executable, "-c", TWO_SCREENS)

UNSET = ("COLORTERM", "TMUX", "LC_ALL", "PYTHONDONTWRITEBYTECODE")
"""Without bytecode on disk each start would compile this program anew, but not Textual: pip has done that."""


@contextmanager
def program(
    command: Sequence[str] = PROGRAM, lay_out: Callable[[Path], object] = lambda lab: None
) -> Iterator[Terminal]:
    """`command` in English, on a lab that `lay_out` may write into before."""
    with TemporaryDirectory() as folder:
        lay_out(Path(folder) / "lab")
        env = {key: value for key, value in os.environ.items() if key not in UNSET}
        env |= {f"XDG_{name}_HOME": f"{folder}/{name}" for name in ("CACHE", "CONFIG", "DATA", "STATE")}
        env |= {"LLM_TUI_LAB": f"{folder}/lab", "TERM": "xterm-256color", "LANG": "C.UTF-8", "HF_HUB_OFFLINE": "1"}
        with Terminal(command, env) as terminal:
            yield terminal


def has_torch(terminal: Terminal) -> bool:
    """Whether torch is there: the line on top names the device, behind the last of the screens."""
    return not terminal.row(0).rstrip().endswith(("Report", "Report]"))


def rests(terminal: Terminal) -> bool:
    """Whether nothing runs: the job bar, in the last line but one, offers nothing to stop."""
    return "stop" not in terminal.row(22)


def settle(terminal: Terminal, quiet: float) -> None:
    """Wait until nothing has come for so many seconds; where something always comes, not for ever."""
    deadline = time.perf_counter() + 10 * quiet
    terminal.pump(quiet)
    while terminal.received(time.perf_counter() - quiet) and time.perf_counter() < deadline:
        terminal.pump(quiet / 10)


def pressed(terminal: Terminal, key: str, seen: Condition) -> Spent:
    """From a key until the bytes have arrived that make the terminal show what comes of it."""
    cpu = processor_time(terminal.pid)
    sent = terminal.send(key)
    arrived = terminal.wait_for(seen)
    return Spent(arrived - sent, processor_time(terminal.pid) - cpu)


def processor_time(pid: int) -> float:
    """Seconds of all threads that a process has now."""
    total = 0
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):  # one that has just ended
            total += int((thread / "schedstat").read_text().split()[0])
    return total / 1e9


def urgent() -> None:
    """Where we may: a reader that waits for a processor would time that, not the program. Linux compares sessions with
    each other before it does the processes in them.
    """
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, -10)
        Path("/proc/self/autogroup").write_text("-10")
