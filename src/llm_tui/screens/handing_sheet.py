"""A sheet's way to the scheduler: what it lacks is asked there, and comes back as if it had been asked here."""

from __future__ import annotations

from abc import abstractmethod
from typing import TypeVar

from llm_tui.errors import UserError
from llm_tui.exercises.sheet import Sheet
from llm_tui.i18n import tr
from llm_tui.launching.launches import question
from llm_tui.playground.state import parse_settings
from llm_tui.screens.exercise import TableScreen
from llm_tui.screens.may_be_away import MayBeAway

A = TypeVar("A", bound=Sheet)


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
