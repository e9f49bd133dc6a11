"""The key that hands the work of a screen over, and what the screens that have it have in common."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from llm_tui.i18n import Text, tr
from llm_tui.keys import Key, bindings, spoken
from llm_tui.screens.answers import AnswersScreen

T = TypeVar("T")

HAND_OVER = Key("hand-over", "L,shift+l", "hand_over", Text("to SLURM", "a SLURM"),
                Text("Hand this over to the scheduler, SLURM.", "Encarga esto al planificador, SLURM."))  # fmt: skip


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
