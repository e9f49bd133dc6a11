"""The course file in use. It is read once, before anything else is shown, and is the same as long as the program runs:
`use` says which. Light: what comes with the program is read after the first paint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llm_tui.course.course import Course

FILE = "course.toml"
"""The name of a course's file in a lab's folder, where no other is named."""

_given: Course | None = None


def use(course: Course | None) -> None:
    """This one from now on, None where there is no file; once, before exercises are begun."""
    global _given
    _given = course


def given() -> Course | None:
    """What the file brings; None where there is none."""
    return _given
