"""What was handed over, as the lab keeps it: launched/<launch>/, with launch.json and a folder for each task.

A task works in its own folder as in a lab: it needs nobody's claim, and what it writes is whole before it is taken.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from llm_tui import __version__
from llm_tui.classifier.job import Training
from llm_tui.lab import stored
from llm_tui.lab.files import read_plain
from llm_tui.lab.store import Store
from llm_tui.launching import payload
from llm_tui.launching.states import Seen

FOLDER = "launched"

_STOPPED = "stopped"
_BROUGHT = "brought"

_NAME = re.compile(r"\d{8}-\d{6}-\d{6}(-[\w-]+)?")
"""Of a launch and of a task: what stands in launch.json is never a path."""


@dataclass(frozen=True, slots=True)
class Task:
    """`name` is that of its folder, and of the run that comes of it; `id` its number in the scheduler."""

    name: str
    id: str = ""
    training: Training | None = None

    def sound(self) -> bool:
        return bool(_NAME.fullmatch(self.name) and re.fullmatch(r"([0-9]{1,10}(_[0-9]{1,10})?)?", self.id))


@dataclass(frozen=True, slots=True)
class Launch:
    """launch.json. `exercise` says what it is for; `settings` how its models are asked, as a person typed it."""

    name: str = ""
    launcher: str = "slurm"
    exercise: str = "1"
    submitted: str = ""
    version: str = ""
    stamp: tuple[tuple[str, int, int], ...] = ()
    settings: dict[str, str] | None = None
    tasks: tuple[Task, ...] = ()


class Launched:
    """The folder `launched` of a lab."""

    def __init__(self, store: Store):
        self._store = store
        self.folder = store.folder / FOLDER

    def task(self, launch: Launch, task: Task) -> Path:
        return self.folder / launch.name / task.name

    def all(self) -> list[Launch]:
        """Those that are not all taken, oldest first; what cannot be understood is left alone."""
        return [launch for name in sorted(_names(self.folder)) if (launch := self._read(name))]

    def _read(self, name: str) -> Launch | None:
        if not _NAME.fullmatch(name):
            return None
        try:
            launch = stored.read(read_plain(self.folder / name / "launch.json"), Launch).value
        except (OSError, stored.Unreadable):
            return None
        sound = (
            launch.name == name
            and launch.launcher in ("slurm", "local")
            and (_number(launch.exercise) is not None or launch.exercise == "flows")
            and _is_own(self.folder / name)
        )
        there = tuple(task for task in launch.tasks if task.sound() and _is_own(self.task(launch, task)))
        return replace(launch, tasks=there) if sound else None

    def make(self, launcher: str, exercise: str, jobs: Sequence[Training | None], suffixes: Sequence[str]) -> Launch:
        """A launch with the folders of its tasks, not handed over yet.

        Raises:
            UserError: it could not be written.
        """
        now = datetime.now().astimezone()
        name = f"{now:%Y%m%d-%H%M%S-%f}"
        each = (now + timedelta(microseconds=number) for number in range(len(jobs)))  # named in their order
        named = zip(each, suffixes, jobs, strict=True)
        tasks = tuple(Task(f"{at:%Y%m%d-%H%M%S-%f}-{suffix}", "", job) for at, suffix, job in named)
        stamp = next((job.stamp() for job in jobs if job), ())
        launch = Launch(name, launcher, exercise, now.isoformat(timespec="seconds"), __version__, stamp, None, tasks)
        settings = self._store.toml()
        for task in tasks:  # as open to others, and with as many texts in its log, as the lab that it is for
            self._store.write(self.task(launch, task) / "lab.toml", f"results = true\n{settings}")
        return launch

    def script(self, launch: Launch, task: Task, arguments: Sequence[str]) -> Path:
        folder = self.task(launch, task)
        self._store.write(folder / "task.sh", payload.script(arguments, folder))
        return folder / "task.sh"

    def save(self, launch: Launch) -> None:
        self._store.write(self.folder / launch.name / "launch.json", _pretty(launch))

    def seen(self, launch: Launch, task: Task) -> Seen:
        """What the task has written about itself so far."""
        folder = self.task(launch, task)
        begun = _text(folder / payload.BEGUN).splitlines()
        code = _number(_text(folder / payload.ENDED))
        said = _text(folder / payload.LOG)[-4000:].strip().splitlines() if code else []
        host = begun[-1].split()[0] if begun and begun[-1].split() else ""
        return Seen(len(begun), host, code, said[-1] if said else "", os.path.isfile(folder / _STOPPED))

    def stopped(self, launch: Launch, task: Task) -> None:
        """Remember that it was told to end: of one that had not begun SLURM remembers nothing."""
        self._store.write(self.task(launch, task) / _STOPPED, b"")

    def brought(self, launch: Launch, task: Task, number: int | None = None) -> int:
        """How many of a sheet's results are in the lab's answers; with `number`, they are from now on."""
        path = self.task(launch, task) / _BROUGHT
        if number is not None:
            self._store.write(path, f"{number}\n")
            return number
        return _number(_text(path)) or 0

    def forget(self, launch: Launch, task: Task | None = None) -> None:
        """Remove the folder of a task that is taken; without one, that of a launch of which no task is left."""
        folder = self.folder / launch.name
        shutil.rmtree(folder / task.name if task else folder, ignore_errors=True)


def _names(folder: Path) -> Iterator[str]:
    try:
        yield from os.listdir(folder)
    except OSError:
        return


def _is_own(folder: Path) -> bool:
    """Whether this is a folder of the lab, and no link: what is taken from it is moved, and it is removed."""
    return os.path.isdir(folder) and not os.path.islink(folder)


def _number(text: str) -> int | None:
    """A lab may be anybody's: of thousands of digits Python makes no number."""
    number = text.strip()
    return int(number) if re.fullmatch(r"[0-9]{1,9}", number) else None


def _text(path: Path) -> str:
    try:
        return read_plain(path).decode(errors="replace")
    except OSError:
        return ""


def _pretty(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
