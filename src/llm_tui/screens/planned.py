"""The modes that a later version fills: each says what will be there."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget
from textual.widgets import Markdown

from llm_tui.i18n import Text
from llm_tui.screens.mode import ModeScreen


class PlannedScreen(ModeScreen):
    PLAN: Text

    def body(self) -> Iterable[Widget]:
        yield Markdown(str(self.PLAN), open_links=False)


class EthicsScreen(PlannedScreen):
    ABOUT = PLAN = Text(
        "# Ethics\n\nThis version does not have it yet. It will hold a checklist of five topics, with evidence from "
        "your own lab, and the paragraph of exercise 7.",
        "# Ética\n\nEsta versión aún no lo tiene. Tendrá una lista de comprobación de cinco temas, con evidencia de "
        "su propio laboratorio, y el párrafo del ejercicio 7.",
    )


class ReportScreen(PlannedScreen):
    ABOUT = PLAN = Text(
        "# Report\n\nThis version does not have it yet. It will show the document to hand in, exercise by exercise. "
        "Until then `ctrl+e` on the screen of an exercise, or `llm-tui export --exercise N`, writes it.",
        "# Informe\n\nEsta versión aún no lo tiene. Mostrará el documento que se entrega, ejercicio por ejercicio. "
        "Mientras tanto, `ctrl+e` en la pantalla de un ejercicio, o `llm-tui export --exercise N`, lo escribe.",
    )
