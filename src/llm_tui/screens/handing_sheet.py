"""A sheet's way to the scheduler: what it lacks is asked there, and comes back as if it had been asked here."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar, TypeVar

from llm_tui.errors import UserError
from llm_tui.exercises.sheet import Sheet
from llm_tui.i18n import tr
from llm_tui.keys import Key, bindings, spoken
from llm_tui.launching.launches import question
from llm_tui.playground.state import parse_settings
from llm_tui.screens.answers import AnswersScreen
from llm_tui.screens.exercise import TableScreen
from llm_tui.screens.handing_over import HAND_OVER

T = TypeVar("T")
A = TypeVar("A", bound=Sheet)


class MayBeAway(AnswersScreen[T]):
    """A screen whose work a scheduler may have."""

    KEYS: ClassVar[tuple[Key, ...]] = (HAND_OVER,)
    BINDINGS = bindings(KEYS)

    def is_away(self) -> bool:
        """Whether the scheduler has it, which is said then."""
        away = self.host.elsewhere.has(self.NUMBER)
        if away:
            stop = spoken("stop")
            said = tr(f"The scheduler has it: {stop} cancels.", f"Lo tiene el planificador: {stop} lo cancela.")
            self.notify(said)
        return away

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "hand_over" and not self.host.elsewhere.possible:
            return False
        return super().check_action(action, parameters)


class HandsSheetOver(MayBeAway[A], TableScreen[A]):
    @abstractmethod
    def asks(self) -> bool:
        """Whether models are being asked here."""

    async def action_hand_over(self) -> None:
        """What the sheet lacks, as one task; a person is asked before."""
        from llm_tui.screens.dialogs import ConfirmDialog

        if self.is_away():
            return
        try:
            settings = (await self.playground()).all_settings()
            lacking = [] if self.asks() else list(self.answers.pending(parse_settings(settings)))
        except UserError as error:
            self.notify(str(error), severity="error", markup=False)
            return
        if not lacking:
            self.notify(tr("There is nothing to hand over.", "No hay nada que encargar."))
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self.run_worker(self.host.elsewhere.hand_over_sheet(self.NUMBER, self.answers, settings))

        asked = question(1, self.host.elsewhere.settings, lacking)
        self.app.push_screen(ConfirmDialog(asked, tr("Hand over", "Encargar")), answered)
