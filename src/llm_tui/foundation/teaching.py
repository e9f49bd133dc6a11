"""The teaching models: tiny ones that come with the program, for a machine with no hub, no cache and no GPU.

They are loaded as every other folder with a model is, and never go by another name: `quality` is what stands under
their answers. How they are made is in `llm_tui.teaching`. Light: no torch.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from llm_tui import __version__
from llm_tui.foundation.job import PROMPT, SUMMARIZE, TRANSLATE_EN_ES, TRANSLATE_ES_EN
from llm_tui.i18n import Text

PREFIX = "llm-tui/teaching-"


@dataclass(frozen=True, slots=True)
class Teaching:
    """`tasks` are those of the playground that it is for. Its `revision` is the program's version."""

    name: str
    tasks: tuple[str, ...]

    @property
    def folder(self) -> Path:
        return Path(str(files("llm_tui") / "teaching" / "models" / self.name.removeprefix(PREFIX)))

    @property
    def revision(self) -> str:
        return __version__

    def quality(self, task: str = "") -> Text:
        """What it is, and how good, as measured on texts that it was not trained on: at one `task` of a `Generate` job,
        if it is given. What was measured in the reader's language comes first.
        """
        english, spanish = _measured(self.name, task, "en"), _translated(_measured(self.name, task, "es"))
        what = Text(
            f"{self.name} is a teaching model, small on purpose; on new texts: ",
            f"{self.name} es un modelo didáctico, pequeño a propósito; con textos nuevos: ",
        )
        return Text(what.en + english + ".", what.es + spanish + ".")


T5 = Teaching(f"{PREFIX}t5", ("translation", "summary", "prompt"))
ZERO_SHOT = Teaching(f"{PREFIX}zero-shot", ("zero-shot",))
ENTITIES = Teaching(f"{PREFIX}entities", ("entities",))
SENTIMENT = Teaching(f"{PREFIX}sentiment", ("sentiment",))

TEACHING = {model.name: model for model in (ZERO_SHOT, T5, ENTITIES, SENTIMENT)}


def for_task(task: str) -> Teaching:
    """The teaching model for a task of the playground, by its name."""
    return next(model for model in TEACHING.values() if task in model.tasks)


_SPANISH = {
    "translation": "traducción", "summary": "resumen", "instructions": "instrucciones", "entities": "entidades",
    "sentiment": "sentimiento", "accuracy": "exactitud", "span F1": "F1 de tramos", "copying": "copiar",
    "the first sentence": "la primera oración",
    "chance": "azar", "labels": "etiquetas", "majority class": "clase mayoritaria",
    "most frequent label": "etiqueta más frecuente", "capitals inside the sentence as": "las mayúsculas como",
}  # fmt: skip
"""The words of the records, which are kept in English."""


_MEASURED = {
    TRANSLATE_ES_EN: "translation es-en", TRANSLATE_EN_ES: "translation en-es", SUMMARIZE: "summary",
    PROMPT: "instructions",
}  # fmt: skip
"""What a task is called in the records."""


@cache
def _measured(name: str, task: str, language: str) -> str:
    record = json.loads((TEACHING[name].folder / "training.json").read_text(encoding="utf-8"))
    best: dict[str, dict[str, Any]] = {}
    for measure in record["measures"]:
        own = "(" not in measure["measured_on"]  # others name a licence
        if own and measure["task"].startswith(_MEASURED.get(task, "")):
            spoken = {"English": " en", "Spanish": " es"}.get(measure["measured_on"].rpartition(", ")[2], "")
            best.setdefault(measure["task"] + spoken, measure)
    other = {"en": " es", "es": " en"}[language]
    return "; ".join(
        f"{what}: {m['metric']} {m['value']:.2f} ({m['baseline_name']} {m['baseline']:.2f})"
        for what, m in sorted(best.items(), key=lambda item: item[0].endswith(other))
    )


def _translated(measured: str) -> str:
    return re.sub("|".join(_SPANISH), lambda match: _SPANISH[match[0]], measured)
