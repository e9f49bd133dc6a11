"""What goes over the line at 80x24 while nobody presses a key, and how soon what runs has stopped, and the program."""

from __future__ import annotations

import math
import statistics
import threading
import time
from collections.abc import Callable, Iterator

from llm_tui.bench.asked import Asked
from llm_tui.bench.figure import Figure
from llm_tui.bench.pressing import HOME, MOST, QUIT, RUN, STOP, SWEEP, TRAIN, go, pause, training, with_sweep, working
from llm_tui.bench.program import PAINTED, has_torch, program, settle, urgent
from llm_tui.bench.terminal import Terminal
from llm_tui.i18n import Text

IMPORT_BYTES, TRAINING_BYTES = 4000.0, 2048.0
STOPPED_MS, GONE_MS = 200.0, 1000.0

LAST_PAINTED = "llm-tui  "
"""What home shows last of its first frame: the program's version."""

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
STOPPED = Text("from the stop until a training has ended", "de la orden de detener hasta que termina un entrenamiento")
SHOWN = Text("from the key until the screen says so", "de la tecla hasta que la pantalla lo dice")
GONE = Text("from the keys until the program is gone", "de las teclas hasta que el programa ya no está")

Counted = dict[str, list[float]]


def measure(asked: Asked) -> Iterator[Figure]:
    """Bytes per second, each second on its own: of the idle ones the worst counts, of a training the median."""
    urgent()
    counted: Counted = {name: [] for name in ("import", *RATES, "shown", "gone")}
    for _ in range(asked.pairs):
        _sitting(counted, 1 if asked.small else SECONDS)
    yield _figure(IMPORT, counted["import"], max, "B", IMPORT_BYTES)
    for name, what in RATES.items():
        busy = name.startswith("training")
        yield _figure(what, counted[name], statistics.median if busy else max, "B/s", TRAINING_BYTES if busy else 0.0)
    yield _figure(STOPPED, _stopped(3 * asked.pairs), max, "ms", STOPPED_MS)
    yield _figure(SHOWN, counted["shown"], max, "ms", None)
    yield _figure(GONE, counted["gone"], max, "ms", GONE_MS)


def _figure(
    what: Text, values: list[float], judged: Callable[[list[float]], float], unit: str, goal: float | None
) -> Figure:
    note = f"{statistics.median(values):.0f} ({min(values):.0f}-{max(values):.0f}) / {len(values)}"
    return Figure(what=what, ours=float(judged(values)), unit=unit, goal=goal, note=Text(note, note))


def _sitting(counted: Counted, seconds: int) -> None:
    """Home and the training screen, idle and with a training, which is stopped, begun again and left with ctrl+q."""
    with program(lay_out=with_sweep) as terminal:
        painted = terminal.wait_for(LAST_PAINTED, MOST)
        loaded = terminal.wait_for(has_torch, MOST)
        settle(terminal, QUIET)
        # The read that completed the first paint is part of it.
        counted["import"].append(float(terminal.received(math.nextafter(painted, loaded))))
        counted["home"] += _watched(terminal, seconds)
        go(terminal, TRAIN, "train rows")
        settle(terminal, QUIET)
        counted["train"] += _watched(terminal, seconds)
        terminal.send("s")
        settle(terminal, QUIET)
        counted["field"] += _watched(terminal, seconds)
        _begin(terminal)
        counted["training"] += _watched(terminal, seconds)
        go(terminal, HOME, PAINTED)
        terminal.pump(QUIET / 2)
        counted["training, home"] += _watched(terminal, seconds)
        go(terminal, TRAIN, "train rows")
        pressed = terminal.send(STOP)
        counted["shown"].append(1000 * (terminal.wait_for(lambda now: not working(now), MOST) - pressed))
        _begin(terminal)
        pressed = terminal.send(QUIT)
        terminal.wait_for("A job is running", MOST)
        pressed = terminal.send(QUIT)
        counted["gone"].append(1000 * (terminal.wait_exit(MOST) - pressed))


def _stopped(count: int) -> list[float]:
    """Milliseconds within this process, by turns while it reads, tokenizes and trains."""
    from llm_tui.classifier.setup import parse_sweep
    from llm_tui.engine.engine import Engine
    from llm_tui.engine.events import ENDINGS, Event, Progress

    times = []
    with Engine() as engine:
        for number in range(count):
            phase = ("reading", "tokenizing", "training")[number % 3]
            reached, ended = threading.Event(), threading.Event()

            def listen(event: Event, phase: str = phase, reached=reached, ended=ended) -> None:  # type: ignore[no-untyped-def]
                if isinstance(event, ENDINGS):
                    ended.set()
                if isinstance(event, ENDINGS) or (isinstance(event, Progress) and event.what.startswith(phase)):
                    reached.set()

            # Another number of rows each time: the rows of the run before would be taken again.
            size = str(50_000 - number)
            engine.submit(parse_sweep({**SWEEP, "train_size": size, "seed": "0"}).base, listen)
            reached.wait()
            began = time.perf_counter()
            engine.cancel()
            ended.wait()
            times.append(1000 * (time.perf_counter() - began))
    return times


def _begin(terminal: Terminal) -> None:
    terminal.send(RUN)
    terminal.wait_for(training, MOST)
    pause(terminal, 0.5, 1.5)


def _watched(terminal: Terminal, seconds: int) -> list[float]:
    """Bytes in each of the next seconds."""
    counts = []
    for _ in range(seconds):
        began = time.perf_counter()
        terminal.pump(1.0)
        counts.append(float(terminal.received(began)))
    return counts
