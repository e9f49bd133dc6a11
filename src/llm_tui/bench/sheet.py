"""A sheet of 10,000 texts, as exercise 3 takes them from a file, beside one of 20."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from llm_tui.bench.asked import Asked
from llm_tui.bench.figure import Figure, compared
from llm_tui.bench.measure import by_turns
from llm_tui.bench.spanish import lines
from llm_tui.bench.still import Driven
from llm_tui.engine.events import Finished
from llm_tui.exercises.moderation import Answers, Reading
from llm_tui.exercises.samples import MOST, Sample
from llm_tui.foundation.job import Provenance
from llm_tui.foundation.labels_job import Classified, Labelled, ZeroShot
from llm_tui.i18n import Text
from llm_tui.lab.lab import Lab

FEW, GOAL = 20, 1.5

KEYS = {
    Text("a row down", "una fila abajo"): (("down", "up") * 2, GOAL),
    Text("a letter in a cell", "una letra en una celda"): (("enter", *"rojo", "escape"), GOAL),
    Text("a letter of the filter, and without it", "una letra del filtro, y sin él"): (("slash", "4", "escape"), None),
    Text("another order", "otro orden"): (("s",), None),
}
"""What is pressed by turns, and how many times the small sheet's time it may take."""


def measure(asked: Asked) -> Iterator[Figure]:
    """The processor's time of the whole program, until it is at rest, with what it saves meanwhile."""
    beside = Text("a sheet of {n}", "una hoja de {n}").format(n=FEW)
    with ExitStack() as stack:
        few = stack.enter_context(Driven(_lab(asked.folder / "few", FEW)))
        many = stack.enter_context(Driven(_lab(asked.folder / "many", MOST // 20 if asked.small else MOST)))
        for driven in (few, many):
            driven.visit("sheet-3", "#samples DataTable")
        for what, (keys, goal) in KEYS.items():
            turns = by_turns(partial(many.press, *keys), partial(few.press, *keys), asked.pairs)
            yield compared(what, beside, *turns, goal)
        for driven in (few, many):
            driven.press("ctrl+r")
            driven.pause(0.5)
        turns = by_turns(lambda: _answered(many), lambda: _answered(few), min(asked.pairs, FEW // 2 - 1))
        yield compared(Text("an answer coming in", "una respuesta que llega"), beside, *turns, GOAL)


def _lab(folder: Path, count: int) -> Lab:
    """With a sheet of which half has been asked for."""
    begun = Answers()
    labels, texts = begun.label_names(), [f"{n}: {line}" for n, line in enumerate(islice(lines(1), count))]
    samples = tuple(
        Sample(text, labels[i % len(labels)], ("irony", "slang", "")[i % 3], True) for i, text in enumerate(texts)
    )
    scores = {text: _scores(i, len(labels)) for i, text in enumerate(texts[: count // 2])}
    readings = tuple(Reading(template, labels, begun.model, _BY, scores) for template in begun.templates())
    lab = Lab(folder)
    lab.save_answers(3, Answers(samples=samples, readings=readings))
    return lab


def _answered(driven: Driven) -> None:
    """With the pace at which answers are shown."""
    driven.engine.end(ZeroShot, answer)
    driven.pause(0.6)


def answer(number: int, job: Any) -> Finished:
    """What a model might have said to a `ZeroShot`."""
    found = tuple(Labelled(_scores(i, len(job.labels))) for i in range(len(job.texts)))
    return Finished(number, Classified(job.labels, found, _BY))


def _scores(place: int, labels: int) -> tuple[float, ...]:
    return tuple(0.7 if i == place % labels else 0.1 for i in range(labels))


_BY = Provenance("a-model", "abcdef", "cpu", "float32", 1, 0.5)
