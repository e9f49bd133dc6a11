"""The real program for tests of faults: in a lab and folders of its own, and what it left behind when it has ended."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from llm_tui.bench.terminal import Terminal

F2, F3, F4, F5, F6, F7 = "\x1bOQ", "\x1bOR", "\x1bOS", "\x1b[15~", "\x1b[17~", "\x1b[18~"
CTRL_L, CTRL_O, CTRL_Q, CTRL_R, CTRL_X = "\x0c", "\x0f", "\x11", "\x12", "\x18"
ENTER, ESCAPE = "\r", "\x1b"
COMMAND = [sys.executable, "-m", "llm_tui"]


def environment(folder: Path, **more: str) -> dict[str, str]:
    folders = {name: str(folder / name) for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "HF_HOME", "LLM_TUI_LAB")}
    return {**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8", "HF_HUB_OFFLINE": "1", **folders, **more}


def opened(
    folder: Path, screen: str = F3, shows: str = "Setup", through: Callable[..., list[str]] | None = None, **more: str
) -> Terminal:
    """The app on one of its screens, with nothing else going on. `through` makes of a command, and its environment, one
    that runs it over a line.
    """
    command, env = COMMAND, environment(folder, **more)
    terminal = Terminal(through(command, env) if through else command, env)
    try:
        terminal.wait_for(ready, 120)
        terminal.send(screen)
        terminal.wait_for(shows, 60)
    except TimeoutError:
        terminal.close()
        raise
    return terminal


def ready(terminal: Terminal) -> bool:
    """The device stands in the corner: what the app does by itself when it starts is done."""
    return terminal.row(0).split()[-1:] not in ([], ["Report"], ["Informe"])


def saved_answer(folder: Path, exercise: int = 1) -> str:
    """The text that the student's file of an exercise holds."""
    try:
        stored = msgspec.json.decode((folder / "LLM_TUI_LAB" / "exercises" / f"{exercise}.json").read_bytes())
    except FileNotFoundError:
        return ""
    return str(stored.get("answer", ""))


def claimed(folder: Path) -> bool:
    return (folder / "LLM_TUI_LAB" / ".open.json").exists()
