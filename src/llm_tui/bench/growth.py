"""How cost grows: the same work on ten times as much."""

from __future__ import annotations

import csv
import threading
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from llm_tui.bench import spanish
from llm_tui.bench.asked import Asked
from llm_tui.bench.figure import Figure, compared
from llm_tui.bench.measure import spent
from llm_tui.engine.job import Context, run_job
from llm_tui.i18n import Text

TIMES, GOAL = 10, 11.0

Work = Callable[[Path, int], Callable[[], object]]
"""What prepares a piece of work of some size, and does it."""


def measure(asked: Asked) -> Iterator[Figure]:
    """Time first, then, in a turn of its own, what Python's own memory holds at most. On one thread: where a core is
    not free, others wait for it busily, and that is counted too.
    """
    import torch

    torch.set_num_threads(1)
    for what, (size, work) in WORKS.items():
        size = max(2, size // 10) if asked.small else size
        less, more = work(asked.folder, size), work(asked.folder, TIMES * size)
        less()
        turns = [(spent(more), spent(less)) for _ in range(asked.pairs)]
        beside = Text("{n}", "{n}").format(n=size)
        grown = Text("{what}: {n}, time", "{what}: {n}, tiempo").format(what=what, n=TIMES * size)
        yield compared(grown, beside, [one for one, _ in turns], [other for _, other in turns], GOAL)
        peaks = [_peak(more), _peak(less)]
        held = Text("{what}: {n}, memory", "{what}: {n}, memoria").format(what=what, n=TIMES * size)
        ratio = peaks[0] / max(peaks[1], 1e-9)
        yield Figure(what=held, reference=beside, ours=peaks[0], theirs=peaks[1], unit="MB", ratio=ratio, goal=GOAL)


def _peak(does: Callable[[], object]) -> float:
    """Megabytes."""
    tracemalloc.start()
    does()
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return peak


def _context() -> Context:
    return Context(1, lambda event: None, threading.Event())


def _texts(count: int) -> list[str]:
    return [f"{n}: {line}" for n, line in enumerate(islice(spanish.lines(1), count))]


def _file(folder: Path, rows: int) -> Path:
    path = folder / f"{rows}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        written = csv.writer(file)
        written.writerow(["text", "label"])
        written.writerows((text, "abcd"[n % 4]) for n, text in enumerate(_texts(rows)))
    return path


def _training(folder: Path, rows: int) -> Callable[[], object]:
    from llm_tui.classifier.job import Training

    job = Training(data=str(_file(folder, rows + 200)), train_size=rows, test_size=200, device="cpu")
    return lambda: run_job(job, _context())


def _sheet(folder: Path, rows: int) -> Callable[[], object]:
    """Read, asked for and filled in, without the model."""
    from llm_tui.bench.sheet import answer
    from llm_tui.exercises import moderation
    from llm_tui.exercises.run import Filling
    from llm_tui.exercises.samples import read_samples
    from llm_tui.foundation.job import Asking

    path = _file(folder, rows)

    def fill() -> None:
        samples, _ = read_samples(path, tuple("abcd"))
        sheet: Any = moderation.Answers(samples=samples, labels="a, b, c, d")
        filling = Filling[Any]()
        filling.start(Asking())
        while due := filling.due(sheet):
            for job in due:
                outcome = filling.ended(job, answer(1, job), sheet)
                sheet = outcome.learnt(sheet) if outcome.learnt else sheet
        moderation.document(sheet, "es")

    return fill


def _zero_shot(folder: Path, count: int) -> Callable[[], object]:
    from llm_tui.foundation.job import ModelChoice
    from llm_tui.foundation.labels_job import ZeroShot
    from llm_tui.foundation.teaching import ZERO_SHOT

    context = _context()
    job = ZeroShot(tuple(_texts(count)), ("deporte", "ciencia"), model=ModelChoice(ZERO_SHOT.name))
    return lambda: run_job(job, context)


def _redaction(folder: Path, sentences: int) -> Callable[[], object]:
    from llm_tui.foundation.labels_job import Entity
    from llm_tui.redaction.proposals import proposals, redacted
    from llm_tui.redaction.rules import by_form

    parts, found, at = list[str](), list[Entity](), 0
    for n in range(sentences):
        name, rest = f"Ana Pérez{n}", f" llamó al 612 34 {n % 90 + 10} 78 ayer.\n"
        found.append(Entity(at, at + len(name), "PER", 0.9))
        parts += [name, rest]
        at += len(name) + len(rest)
    text = "".join(parts)
    return lambda: redacted(text, proposals(text, found, by_form(text)), "es")


def _overlap(folder: Path, sentences: int) -> Callable[[], object]:
    from llm_tui.foundation.overlap import overlap

    texts = _texts(2 * sentences)
    first, second = " ".join(texts[::2]), " ".join(texts[1::2])
    return lambda: overlap(first, second)


def _agreement(folder: Path, rows: int) -> Callable[[], object]:
    from llm_tui.exercises.agreement import agreement

    true = ["abcd"[n % 4] for n in range(rows)]
    given = ["abcd"[n * n % 4] for n in range(rows)]
    return lambda: agreement("abcd", Counter(zip(true, given, strict=True)))


def _export(folder: Path, rows: int) -> Callable[[], object]:
    from llm_tui.export.formats import FORMATS
    from llm_tui.export.table import Column, Table

    columns = (Column("text", Text("text", "texto")), Column("n", Text("no.", "n.º"), numeric=True))
    table = Table(columns, tuple((text, n / 7) for n, text in enumerate(_texts(rows))))
    return lambda: [write(table, "es") for write in FORMATS.values()]


WORKS: dict[Text, tuple[int, Work]] = {
    Text("training, rows", "entrenamiento, filas"): (2000, _training),
    Text("a sheet read, filled in, written; texts", "una hoja leída, rellena y escrita; textos"): (1000, _sheet),
    Text("zero-shot, texts", "zero-shot, textos"): (16, _zero_shot),
    Text("redaction, sentences of a text", "ocultar datos, oraciones de un texto"): (1000, _redaction),
    Text("ROUGE and chrF, sentences of a text", "ROUGE y chrF, oraciones de un texto"): (100, _overlap),
    Text("agreement, texts", "concordancia, textos"): (10_000, _agreement),
    Text("a table in all forms, rows", "una tabla en todos los formatos, filas"): (500, _export),
}
