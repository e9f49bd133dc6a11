"""The exercises as the lab has them: how far each is, and what is handed in of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from llm_tui.errors import UserError
from llm_tui.exercises import heats
from llm_tui.exercises.contract import Beside, HandIn
from llm_tui.exercises.registry import Row, handed_in
from llm_tui.exercises.state import State
from llm_tui.export.figure import Figure
from llm_tui.export.table import Table
from llm_tui.i18n import Text
from llm_tui.lab.lab import Lab
from llm_tui.report.known import known


@dataclass(frozen=True, slots=True)
class Part:
    """One exercise of the report. `unreadable` is the file that could not be read or understood, `incomplete` one of
    which a part could not.
    """

    exercise: Row
    hand_in: HandIn
    unreadable: str = ""
    incomplete: str = ""

    @property
    def document(self) -> str:
        """In Markdown; empty where nothing was begun."""
        return self.hand_in.document

    @property
    def tables(self) -> Mapping[str, Table]:
        """By a name for files, the exercise's own first."""
        return self.hand_in.tables

    @property
    def begun(self) -> bool:
        return bool(self.document)

    def own_tables(self) -> list[Table]:
        """Those of the exercise, without those of the heat beside it."""
        return [*self.tables.values()][: len(self.tables) - self.hand_in.heats]

    def figures(self) -> list[Figure]:
        """Each beside a table of its exercise: the last one of the exercise's own, where it does not say which."""
        last = next(reversed(self.own_tables()), None)
        return [figure if figure.beside else replace(figure, beside=last) for figure in self.hand_in.figures]

    def state(self) -> Text:
        """How far it is, in words."""
        if self.unreadable:
            said = Text("{file} in the lab cannot be read", "no se puede leer {file} en el laboratorio")
            return said.format(file=self.unreadable)
        said = self.hand_in.state.said(self.begun)
        if heats := self.hand_in.heats:
            said = Text("{said}; heat: {n}", "{said}; mapas de calor: {n}").format(said=said, n=heats)
        if not self.incomplete:
            return said
        lost = Text(
            "a part of {file} in the lab cannot be read", "no se puede leer una parte de {file} en el laboratorio"
        )
        return Text("; ", "; ").join([lost.format(file=self.incomplete), said])


def parts(lab: Lab, language: str) -> list[Part]:
    """All exercises in the course's order, and what is handed in beside them; a file that cannot be read costs its own
    exercise.
    """
    beside, found = known(lab), []
    for row in handed_in():
        try:
            found.append(_part(lab, beside, row, language))
        except UserError:
            found.append(Part(row, HandIn(State()), lab.file(row.number)))
    return found


def part(lab: Lab, row: Row, language: str) -> Part:
    """One exercise, in the language of the export.

    Raises:
        UserError: its file cannot be read.
    """
    return _part(lab, known(lab), row, language)


def _part(lab: Lab, beside: Beside, row: Row, language: str) -> Part:
    hand_in, file = row.exercise().hand_in(lab, beside, language), lab.file(row.number)
    heat = hand_in.lost or any(heats.NAME in damaged for damaged in (lab.incomplete, lab.not_understood))
    incomplete = file if row.number in lab.incomplete else lab.file(heats.NAME) if heat else ""
    return Part(row, hand_in, file if row.number in lab.not_understood else "", incomplete)
