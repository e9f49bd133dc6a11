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
    from llm_tui.exercises.next_step import Step
    from llm_tui.exercises.registry import Row
    from llm_tui.lab.lab import Lab


def _in_lab(lab: Lab, first: Sequence[int]) -> tuple[Row, Step] | None:
    """Called on a thread: it brings all exercises along the first time."""
    from llm_tui.report.next_step import in_lab

    return in_lab(lab, first)


class TellsNext(ZoomScreen):
    def working(self) -> bool:
        """Whether what is to do next is being done."""
        return False

    def on_screen_resume(self) -> None:
        self.app.call_after_refresh(self.tell_next)  # the screen is shown first

    def tell_next(self) -> None:
        """Say what is to do next: where this is no exercise's own screen, in the first that is not complete."""
        self._telling: Worker[None] = self.run_worker(self._tell_next, group="next step", exclusive=True)

    async def _tell_next(self) -> None:
        await host(self).save()  # what was typed last on another screen belongs to it
        found = await asyncio.to_thread(_in_lab, host(self).lab, self.first_at_hand())
        for line in self.query(NextStep):  # none where the screen has gone meanwhile
            line.show(AtHand(*found, False, self.way_to(found[0])) if found else None)

    def first_at_hand(self) -> Sequence[int]:
        """The exercises that this screen is about, before all others."""
        return ()

    def way_to(self, exercise: Row) -> str:
        """The key of this screen that opens an exercise, by its id; empty where it has none."""
        return f"exercise-{exercise.number}"
