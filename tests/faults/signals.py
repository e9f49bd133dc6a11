"""What each way to be ended leaves behind, in each situation.

    python tests/faults/signals.py

Sends the real program SIGTERM, SIGHUP and SIGINT, and drops its line, while it is idle, while somebody types, with a
dialog open, while torch is imported, in a training, in a sheet, and in a download that does not come. Prints the exit
code, the seconds until it is gone, what it did not take back of the terminal, whether the text is saved, whether the
lab is given back, and what became of the run. The exit code is 1 where one of them is not as it should be.

A line that drops, and SIGHUP, do not end a program that works: it must go on without its terminal, told in the lab, and
end when it is asked to stop through it. Its seconds are counted from there.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from faults.program import COMMAND, CTRL_L, CTRL_R, ENTER, ESCAPE, F2, F3, claimed, environment, opened, saved_answer

from llm_tui.bench.terminal import Terminal
from llm_tui.exercises.batch_sizes import Answers
from llm_tui.lab.following import Following
from llm_tui.lab.lab import Lab

WAYS: dict[str, tuple[int, int]] = {
    "SIGTERM": (signal.SIGTERM, 143),
    "SIGHUP": (signal.SIGHUP, 129),
    "SIGINT": (signal.SIGINT, 130),
    "line dropped": (0, 129),
}
"""The signal, and the exit code that is due."""

SECONDS = 1.0
STOP_SECONDS = 3.0
"""It looks once a second whether it is asked to stop."""
TEXT = "the last letters"


def idle(folder: Path) -> Terminal:
    return opened(folder)


def typed(folder: Path) -> Terminal:
    terminal = opened(folder)
    _type(terminal)
    return terminal


def _type(terminal: Terminal) -> None:
    terminal.send(f"Q{TEXT}")
    terminal.wait_for(TEXT, 30)


def dialog(folder: Path) -> Terminal:
    terminal = typed(folder)
    terminal.send(CTRL_L)
    terminal.pump(1)
    return terminal


def importing(folder: Path) -> Terminal:
    """Before the environment is known torch is being imported."""
    terminal = Terminal(COMMAND, environment(folder))
    terminal.wait_for("News classifier", 60)
    terminal.send(F3)
    terminal.wait_for("Setup", 60)
    _type(terminal)
    return terminal


def training(folder: Path) -> Terminal:
    Lab(folder / "LLM_TUI_LAB").save_answers(1, Answers(setup={"epochs": "500"}))
    terminal = opened(folder, F3, "500")
    terminal.send(CTRL_R)
    terminal.wait_for("ex/s", 90)
    _type(terminal)
    return terminal


def sheet(folder: Path) -> Terminal:
    terminal = opened(folder, F2, "[Home]")
    terminal.send("3")
    terminal.wait_for("Exercise 3", 60)
    terminal.pump(1)
    terminal.send("z")
    terminal.wait_for("teaching model?", 60)
    terminal.send(ENTER)
    terminal.pump(3)
    return terminal


def download(folder: Path) -> Terminal:
    """Through a proxy that takes the connection and says nothing."""
    Lab(folder / "LLM_TUI_LAB").save_answers(1, Answers(setup={"data": "ag_news"}))
    proxy = f"http://127.0.0.1:{SILENT}"
    terminal = opened(folder, F3, "ag_news", HTTPS_PROXY=proxy, https_proxy=proxy, NO_PROXY="", no_proxy="")
    _type(terminal)
    terminal.send(ESCAPE)
    terminal.pump(0.3)
    terminal.send(CTRL_R)
    terminal.pump(6)
    return terminal


SITUATIONS: dict[str, Callable[[Path], Terminal]] = {
    "idle": idle,
    "typing": typed,
    "dialog": dialog,
    "importing torch": importing,
    "training": training,
    "sheet": sheet,
    "download": download,
}
UNTYPED = ("idle", "sheet")
WORKING = ("training", "sheet", "download")
SILENT = 0


@contextmanager
def silent_proxy() -> Iterator[None]:
    global SILENT
    with socket.create_server(("127.0.0.1", 0)) as server:
        SILENT = server.getsockname()[1]
        held: list[socket.socket] = []

        def accept() -> None:
            try:
                while True:
                    held.append(server.accept()[0])
            except OSError:
                pass

        threading.Thread(target=accept, daemon=True).start()
        yield


@dataclass
class Left:
    code: int | None
    seconds: float
    terminal: str
    text: str
    claim: bool
    runs: str

    def wrong(self, situation: str, code: int, goes_on: bool) -> bool:
        texts = ("",) if situation in UNTYPED else (TEXT,)
        ended = "stopped" if goes_on else "interrupted"
        runs = self.runs == (ended if situation == "training" else "")
        right = self.code == (0 if goes_on else code) and not self.terminal and not self.claim
        return not (right and self.text in texts and runs) or self.seconds > (STOP_SECONDS if goes_on else SECONDS)


def goes_on(situation: str, number: int) -> bool:
    return situation in WORKING and number in (0, signal.SIGHUP)


def stopped(folder: Path) -> float:
    """Ask the program that goes on to stop, through its lab; returns when."""
    following = Following(folder / "LLM_TUI_LAB")
    while not (works := following.look()) or works[0].working.terminal:
        time.sleep(0.1)
    works[0].ask_to_stop()
    return time.perf_counter()


def end(situation: str, number: int) -> Left:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with SITUATIONS[situation](folder) as terminal:
            began = time.perf_counter()
            if number:
                os.kill(terminal.pid, number)
            else:
                terminal.hang_up()
            if goes_on(situation, number):
                began = stopped(folder)
            seconds = terminal.wait_exit(60) - began
            left = terminal.left_as_before() if number else ""
            states = {run.state for run in Lab(folder / "LLM_TUI_LAB").runs.all()}
            return Left(
                terminal.exit_code, seconds, left, saved_answer(folder), claimed(folder), " ".join(sorted(states))
            )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--situations", nargs="+", default=list(SITUATIONS), choices=SITUATIONS)
    chosen = parser.parse_args(arguments)
    bad = 0
    heads = "situation", "way", "code", "seconds", "terminal", "text saved", "lab given back", "runs", ""
    print("|".join(["", *(f" {head:<15} " for head in heads), ""]) + "\n" + "|".join(["", *[" --- "] * len(heads), ""]))
    with silent_proxy():
        for situation in chosen.situations:
            for way, (number, code) in WAYS.items():
                left = end(situation, number)
                wrong = left.wrong(situation, code, goes_on(situation, number))
                bad += wrong
                cells: list[object] = [situation, way, left.code, f"{left.seconds:.2f}", left.terminal or "as before"]
                saved = "nothing typed" if situation in UNTYPED else left.text == TEXT
                cells += [saved, not left.claim, left.runs, "WRONG" if wrong else ""]
                print("|".join(["", *(f" {cell!s:<15} " for cell in cells), ""]), flush=True)
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
