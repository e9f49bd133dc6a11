"""Templates of prompts: a text with named blanks, which a person fills in. Chat templates are another thing; see
`foundation.templates`. Light.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from llm_tui.errors import UserError
from llm_tui.i18n import Text, tr

NO_DEFAULT = Text("", "")


@dataclass(frozen=True, slots=True)
class Blank:
    """What is filled in. `long` is a text of its own: on the command line a file, or the text that is asked."""

    name: str
    label: Text
    help: Text
    default: Text = NO_DEFAULT
    long: bool = False


@dataclass(frozen=True, slots=True)
class PromptTemplate:
    """`text` has each blank by its name in braces."""

    name: str
    title: Text
    blanks: tuple[Blank, ...]
    text: Text

    def language(self, filled: Mapping[str, str], otherwise: str) -> str:
        """That of what is filled in, as far as its words tell."""
        return language_of(" ".join(filled.get(blank.name, "") for blank in self.blanks), otherwise)

    def prompt(self, filled: Mapping[str, str], language: str) -> str:
        """The text with what is filled in; what is not has its default, else its name in brackets."""
        values = {blank.name: filled.get(blank.name, "").strip() or _open(blank, language) for blank in self.blanks}
        # In one pass: a passage may have braces of its own.
        return re.sub(r"\{(\w+)\}", lambda found: values[found[1]], self.text.within(language))

    def check(self, filled: Mapping[str, str]) -> None:
        """Raises UserError where a blank is empty that has no default."""
        empty = [
            str(blank.label) for blank in self.blanks if not filled.get(blank.name, "").strip() and not blank.default.en
        ]
        if empty:
            names = ", ".join(empty)
            raise UserError(
                tr(
                    f"The template “{self.title}” has empty blanks: fill in {names}.",
                    f"La plantilla «{self.title}» tiene huecos vacíos: rellene {names}.",
                )
            )


def _open(blank: Blank, language: str) -> str:
    return blank.default.within(language) or f"[{blank.label.within(language)}]"


PASSAGE = Blank("passage", Text("text", "texto"), Text("The text, from a file.", "El texto, de un archivo."), long=True)
QUESTION = Blank("question", Text("question", "pregunta"), Text("What is asked of the text.", "Qué se pregunta."))
TOPIC = Blank("topic", Text("topic", "tema"), Text("What is explained.", "Qué se explica."))
AUDIENCE = Blank(
    "audience", Text("for whom", "para quién"), Text("Who it is explained to.", "A quién se le explica."),
    Text("beginners", "principiantes"),
)  # fmt: skip
SENTENCES = Blank(
    "sentences", Text("sentences", "frases"), Text("How many sentences.", "Cuántas frases."), Text("2", "2")
)
STYLE = Blank(
    "style", Text("style", "estilo"), Text("The style to rewrite in.", "El estilo en que se reescribe."),
    Text("formal and brief", "formal y breve"),
)  # fmt: skip
TERMS = Blank("terms", Text("how many", "cuántos"), Text("How many terms.", "Cuántos términos."), Text("5", "5"))
KEYS = Blank(
    "keys", Text("fields", "campos"), Text("The fields of the JSON.", "Los campos del JSON."),
    Text("name, date, place", "nombre, fecha, lugar"),
)  # fmt: skip

TEMPLATES = (
    PromptTemplate(
        "qa",
        Text("Questions about a text (QA)", "Preguntas sobre un texto (QA)"),
        (PASSAGE, QUESTION),
        Text(
            "Answer the question with what the text says, and nothing else. If it does not say, answer “it does not "
            "say”.\n\nText: {passage}\n\nQuestion: {question}\nAnswer:",
            "Responde a la pregunta solo con lo que dice el texto. Si no lo dice, responde «no lo dice».\n\n"
            "Texto: {passage}\n\nPregunta: {question}\nRespuesta:",
        ),
    ),
    PromptTemplate(
        "explain",
        Text("Explanation", "Explicación"),
        (TOPIC, AUDIENCE, SENTENCES),
        Text(
            "Explain to {audience}, in {sentences} sentences, what {topic} is and what it is for.",
            "Explica a {audience}, en {sentences} frases, qué es {topic} y para qué sirve.",
        ),
    ),
    PromptTemplate(
        "rewrite",
        Text("Rewriting", "Reescritura"),
        (PASSAGE, STYLE),
        Text(
            "Rewrite the text in a {style} style. Add nothing and leave nothing out.\n\nText: {passage}",
            "Reescribe el texto con estilo {style}. No añadas ni quites información.\n\nTexto: {passage}",
        ),
    ),
    PromptTemplate(
        "terms",
        Text("Extraction of terms", "Extracción de términos"),
        (PASSAGE, TERMS),
        Text(
            "Extract {terms} key terms of the text, separated by commas. Use words of the text only.\n\n"
            "Text: {passage}",
            "Extrae {terms} términos clave del texto, separados por comas. Usa solo palabras del texto.\n\n"
            "Texto: {passage}",
        ),
    ),
    PromptTemplate(
        "json",
        Text("Extraction as JSON", "Extracción en JSON"),
        (PASSAGE, KEYS),
        Text(
            "Extract these fields from the text: {keys}. Answer with one JSON object with these keys and nothing else; "
            "null where the text does not say.\n\nText: {passage}",
            "Extrae del texto estos campos: {keys}. Responde solo con un objeto JSON con esas claves; null si el texto "
            "no lo dice.\n\nTexto: {passage}",
        ),
    ),
)


def template(name: str) -> PromptTemplate:
    """The one of this name, else the first: a lab may have been written where there was one more."""
    return next((template for template in TEMPLATES if template.name == name), TEMPLATES[0])


def blanks() -> tuple[Blank, ...]:
    """Those of all templates, each once."""
    return tuple(dict.fromkeys(blank for template in TEMPLATES for blank in template.blanks))


_SPANISH = "el la los las un una de del al que y en por para con es se lo su qué cuál está son como"
_ENGLISH = "the of and to is a an for that with on it as are was by this what which be from not"


def language_of(text: str, otherwise: str) -> str:
    """`es` or `en`, whose small words a text has more of; `otherwise` where that does not tell."""
    words = re.findall(r"\w+", text.lower())
    spanish, english = (sum(word in known.split() for word in words) for known in (_SPANISH, _ENGLISH))
    if spanish == english:
        return otherwise
    return "es" if spanish > english else "en"
