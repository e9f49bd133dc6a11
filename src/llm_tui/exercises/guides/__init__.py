"""What a page long is said to a person about an exercise or a screen: one file for each and each language.

`NAME.LANGUAGE.md` is the guide, and then the definitions, under the heading that `_DEFINITIONS` has. Both are read
when they are first shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from llm_tui import i18n

_DEFINITIONS = {"en": "# Definitions\n\n", "es": "# Definiciones\n\n"}


@dataclass(frozen=True, slots=True)
class Prose:
    """The guide or the definitions of the file `name`, in Markdown; `str()` gives it in the language of the screen."""

    name: str
    part: int

    def __str__(self) -> str:
        return self.within(i18n.language())

    def within(self, language: str) -> str:
        return _parts(self.name, language)[self.part]


def guide(name: str) -> Prose:
    """What an exercise asks for."""
    return Prose(name, 0)


def definitions(name: str) -> Prose:
    """What the words and the numbers of an exercise or a screen mean."""
    return Prose(name, 1)


@cache
def _parts(name: str, language: str) -> tuple[str, str]:
    text = (Path(__file__).parent / f"{name}.{language}.md").read_text(encoding="utf-8")
    before, _, after = text.partition(_DEFINITIONS[language])
    return before.removesuffix("\n") if after else before, after
