"""A course file is read: what it holds, and all that is wrong in it, each with its line."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from llm_tui import files, toml_lines
from llm_tui.course.course import Course
from llm_tui.course.tables import course
from llm_tui.course.values import Problem, Reading
from llm_tui.errors import UserError, reason
from llm_tui.i18n import tr

MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Found:
    """What a file says, as far as it can be understood, and its `problems` in the order of its lines."""

    path: Path
    course: Course
    problems: tuple[Problem, ...] = ()

    def lines(self) -> list[str]:
        """The problems as a person reads them."""
        return [
            tr(f"{self.path.name}, line {p.line}: {p.said}", f"{self.path.name}, línea {p.line}: {p.said}")
            for p in self.problems
        ]


def read(path: Path, tasks: Callable[[], Collection[str]]) -> Found:
    """Read and check a course file; `tasks` are the names under which models are given, asked for where any are.

    Raises:
        UserError: it cannot be read at all.
    """
    try:
        content = files.read(path, MOST_BYTES)
    except (OSError, ValueError) as error:
        why = reason(error) if isinstance(error, OSError) else str(error)
        raise _unread(path, why) from error
    return understood(path, content, tasks)


def understood(path: Path, content: bytes, tasks: Callable[[], Collection[str]]) -> Found:
    """As `read`, of what stands in a file that is read already.

    Raises:
        UserError: it is not UTF-8.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unread(path, tr("it is not UTF-8", "no está en UTF-8")) from error
    try:
        said = toml_lines.read(text)
    except toml_lines.NotToml as error:
        return Found(path, Course(), (Problem(error.line, error.why),))
    reading = Reading(toml_lines.lines(text), path.absolute().parent, tasks)
    digest = hashlib.sha256(content).hexdigest()[:12]
    found = course(reading, said, digest)
    return Found(path, found, tuple(sorted(reading.problems, key=lambda problem: problem.line)))


def opened(path: Path, tasks: Callable[[], Collection[str]]) -> Course:
    """The course of a file in which nothing is wrong.

    Raises:
        UserError: it cannot be read, or something in it is wrong; the sentence has the first of it.
    """
    found = read(path, tasks)
    if not found.problems:
        return found.course
    first, more = found.lines()[0], len(found.problems) - 1
    rest = {0: "", 1: tr(" One more thing is wrong.", " Hay otro error.")}.get(
        more, tr(f" {more} more things are wrong.", f" Hay {more} errores más.")
    )
    raise UserError(
        tr(
            f"{first}.{rest} “llm-tui course check {path}” says everything.",
            f"{first}.{rest} «llm-tui course check {path}» lo dice todo.",
        )
    )


def _unread(path: Path, why: str) -> UserError:
    return UserError(
        tr(
            f"The course file {path} cannot be read ({why}): name another with --course.",
            f"No se puede leer el archivo del curso {path} ({why}): indique otro con --course.",
        )
    )
