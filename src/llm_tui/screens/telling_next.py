"""What the main screens say of what to do next."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.worker import Worker

from llm_tui.widgets.host import host
from llm_tui.widgets.next_step import AtHand, NextStep
from llm_tui.widgets.zoom import ZoomScreen

if TYPE_CHECKING:
    from llm_tui.exercises.registry import Row


class TellsNext(ZoomScreen):
    def working(self) -> bool:
        """Whether what is to do next is being done."""
        return False

    def on_screen_resume(self) -> None:
        self.tell_next()

    def tell_next(self) -> None:
        """Say what is to do next: where this is no exercise's own screen, in the first that is not complete."""
        self._telling: Worker[None] = self.run_worker(self._tell_next, group="next step", exclusive=True)

    async def _tell_next(self) -> None:
        from llm_tui.report.next_step import in_lab

        await host(self).save()  # what was typed last on another screen belongs to it
        found = await asyncio.to_thread(in_lab, host(self).lab, self.first_at_hand())
        self.query_one(NextStep).show(AtHand(*found, False, self.way_to(found[0])) if found else None)

    def first_at_hand(self) -> Sequence[int]:
        """The exercises that this screen is about, before all others."""
        return ()

    def way_to(self, exercise: Row) -> str:
        """The key of this screen that opens an exercise, by its id; empty where it has none."""
        return f"exercise-{exercise.number}"
