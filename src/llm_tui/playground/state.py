"""What stands in the fields of the playground, task by task, kept in the lab from one session to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from llm_tui.engine.job import Job
from llm_tui.fields import Labels, OneOf, YesNo, read
from llm_tui.foundation.job import (
    ENTITY_MODEL,
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
    ZeroShot,
)
from llm_tui.foundation.settings import BATCH_SIZE, DEVICE, GENERATION, PRECISION, asking
from llm_tui.i18n import Text

LABELS = Labels(name="labels", label=Text("labels", "etiquetas"), help=Text("", ""))
MULTI_LABEL = YesNo(name="multi_label", label=Text("several", "varias"), choices=("yes", "no"), help=Text("", ""))
DIRECTION = OneOf(name="direction", label=Text("direction", "sentido"), choices=("es-en", "en-es"), help=Text("", ""))


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

SETTINGS = (*GENERATION, BATCH_SIZE, DEVICE, PRECISION)
"""What can be set of every task, in the order of the screen."""


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
        return {field.name: self.settings.get(field.name, field.default) for field in SETTINGS}

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
        how = parse_settings(settings)
        model, batch = how.model(values["model"]), how.batch_size
        match self.current.name:
            case "zero-shot":
                labels = LABELS.read(values["labels"])
                return ZeroShot(
                    (text,), labels, values["template"], MULTI_LABEL.read(values["multi_label"]), model, batch
                )
            case "entities":
                return Entities((text,), model, batch)
            case "sentiment":
                return Sentiment((text,), model, batch)
            case "translation":
                task = {"es-en": TRANSLATE_ES_EN, "en-es": TRANSLATE_EN_ES}[DIRECTION.read(values["direction"])]
            case name:
                task = {"summary": SUMMARIZE, "prompt": PROMPT}[name]
        return Generate(task, (text,), model, how.settings, batch)


def parse_settings(texts: Mapping[str, str]) -> Asking:
    """How to ask, from what a person typed, by the names of `SETTINGS`.

    Raises:
        UserError: a field does not say what it should.
    """
    return asking(read(SETTINGS, texts))
