"""The seven exercises: one file each, with its answers, its guide and its table."""

from __future__ import annotations

from dataclasses import dataclass

from llm_tui.i18n import Text

SHEET = "sheet-"
"""How the names of the screens begin that are sheets of the playground."""


@dataclass(frozen=True, slots=True)
class Exercise:
    """`mode` is the main screen on which it is done, `screen` the one that opens for it."""

    number: int
    title: Text
    mode: str

    @property
    def screen(self) -> str:
        return f"{SHEET}{self.number}" if self.mode == "play" else self.mode


EXERCISES = (
    Exercise(1, Text("News classifier: batch sizes", "Clasificador de noticias: tamaños de lote"), "train"),
    Exercise(2, Text("Subwords in Spanish", "Subpalabras en español"), "tokens"),
    Exercise(3, Text("Zero-shot moderation", "Moderación zero-shot"), "play"),
    Exercise(4, Text("Translation there and back", "Traducción de ida y vuelta"), "play"),
    Exercise(5, Text("Two summarizers", "Dos modelos de resumen"), "play"),
    Exercise(6, Text("Three prompts for one paragraph", "Tres instrucciones para un párrafo"), "play"),
    Exercise(7, Text("Ethics and risks", "Ética y riesgos"), "ethics"),
)
