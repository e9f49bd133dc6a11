"""The keys of the pairs, and the one that goes to them."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from llm_tui.i18n import Text
from llm_tui.keys import ADD, BACK, CHOOSE, DROP, NEXT, SETUP, TEACHING, Key, Place, bindings, panes
from llm_tui.screens.mode import ModeScreen

PANES = (
    ("kinds", Text("Kinds", "Tipos")),
    ("pairs", Text("Pairs", "Pares")),
    ("own", Text("Own pairs", "Pares propios")),
    ("setup", Text("Setup", "Configuración")),
)

PAIRS = Key(
    "pairs", "V,shift+v", "pairs", Text("bias in pairs", "sesgo en pares"),
    Text("Measure what a model makes of texts that differ in one thing: gender, name, dialect.",
         "Mide qué hace un modelo con textos que se diferencian en una cosa: género, nombre, dialecto."),
)  # fmt: skip

IN_KINDS = Place("kinds", Text("In the kinds", "En los tipos"))
IN_OWN = Place("own", Text("In your own pairs", "En sus pares"))
IN_QUESTIONS = Place("questions", Text("In the setup", "En la configuración"))

KEYS = (
    *panes(PANES),
    replace(CHOOSE, where=IN_KINDS, label=Text("pairs", "pares"), action="focused.select_cursor",
            help=Text("Show the pairs of this kind.", "Muestra los pares de este tipo.")),
    replace(CHOOSE, where=IN_QUESTIONS, help=Text("Ask this, in this language.", "Pregunta esto, en este idioma.")),
    replace(ADD, help=Text("Add a pair of your own.", "Añade un par propio.")),
    replace(DROP, where=IN_OWN, help=Text("Drop the pair.", "Quita el par.")),
    replace(NEXT, action="next_measure", label=Text("measured", "se mide"),
            help=Text("Measure the next label.", "Mide la etiqueta siguiente.")),
    TEACHING,
    SETUP.goes("go('#questions')"),
    BACK,
)  # fmt: skip


class ToThePairs(ModeScreen):
    """A screen with a way to the pairs, and back from there."""

    KEYS: ClassVar[tuple[Key, ...]] = (PAIRS,)
    BINDINGS = bindings(KEYS)

    async def action_pairs(self) -> None:
        from llm_tui.screens.bias import BiasScreen

        host, came_from = self.host, self.host.current_mode
        await host.switch_mode("bias")
        if isinstance(there := self.app.screen, BiasScreen):
            there.came_from = came_from
