"""A screen that can say whose hand-in it is, and take that back."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from typing import TYPE_CHECKING

from llm_tui.errors import UserError
from llm_tui.screens.taking_back import TakesBack

if TYPE_CHECKING:
    from llm_tui.lab.whose import Whose


class AsksWhose(TakesBack["Whose"]):
    """Of a screen that shows what lab.toml says of it."""

    @abstractmethod
    def look_again(self) -> None:
        """Show what the lab has now."""

    async def action_whose(self) -> None:
        lab = self.host.lab
        if lab.read_only:
            self.notify(lab.read_only, severity="error", markup=False)
        else:
            before = await asyncio.to_thread(lambda: lab.whose)
            self._ask(before, before)

    def _ask(self, before: Whose, shown: Whose) -> None:
        from llm_tui.screens.whose import WhoseDialog  # it reads TOML

        def given(whose: Whose | None) -> None:
            if whose is not None and whose != before:
                self.run_worker(self._change(before, whose), group="whose")

        self.app.push_screen(WhoseDialog(shown), given)

    async def _change(self, before: Whose, whose: Whose) -> None:
        if await self._keep(whose):
            self._undo.keep(before)
        else:  # what was typed is not lost
            self._ask(before, whose)

    async def action_undo(self) -> None:
        await self._keep(self._undo.back(self.host.lab.whose))

    async def action_redo(self) -> None:
        await self._keep(self._undo.forth(self.host.lab.whose))

    async def _keep(self, whose: Whose) -> bool:
        """Whether it could be written; why not is said."""
        try:
            await asyncio.to_thread(self.host.lab.save_whose, whose)
        except UserError as error:
            self.notify(str(error), severity="error", markup=False)
            return False
        self.look_again()
        return True
