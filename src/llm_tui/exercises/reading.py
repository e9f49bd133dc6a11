"""Pages to read: what the course's text names, a page each, and where on the screens it can be seen. Light.

The text of a page is `guides/reading/NAME.LANGUAGE.md`, read when it is first shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from llm_tui import i18n
from llm_tui.exercises import guides
from llm_tui.exercises.few_shot import shipped
from llm_tui.foundation.few_shot import Example
from llm_tui.foundation.teaching import SENTIMENT, T5, ZERO_SHOT
from llm_tui.i18n import Text, tr

SetUp = Mapping[str, object]
"""What is set up on a screen: a value for each part of its answers, by its name; `fields.prompt.model` is the entry
`model` of the entry `prompt` of the mapping `fields`.
"""


@dataclass(frozen=True, slots=True)
class Page:
    """`screens` are the modes that it belongs to, `mode` is where it can be seen. `example` gives what is set up there,
    in the language of the screen.
    """

    name: str
    title: Text
    screens: tuple[str, ...]
    mode: str
    example: Callable[[], SetUp] = dict

    def __str__(self) -> str:
        return self.within(i18n.language())

    def within(self, language: str) -> str:
        """Its text, in Markdown."""
        return _text(self.name, language)


@cache
def _text(name: str, language: str) -> str:
    return (Path(guides.__file__).parent / "reading" / f"{name}.{language}.md").read_text(encoding="utf-8")


def _asked(task: str, text: str, model: str, **fields: str) -> dict[str, object]:
    """A task of the playground with its input, its model and what else it has."""
    more = {f"fields.{task}.{name}": value for name, value in fields.items()}
    return {"task": task, f"inputs.{task}": text, f"fields.{task}.model": model, **more}


def _foundation_models() -> SetUp:
    said = "Mi hermana trabaja en un hospital."
    asked = _asked("translation", said, T5.name, direction="es-en")
    return {**asked, "fields.summary.model": T5.name, "fields.prompt.model": T5.name}


def _llms() -> SetUp:
    return {
        **_asked("prompt", tr("What is a language model?", "¿Qué es un modelo de lenguaje?"), T5.name, instruction=""),
        "examples": (),
    }


def _pretraining() -> SetUp:
    return {
        "text": tr(
            "The library lends books to everyone who lives in the town.",
            "La biblioteca presta libros a todas las personas que viven en el pueblo.",
        )
    }


def _zero_shot() -> SetUp:
    text = tr(
        "The judge sentenced the accused to three years in prison.",
        "La jueza condenó al acusado a tres años de prisión.",
    )
    labels = tr("music, justice, cooking, sports", "música, justicia, cocina, deportes")
    return _asked("zero-shot", text, ZERO_SHOT.name, labels=labels)


def _few_shot() -> SetUp:
    text = tr("The choir sang in the old church.", "El coro cantó en la iglesia vieja.")
    given = shipped(i18n.language())
    asked = _asked("prompt", text, T5.name, instruction=given.instruction)
    return {**asked, "examples": given.with_examples()}


def _in_context() -> SetUp:
    examples = (
        Example(tr("the pear", "la pera"), "A"),
        Example(tr("the hammer", "el martillo"), "B"),
        Example(tr("the plum", "la ciruela"), "A"),
        Example(tr("the saw", "la sierra"), "B"),
    )
    return {**_asked("prompt", tr("the apple", "la manzana"), T5.name, instruction=""), "examples": examples}


def _hallucination() -> SetUp:
    # The teaching T5 answers with what it learned of containers of software, and of phishing; a test looks at it.
    asked = _asked("prompt", tr("What is a container ship?", "¿Qué es una guitarra?"), T5.name, instruction="")
    return {**asked, "examples": ()}


def _bias() -> SetUp:
    # Positive with 0.51, and with 0.86 when the name is Mohammed; a test looks at it.
    return _asked("sentiment", "Tom called again.", SENTIMENT.name)


def _cost() -> SetUp:
    return _asked("summary", _news(), T5.name)


def _ageing() -> SetUp:
    asked = _asked("summary", _news(), T5.name)
    question = tr("What is the reason for closing the library?", "¿Cuál es la razón de cerrar la biblioteca?")
    later = {"inputs.prompt": question, "fields.prompt.model": T5.name, "fields.prompt.instruction": ""}
    return {**asked, **later, "examples": ()}


def _news() -> str:
    return tr(
        "The library will be closed in August because its roof must be replaced. The books will be kept in the town "
        "hall. Students may use a room of the school.",
        "La biblioteca cerrará en agosto porque hay que cambiar el tejado. Los libros se guardarán en el ayuntamiento. "
        "Los estudiantes podrán usar una sala del instituto.",
    )


def _subwords() -> SetUp:
    return {
        "text": "La observabilidad de las arquitecturas serverless facilita el microservicio, el desaprovisionamiento "
        "y la trazabilidad de los despliegues."
    }


def _training(**fields: str) -> SetUp:
    return {f"setup.{name}": value for name, value in fields.items()}


def _pipeline() -> SetUp:
    return _training(data="sample", train_size="2000", test_size="1000", batch_size="64", epochs="1")


def _torchtext() -> SetUp:
    rows = {"train_size": "2000", "test_size": "1000", "tokenizer": "basic_english", "vocabulary": "split"}
    return _training(**rows, batch_size="64", embed_dim="64", epochs="1")


PAGES: tuple[Page, ...] = (
    Page("foundation_models", Text("Foundation models", "Modelos fundacionales"), ("play", "flows"), "play",
         _foundation_models),
    Page("llms", Text("Large language models (LLMs)", "Modelos de lenguaje grandes (LLM)"),
         ("play", "tokens", "sheet-6"), "play", _llms),
    Page("pretraining", Text("Pretraining and self-supervision", "Preentrenamiento y autosupervisión"),
         ("play", "tokens", "train"), "tokens", _pretraining),
    Page("zero_shot", Text("Zero-shot: without examples", "Zero-shot: sin ejemplos"), ("play", "sheet-3", "flows"),
         "play", _zero_shot),
    Page("few_shot", Text("Few-shot: with examples", "Few-shot: con ejemplos"), ("play", "sheet-6"), "play", _few_shot),
    Page("in_context", Text("In-context learning", "Aprendizaje en contexto"), ("play", "sheet-6"), "play",
         _in_context),
    Page("hallucination", Text("Hallucination", "Alucinación"), ("play", "sheet-4", "sheet-5", "sheet-6", "ethics"),
         "play", _hallucination),
    Page("bias", Text("Bias", "Sesgos"), ("play", "sheet-3", "ethics"), "play", _bias),
    Page("cost", Text("Cost: compute and energy", "Coste: cómputo y energía"), ("play", "flows", "train", "ethics"),
         "play", _cost),
    Page("ageing", Text("Knowledge that ages", "Conocimiento que envejece"), ("play", "sheet-5", "ethics"), "play",
         _ageing),
    Page("subwords", Text("Subwords", "Subpalabras"), ("tokens", "sheet-4"), "tokens", _subwords),
    Page("pipeline", Text("The classic pipeline", "El flujo clásico"), ("train", "flows"), "train", _pipeline),
    Page("flows", Text("The two flows compared", "Los dos flujos, comparados"), ("flows", "train", "play"), "flows"),
    Page("torchtext", Text("Why torchtext is frozen", "Por qué torchtext está congelado"), ("train",), "train",
         _torchtext),
)  # fmt: skip


def of(mode: str) -> tuple[Page, ...]:
    """The pages that belong to a screen; where none does, all of them."""
    return tuple(page for page in PAGES if mode in page.screens) or PAGES


# An example among the answers of a screen.


def part(answers: Any, path: str) -> object:
    """A part of answers by its name; None where the mapping that has it has not."""
    name, *keys = path.split(".")
    found = getattr(answers, name)
    for key in keys:
        found = None if found is None else found.get(key)
    return found


def with_part(answers: Any, path: str, value: object) -> Any:
    """The answers with another value in one part."""
    name, *keys = path.split(".")
    return replace(answers, **{name: _with(getattr(answers, name), keys, value)})


def _with(found: Any, keys: list[str], value: object) -> object:
    return value if not keys else {**(found or {}), keys[0]: _with((found or {}).get(keys[0]), keys[1:], value)}


def set_up(answers: Any, example: SetUp) -> Any:
    """The answers with an example in them."""
    for path, value in example.items():
        answers = with_part(answers, path, value)
    return answers


def is_own(answers: Any, example: SetUp, preset: Iterable[object] = ()) -> bool:
    """Whether something that a person has written would give way to the example: neither empty, nor as it stands in new
    answers, nor `preset` by the program, nor an example of a page.
    """
    known = [*preset, *(value for page in PAGES for value in page.example().values())]
    fresh = type(answers)()
    given_way = ((part(answers, path), part(fresh, path)) for path in example if path != "task")
    return any(now not in (None, "", (), new, *known) for now, new in given_way)
