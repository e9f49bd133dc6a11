"""What has come of a training elsewhere becomes a run of the lab: once, in one step, whoever does it."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import msgspec

from llm_tui import __version__
from llm_tui.classifier.job import Training
from llm_tui.decoding import decode
from llm_tui.errors import UserError, reason
from llm_tui.i18n import tr
from llm_tui.lab.audit import log_of
from llm_tui.lab.files import read_if_there, read_plain
from llm_tui.lab.runs import ENDED, Config, Ending, Run, Runs, State
from llm_tui.lab.store import Store
from llm_tui.launching import payload
from llm_tui.launching.record import Launch, Launched, Task
from llm_tui.launching.states import Phase, Standing

_STATES: dict[Phase, State] = {"cancelled": "stopped", "timed out": "timed out", "preempted": "interrupted"}
"""As what a task that did not come to its end stands in the list; what is not here has failed."""


def newest_run(folder: Path) -> Run | None:
    """What a task has trained: of one that has begun more than once the run that came to its end, else the last."""
    try:
        runs = Runs(Store(folder)).all()
    except UserError:
        return None
    return next((run for run in runs if run.state in ENDED), next(iter(runs), None))


def take(store: Store, launched: Launched, launch: Launch, task: Task, standing: Standing) -> None:
    """Make the task's run one of the lab's, with what it has said and where it ran; a task that was not trained has a
    run that says why. Nothing is done where it has been taken already.

    Raises:
        UserError: it could not be written; it stays where it is.
    """
    assert task.training is not None
    folder, target = launched.task(launch, task), store.folder / "runs" / task.name
    if not os.path.isdir(target):
        source = _source(store, folder, launch, task, standing)
        _complete(source, folder, task.training, launch, task, standing)
        try:
            store.make_folder(target.parent)
            os.rename(source, target)
        except OSError as error:
            if not os.path.isdir(target):
                raise UserError(
                    tr(
                        f"The run {task.name} could not be taken into the lab ({reason(error)}).",
                        f"No se pudo incorporar la ejecución {task.name} al laboratorio ({reason(error)}).",
                    )
                ) from error
        with contextlib.suppress(OSError):
            os.utime(target.parent)
    take_log(store, folder, launch, task, standing)
    launched.forget(launch, task)


def _source(store: Store, folder: Path, launch: Launch, task: Task, standing: Standing) -> Path:
    assert task.training is not None
    run = newest_run(folder)
    if run is not None:
        return run.folder
    source = folder / "runs" / task.name
    config = Config(task.training, launch.stamp, launch.submitted, __version__)
    store.write(source / "config.json", msgspec.json.encode(config))
    return source


def _complete(
    source: Path, folder: Path, job: Training, launch: Launch, task: Task, standing: Standing
) -> None:  # fmt: skip
    """Write what a run lacks, before it is moved: how it ended, what it said, where it ran."""
    store = Store(folder)
    if standing.phase != "finished" and not _ended(source):
        state = _STATES.get(standing.phase, "failed")
        store.write(source / "result.json", msgspec.json.encode(Ending(state, standing.why)))
    with contextlib.suppress(OSError):
        store.write(source / "log.txt", read_plain(folder / payload.LOG))
    store.write(source / "launched.json", msgspec.json.encode(_where(launch, task, standing)))
    if not job.keep_model:  # alone, a training keeps its weights
        for name in ("model.safetensors", "vocab.json"):
            with contextlib.suppress(OSError):
                (source / name).unlink(missing_ok=True)


def _ended(source: Path) -> bool:
    return any(run.folder == source and run.state in ENDED for run in Runs(Store(source.parent.parent)).all())


def _where(launch: Launch, task: Task, standing: Standing) -> dict[str, str]:
    return {"launcher": launch.launcher, "job": task.id, "node": standing.where}


def take_log(store: Store, folder: Path, launch: Launch, task: Task, standing: Standing) -> None:
    """The task's lines of the log become the lab's, with where they ran; those that it has already are left out."""
    try:
        lines = read_plain(log_of(folder)).splitlines()
        there = set((read_if_there(log_of(store.folder)) or b"").splitlines())
    except (OSError, UserError):
        return
    for line in lines:
        with contextlib.suppress(msgspec.DecodeError, RecursionError):
            entry = decode(line, dict[str, object])
            told = msgspec.json.encode({**entry, "ran": _where(launch, task, standing)})
            if told not in there:
                store.append(log_of(store.folder), told.decode())
