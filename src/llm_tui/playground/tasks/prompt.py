"""Ask a model to do what the input says."""

from __future__ import annotations

from dataclasses import replace

from llm_tui.exercises.few_shot import instructed, with_instruction
from llm_tui.fields import Line
from llm_tui.foundation.job import PROMPT, Generate
from llm_tui.i18n import Text
from llm_tui.playground.generating import Generating
from llm_tui.playground.task import Command, Given

INSTRUCTION = Line(
    name="instruction", label=Text("before it", "antes"), metavar=Text("TEXT", "TEXTO"),
    help=Text("Stands before each text, and before each example.", "Va antes de cada texto y de cada ejemplo."),
)  # fmt: skip


class Prompt(Generating):
    name = "prompt"
    title = Text("Prompt", "Instrucción")
    example = "Explica en dos frases qué es la observabilidad y para qué sirve."
    command = Command(
        "ask",
        Text("Ask a model to do what a text says.", "Pide a un modelo que haga lo que dice un texto."),
        Text(
            "Give each text to a model as it is, a chat model through its template, and print what it answers.",
            "Da cada texto tal cual a un modelo, a uno de chat con su plantilla, e imprime lo que responde.",
        ),
    )
    fields = (INSTRUCTION,)
    definitions = Text(
        "- **before it**: an instruction that stands before the input, and before each example.\n"
        "- **examples** (few-shot): solved ones before the input; a chat model gets them as messages and answers, "
        "another model in one text (`Q:`, `A:`; Brown et al. 2020). No weight changes.\n",
        "- **antes**: una instrucción que va antes de la entrada y de cada ejemplo.\n"
        "- **ejemplos** (few-shot): resueltos, antes de la entrada; un modelo de chat los recibe como mensajes y "
        "respuestas; otro modelo, en un solo texto (`Q:`, `A:`; Brown et al. 2020). Ningún peso cambia.\n",
    )
    others = ("HuggingFaceTB/SmolLM2-135M-Instruct", "smollm2-135m-instruct")
    measured = PROMPT
    exercise = 6
    few_shot = True

    def job(self, given: Given) -> Generate:
        before = given.values[INSTRUCTION]
        texts = tuple(with_instruction(before, text) for text in given.texts)
        return super().job(replace(given, texts=texts, examples=instructed(before, given.examples)))


TASK = Prompt()
