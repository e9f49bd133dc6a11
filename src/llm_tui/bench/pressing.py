"""Keys at random times in the real program, each awaited on the screen; and how one sees there what it does."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from llm_tui.bench.terminal import Terminal

HOME, TRAIN, PLAY, TOKENS = "\x1bOQ", "\x1bOR", "\x1bOS", "\x1b[15~"
RUN, STOP, QUIT, ESCAPE = "\x12", "\x18", "\x11", "\x1b"

JOB_BAR = 22
"""Its line at 80x24."""

SWEEP = {"train_size": "50000", "epochs": "25", "seed": ",".join(map(str, range(20)))}
"""Sixty runs of half a minute each: it outlasts every measurement."""

SMALL_SWEEP = {**SWEEP, "train_size": "5000"}

MOST = 120.0
"""Seconds that are waited for anything."""

_chance = random.Random(0)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two keys that undo each other; after each, `read` finds the one or the other of `values` on the screen."""

    keys: tuple[str, str]
    read: Callable[[Terminal], object]
    values: tuple[object, object]


def marked(lines: str) -> Callable[[Terminal], int | None]:
    """Which of the lines that begin like this has another background than the others."""

    def number(terminal: Terminal) -> int | None:
        found = [y for y in range(terminal.screen.lines) if re.match(lines, terminal.row(y))]
        colours = [terminal.screen.buffer[y][8].bg for y in found]
        return next((i for i, colour in enumerate(colours) if colours.count(colour) == 1), None)

    return number


EXERCISES = Pair(("\x1b[B", "\x1b[A"), marked("[│ ] ?[1-7] "), (1, 0))
SENTENCES = Pair(("\x1b[B", "\x1b[A"), marked("[○●] ?[1-9] "), (1, 0))
WRITING = Pair(("§", "\x7f"), lambda terminal: "§" in terminal.text(), (True, False))
"""In whatever field there is."""


def press(
    terminal: Terminal, pair: Pair, count: int, while_: Callable[[Terminal], bool] = lambda terminal: True
) -> list[float]:
    """Milliseconds from key to screen, of up to `count` presses at random times. Ends where it began."""
    times: list[float] = []
    for number in range(count + count % 2):
        pause(terminal, 0.02, 0.25)
        counts = while_(terminal)
        if not counts and number % 2 == 0:
            break
        side = number % 2
        sent = terminal.send(pair.keys[side])
        seen = terminal.wait_for(partial(_shows, pair, side), MOST)
        if counts:
            times.append(1000 * (seen - sent))
    return times


def _shows(pair: Pair, side: int, terminal: Terminal) -> bool:
    return pair.read(terminal) == pair.values[side]


def pause(terminal: Terminal, least: float, most: float) -> None:
    terminal.pump(_chance.uniform(least, most))


def go(terminal: Terminal, key: str, seen: str) -> None:
    """To another screen."""
    terminal.send(key)
    terminal.wait_for(seen, MOST)


def working(terminal: Terminal) -> bool:
    return "^X stop" in terminal.row(JOB_BAR)


def opening(terminal: Terminal) -> bool:
    return bool(re.match(" (loading|opening)", terminal.row(JOB_BAR)))


def asking(terminal: Terminal) -> bool:
    return terminal.row(JOB_BAR).startswith(" asking")


def training(terminal: Terminal) -> bool:
    """The job bar counts steps; before the first one it has the job's title alone."""
    return bool(re.search("training, batch.*%", terminal.row(JOB_BAR)))


def with_sweep(lab: Path, small: bool) -> None:
    """A lab whose setup of exercise 1 is a long sweep."""
    answers = lab / "exercises" / "1.json"
    answers.parent.mkdir(parents=True)
    answers.write_text(json.dumps({"setup": SMALL_SWEEP if small else SWEEP}))
