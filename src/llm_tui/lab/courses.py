"""Which course files a lab has been worked in with: the report names them, and one that has changed is said once."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace

from llm_tui.course.in_use import given
from llm_tui.errors import UserError
from llm_tui.i18n import Text, tr
from llm_tui.lab.lab import Lab
from llm_tui.marks import Each

NAME = "course"
"""What stands in for an exercise's number."""


@dataclass(frozen=True, slots=True)
class CourseFile:
    """A course file by its title and the beginning of its SHA-256."""

    title: str
    digest: str

    def __str__(self) -> str:
        return f"{self.title} ({self.digest})"


@dataclass(frozen=True, slots=True)
class Courses:
    """The newest last."""

    version: int = 1
    files: Each[CourseFile] = ()


def remember(lab: Lab) -> str:
    """Write down in a lab that is there which course file is in use; returns what is to be said where it is another
    one than the last time.
    """
    now = _now()
    if now is None or lab.read_only or not (lab.folder / "lab.toml").is_file():
        return ""
    with contextlib.suppress(UserError):  # told by the lab; nothing else depends on it
        before = lab.answers(NAME, Courses)
        if before.files[-1:] == (now,):
            return ""
        lab.save_answers(NAME, replace(before, files=(*(f for f in before.files if f != now), now)))
        if before.files:
            return tr(
                f"The course file is another one than the last time: it was {before.files[-1]}, and is {now}. What you "
                "have begun stays as it is; questions, and what you have not begun, are of the new one.",
                f"El archivo del curso no es el de la última vez: era {before.files[-1]} y es {now}. Lo que usted ha "
                "empezado se queda como está; las preguntas, y lo que no ha empezado, son del nuevo.",
            )
    return ""


def named(lab: Lab) -> Text | None:
    """The course file, and those that the lab was worked in with before; None where there never was one."""
    now = _now()
    try:
        seen = lab.answers(NAME, Courses).files
    except UserError:
        seen = ()
    before = ", ".join(str(file) for file in seen if file != now)
    if now is None:
        unread = Text("{before}, which was not read for this report", "{before}, que no se leyó para este informe")
        return unread.format(before=before) if before else None
    if not before:
        return Text(str(now), str(now))
    return Text("{now}; before it {before}", "{now}; antes, {before}").format(now=now, before=before)


def _now() -> CourseFile | None:
    course = given()
    return CourseFile(course.name, course.digest) if course and course.digest else None
