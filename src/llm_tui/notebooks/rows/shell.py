"""Lines that IPython hands to a shell."""

from __future__ import annotations

import re

from llm_tui.i18n import Text
from llm_tui.notebooks import find
from llm_tui.notebooks.rows.said import V5, instead
from llm_tui.notebooks.table import Row

_WORD = r"(?P<quote>[\"']?)(?<![\w./-]){name}(?P<extra>\[[\w,]*\])?{pin}(?P=quote)(?=[\s\\]|$)"


def _pinned(name: str, pin: str, becomes: str) -> find.Find:
    """A package in a line that installs some."""
    return find.magic(
        _WORD.format(name=name, pin=pin), lambda place: becomes.format(extra=place["extra"] or ""), _installs
    )


def _installs(line: str) -> bool:
    return "install" in line.split() and bool(re.search(r"\b(?:pip3?|uv|conda)\b", line))


ROWS = (
    Row(
        "pip install torchtext",
        "torch 2.4",
        Text("it gets 0.18, which cannot be imported", "obtiene la 0.18, que no se puede importar"),
        _pinned("torchtext", r"(?!==0\.6\.0)(?:[=<>!~][^\s\"']*)?", "torchtext==0.6.0"),
        instead("torchtext==0.6.0"),
    ),
    Row(
        "pip install torch==...",
        "torch 2.11",
        Text(
            "an old torch, which today's transformers does not work with",
            "un torch antiguo, con el que el transformers de hoy no funciona",
        ),
        _pinned("torch", r"(?:={2,3}|~=|<=?)\s*(?:1|2\.(?:\d|10))(?![\d])[^\s\"']*", "torch{extra}"),
        Text("torch without an old version", "torch sin una versión antigua"),
    ),
    Row(
        "pip install transformers==...",
        V5,
        Text("an old transformers beside what the copy uses", "un transformers antiguo, junto a lo que usa la copia"),
        _pinned(
            "transformers", r"(?:(?:={2,3}|~=|<=?)\s*[234](?![\d])|<\s*5)[^\s\"']*", '"transformers{extra}>=5.17,<6"'
        ),
        instead("transformers>=5.17,<6"),
    ),
    Row(
        "huggingface-cli, transformers-cli",
        "huggingface-hub 1.0, transformers 5.0",
        Text("the command is gone", "la orden ya no existe"),
        find.magic(r"\b(?:huggingface-cli|transformers-cli)\b", None),
        left=Text(
            "they are called hf and transformers, with other subcommands",
            "se llaman hf y transformers, con otras subórdenes",
        ),
    ),
)
