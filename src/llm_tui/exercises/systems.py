"""The systems that are compared in exercise 5, and what one of them wrote."""

from __future__ import annotations

from dataclasses import dataclass

from llm_tui.course import course
from llm_tui.foundation.job import TEXT_MODEL, Provenance, Settings
from llm_tui.foundation.tables import model_name
from llm_tui.foundation.thinking import is_thinking
from llm_tui.i18n import Text
from llm_tui.marks import Later

COURSE_SYSTEMS = ("sshleifer/distilbart-cnn-12-6", "facebook/bart-large-cnn")


_SEMICOLON = Text("; ", "; ")


def course_systems() -> tuple[str, ...]:
    """Those that the course suggests."""
    return course.current().summaries.systems or COURSE_SYSTEMS


def course_fallback() -> str:
    return course.current().summaries.fallback or TEXT_MODEL


@dataclass(frozen=True, slots=True)
class Summary:
    """A summary of the source `of`, asked of `system`; `substituted` is why the fallback wrote it, else empty."""

    of: str
    system: str
    text: str
    cut: bool
    settings: Settings
    made_by: Provenance
    substituted: str
    complete: Later[bool] = True


def stands_in(summary: Summary) -> bool:
    """Whether a summary is by another system than those that the course suggests."""
    return bool(summary.substituted) or summary.system not in course_systems()


def own_note(summary: Summary | None) -> Text:
    """What the program has to say of a summary."""
    said = []
    if summary and summary.substituted:
        replaced = Text(
            "in place of {system}, which could not be loaded", "en lugar de {system}, que no se pudo cargar"
        )
        said.append(replaced.format(system=model_name(summary.system)))
    elif summary and stands_in(summary):
        said.append(Text("not a system that the course suggests", "no es un sistema que el curso sugiera"))
    if summary and summary.cut:
        said.append(Text("the source was cut", "la fuente se cortó"))
    if summary and not summary.complete:
        said.append(Text("it reached its limit", "llegó a su límite"))
    if summary and is_thinking(summary.text):
        said.append(Text("it is the model's thinking alone", "es solo el razonamiento del modelo"))
    return _SEMICOLON.join(said)


def students_note(summary: Summary | None, note: str) -> str:
    """A note without the program's own, which labs of earlier versions kept before the student's."""
    said = own_note(summary)
    for own in filter(None, (said.en, said.es)):
        if note == own or note.startswith(f"{own}; "):
            return note.removeprefix(own).removeprefix("; ")
    return note
