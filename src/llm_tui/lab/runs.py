"""The runs of a lab: one folder per training, written as it goes.

runs/<id>/config.json        what was asked for
runs/<id>/metrics.jsonl      one line per report
runs/<id>/result.json        how it ended; absent while it runs, and after a kill
runs/<id>/vocab.json         the vocabulary, where the run keeps its model
runs/<id>/model.safetensors  the weights, likewise
runs/<id>/README.md          its model card, where the student has begun one
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import IO, Literal, TypeVar

import msgspec

from llm_tui import __version__
from llm_tui.classifier.job import Diverged, Model, Training, TrainingResult
from llm_tui.decoding import decode
from llm_tui.engine.devices import Device
from llm_tui.engine.events import Cancelled, Event, Failed, Finished, Metric, Placed, Started
from llm_tui.errors import UserError, reason
from llm_tui.i18n import Text, tr
from llm_tui.lab import stored
from llm_tui.lab.files import cannot_read, cannot_write, read_if_there, read_plain, write_line
from llm_tui.lab.store import Store
from llm_tui.marks import Later

A = TypeVar("A")

State = Literal["finished", "stopped", "interrupted", "diverged", "failed", "timed out", "unfinished"]

STATES: dict[State, Text] = {
    "finished": Text("finished", "terminada"),
    "stopped": Text("stopped", "detenida"),
    "interrupted": Text("interrupted", "interrumpida"),
    "diverged": Text("diverged", "divergió"),
    "failed": Text("failed", "falló"),
    "timed out": Text("timed out", "tiempo agotado"),
    "unfinished": Text("unfinished", "sin acabar"),
}

CARD = "README.md"

ENDED: tuple[State, ...] = ("finished", "diverged")
"""What would come out the same if it were run again."""


@dataclass(frozen=True, slots=True)
class Config:
    """config.json. `stamp` is that of the data files, `started` is local time in ISO 8601, `device` the one that was
    taken, and why.
    """

    job: Training
    stamp: tuple[tuple[str, int, int], ...]
    started: str
    version: str
    device: Later[Device | None] = None


@dataclass(frozen=True, slots=True)
class Ending:
    """result.json. `message` says why a run failed or diverged."""

    state: State
    message: str = ""
    result: TrainingResult | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """One line of metrics.jsonl. `seconds` since the first step; None in runs of versions that did not keep them."""

    step: int
    steps: int
    loss: float
    accuracy: float
    examples_per_second: float
    seconds_left: float = 0.0
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One training in the lab. Without an ending it still runs somewhere, or was killed."""

    folder: Path
    config: Config
    ending: Ending | None

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def job(self) -> Training:
        return self.config.job

    @property
    def state(self) -> State:
        return self.ending.state if self.ending else "unfinished"

    @property
    def result(self) -> TrainingResult | None:
        return self.ending.result if self.ending else None

    def said(self) -> str:
        """How it stands, in a few words."""
        return str(STATES[self.state])

    def why(self) -> str:
        """Why it has no result, where that is known."""
        return self.ending.message if self.ending else ""

    def card(self) -> str | None:
        """Its model card, as the student has it.

        Raises:
            UserError: it cannot be read.
        """
        content = read_if_there(self.folder / CARD)
        return None if content is None else content.decode(errors="replace").replace("\r\n", "\n")

    def has_model(self) -> bool:
        return (self.folder / "model.safetensors").is_file()

    def line(self) -> str:
        """The run in one line, for lists."""
        job, result = self.job, self.result
        score = f"{result.accuracy:.3f}  {result.seconds:6.2f} s" if result else self.said()
        name = result.data_name if result else Path(job.data).name
        when = self.config.started[5:16].replace("T", " ")
        return f"{when}  b{job.batch_size:<4} s{job.seed:<3} {score:<16}  {name}"

    def points(self) -> list[Point]:
        """The reports so far; a last line that was cut off by a kill is left out."""
        try:
            lines = read_plain(self.folder / "metrics.jsonl").splitlines()
        except OSError:
            return []
        points = []
        for line in lines:
            try:
                points.append(decode(line, Point))
            except (msgspec.DecodeError, RecursionError):
                continue
        return points


class Runs:
    """The folder `runs` of a lab. Its time of change is that of the newest beginning or ending of a run."""

    def __init__(self, store: Store):
        self._store = store
        self.folder = store.folder / "runs"
        self._time = 0
        self._ended: dict[str, tuple[object, Run]] = {}  # each beside what was `_seen` of it then

    def changed(self) -> int:
        """Another number when runs have begun, ended or been deleted; a look that costs next to nothing. A folder that
        cannot be looked at has not changed.
        """
        try:
            self._time = self.folder.stat().st_mtime_ns
        except OSError:
            if not self._store.gone():
                self._time = 0
        return self._time

    def all(self) -> list[Run]:
        """All runs that can be read, newest first.

        Raises:
            UserError: the folder of a lab is gone or cannot be read: that is not to have no runs.
        """
        try:
            names = sorted(os.listdir(self.folder), reverse=True)
        except (FileNotFoundError, NotADirectoryError):
            if gone := self._store.gone():
                raise gone from None
            return []
        except OSError as error:
            raise cannot_read(self.folder, error) from error
        ended, self._ended = self._ended, {}
        return [run for name in names if (run := self._run(name, ended))]

    def _run(self, name: str, ended: Mapping[str, tuple[object, Run]]) -> Run | None:
        """What has ended is read again where its files are others."""
        (known, before), folder = ended.get(name, (None, None)), self.folder / name
        seen = _seen(folder)
        run = before if before and seen == known else read_run(folder)
        self._ended |= {name: (seen, run)} if run and run.ending else {}
        return run

    def trained(self) -> Run:
        """The newest run that came to its end and left a model.

        Raises:
            UserError: there is none.
        """
        run = next((run for run in self.all() if run.result and run.has_model()), None)
        if run is None:
            raise UserError(
                tr(
                    f"The lab {self.folder.parent} has no trained classifier: do exercise 1 first, or llm-tui train, "
                    "or choose another lab with --lab.",
                    f"El laboratorio {self.folder.parent} no tiene ningún clasificador entrenado: haga antes el "
                    "ejercicio 1, o llm-tui train, o elija otro laboratorio con --lab.",
                )
            )
        return run

    def delete(self, run: Run) -> None:
        """Remove the run's folder and all that is in it.

        Raises:
            UserError: it could not be removed.
        """
        try:
            shutil.rmtree(self.folder / run.id)
        except OSError as error:
            raise UserError(
                tr(
                    f"The run {run.id} could not be deleted ({reason(error)}).",
                    f"No se pudo borrar la ejecución {run.id} ({reason(error)}).",
                )
            ) from error

    def keep_card(self, run: Run, text: str, name: str = CARD, before: str | None = None) -> str:
        """Write the card of a run to `name`, which held `before` when it was read. What somebody else has written there
        since then stays: the card gets a number. Returns its name.

        Raises:
            UserError: it could not be written, or the run is gone.
        """
        folder, number = self.folder / run.id, 1
        if not folder.is_dir():
            raise self._store.gone() or UserError(
                tr(f"The run {run.id} is gone, and its card with it.",
                   f"La ejecución {run.id} ya no está, ni su ficha.")
            )  # fmt: skip
        content = text.encode(errors="replace")
        ours = {None, content, None if before is None else before.encode(errors="replace")}
        while read_if_there(folder / name) not in ours:
            number += 1
            name, ours = f"README-{number}.md", {None, content}
        self._store.write(folder / name, content)
        return name

    def recorder(self, job: Training) -> Recorder:
        return Recorder(self._store, self.folder, job)


def read_run(folder: Path) -> Run | None:
    """None for what is no run: a stray file, a folder of another program, a damaged config."""
    config, ending = _whole(folder / "config.json", Config), _whole(folder / "result.json", Ending)
    return Run(folder, config, ending if ending and _sound(ending) else None) if config else None


def _seen(folder: Path) -> object:
    """Other for other files of a run, which are replaced and never written to."""
    with contextlib.suppress(OSError):
        stats = [os.stat(os.path.join(folder, name)) for name in ("config.json", "result.json")]
        return [(one.st_ino, one.st_mtime_ns, one.st_size) for one in stats]
    return object()


def _whole(path: Path, kind: type[A]) -> A | None:
    """None where a part is missing, too: what was measured is known with all that it was measured with, or not."""
    try:
        found = stored.read(read_plain(path), kind)
    except (OSError, stored.Unreadable):
        return None
    return None if found.lost else found.value


def _sound(ending: Ending) -> bool:
    """Whether a finished run has a result, and its classes, its matrix and its mistakes fit together."""
    result = ending.result
    if result is None:
        return ending.state != "finished"
    classes = range(len(result.classes))
    return [len(row) for row in result.confusion] == [len(classes)] * len(classes) and all(
        mistake.label in classes and mistake.predicted in classes for mistake in result.mistakes
    )


class Recorder:
    """Writes one training down as its events come, on the thread that sends them.

    The folder is made at the first report: a job that never got so far leaves nothing behind. What was measured is
    written before the weights: it is small, and a second training may measure something else.
    """

    def __init__(self, store: Store, runs: Path, job: Training):
        self._store = store
        self._runs = runs
        self._job = job
        self._started = datetime.now().astimezone()
        self._stamp: tuple[tuple[str, int, int], ...] = ()
        self._device: Device | None = None
        self._folder: Path | None = None
        self._metrics: IO[bytes] | None = None

    def __call__(self, event: Event) -> None:
        match event:
            case Started():  # before the files are read: they may change while the training waits for room
                self._started, self._stamp = datetime.now().astimezone(), self._job.stamp()
            case Placed():
                self._device = event.device
            case Metric():
                self._append(event)
            case Finished():
                self._finish(event.result)
            case Failed():
                self._end(Ending("diverged" if event.kind == Diverged.__name__ else "failed", event.message))
            case Cancelled():
                self._end(Ending("interrupted" if event.interrupted else "stopped"))

    def _append(self, event: Metric) -> None:
        folder = self._folder or self._open()
        curve = folder / "metrics.jsonl"
        self._metrics = self._metrics or self._store.open_log(curve)
        try:
            write_line(self._metrics, msgspec.json.encode({"step": event.step, **event.values}))
        except OSError as error:
            raise cannot_write(curve, error) from error

    def _open(self) -> Path:
        """Make the run's folder, with what was asked for in it, or nothing."""
        started = self._started.isoformat(timespec="seconds")
        config = Config(self._job, self._stamp, started, __version__, self._device)
        name = f"{self._started:%Y%m%d-%H%M%S-%f}-b{self._job.batch_size}-s{self._job.seed}"
        folder = next(folder for folder in _numbered(self._runs / name) if self._store.make_new(folder))
        try:
            self._store.write(folder / "config.json", _pretty(config))
        except UserError:
            with contextlib.suppress(OSError):
                folder.rmdir()
            raise
        self._folder = folder
        return folder

    def _finish(self, result: TrainingResult) -> None:
        if self._folder and not self._folder.is_dir():
            raise self._store.gone() or UserError(
                tr(
                    f"The run {self._folder.name} was deleted while it was training: its result is not kept.",
                    f"La ejecución {self._folder.name} se borró mientras se entrenaba: su resultado no se conserva.",
                )
            )
        self._end(Ending("finished", result=replace(result, model=None)))
        if self._folder and result.model:
            self._keep(self._folder, result.model)

    def _keep(self, folder: Path, model: Model) -> None:
        """A run without its weights is a finished run all the same; the person is told."""
        try:
            self._store.write(folder / "vocab.json", model.vocabulary)
            self._store.write(folder / "model.safetensors", model.weights)
            self._store.over("weights")
        except UserError as error:
            (folder / "vocab.json").unlink(missing_ok=True)
            why = reason(error.__cause__) if isinstance(error.__cause__, OSError) else str(error)
            said = UserError(
                tr(
                    f"A training is finished and its result is kept, but not its weights ({why}): to try sentences on "
                    "it, free some space and train it again.",
                    f"Un entrenamiento terminó y su resultado se conserva, pero no sus pesos ({why}): para probar "
                    "oraciones con él, libere espacio y entrénelo otra vez.",
                )
            )
            self._store.trouble("weights", said)

    def _end(self, ending: Ending) -> None:
        if self._metrics:
            with contextlib.suppress(OSError):  # what could not be written has been told by then
                self._metrics.close()
        if self._folder and self._folder.is_dir():
            self._store.write(self._folder / "result.json", _pretty(ending))
            with contextlib.suppress(OSError):
                os.utime(self._runs)


def _numbered(folder: Path) -> Iterator[Path]:
    yield folder
    yield from (folder.with_name(f"{folder.name}-{number}") for number in count(2))


def _pretty(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
