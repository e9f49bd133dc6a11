"""What goes over the line at 80x24 while nobody presses a key; how soon a training stops, and the program ends."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

from llm_tui.bench.asked import Asked
from llm_tui.bench.figure import Figure
from llm_tui.bench.pressing import HOME, MOST, QUIT, RUN, STOP, TRAIN, go, pause, training, with_sweep, working
from llm_tui.bench.program import PAINTED, has_torch, program, settle, urgent
from llm_tui.bench.terminal import Terminal
from llm_tui.i18n import Text

IMPORT_BYTES, TRAINING_BYTES = 4000.0, 2048.0
GONE_MS = 1000.0

LAST_PAINTED = "^P palette"
"""What home shows last of its first frame: the keys."""

QUIET = 2.0
SECONDS = 10
"""In which bytes are counted, in each place of one sitting."""

IMPORT = Text(
    "from the first paint until torch is there, in all", "de la primera imagen hasta que está torch, en total"
)
RATES = {
    "home": Text("idle, home", "sin trabajo, inicio"),
    "train": Text("idle, training screen", "sin trabajo, pantalla de entrenamiento"),
    "field": Text("idle, in a field", "sin trabajo, en un campo"),
    "training": Text("while it trains, training screen", "mientras entrena, pantalla de entrenamiento"),
    "training, home": Text("while it trains, home", "mientras entrena, inicio"),
}
SHOWN = Text("from the key until a training has stopped", "de la tecla hasta que se detiene un entrenamiento")
GONE = Text("from the keys until the program is gone", "de las teclas hasta que el programa ya no está")

Counted = dict[str, list[float]]


def measure(asked: Asked) -> Iterator[Figure]:
    """Bytes per second, each second on its own: of the idle ones the worst counts, of a training the median."""
    urgent()
    counted: Counted = {name: [] for name in ("import", *RATES, "shown", "gone")}
    for _ in range(asked.pairs):
        _sitting(counted, asked.small)
    yield _figure(IMPORT, counted["import"], max, "B", IMPORT_BYTES)
    for name, what in RATES.items():
        busy = name.startswith("training")
        yield _figure(what, counted[name], statistics.median if busy else max, "B/s", TRAINING_BYTES if busy else 0.0)
    yield _figure(SHOWN, counted["shown"], max, "ms", None)
    yield _figure(GONE, counted["gone"], max, "ms", GONE_MS)


def _figure(
    what: Text, values: list[float], judged: Callable[[list[float]], float], unit: str, goal: float | None
) -> Figure:
    note = f"{statistics.median(values):.0f} ({min(values):.0f}-{max(values):.0f}) / {len(values)}"
    return Figure(what=what, ours=float(judged(values)), unit=unit, goal=goal, note=Text(note, note))


def _sitting(counted: Counted, small: bool) -> None:
    """Home and the training screen, idle and with a training, which is stopped, begun again and left with ctrl+q."""
    seconds, quiet = (1, QUIET / 10) if small else (SECONDS, QUIET)
    with program(lay_out=lambda lab: with_sweep(lab, small)) as terminal:
        painted = terminal.wait_for(LAST_PAINTED, MOST)
        loaded = terminal.wait_for(has_torch, MOST)
        settle(terminal, quiet)
        # The read that completed the first paint is part of it.
        counted["import"].append(float(terminal.received(math.nextafter(painted, loaded))))
        counted["home"] += _watched(terminal, seconds)
        go(terminal, TRAIN, "train rows")
        settle(terminal, quiet)
        counted["train"] += _watched(terminal, seconds)
        terminal.send("s")
        settle(terminal, quiet)
        counted["field"] += _watched(terminal, seconds)
        _begin(terminal)
        counted["training"] += _watched(terminal, seconds)
        go(terminal, HOME, PAINTED)
        terminal.pump(quiet / 2)
        counted["training, home"] += _watched(terminal, seconds)
        go(terminal, TRAIN, "train rows")
        terminal.wait_for(training, MOST)
        pressed = terminal.send(STOP)
        counted["shown"].append(1000 * (terminal.wait_for(lambda now: not working(now), MOST) - pressed))
        settle(terminal, quiet)
        _begin(terminal)
        pressed = terminal.send(QUIT)
        terminal.wait_for("A job is running", MOST)
        pressed = terminal.send(QUIT)
        counted["gone"].append(1000 * (terminal.wait_exit(MOST) - pressed))


def _begin(terminal: Terminal) -> None:
    """The key again where it came before the screen had followed the end of what ran."""
    while not training(terminal):
        terminal.send(RUN)
        with suppress(TimeoutError):
            terminal.wait_for(training, MOST / 6)
    pause(terminal, 0.5, 1.5)


def _watched(terminal: Terminal, seconds: int) -> list[float]:
    """Bytes in each of the next seconds."""
    counts = []
    for _ in range(seconds):
        began = time.perf_counter()
        terminal.pump(1.0)
        counts.append(float(terminal.received(began)))
    return counts
