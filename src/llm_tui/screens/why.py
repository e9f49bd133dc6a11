"""The window that says why: full-screen over the screen that was asked, a digit for each of its panes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.widget import Widget

from llm_tui import i18n
from llm_tui.errors import UserError
from llm_tui.exercises import guides, heats
from llm_tui.exercises.registry import row
from llm_tui.export.heat import Heat
from llm_tui.foundation import branch
from llm_tui.foundation.branch import Branch
from llm_tui.i18n import Text, tr
from llm_tui.keys import BACK, HEAT, Bar, Key, bindings
from llm_tui.lab.lab import Lab
from llm_tui.screens.leaving import LeavesOnce
from llm_tui.screens.mode import ModeScreen
from llm_tui.widgets.panes import Pane, Panes
from llm_tui.widgets.styles import stylesheet
from llm_tui.widgets.why.pane import WhyPane

if TYPE_CHECKING:
    from llm_tui.widgets.why.pieces import PiecesPane

MOST_PANES = 9


class WhyScreen(LeavesOnce[Branch | None], ModeScreen):
    """`panes` as `why_panes` makes them; `exercise` is the one that a heat goes into. It leaves with what is to be
    asked next, where a person wants an answer to go on from another piece.
    """

    CSS_PATH = stylesheet("why.tcss")
    NAME = Text("Why this answer", "Por qué esta respuesta")
    ABOUT = Text(
        "Each pane explains what was answered in another way. On the words: + speaks for it, - against it, and the "
        "cursor says how much.",
        "Cada panel explica de otra manera lo que se respondió. En las palabras: + habla a favor, - en contra, y el "
        "cursor dice cuánto.",
    )
    KEYS = (
        *(
            Key(f"pane-{number}", str(number), f"pane('why-{number}')",
                Text(f"pane {number}", f"panel {number}"), bar=Bar.NEVER)
            for number in range(1, MOST_PANES + 1)
        ),
        HEAT,
        replace(BACK, bar=Bar.FIRST),
    )  # fmt: skip
    BINDINGS = bindings(KEYS)

    GUIDE, DEFINITIONS = guides.guide("why"), guides.definitions("why")

    def __init__(self, panes: Sequence[WhyPane], exercise: int | str | None = None):
        super().__init__()
        self._panes = list(panes)[:MOST_PANES]
        self._exercise = exercise

    def body(self) -> Iterable[Widget]:
        for number, pane in enumerate(self._panes, start=1):
            pane.id = f"why-{number}"
        yield Panes([Pane(pane.NAME, pane) for pane in self._panes], id="panes")

    def on_mount(self) -> None:
        self.action_pane("why-1")

    @property
    def pane(self) -> WhyPane:
        """The one that is shown."""
        return self.query_one(f"#{self.query_one(Panes).current}", WhyPane)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "pane":
            return parameters[0] in {pane.id for pane in self._panes}
        return super().check_action(action, parameters)

    def action_pane(self, pane: str) -> None:
        super().action_pane(pane)
        self.pane.shown()

    def action_back(self) -> None:
        self.dismiss()

    def action_definitions(self) -> None:
        """What holds for all panes, and before it what the shown one says of itself."""
        parts = [str(self.pane.DEFINITIONS), str(self.DEFINITIONS)]
        self._tell(tr("Definitions", "Definiciones"), "\n\n".join(filter(None, parts)))

    def on_pieces_pane_taken(self, message: PiecesPane.Taken) -> None:
        begun = [piece.chosen for piece in message.result.pieces[: message.number]]
        ids = [piece.id for piece in (*begun, message.alternative) if piece.id is not None]
        instead = message.result.pieces[message.number].chosen.shown
        self.dismiss(branch.of(message.job, tuple(ids), message.alternative.shown, instead))

    # What goes out of it.

    async def action_export(self) -> None:
        """The pane in Markdown, and its figures beside it."""
        if document := self._document():
            language, name = i18n.export_language(), self.pane.file
            for number, figure in enumerate(self.pane.figures(), start=1):
                await self.write_export(f"{name}-{number}.svg", figure.svg(language))
            await self.write_export(f"{name}.md", document)

    def action_copy(self) -> None:
        if document := self._document():
            self.host.copy(document)

    def _document(self) -> str:
        """The pane in Markdown; empty where there is nothing yet, which is said."""
        document = self.pane.document(i18n.export_language())
        if not document:
            self.notify(tr("There is nothing here yet.", "Aquí aún no hay nada."))
        return document

    async def action_heat(self) -> None:
        """The heat that a person looks at goes into the hand-in, or out of it."""
        heat, exercise = self.pane.heat(), self._exercise
        if heat is None:
            self.notify(
                tr(
                    "There is no heat here yet: it is being computed.",
                    "Aquí aún no hay mapa de calor: se está calculando.",
                )
                if self.pane.waits
                else tr(
                    "There is no heat here to put into the report.", "Aquí no hay ningún mapa de calor para el informe."
                )
            )
        elif exercise is None:
            self.notify(
                tr(
                    "No exercise is done with this, so no hand-in takes its heat: export writes it.",
                    "Con esto no se hace ningún ejercicio y ninguna entrega toma su mapa de calor: exportar lo "
                    "escribe.",
                )
            )
        else:
            try:
                count = await asyncio.to_thread(_turned, self.host.lab, exercise, heat)
            except UserError as error:
                self.notify(str(error), severity="error", markup=False)
            else:
                self.notify(_said(exercise, count), markup=False)


def _turned(lab: Lab, exercise: int | str, heat: Heat) -> tuple[int, int]:
    """Put a heat into the hand-in of an exercise, or take it out; how many there were and are.

    Raises:
        UserError: it cannot be written, or there are as many as may be.
    """
    before = lab.answers_anew(heats.NAME, heats.Heats)
    after = before.turned(exercise, heat)
    lab.save_answers(heats.NAME, after)
    return len(before.of(exercise)), len(after.of(exercise))


def _said(exercise: int | str, count: tuple[int, int]) -> str:
    before, after = count
    name, key, most = row(exercise).heading, HEAT.spoken, heats.MOST
    if after < before:
        return tr(f"Taken out of the hand-in ({name}).", f"Se sacó de la entrega ({name}).")
    return tr(
        f"It stands in the hand-in ({name}), {after} of {most} at most; {key} takes it out.",
        f"Está en la entrega ({name}), {after} de {most} como máximo; {key} lo saca.",
    )
