"""The questions of exercise 7: the course's own, and a second set after published checklists."""

from __future__ import annotations

from dataclasses import dataclass

from llm_tui.course import course
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


def topic_key(name: str) -> str:
    """That of a topic of the course by its name in either language; others are as they are."""
    known = {said.casefold(): key for key, text in TOPICS.items() for said in (text.en, text.es)}
    return known.get(name.casefold(), name)


def course_items() -> tuple[Item, ...]:
    """The questions that a course file adds; each is found again by its words, and one that is there twice is one."""
    items = (
        Item(f"course-{_digest(item.question.en)}", topic_key(item.topic or course.current().name), item.question,
             item.reference)
        for item in course.current().ethics.checklist
    )  # fmt: skip
    return tuple({item.id: item for item in items}.values())


def _digest(text: str) -> str:
    import hashlib  # not at the top: it takes 9 ms, before the first paint

    return hashlib.sha256(text.encode()).hexdigest()[:8]


_CHECKLIST = data.read("checklist", _Checklist)

COURSE_ITEMS = tuple(question.item() for question in _CHECKLIST.course)

EXTENDED_ITEMS = tuple(question.item() for question in _CHECKLIST.extended)
