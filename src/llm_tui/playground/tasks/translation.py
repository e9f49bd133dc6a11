"""Translate a text between Spanish and English."""

from __future__ import annotations

from collections.abc import Mapping

from llm_tui.fields import OneOf
from llm_tui.foundation.job import TRANSLATE_EN_ES, TRANSLATE_ES_EN, Generated
from llm_tui.foundation.teaching import BOTH_WAYS
from llm_tui.i18n import Text
from llm_tui.playground.generating import Generating
from llm_tui.playground.task import Command, Given

ES_EN, EN_ES = "es-en", "en-es"

DIRECTION = OneOf(
    name="direction", label=Text("direction", "sentido"), default=ES_EN, choices=(ES_EN, EN_ES),
    flag="--from", said={"es": ES_EN, "en": EN_ES},
    help=Text("The language of the texts; the other one is that of the answers.",
              "El idioma de los textos; el otro es el de las respuestas."),
)  # fmt: skip


class Translation(Generating):
    name = "translation"
    title = Text("Translation", "Traducción")
    example = "La ingeniería de datos y el despliegue continuo van de la mano."
    command = Command(
        "translate", Text("Translate texts.", "Traduce textos."), Text("Translate each text.", "Traduce cada texto.")
    )
    fields = (DIRECTION,)
    others = ("Helsinki-NLP/opus-mt-es-en", "Helsinki-NLP/opus-mt-en-es", "facebook/nllb-200-distilled-600M")
    measured = BOTH_WAYS
    exercise = 4

    def asked_as(self, given: Given) -> str:
        return {ES_EN: TRANSLATE_ES_EN, EN_ES: TRANSLATE_EN_ES}[given.values[DIRECTION]]

    def back(self, given: Mapping[str, str], result: Generated) -> tuple[dict[str, str], str]:
        other = EN_ES if DIRECTION.read(given[DIRECTION.name]) == ES_EN else ES_EN
        return {**given, DIRECTION.name: other}, result.answers[0].text


TASK = Translation()
