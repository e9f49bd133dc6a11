"""The questions of exercise 7: the course's own, and a second set after published checklists."""

from __future__ import annotations

from dataclasses import dataclass

from llm_tui.exercises.checklist_items import COURSE, EXTENDED
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


def _topic(id: str) -> str:
    return id.partition("-")[0]


COURSE_ITEMS: tuple[Item, ...] = tuple(Item(id, _topic(id), Text(en, es)) for id, en, es in COURSE)

EXTENDED_ITEMS: tuple[Item, ...] = tuple(
    Item(id, _topic(id), Text(en, es), reference) for id, en, es, reference in EXTENDED
)
