"""Ask a model to do what the input says."""

from __future__ import annotations

from llm_tui.foundation.job import PROMPT
from llm_tui.i18n import Text
from llm_tui.playground.generating import Generating
from llm_tui.playground.task import Command


class Prompt(Generating):
    name = "prompt"
    title = Text("Prompt", "Instrucción")
    example = "Explica en dos frases qué es la observabilidad y para qué sirve."
    command = Command(
        "ask",
        Text("Ask a model to do what a text says.", "Pide a un modelo lo que dice un texto."),
        Text(
            "Give each text to a model as it is, a chat model through its template, and print what it answers.",
            "Da cada texto tal cual a un modelo, a uno de chat con su plantilla, e imprime lo que responde.",
        ),
    )
    others = ("HuggingFaceTB/SmolLM2-135M-Instruct", "smollm2-135m-instruct")
    measured = PROMPT
    exercise = 6


TASK = Prompt()
