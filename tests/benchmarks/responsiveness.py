"""Does the screen answer while the program works, and how much does it send?

    python tests/benchmarks/responsiveness.py

Starts the real program in a pseudo-terminal of 80x24 on a fresh lab, presses keys at random times, and waits for what
just this key does to the screen: in the list of exercises the marked line moves, in the training's data field a letter
comes or goes. Prints milliseconds from key to screen, bytes per second while no key is pressed, seconds to the first
paint beside those of an empty Textual app, and how soon a training stops. It is a measurement, not a test: nothing
here runs in the suite.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import re
import statistics
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from llm_tui.bench.terminal import Terminal

P99_MS = 50.0
WORST_MS = 100.0
TRAINING_BYTES = 2048
FIRST_PAINT_RATIO = 1.5
CANCEL_MS = 200.0
QUIT_MS = 1000.0

SETUP = {"train_size": "50000", "epochs": "25", "seed": ",".join(map(str, range(20)))}
"""A sweep of 60 runs of half a minute each: it outlasts every measurement."""

EMPTY_APP = """
from textual.app import App
from textual.widgets import Static

class Empty(App):
    def compose(self):
        yield Static("nothing here")

Empty().run()
"""

HOME, TRAIN = ("\x1bOQ", "News classifier"), ("\x1bOR", "Setup")
"""Of a screen the key, and what only this screen shows."""

QUIET = 2.0
"""Seconds without a byte after which a screen has settled."""

UNSET = ("COLORTERM", "TMUX", "LC_ALL", "PYTHONDONTWRITEBYTECODE")
"""Without bytecode on disk each start would compile this program anew, but not Textual: pip has done that."""

chance = random.Random(0)
Times = dict[str, list[float]]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two keys that undo each other; after each, `read` finds the one or the other of `values` on the screen."""

    keys: tuple[str, str]
    read: Callable[[Terminal], object]
    values: tuple[object, object]


def marked_line(terminal: Terminal) -> int | None:
    """Which of the seven exercises has another background than the others."""
    lines = (y for y in range(terminal.screen.lines) if re.match("[│ ] ?[1-7] ", terminal.row(y)))
    colours = [terminal.screen.buffer[y][6].bg for y in lines]
    return next((i for i, colour in enumerate(colours) if colours.count(colour) == 1), None)


def data_field(terminal: Terminal) -> str:
    found = re.search(r"data +(\w+)", terminal.text())
    return found[1] if found else ""


LIST = Pair(("\x1b[B", "\x1b[A"), marked_line, (1, 0))
FIELD = Pair(("x", "\x7f"), data_field, ("samplex", "sample"))
ECHO = Pair(("x\r", "y\r"), lambda terminal: terminal.screen.buffer[0][0].data, ("x", "y"))


@contextmanager
def program(command: Sequence[str] = (sys.executable, "-m", "llm_tui")) -> Iterator[Terminal]:
    """The program on a lab of its own, whose setup of exercise 1 is `SETUP`."""
    with tempfile.TemporaryDirectory() as folder:
        answers = Path(folder) / "lab" / "exercises" / "1.json"
        answers.parent.mkdir(parents=True)
        answers.write_text(json.dumps({"setup": SETUP}))
        env = {key: value for key, value in os.environ.items() if key not in UNSET}
        env |= {f"XDG_{name}_HOME": f"{folder}/{name}" for name in ("CACHE", "CONFIG", "DATA", "STATE")}
        env |= {"LLM_TUI_LAB": f"{folder}/lab", "TERM": "xterm-256color", "LANG": "C.UTF-8", "HF_HUB_OFFLINE": "1"}
        with Terminal(command, env) as terminal:
            yield terminal


def importing(terminal: Terminal) -> bool:
    """Home has no version of torch yet; where it has one, the lines of the GPUs may have moved it out of sight."""
    return "being loaded" in terminal.text()


def preparing(terminal: Terminal) -> bool:
    return not training(terminal)


def training(terminal: Terminal) -> bool:
    """The job bar, in the last line but one, counts steps; before the first one it has the job's title alone."""
    return bool(re.search("training, batch.*%", terminal.row(22)))


def press(terminal: Terminal, pair: Pair, count: int, while_: Callable[[Terminal], bool] | None = None) -> list[float]:
    """Milliseconds from key to screen, of up to `count` presses at random times."""
    times: list[float] = []
    for number in range(count + count % 2):
        terminal.pump(chance.uniform(0.02, 0.3))
        counts = while_ is None or while_(terminal)
        if not counts and number % 2 == 0:
            break
        side = number % 2
        sent = terminal.send(pair.keys[side])
        seen = terminal.wait_for(lambda now, wanted=pair.values[side]: pair.read(now) == wanted, 60)
        if counts:
            times.append(1000 * (seen - sent))
    return times


def settle(terminal: Terminal) -> None:
    """Wait until nothing has come for a while; on a screen that never rests, not for ever."""
    deadline = time.perf_counter() + 10 * QUIET
    terminal.pump(QUIET)
    while terminal.received(time.perf_counter() - QUIET) and time.perf_counter() < deadline:
        terminal.pump(0.1)


def watch(terminal: Terminal, seconds: int) -> list[float]:
    """Bytes in each of the next seconds, in which no key is pressed."""
    counts = []
    for _ in range(seconds):
        began = time.perf_counter()
        terminal.pump(1)
        counts.append(float(terminal.received(began)))
    return counts


def measure_starts(count: int, times: Times, sent: Times) -> tuple[list[float], list[float]]:
    """Seconds from spawn to first paint, of the program and of an empty app in turn; and the bytes of the import."""
    ours: list[float] = []
    empty: list[float] = []
    for _ in range(count + 1):
        with program((sys.executable, "-c", EMPTY_APP)) as terminal:
            empty.append(terminal.wait_for("nothing here", 60) - terminal.started)
        with program() as terminal:
            painted = terminal.wait_for("being loaded", 60)
            ours.append(painted - terminal.started)
            loaded = terminal.wait_for(lambda now: not importing(now), 120)
            sent["import, mean of each start"].append(terminal.received(painted) / (loaded - painted))
            times["first paint until torch is there"].append(1000 * (loaded - painted))
    return ours[1:], empty[1:]  # the first ones wrote bytecode and filled the page cache


def measure_import(presses: int, times: Times) -> None:
    """Presses between the first paint and the end of the import, in as many starts as it takes."""
    while len(times["import, list"]) < presses:
        with program() as terminal:
            terminal.wait_for(HOME[1], 60)
            times["import, list"] += press(terminal, LIST, presses, importing)


def measure_session(presses: int, seconds: int, times: Times, sent: Times) -> None:
    """One sitting: home and the training screen, idle and with a training, which is stopped, started again and quit."""
    with program() as terminal:
        terminal.wait_for(HOME[1], 60)
        terminal.wait_for(lambda now: not importing(now), 120)
        measure_idle(terminal, presses, seconds, times, sent)
        terminal.send("\x12")
        terminal.wait_for("^X stop")
        times["preparing, field"] += press(terminal, FIELD, presses, preparing)
        terminal.wait_for(training, 120)
        measure_training(terminal, presses, seconds, times, sent)
        pressed = terminal.send("\x18")
        terminal.wait_for(lambda now: not now.row(22).strip())
        times["stop, until the job bar is empty"].append(1000 * (time.perf_counter() - pressed))
        settle(terminal)
        terminal.send("\x12")
        terminal.wait_for(training, 120)
        terminal.pump(chance.uniform(1, 3))
        pressed = terminal.send("\x11")
        times["quit, until the process is gone"].append(1000 * (terminal.wait_exit() - pressed))


def measure_idle(terminal: Terminal, presses: int, seconds: int, times: Times, sent: Times) -> None:
    """Begins on home, ends in the data field of the training screen."""
    settle(terminal)
    sent["idle, home"] += watch(terminal, seconds)
    times["idle, list"] += press(terminal, LIST, presses)
    times["F3, first time"].append(switch(terminal, *TRAIN))
    for _ in range(3):
        times["F2 and F3, idle"] += [switch(terminal, *HOME), switch(terminal, *TRAIN)]
    settle(terminal)
    sent["idle, train"] += watch(terminal, seconds)
    terminal.send("s")
    settle(terminal)
    sent["idle, field"] += watch(terminal, seconds)
    times["idle, field"] += press(terminal, FIELD, presses)


def measure_training(terminal: Terminal, presses: int, seconds: int, times: Times, sent: Times) -> None:
    """Begins in the data field of the training screen, ends on that screen outside of the field."""
    times["training, field"] += press(terminal, FIELD, presses)
    terminal.send("\x1b")
    terminal.pump(1)
    sent["training, train"] += watch(terminal, seconds)
    for _ in range(3):
        times["F2 and F3, training"] += [switch(terminal, *HOME), switch(terminal, *TRAIN)]
    terminal.send(HOME[0])
    terminal.wait_for(HOME[1])
    times["training, list"] += press(terminal, LIST, presses)
    sent["training, home"] += watch(terminal, seconds)
    switch(terminal, *TRAIN)


def switch(terminal: Terminal, key: str, seen: str) -> float:
    """Milliseconds until another screen is there."""
    terminal.pump(chance.uniform(0.5, 1))
    pressed = terminal.send(key)
    return 1000 * (terminal.wait_for(seen, 60) - pressed)


def measure_cancel(count: int) -> Times:
    """Milliseconds from `Engine.cancel` to `Cancelled` within this process, by what the training was doing."""
    from llm_tui.classifier.setup import parse_sweep
    from llm_tui.engine.engine import Engine
    from llm_tui.engine.events import ENDINGS, Cancelled, Event, Progress

    times: Times = defaultdict(list)
    with Engine() as engine:
        engine.submit(parse_sweep({"train_size": "100"}).base)
        engine.wait()
        for number in range(count):
            phase = ("reading", "tokenizing", "training")[number % 3]
            reached, ended = threading.Event(), threading.Event()

            def listen(event: Event, phase: str = phase, reached=reached, ended=ended) -> None:
                if isinstance(event, Progress) and event.what.startswith(phase):
                    reached.set()
                elif isinstance(event, ENDINGS):
                    assert isinstance(event, Cancelled), event
                    ended.set()

            # Another number of rows each time: the corpus of the run before would be taken again.
            engine.submit(parse_sweep({**SETUP, "train_size": str(50_000 - number), "seed": "0"}).base, listen)
            reached.wait()
            time.sleep(chance.uniform(0, 1))
            began = time.perf_counter()
            engine.cancel()
            ended.wait()
            times[f"cancel, {phase}"].append(1000 * (time.perf_counter() - began))
    return times


def p99(times: Sequence[float]) -> float:
    ordered = sorted(times)
    return ordered[max(0, math.ceil(0.99 * len(ordered)) - 1)]


def show_times(title: str, times: Times) -> None:
    print(f"\n{title:34} {'n':>4} {'p50':>7} {'p99':>7} {'worst':>7}  ms")
    for name, values in times.items():
        print(f"{name:34} {len(values):4} {statistics.median(values):7.1f} {p99(values):7.1f} {max(values):7.1f}")


def show_rates(sent: Times) -> None:
    print(f"\n{'Sent while no key is pressed':34} {'n':>4} {'median':>7} {'mean':>7} {'worst':>7}  B/s")
    for name, values in sent.items():
        middle, mean = statistics.median(values), statistics.mean(values)
        print(f"{name:34} {len(values):4} {middle:7.0f} {mean:7.0f} {max(values):7.0f}")


def show_starts(ours: list[float], empty: list[float]) -> float:
    """Returns the ratio of the medians."""
    print(f"\n{'Start to first paint':34} {'n':>4} {'median':>7} {'min':>7} {'max':>7}  s")
    for name, values in (("llm-tui", ours), ("empty Textual app", empty)):
        print(f"{name:34} {len(values):4} {statistics.median(values):7.3f} {min(values):7.3f} {max(values):7.3f}")
    ratio = statistics.median(ours) / statistics.median(empty)
    print(f"{'ratio':34} {'':4} {ratio:7.2f}")
    return ratio


def measure_echo(presses: int) -> Times:
    """What the harness itself takes: the same, of a program that does nothing but send back."""
    with program(("sh", "-c", "stty raw -echo; printf 'ready\\r'; exec cat")) as terminal:
        terminal.wait_for("ready")
        terminal.pump(0.2)
        return {"cat": press(terminal, ECHO, presses)}


def verdict(goal: str, values: Times, good: Callable[[list[float]], bool]) -> None:
    missed = [name for name, numbers in values.items() if not good(numbers)]
    print(f"{'MISS' if missed else 'PASS'}  {goal}" + (f": not {'; '.join(missed)}" if missed else ""))


def judge(keys: Times, sent: Times, ratio: float, cancels: Times, quits: list[float]) -> None:
    idle = {name: values for name, values in sent.items() if name.startswith("idle")}
    busy = {name: values for name, values in sent.items() if name.startswith("training")}
    verdict(f"p99 below {P99_MS:g} ms", keys, lambda values: p99(values) < P99_MS)
    verdict(f"none over {WORST_MS:g} ms", keys, lambda values: max(values) <= WORST_MS)
    verdict("0 B/s when idle", idle, lambda values: max(values) == 0)
    verdict(f"median below {TRAINING_BYTES} B/s while training", busy, lambda v: statistics.median(v) < TRAINING_BYTES)
    within = f"first paint within {FIRST_PAINT_RATIO:g} times that of an empty app"
    verdict(within, {f"{ratio:.2f}": [ratio]}, lambda values: values[0] <= FIRST_PAINT_RATIO)
    verdict(f"cancelled within {CANCEL_MS:g} ms", cancels, lambda values: max(values) < CANCEL_MS)
    verdict(f"gone within {QUIT_MS:g} ms of quitting", {"quit": quits}, lambda values: max(values) < QUIT_MS)


def load() -> str:
    return " ".join(f"{value:.2f}" for value in os.getloadavg()) + f" on {os.cpu_count()} processors"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--presses", type=int, default=60, help="in each state and place")
    parser.add_argument("--sessions", type=int, default=3, help="over which the presses are spread")
    parser.add_argument("--seconds", type=int, default=30, help="of counting bytes in each state and place")
    parser.add_argument("--starts", type=int, default=10, help="of each of the two apps")
    parser.add_argument("--cancels", type=int, default=30, help="within this process")
    given = parser.parse_args()
    if os.geteuid() == 0:
        os.nice(-10)  # a reader that waits for a processor would time that, not the program
    times: Times = defaultdict(list)
    sent: Times = defaultdict(list)

    sys.stdout.reconfigure(line_buffering=True)
    print(f"load {load()}")
    show_times("Harness alone", measure_echo(given.presses))
    ratio = show_starts(*measure_starts(given.starts, times, sent))
    measure_import(given.presses, times)
    for _ in range(given.sessions):
        share = math.ceil(given.presses / given.sessions)
        measure_session(share, math.ceil(given.seconds / given.sessions), times, sent)
    keys = {name: values for name, values in times.items() if name.endswith((", list", ", field"))}
    show_times("From key to screen", keys)
    show_times("Other keys", {name: values for name, values in times.items() if name not in keys})
    show_rates(sent)
    cancels = measure_cancel(given.cancels)
    show_times("From cancel to stopped, in process", cancels)

    print()
    judge(keys, sent, ratio, cancels, times["quit, until the process is gone"])
    print(f"\nload {load()}")


if __name__ == "__main__":
    main()
