"""What a model's card says of it, as far as its first lines are made for programs."""

from __future__ import annotations

import re
from itertools import dropwhile, takewhile
from pathlib import Path
from typing import Any

from llm_tui import files
from llm_tui.errors import Unavailable
from llm_tui.hub.cache import revisions
from llm_tui.hub.places import without_hub

MOST_CHARACTERS = 20_000
SAID = ("license", "language", "datasets", "pipeline_tag", "base_model")
MOST_OF_USE = 300

_USE = re.compile(r"\bintended use", re.IGNORECASE)


def read_card(folder: Path) -> dict[str, str]:
    """The facts of the card in a model's folder, by their names in the hub's metadata, and the intended use as its
    text has it; empty where there is no card.

    Reading the metadata runs nothing, and what is no plain value is left out.
    """
    try:
        with files.opened(folder / "README.md") as file:
            text = file.read(MOST_CHARACTERS).decode("utf-8", "replace")
    except OSError:
        return {}
    head, _, rest = text.partition("---\n")
    metadata, end, _ = rest.partition("\n---")
    if head.strip() or not end:
        return {}
    import yaml  # not at the top: home does without its 1 MB

    try:
        facts = yaml.load(metadata, Loader=yaml.BaseLoader)  # nothing but texts and lists of them
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}
    if not isinstance(facts, dict):
        return {}
    shown = {name: _shown(facts.get(name)) for name in SAID}
    shown["intended use"] = _intended_use(rest)[:MOST_OF_USE]
    return {name: value for name, value in shown.items() if value}


def _intended_use(text: str) -> str:
    """The first paragraph under the heading that the hub's template for cards has (`Intended uses & limitations`)."""
    lines = iter(text.split("\n"))
    for line in lines:
        if line.startswith("#") and _USE.search(line):
            paragraph = takewhile(
                lambda line: line and not line.startswith("#"), dropwhile(lambda line: not line, lines)
            )
            return " ".join(" ".join(paragraph).split())
    return ""


def _shown(value: Any) -> str:
    """A value, or the first of a list; lists in lists, of which a few lines can make millions, are left out."""
    values = value[:20] if isinstance(value, list) else [value]
    return ", ".join(" ".join(str(part).split()) for part in values if isinstance(part, str | int | float))


def cached_card(name: str) -> dict[str, str]:
    """The card of a model that needs no hub, or of a hub id where the hub's cache has it, then with its `revision`;
    with several revisions the newest there.
    """
    try:
        there = without_hub(name)
    except Unavailable:
        return {}
    if there:
        return read_card(there[0])
    found = ((folder, read_card(folder)) for folder in revisions(name))
    return next(({**card, "revision": folder.name[:12]} for folder, card in found if card), {})
