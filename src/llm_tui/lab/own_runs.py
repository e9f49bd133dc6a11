"""The runs of a lab that may be read only: they stay then."""

from __future__ import annotations

from collections.abc import Callable

from llm_tui.lab.runs import CARD, Run, Runs
from llm_tui.lab.store import Store


class OwnRuns(Runs):
    """`check_writable` raises where nothing may be changed, and says why."""

    def __init__(self, store: Store, check_writable: Callable[[], None]):
        super().__init__(store)
        self._check_writable = check_writable

    def delete(self, run: Run) -> None:
        self._check_writable()
        super().delete(run)

    def keep_card(self, run: Run, text: str, name: str = CARD, before: str | None = None) -> str:
        self._check_writable()
        return super().keep_card(run, text, name, before)
