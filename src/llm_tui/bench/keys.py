"""From a key to what it does on the screen, through a pty, whatever the program does meanwhile."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from llm_tui.bench.asked import Asked
from llm_tui.bench.figure import Figure
from llm_tui.bench.pressing import (
    ESCAPE,
    EXERCISES,
    HOME,
    MOST,
    PLAY,
    RUN,
    SENTENCES,
    STOP,
    TOKENS,
    TRAIN,
    WRITING,
    Pair,
    asking,
    go,
    opening,
    press,
    training,
    with_sweep,
    working,
)
from llm_tui.bench.program import PAINTED, has_torch, program, settle, urgent
from llm_tui.bench.terminal import Terminal
from llm_tui.i18n import Text

P99, WORST = 50.0, 100.0

EACH = 48
"""Presses in each state of one sitting."""

SEEN = 1.0
"""Seconds in which the screen says that something runs."""

SENTENCE = "El equipo número {n} despliega con cuidado, y vigila el servidor desde lejos."
BYTES = 1_000_000
QUIET, SHORT = 1.0, 0.2
"""Seconds without a byte, after which a screen has settled; the second where nobody relies on the figures."""

ECHO = ("sh", "-c", "stty raw -echo; printf 'ready\\r'; exec cat")
ECHOED = Pair(("x\r", "y\r"), lambda terminal: terminal.screen.buffer[0][0].data, ("x", "y"))

HARNESS = Text("cat, beside which all the others are seen", "cat, junto al que se ven todas las demás")
STATES = {
    "importing": Text("while torch is imported", "mientras se importa torch"),
    "idle": Text("idle, list of exercises", "sin trabajo, lista de ejercicios"),
    "field": Text("idle, field of the training", "sin trabajo, campo del entrenamiento"),
    "preparing": Text("while data is read and cut", "mientras se leen y cortan los datos"),
    "training": Text("while it trains, field", "mientras entrena, campo"),
    "training, list": Text("while it trains, list of exercises", "mientras entrena, lista de ejercicios"),
    "opening": Text("while transformers and a model open", "mientras se abren transformers y un modelo"),
    "generating": Text("while a model writes", "mientras un modelo escribe"),
    "filling": Text("while a sheet fills", "mientras se llena una hoja"),
    "cutting": Text("while two tokenizers cut 1 MB", "mientras dos tokenizadores cortan 1 MB"),
}

Times = dict[str, list[float]]


def measure(asked: Asked) -> Iterator[Figure]:
    """Milliseconds at random times. What is over after some presses, as the import, is begun anew until there are as
    many of it as of the others.
    """
    urgent()
    each = 2 if asked.small else EACH
    yield replace(_figure(HARNESS, _echo(each * asked.pairs)), goal=None)
    times: Times = {state: [] for state in STATES}
    for _ in range(asked.pairs):
        _sitting(times, each, asked.small)
    least = 1 if asked.small else EACH * asked.pairs
    while min(map(len, times.values())) < least:
        _beginning(times, least, asked.small)
    for state, what in STATES.items():
        yield _figure(what, times[state])
    worst = max(STATES, key=lambda state: max(times[state]))
    yield Figure(
        what=Text("the worst key of all", "la peor tecla de todas"),
        ours=max(times[worst]), unit="ms", goal=WORST, note=STATES[worst],
    )  # fmt: skip


def _figure(what: Text, times: list[float]) -> Figure:
    note = f"p99 / {len(times)}; p50 {statistics.median(times):.1f}, max {max(times):.1f} ms"
    return Figure(what=what, ours=p99(times), unit="ms", goal=P99, note=Text(note, note))


def p99(times: list[float]) -> float:
    return sorted(times)[max(0, math.ceil(0.99 * len(times)) - 1)]


def _echo(count: int) -> list[float]:
    """What the harness itself takes: the same, of a program that does nothing but send back."""
    with program(ECHO) as terminal:
        terminal.wait_for("ready", MOST)
        return press(terminal, ECHOED, count)


def _beginning(times: Times, count: int, small: bool) -> None:
    """What every sitting has but once: the import, the data, the first model."""
    with program(lay_out=lambda lab: _lay_out(lab, small)) as terminal:
        terminal.wait_for(PAINTED, MOST)
        times["importing"] += press(terminal, EXERCISES, count - len(times["importing"]), _importing)
        terminal.wait_for(has_torch, MOST)
        if len(times["preparing"]) < count:
            _begin_training(terminal)
            times["preparing"] += press(terminal, WRITING, count - len(times["preparing"]), _preparing)
            terminal.send(STOP)
        if len(times["opening"]) < count:
            _ask_teaching_model(terminal)
            times["opening"] += press(terminal, WRITING, count - len(times["opening"]), opening)


def _sitting(times: Times, count: int, small: bool) -> None:
    with program(lay_out=lambda lab: _lay_out(lab, small)) as terminal:
        terminal.wait_for(PAINTED, MOST)
        times["importing"] += press(terminal, EXERCISES, count, _importing)
        terminal.wait_for(has_torch, MOST)
        quiet = SHORT if small else QUIET
        settle(terminal, quiet)
        times["idle"] += press(terminal, EXERCISES, count)
        _train(terminal, times, count, quiet)
        _ask_teaching_model(terminal)
        times["opening"] += press(terminal, WRITING, count, opening)
        times["generating"] += _during(terminal, WRITING, count, working)
        _stop(terminal)
        go(terminal, HOME, PAINTED)
        go(terminal, "4", "Exercise 4")
        times["filling"] += _during(terminal, SENTENCES, count, asking)
        _stop(terminal)
        go(terminal, TOKENS, "Tokenizers")
        terminal.wait_for(working, MOST)
        terminal.send("s")
        times["cutting"] += _during(terminal, WRITING, count, working)


def _train(terminal: Terminal, times: Times, count: int, quiet: float) -> None:
    go(terminal, TRAIN, "train rows")
    terminal.send("s")
    settle(terminal, quiet)
    times["field"] += press(terminal, WRITING, count)
    terminal.send(RUN)
    terminal.wait_for(working, MOST)
    times["preparing"] += press(terminal, WRITING, count, _preparing)
    terminal.wait_for(training, MOST)
    times["training"] += press(terminal, WRITING, count, training)
    go(terminal, HOME, PAINTED)
    times["training, list"] += press(terminal, EXERCISES, count, training)
    _stop(terminal)


def _begin_training(terminal: Terminal) -> None:
    go(terminal, TRAIN, "train rows")
    terminal.send("s")
    terminal.send(RUN)
    terminal.wait_for(working, MOST)


def _ask_teaching_model(terminal: Terminal) -> None:
    """A translation, in whose input is written from here on."""
    go(terminal, PLAY, "Tasks")
    terminal.send("2")
    terminal.wait_for("direction", MOST)
    terminal.send("z")
    terminal.wait_for(opening, MOST)
    terminal.send("t")


def _during(terminal: Terminal, pair: Pair, count: int, holds: Callable[[Terminal], bool]) -> list[float]:
    """Presses while something runs, which is run again when it has ended."""
    times: list[float] = []
    while len(times) < count:
        while not holds(terminal):
            terminal.send(RUN)
            with suppress(TimeoutError):  # an answer may be there before the screen has said that it is being made
                terminal.wait_for(holds, SEEN)
        times += press(terminal, pair, count - len(times), holds)
    return times


def _importing(terminal: Terminal) -> bool:
    return not has_torch(terminal)


def _preparing(terminal: Terminal) -> bool:
    return not training(terminal)


def _stop(terminal: Terminal) -> None:
    terminal.send(ESCAPE)
    terminal.send(STOP)
    terminal.wait_for(lambda now: not working(now), MOST)


def _lay_out(lab: Path, small: bool) -> None:
    """A lab with a sweep, a sheet of sentences for the teaching model, and a long text to cut."""
    from llm_tui.exercises import subwords, translation
    from llm_tui.foundation.teaching import T5
    from llm_tui.lab.lab import Lab

    with_sweep(lab, small)
    sentences = [SENTENCE.format(n=n) for n in range(BYTES // len(SENTENCE) // (20 if small else 1))]
    sheet = tuple(translation.Sentence(text) for text in sentences[:60])
    there = Lab(lab)
    there.save_answers(4, translation.Answers(sentences=sheet, model_es_en=T5.name, model_en_es=T5.name))
    there.save_answers(2, replace(subwords.Answers(), text="\n".join(sentences)))
    there.release()
