"""The window that says why: full-screen over the screen that was asked, a digit for each of its panes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from textual.widget import Widget

from llm_tui import i18n
from llm_tui.i18n import Text, tr
from llm_tui.keys import BACK, Bar, Key, bindings
from llm_tui.screens.leaving import LeavesOnce
from llm_tui.screens.mode import ModeScreen
from llm_tui.widgets.panes import Pane, Panes
from llm_tui.widgets.styles import stylesheet
from llm_tui.widgets.why.pane import WhyPane

MOST_PANES = 9


class WhyScreen(LeavesOnce[None], ModeScreen):
    """`panes` as `why_panes` makes them; `exercise` is the one that a heat goes into."""

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
        replace(BACK, bar=Bar.FIRST),
    )  # fmt: skip
    BINDINGS = bindings(KEYS)

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

    # What goes out of it.

    async def action_export(self) -> None:
        if document := self._document():
            await self.write_export("why.md", document)

    def action_copy(self) -> None:
        if document := self._document():
            self.host.copy(document)

    def _document(self) -> str:
        """The pane in Markdown; empty where there is nothing yet, which is said."""
        document = self.pane.document(i18n.export_language())
        if not document:
            self.notify(tr("There is nothing here yet.", "Aquí aún no hay nada."))
        return document
