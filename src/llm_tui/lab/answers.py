"""The files of answers, one for each exercise, and for each screen whose fields are kept."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from llm_tui.errors import UserError
from llm_tui.i18n import tr
from llm_tui.lab import stored
from llm_tui.lab.files import read_if_there
from llm_tui.lab.json_text import Written, written
from llm_tui.lab.store import Store
from llm_tui.visible import shortened, visible

A = TypeVar("A")


class AnswerFiles:
    """Reads and writes exercises/<name>.json, and loses nothing of what stands there.

    `check_writable` raises where the lab cannot be written to, `create` makes its folder.
    """

    def __init__(self, store: Store, check_writable: Callable[[], None], create: Callable[[], None]):
        self._store = store
        self._check_writable = check_writable
        self._create = create
        self.unsaved: dict[int | str, str] = {}
        self.not_understood: set[int | str] = set()
        self.incomplete: set[int | str] = set()
        self._writing = threading.RLock()
        """What is restored is older than what is saved: neither looks before the other has written."""
        self._written: dict[int | str, Written] = {}
        self._known: dict[int | str, bytes | None] = {}
        """Each file as it was first read, whole, or last written here. Another content is another program's, or has
        more than was read: a screen may still hold the first one when Home or the report have seen a newer.
        """

    def path(self, exercise: int | str) -> Path:
        return self._store.folder / "exercises" / f"{exercise}.json"

    def read(self, exercise: int | str, kind: type[A]) -> A:
        """See `Lab.answers`."""
        path = self.path(exercise)
        content = read_if_there(path)
        if content is None and self._store.gone():
            content = self._known.get(exercise)
        self.not_understood.discard(exercise)
        self.incomplete.discard(exercise)
        if content is None:
            self._known.setdefault(exercise, None)
            return kind()
        try:
            found = stored.read(content, kind)
            if getattr(found.value, "version", 1) > getattr(kind(), "version", 1):
                raise stored.Unreadable(tr("a newer llm-tui wrote it", "lo escribió un llm-tui más nuevo"))
        except stored.Unreadable as error:
            self.not_understood.add(exercise)
            self._store.trouble(path.name, _not_understood(path, str(error)))
            return kind()
        if found.lost:
            self.incomplete.add(exercise)
            self._store.trouble(path.name, _incomplete(path, found.lost))
        else:
            self._store.over(path.name)
            if not found.unknown:
                self._known.setdefault(exercise, content)
        return found.value

    def save(self, exercise: int | str, answers: object) -> Path | None:
        """See `Lab.save_answers`."""
        try:
            with self._writing:
                aside = self._save(exercise, answers)
        except UserError as error:
            self.unsaved[exercise] = str(error)
            self._store.trouble("answers", error)
            raise
        was_told = not self.unsaved.keys() - {exercise} and self._store.over("answers")
        self.unsaved.pop(exercise, None)
        if was_told:
            self._store.tell(tr("What could not be saved is saved now.", "Lo que no se pudo guardar ya está guardado."))
        return aside

    def _save(self, exercise: int | str, answers: object) -> Path | None:
        self._check_writable()
        path = self.path(exercise)
        content = self._content(exercise, answers)
        there = read_if_there(path)
        aside = None
        if there is not None and there not in (content, self._known.get(exercise)):
            aside = _beside(path)
            self._store.write(aside, there)
            self._store.tell(_set_aside(path, aside))
        if there != content:
            self._create()
            self._store.write(path, content)
        self._known[exercise] = content
        return aside

    def _content(self, exercise: int | str, answers: object) -> bytes:
        made = self._written[exercise] = written(answers, self._written.get(exercise))
        return made.text(b"\n")

    def forget(self, exercise: int | str) -> None:
        """What was read of it so far gives way to what another program has written since."""
        self._known.pop(exercise, None)
        self.unsaved.pop(exercise, None)

    def overtaken(self, exercise: int | str) -> bool:
        """Whether another program has written it since it was read here, or who knows."""
        try:
            return read_if_there(self.path(exercise)) != self._known.get(exercise)
        except UserError:
            return True

    def known(self) -> list[int | str]:
        """Those that were read or written here."""
        return list(self._known)

    def keep_beside(self, exercise: int | str, answers: object) -> None:
        """Write answers that another program's have overtaken under a name of their own.

        Raises:
            UserError: they could not be written.
        """
        path = self.path(exercise)
        content = self._content(exercise, answers)
        if read_if_there(path) != content:
            beside = _beside(path)
            self._store.write(beside, content)
            self._store.tell(
                tr(
                    f"What was written here in the meantime is kept in {beside.name}.",
                    f"Lo que se escribió aquí entretanto se conserva en {beside.name}.",
                )
            )

    def restore(self) -> None:
        """Write anew what was read or written here, and is not there.

        Raises:
            UserError: it could not be written.
        """
        with self._writing:
            for exercise, content in list(self._known.items()):
                if content is not None and not os.path.exists(path := self.path(exercise)):
                    self._store.write(path, content)


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.stem}.{datetime.now():%Y%m%d-%H%M%S-%f}{path.suffix}")


def _not_understood(path: Path, why: str) -> UserError:
    return UserError(
        tr(
            f"{path} is not what llm-tui writes ({why}), so the exercise begins empty. The file is kept, under another "
            "name as soon as you write something.",
            f"{path} no es lo que escribe llm-tui ({why}), así que el ejercicio empieza vacío. El archivo se conserva, "
            "con otro nombre en cuanto usted escriba algo.",
        )
    )


def _incomplete(path: Path, lost: tuple[str, ...]) -> UserError:
    parts = ", ".join(shortened(visible(part), 40) for part in lost[:3]) + (" …" if len(lost) > 3 else "")
    return UserError(
        tr(
            f"A part of {path} is missing or is not what llm-tui writes ({parts}), and is left out here. The file is "
            "kept, under another name as soon as you write something.",
            f"Una parte de {path} falta o no es lo que escribe llm-tui ({parts}), y aquí se omite. El archivo se "
            "conserva, con otro nombre en cuanto usted escriba algo.",
        )
    )


def _set_aside(path: Path, aside: Path) -> str:
    return tr(
        f"{path.name} held something else than what was read here; that is kept in {aside.name}.",
        f"{path.name} contenía algo distinto de lo que se leyó aquí; se conserva en {aside.name}.",
    )
