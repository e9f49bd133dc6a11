"""A window to read, of which a search leaves what was searched for."""

from __future__ import annotations

from dataclasses import replace

from textual.widgets import Input

from llm_tui.i18n import Text
from llm_tui.keys import CLOSE, common
from llm_tui.screens.leaving import Dialog
from llm_tui.widgets.line import Line

SEARCH = replace(common("search"), action="search")
SHUT = replace(CLOSE, action="close", label=Text("close", "cerrar"))


class Searched(Dialog[None]):
    """Its `field` comes with the search key; `searched` shows what there is of its part. A subclass lists `SEARCH` and
    `SHUT` among its keys.
    """

    AUTO_FOCUS = ".dialog"

    def field(self, placeholder: str) -> Line:
        field = Line(placeholder=placeholder, id="part")
        field.display = False
        return field

    @property
    def part(self) -> str:
        """What is searched for; empty where nothing is."""
        return self.query_one("#part", Line).value.strip() if self.is_mounted else ""

    def searched(self) -> None:
        """The part has changed."""

    def action_search(self) -> None:
        field = self.query_one("#part", Line)
        field.display = True
        self.set_focus(field)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.searched()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.set_focus(self.query_one(".dialog"))

    def action_close(self) -> None:
        """Out of the search first."""
        field = self.query_one("#part", Line)
        if not field.display:
            self.dismiss()
            return
        field.value, field.display = "", False
        self.set_focus(self.query_one(".dialog"))
