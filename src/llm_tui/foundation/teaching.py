"""The teaching models: tiny ones that come with the program, for a machine with no hub, no cache and no GPU.

They are loaded as every other folder with a model is, and never go by another name: `quality` is what stands under
their answers. How they are made is in `llm_tui.teaching`. Light: no torch.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from llm_tui import __version__
from llm_tui.foundation.job import PROMPT, SUMMARIZE, TRANSLATE_EN_ES, TRANSLATE_ES_EN
from llm_tui.hub.shipped import PREFIX, shipped
from llm_tui.i18n import Text, number


@dataclass(frozen=True, slots=True)
class Teaching:
    """Its `revision` is the program's version."""

    name: str

    @property
    def folder(self) -> Path:
        return shipped()[self.name]

    @property
    def revision(self) -> str:
        return __version__

    def quality(self, task: str = "") -> Text:
        """What it is, and how good, as measured on texts that it was not trained on: at one `task` of a `Generate` job
        or at `BOTH_WAYS`, if it is given. What was measured in the reader's language comes first.
        """
        said = Text(
            "{name} is a teaching model, small on purpose; on new texts: {measured}.",
            "{name} es un modelo didáctico, pequeño a propósito; con textos nuevos: {measured}.",
        )
        measured = Text(*(_measured(self.name, task, language).within(language) for language in ("en", "es")))
        return said.format(name=self.name, measured=measured)


T5 = Teaching(f"{PREFIX}t5")
ZERO_SHOT = Teaching(f"{PREFIX}zero-shot")
ENTITIES = Teaching(f"{PREFIX}entities")
SENTIMENT = Teaching(f"{PREFIX}sentiment")

TEACHING = {model.name: model for model in (ZERO_SHOT, T5, ENTITIES, SENTIMENT)}


BOTH_WAYS = "translation"
"""A translation in either direction, where its quality is told."""

_TASKS = {
    "translation es-en": Text("translation from Spanish into English", "traducción del español al inglés"),
    "translation en-es": Text("translation from English into Spanish", "traducción del inglés al español"),
    "summary es": Text("summaries in Spanish", "resumen en español"),
    "summary en": Text("summaries in English", "resumen en inglés"),
    "instructions": Text("instructions", "instrucciones"),
    "zero-shot": Text("zero-shot", "zero-shot"),
    "entities": Text("entities", "entidades"),
    "sentiment": Text("sentiment", "sentimiento"),
}
"""The tasks of the records, which are kept in short English."""

_SAID = {
    "accuracy": Text("accuracy", "exactitud"),
    "span F1": Text("span F1", "F1 de fragmentos"),
    "copying": Text("copying the source", "copiar el original"),
    "the first sentence": Text("the first sentence", "la primera oración"),
    "chance": Text("chance", "azar"),
    "all five found in the text": Text("all five found in the text", "los cinco están en el texto"),
    "names and numbers kept": Text("names and numbers kept", "nombres y números conservados"),
    "found": Text("found", "encontrados"),
    "majority class": Text("the majority class", "la clase mayoritaria"),
    "capitals inside the sentence as LOC": Text("capitals inside the sentence as LOC", "las mayúsculas como LOC"),
}
"""Metrics and baselines of the records."""

_MEASURED = {
    TRANSLATE_ES_EN: "translation es-en", TRANSLATE_EN_ES: "translation en-es", BOTH_WAYS: "translation",
    SUMMARIZE: "summary", PROMPT: "instructions",
}  # fmt: skip
"""What a task is called in the records."""

_LANGUAGES = {"English": Text(" in English", " en inglés"), "Spanish": Text(" in Spanish", " en español")}
_ON = {
    "own everyday sentences": Text(", everyday sentences", ", oraciones cotidianas"),
    "technical documentation, held out (CC0, CC BY 4.0)": Text(", technical documentation", ", documentación técnica"),
    "own texts, one label of three": Text(" (one label of three)", " (una etiqueta de tres)"),
    "own texts, five key terms": Text(" (five key terms)", " (cinco términos clave)"),
    "own texts, a formal rewriting": Text(" (formal rewriting)", " (reescritura formal)"),
    "best-known names, plain sentences": Text(", best-known names", ", nombres muy conocidos"),
}
"""On what it was measured, where that is said."""


@cache
def _measured(name: str, task: str, first: str) -> Text:
    """Of each task what was measured first of each kind; the language `first` before the other."""
    record = json.loads((TEACHING[name].folder / "training.json").read_text(encoding="utf-8"))
    best: dict[Text, Text] = {}
    for measure in record["measures"]:
        on = measure["measured_on"]
        own = on in _ON or ("(" not in on and "translation" not in measure["task"])  # others name a licence
        if own and measure["task"].startswith(_MEASURED.get(task, "")):
            where = _ON.get(on) or _LANGUAGES.get(on.rpartition(", ")[2], Text("", ""))
            best.setdefault(Text("{task}{where}", "{task}{where}").format(task=_TASKS[measure["task"]], where=where),
                            _figure(measure))  # fmt: skip
    other = {"en": ("in Spanish", "into Spanish"), "es": ("in English", "into English")}[first]
    order = sorted(best, key=lambda what: any(part in what.en for part in other))
    return Text("; ", "; ").join(Text("{w}: {f}", "{w}: {f}").format(w=what, f=best[what]) for what in order)


def _figure(measure: dict[str, Any]) -> Text:
    """One measure beside what costs nothing."""
    digits = 2 if measure["value"] <= 1 else 0  # chrF and BLEU go to 100
    baseline, _, labels = measure["baseline_name"].partition(", ")  # «chance, 12 labels»
    said = Text("{metric} {value} ({baseline}: {free})", "{metric} {value} ({baseline}: {free})")
    if measure["value"] < measure["baseline"]:
        said = Text(
            "{metric} {value}, worse than {baseline} ({free})", "{metric} {value}, peor que {baseline} ({free})"
        )
    name = Text("{name}, {n} labels", "{name} con {n} etiquetas") if labels else Text("{name}", "{name}")
    return said.format(
        metric=_SAID.get(measure["metric"], measure["metric"]),
        value=number(measure["value"], digits),
        baseline=name.format(name=_SAID[baseline], n=labels.split(" ")[0]),
        free=number(measure["baseline"], digits),
    )
