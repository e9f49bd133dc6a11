"""The lab: a folder of plain files that a student can read, compare and hand in."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from llm_tui.engine.events import Event
from llm_tui.engine.job import Job
from llm_tui.errors import UserError, reason
from llm_tui.i18n import tr
from llm_tui.lab.audit import Auditor
from llm_tui.lab.files import read_plain, write_atomic
from llm_tui.lab.runs import Runs
from llm_tui.visible import visible

A = TypeVar("A")


def default_folder(environ: Mapping[str, str]) -> Path:
    """`LLM_TUI_LAB`, else `llm-lab` in the home folder."""
    chosen = environ.get("LLM_TUI_LAB")
    return Path(os.path.expanduser(chosen)) if chosen else Path.home() / "llm-lab"


class Lab:
    """One student's lab folder. Opening creates nothing; the first thing to be kept does.

    Two programs may have the same lab open: every write replaces a whole file, and answers that another program has
    changed in the meantime are set aside under a name of their own, not lost.

    Raises:
        UserError: the folder cannot be one, or cannot be written to.
    """

    def __init__(self, folder: Path):
        # Unlike Path.expanduser, this leaves ~somebody alone where there is nobody of that name.
        self.folder = Path(os.path.expanduser(folder)).absolute()
        self.runs = Runs(self.folder / "runs")
        self._known: dict[int | str, bytes | None] = {}
        _check(self.folder)

    @property
    def name(self) -> str:
        """`name` in lab.toml, else that of the folder."""
        try:
            content = read_plain(self.folder / "lab.toml").decode()
            import tomllib  # not at the top: a new lab has no such file, and its first paint need not wait

            name = tomllib.loads(content).get("name")
        except (OSError, ValueError, RecursionError):
            name = None
        return visible(name if isinstance(name, str) and name.strip() else self.folder.name)

    def create(self) -> None:
        """Make the folder, with a lab.toml to put a name into, where it is not there yet."""
        toml = self.folder / "lab.toml"
        if not os.path.exists(toml):
            quoted = msgspec.json.encode(visible(self.folder.name)).decode()
            write_atomic(toml, f"# A lab of llm-tui.\nname = {quoted}\n")

    def listeners(self, job: Job) -> tuple[Callable[[Event], None], ...]:
        """What writes down a job that is about to be submitted. Looking at texts, or at what there is, asks no model
        and happens often: it is not written down.
        """
        from llm_tui.classifier.job import Training
        from llm_tui.foundation.job import Inspect, ListModels, Score
        from llm_tui.tokenization.job import Compare

        if isinstance(job, Compare | Inspect | ListModels | Score):
            return ()
        auditor = Auditor(self.folder / "audit.jsonl", job)
        return (self.runs.recorder(job), auditor) if isinstance(job, Training) else (auditor,)

    def answers(self, exercise: int | str, kind: type[A]) -> A:
        """The student's answers to an exercise, or what stands in the fields of a screen; empty ones where there are
        none.

        An older program's file opens: what it does not have takes its default. One that cannot be read, or that a
        newer program wrote, is set aside beside its place, so that nothing in it is lost.
        """
        path = self._answers_path(exercise)
        content = _read(path)
        before, self._known[exercise] = self._known.get(exercise), content
        if content is None:
            return kind()
        try:
            answers = msgspec.json.decode(content, type=kind)
            if getattr(answers, "version", 1) <= getattr(kind(), "version", 1):
                return answers
        except (msgspec.DecodeError, RecursionError):
            pass
        if content != before:  # once, however often a screen asks for them
            _set_aside(path, content)
        return kind()

    def save_answers(self, exercise: int | str, answers: object) -> Path | None:
        """Write the answers. Where another program has changed them since they were read here, its version is kept
        under another name, which is returned.

        Raises:
            UserError: they could not be written.
        """
        path = self._answers_path(exercise)
        content = msgspec.json.format(msgspec.json.encode(answers), indent=2) + b"\n"
        there = _read(path)
        aside = None
        if there is not None and there not in (content, self._known.get(exercise)):
            aside = _set_aside(path, there)
        if there != content:
            self.create()
            write_atomic(path, content)
        self._known[exercise] = content
        return aside

    def export(self, name: str, text: str) -> Path:
        """Write `text` to exports/`name`. A file there that was changed by hand stays, and the export gets a number.

        Raises:
            UserError: it could not be written.
        """
        folder = self.folder / "exports"
        written = self._written()
        stem, dot, ending = name.partition(".")
        number = 1
        while True:
            candidate = name if number == 1 else f"{stem}-{number}{dot}{ending}"
            there = _read(folder / candidate)
            if there is None or there == text.encode() or _digest(there) == written.get(candidate):
                break
            number += 1
        write_atomic(folder / candidate, text)
        written[candidate] = _digest(text.encode())
        write_atomic(folder / ".written.json", msgspec.json.encode(written))
        return folder / candidate

    def _written(self) -> dict[str, str]:
        """The hash of each export as it was last written by this program."""
        try:
            return msgspec.json.decode(_read(self.folder / "exports" / ".written.json") or b"{}", type=dict[str, str])
        except msgspec.DecodeError:
            return {}

    def _answers_path(self, exercise: int | str) -> Path:
        return self.folder / "exercises" / f"{exercise}.json"


def _check(folder: Path) -> None:
    """Say at once what would otherwise go wrong at the first save."""
    there = folder
    # os.path, because Path.exists raises where a folder on the way may not be entered or a name is too long.
    while not os.path.exists(there) and there != there.parent:
        there = there.parent
    why = None
    if not os.path.isdir(there):
        why = tr(f"{there} is a file", f"{there} es un archivo")
    elif not os.access(there, os.W_OK | os.X_OK):
        why = tr(f"{there} cannot be written to", f"no se puede escribir en {there}")
    if why:
        raise UserError(
            tr(
                f"The lab {folder} cannot be opened ({why}): choose another folder with --lab.",
                f"No se puede abrir el laboratorio {folder} ({why}): elija otra carpeta con --lab.",
            )
        )


def _read(path: Path) -> bytes | None:
    try:
        return read_plain(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UserError(
            tr(f"{path} cannot be read ({reason(error)}).", f"{path} no se puede leer ({reason(error)}).")
        ) from error


def _set_aside(path: Path, content: bytes) -> Path:
    aside = path.with_name(f"{path.stem}.{datetime.now():%Y%m%d-%H%M%S-%f}{path.suffix}")
    write_atomic(aside, content)
    return aside


def _digest(content: bytes) -> str:
    import hashlib  # not at the top: it takes 9 ms, before the first paint

    return hashlib.sha256(content).hexdigest()
