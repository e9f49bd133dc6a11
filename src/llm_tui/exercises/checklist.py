"""The questions of exercise 7: the course's own, and a second set after published checklists."""

from __future__ import annotations

from dataclasses import dataclass

from llm_tui.exercises import data
from llm_tui.i18n import Text

TOPICS: dict[str, Text] = {
    "bias": Text("Bias", "Sesgos"),
    "privacy": Text("Privacy", "Privacidad"),
    "traceability": Text("Traceability", "Trazabilidad"),
    "deployment": Text("Safe deployment", "Despliegue seguro"),
    "lifecycle": Text("Life cycle", "Ciclo de vida"),
}
"""The topics of the course, in its order."""


@dataclass(frozen=True, slots=True)
class Item:
    """One question. `topic` is a key of `TOPICS` or a name of the student's own; `reference` says where it is from."""

    id: str
    topic: str
    question: Text
    reference: str = ""


@dataclass(frozen=True, slots=True)
class _Question:
    id: str
    en: str
    es: str
    reference: str = ""

    def item(self) -> Item:
        return Item(self.id, self.id.partition("-")[0], Text(self.en, self.es), self.reference)


@dataclass(frozen=True, slots=True)
class _Checklist:
    course: tuple[_Question, ...]
    extended: tuple[_Question, ...]


_CHECKLIST = data.read("checklist", _Checklist)

COURSE_ITEMS = tuple(question.item() for question in _CHECKLIST.course)

EXTENDED_ITEMS = tuple(question.item() for question in _CHECKLIST.extended)
