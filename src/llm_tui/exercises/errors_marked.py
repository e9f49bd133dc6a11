"""The errors of a translation as the course and MQM name them, and one that a student has marked."""

from __future__ import annotations

from dataclasses import dataclass

from llm_tui.i18n import Text

COURSE_TYPES: dict[str, Text] = {
    "false_cognate": Text("false cognate", "falso cognado"),
    "wrong_term": Text("wrong term", "término mal traducido"),
    "odd_order": Text("odd order", "orden extraño"),
}

MQM_TYPES: dict[str, Text] = {
    "terminology": Text("MQM: terminology", "MQM: terminología"),
    "accuracy": Text("MQM: accuracy", "MQM: exactitud"),
    "linguistic": Text("MQM: linguistic conventions", "MQM: convenciones lingüísticas"),
    "style": Text("MQM: style", "MQM: estilo"),
    "locale": Text("MQM: locale conventions", "MQM: convenciones locales"),
    "audience": Text("MQM: audience appropriateness", "MQM: adecuación al público"),
    "design": Text("MQM: design and markup", "MQM: diseño y marcado"),
}

SEVERITIES: dict[str, Text] = {
    "neutral": Text("neutral", "neutra"),
    "minor": Text("minor", "menor"),
    "major": Text("major", "mayor"),
    "critical": Text("critical", "crítica"),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """An error that the student found: the words of the translation, its type and severity by their keys."""

    span: str
    type: str
    severity: str
    correction: str = ""


def mark_line(mark: Mark, language: str) -> str:
    """One error in words: «eventually»: false cognate (major) → finally."""
    types = {**COURSE_TYPES, **MQM_TYPES}
    kind = types[mark.type].within(language) if mark.type in types else mark.type
    severity = SEVERITIES[mark.severity].within(language) if mark.severity in SEVERITIES else mark.severity
    correction = f" → {mark.correction}" if mark.correction.strip() else ""
    return f"«{mark.span}»: {kind} ({severity}){correction}"
