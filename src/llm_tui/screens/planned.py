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


class PlayScreen(PlannedScreen):
    ABOUT = PLAN = Text(
        "# Playground\n\nThis version does not have it yet. It will run six tasks on pretrained models: zero-shot "
        "classification, translation, summary, entities, prompts and sentiment; and exercises 3 to 6.",
        "# Banco de pruebas\n\nEsta versión aún no lo tiene. Ejecutará seis tareas con modelos preentrenados: "
        "clasificación zero-shot, traducción, resumen, entidades, instrucciones y sentimiento; y los ejercicios 3 a 6.",
    )


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
