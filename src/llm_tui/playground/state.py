"""What stands in the fields of the playground, task by task, kept in the lab from one session to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from llm_tui.engine.job import Job
from llm_tui.errors import UserError
from llm_tui.foundation.job import (
    ENTITY_MODEL,
    PRECISIONS,
    PROMPT,
    SENTIMENT_MODEL,
    SUMMARIZE,
    TEMPLATE,
    TEXT_MODEL,
    TRANSLATE_EN_ES,
    TRANSLATE_ES_EN,
    ZERO_SHOT_MODEL,
    Asking,
    Entities,
    Generate,
    Sentiment,
    Settings,
    ZeroShot,
)
from llm_tui.i18n import Text, tr
from llm_tui.labelled.lines import one_line


@dataclass(frozen=True, slots=True)
class Task:
    """One task of the playground. `fields` are those that it has beside the input; `example` is an input to begin
    with.
    """

    name: str
    title: Text
    fields: dict[str, str]
    example: str
    generates: bool = False


TASKS = (
    Task(
        "zero-shot",
        Text("Zero-shot", "Zero-shot"),
        {
            "model": ZERO_SHOT_MODEL,
            "labels": "DevOps, ciberseguridad, finanzas, educación",
            "template": TEMPLATE,
            "multi_label": "no",
        },
        "El equipo despliega con canary releases y vigila métricas y logs estructurados.",
    ),
    Task(
        "translation",
        Text("Translation", "Traducción"),
        {"model": TEXT_MODEL, "direction": "es-en"},
        "La ingeniería de datos y el despliegue continuo van de la mano.",
        generates=True,
    ),
    Task(
        "summary",
        Text("Summary", "Resumen"),
        {"model": TEXT_MODEL},
        "Los modelos de lenguaje escriben, resumen y traducen. En clase permiten probar ideas en minutos, pero pueden "
        "inventar datos, repetir sesgos y ocultar de dónde sale lo que dicen. Por eso conviene medirlos, guardar lo "
        "que se les pregunta y revisar sus respuestas antes de usarlas.",
        generates=True,
    ),
    Task(
        "entities",
        Text("Entities", "Entidades"),
        {"model": ENTITY_MODEL},
        "Ada Lovelace trabajó en Londres con Charles Babbage mucho antes de que existieran IBM o Amazon.",
    ),
    Task(
        "prompt",
        Text("Prompt", "Instrucción"),
        {"model": TEXT_MODEL},
        "Explica en dos frases qué es la observabilidad y para qué sirve.",
        generates=True,
    ),
    Task(
        "sentiment",
        Text("Sentiment", "Sentimiento"),
        {"model": SENTIMENT_MODEL},
        "The new pipeline is a joy to work with!",
    ),
)

SETTINGS: dict[str, str] = {
    "max_new_tokens": "128",
    "sample": "no",
    "temperature": "1.0",
    "top_p": "1.0",
    "top_k": "50",
    "seed": "0",
    "beams": "1",
    "repetition_penalty": "1.0",
    "batch_size": "16",
    "device": "auto",
    "precision": "auto",
}
"""What each field of the settings holds before a person changes it."""

YES = ("yes", "sí", "si", "y", "s", "1", "true")
NO = ("no", "n", "0", "false", "")


@dataclass(frozen=True, slots=True)
class Playground:
    """`inputs` and `fields` by the name of their task; what is absent is the task's own. `task` is the chosen one."""

    task: str = TASKS[0].name
    inputs: dict[str, str] = field(default_factory=dict)
    fields: dict[str, dict[str, str]] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def current(self) -> Task:
        return next((task for task in TASKS if task.name == self.task), TASKS[0])

    @property
    def input(self) -> str:
        return self.inputs.get(self.current.name, self.current.example)

    def values(self) -> dict[str, str]:
        """The fields of the chosen task, as they stand."""
        task = self.current
        return {**task.fields, **{k: v for k, v in self.fields.get(task.name, {}).items() if k in task.fields}}

    def all_settings(self) -> dict[str, str]:
        return {**SETTINGS, **{k: v for k, v in self.settings.items() if k in SETTINGS}}

    def with_input(self, text: str) -> Playground:
        return replace(self, inputs={**self.inputs, self.current.name: text})

    def with_values(self, values: Mapping[str, str]) -> Playground:
        return replace(self, fields={**self.fields, self.current.name: dict(values)})

    def eased(self, way: str) -> Playground:
        """The settings changed so that less memory is needed: a smaller `batch_size`, half `precision`, or the CPU as
        `device`.
        """
        settings = self.all_settings()
        batch = settings["batch_size"].strip()
        eased = {
            "batch_size": str(max(1, int(batch) // 2)) if batch.isdecimal() else "1",
            "precision": "bfloat16",
            "device": "cpu",
        }
        return replace(self, settings={**settings, way: eased[way]})

    def job(self, text: str | None = None) -> Job:
        """The job that asks the chosen task's model for `text`, or for the input.

        Raises:
            UserError: a field does not say what it should.
        """
        values, settings = self.values(), self.all_settings()
        text = self.input if text is None else text
        asking = parse_settings(settings)
        model, batch = asking.model(values["model"]), asking.batch_size
        match self.current.name:
            case "zero-shot":
                labels = one_line(values["labels"])
                return ZeroShot(
                    (text,), labels, values["template"], _yes("multi_label", values["multi_label"]), model, batch
                )
            case "entities":
                return Entities((text,), model, batch)
            case "sentiment":
                return Sentiment((text,), model, batch)
            case "translation":
                task = _one_of("direction", values["direction"], {"es-en": TRANSLATE_ES_EN, "en-es": TRANSLATE_EN_ES})
            case name:
                task = {"summary": SUMMARIZE, "prompt": PROMPT}[name]
        return Generate(task, (text,), model, asking.settings, batch)


def parse_settings(fields: Mapping[str, str]) -> Asking:
    """How to ask, from what a person typed, by the names of `SETTINGS`.

    Raises:
        UserError: a field does not say what it should.
    """
    settings = Settings(
        max_new_tokens=int(number("max_new_tokens", fields, 1, 4096, whole=True)),
        sample=_yes("sample", fields["sample"]),
        temperature=number("temperature", fields, 0.01, 10),
        top_p=number("top_p", fields, 0.01, 1),
        top_k=int(number("top_k", fields, 1, 1_000_000, whole=True)),
        seed=int(number("seed", fields, 0, 2**31 - 1, whole=True)),
        beams=int(number("beams", fields, 1, 16, whole=True)),
        repetition_penalty=number("repetition_penalty", fields, 0.1, 10),
    )
    precision = _one_of("precision", fields["precision"], {precision: precision for precision in PRECISIONS})
    batch = int(number("batch_size", fields, 1, 4096, whole=True))
    return Asking(fields["device"].strip() or "auto", precision, batch, settings)


def _one_of(name: str, text: str, choices: Mapping[str, str]) -> str:
    if text.strip().lower() not in choices:
        listed = ", ".join(choices)
        raise UserError(
            tr(
                f"{name} is “{text.strip()}”: write one of {listed}.",
                f"{name} es «{text.strip()}»: escriba uno de {listed}.",
            )
        )
    return choices[text.strip().lower()]


def _yes(name: str, text: str) -> bool:
    return _one_of(name, text, {**dict.fromkeys(YES, "yes"), **dict.fromkeys(NO, "")}) == "yes"


def number(name: str, fields: Mapping[str, str], least: float, most: float, whole: bool = False) -> float:
    """The number that a person typed into the field `name`, with a point or a comma.

    Raises:
        UserError: it is none from `least` to `most`.
    """
    text = fields[name].strip().replace(",", ".")
    try:
        value = float(int(text)) if whole else float(text)
    except ValueError:
        value = float("nan")
    if not least <= value <= most:
        kind = tr("a whole number", "un número entero") if whole else tr("a number", "un número")
        raise UserError(
            tr(
                f"{name} is “{text}”: write {kind} from {least:g} to {most:g}.",
                f"{name} es «{text}»: escriba {kind} de {least:g} a {most:g}.",
            )
        )
    return value
