"""A lab of a long course, with 2,000 runs and a log of 200,000 lines, beside an empty one."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from itertools import repeat
from pathlib import Path

import msgspec

from llm_tui.bench.asked import Asked
from llm_tui.bench.figure import Figure, compared
from llm_tui.bench.measure import Spent, spent
from llm_tui.bench.program import PAINTED, PROGRAM, processor_time, program, urgent
from llm_tui.classifier.job import Training, TrainingResult
from llm_tui.engine.energy import Energy
from llm_tui.engine.events import Finished, Metric, Started
from llm_tui.foundation.labels_job import ZeroShot
from llm_tui.i18n import Text
from llm_tui.lab.audit import log_of
from llm_tui.lab.lab import Lab

RUNS, LINES = 2000, 200_000
START, SECOND = 1.2, 1.0

RESULT = TrainingResult(
    0.75, 0.6, 1.5, 0.5, 157, "sample", True, 10_000, 1000, 900, ("a", "b"), ((400, 100), (150, 350)), (), "CPU", "2.13"
)


def measure(asked: Asked) -> Iterator[Figure]:
    """Each time in a lab that was not read before; Home and the report without their screens."""
    urgent()
    runs, lines = (RUNS // 50, LINES // 50) if asked.small else (RUNS, LINES)
    full, empty = asked.folder / "full", asked.folder / "empty"
    _fill(full, runs, lines)
    turns = [(_started(full), _started(empty)) for _ in range(asked.pairs + 1)][not asked.small :]
    beside = Text("an empty lab", "un laboratorio vacío")
    what = Text("start to first paint", "del arranque a la primera imagen")
    yield compared(what, beside, [one for one, _ in turns], [other for _, other in turns], START, clock="wall")
    for what, does in _reads().items():
        turns = [(spent(partial(does, full)), spent(partial(does, empty))) for _ in range(asked.pairs)]
        ours, theirs = zip(*turns, strict=True)
        found = compared(what, beside, ours, theirs)
        yield Figure(what=what, reference=beside, ours=found.ours, theirs=found.theirs, goal=SECOND)


def _reads() -> dict[Text, Callable[[Path], object]]:
    from llm_tui.report.document import Report
    from llm_tui.screens import home

    return {
        Text("what Home shows", "lo que muestra Inicio"): lambda lab: home._looked(Lab(lab)),
        Text("the report", "el informe"): lambda lab: Report.of(Lab(lab), "es").markdown(),
        Text("the newest 20 lines of the log", "las 20 líneas más nuevas del registro"): partial(_log, last=20),
        Text("the whole log, as Markdown", "el registro entero, en Markdown"): _log,
    }


def _log(lab: Path, last: int = 10**9) -> None:
    """The command, with the start of the program; that an empty lab has no log is an error, which it says."""
    command = (*PROGRAM, "log", "--lab", str(lab), "--last", str(last))
    subprocess.run(command, check=lab.is_dir(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _started(lab: Path) -> Spent:
    def lay_out(there: Path) -> None:
        if lab.is_dir():
            there.symlink_to(lab)

    with program(lay_out=lay_out) as terminal:
        arrived = terminal.wait_for(PAINTED)
        return Spent(arrived - terminal.started, processor_time(terminal.pid))


def _fill(folder: Path, runs: int, lines: int) -> None:
    """One run that the lab has written down, under other seeds; one line of its log, many times."""
    lab = Lab(folder)
    lab.create()
    record = lab.runs.recorder(Training())
    values = {"steps": 157, "loss": 0.5, "accuracy": 0.75, "examples_per_second": 1e5, "seconds_left": 0.0}
    for event in (Started(1), *(Metric(1, step, values) for step in range(1, 158)), Finished(1, RESULT)):
        record(event)
    (one,) = (folder / "runs").iterdir()
    config = (one / "config.json").read_text()
    for seed in range(1, runs):
        copy = one.with_name(f"{20200101 + seed // 86400}-{seed % 86400:06d}-000000-b64-s{seed}")
        shutil.copytree(one, copy)
        (copy / "config.json").write_text(config.replace('"seed": 0', f'"seed": {seed}'))
    *_, log, _ = lab.listeners(ZeroShot(("Un texto.",) * 8, ("spam", "odio", "permitido")))
    log(Started(1))
    log(Finished(1, None, Energy.unknown("no-counter")))
    line = log_of(folder).read_bytes()
    assert msgspec.json.decode(line)["outcome"] == "finished"
    log_of(folder).write_bytes(b"".join(repeat(line, lines)))
