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

    def quality(self) -> Text:
        """What it is, and how good, as measured on texts that it was not trained on."""
        return _quality(self.name)


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


@cache
def _quality(name: str) -> Text:
    record = json.loads((TEACHING[name].folder / "training.json").read_text(encoding="utf-8"))
    own = [measure for measure in record["measures"] if "(" not in measure["measured_on"]]  # others name a licence
    best: dict[str, dict[str, Any]] = {}
    for measure in own:
        language = {"English": " en", "Spanish": " es"}.get(measure["measured_on"].rpartition(", ")[2], "")
        best.setdefault(measure["task"] + language, measure)
    english = "; ".join(
        f"{task}: {m['metric']} {m['value']:.2f} ({m['baseline_name']} {m['baseline']:.2f})" for task, m in best.items()
    )
    spanish = re.sub("|".join(_SPANISH), lambda match: _SPANISH[match[0]], english)
    return Text(
        name + " is a teaching model, small on purpose; on texts new to it: " + english + ".",
        name + " es un modelo didáctico, pequeño a propósito; con textos nuevos para él: " + spanish + ".",
    )
