"""Values as Python literals that a person likes to read."""

from __future__ import annotations

import math
import re
from typing import Any

WIDTH = 64
"""Longest line of a text, its indentation and quotes not counted: in a terminal of 80 columns no line is folded."""


class Code(str):
    """A piece of a program as it stands, in this program's own words: never what a person or a file said."""


def literal(value: Any) -> str:
    """`Code` as it is; of any other value the expression that evaluates to it, on one line where it fits, else one part
    to a line.

    What is no printable character stands as its escape. Of numbers, texts, None, and lists, tuples and dictionaries of
    these; never anything whose `repr` is not its literal.

    Raises:
        TypeError: the value is of another type.
    """
    return _literal(value, "")


def _literal(value: Any, indent: str) -> str:
    inner = f"{indent}    "
    match value:
        case Code():
            return value
        case None | bool() | int():
            return repr(value)
        case float() if math.isfinite(value):
            return repr(value)
        case str():
            parts = _lines(value)
            return quoted(value) if len(parts) < 2 else _block("(", map(quoted, parts), "", ")", indent)
        case list() | tuple() | dict():
            if isinstance(value, dict):
                items = [f"{_literal(key, inner)}: {_literal(each, inner)}" for key, each in value.items()]
            else:
                items = [_literal(each, inner) for each in value]
            opening, closing = {list: ("[", "]"), tuple: ("(", ")"), dict: ("{", "}")}[type(value)]
            after = "," if isinstance(value, tuple) and len(items) == 1 else ""
            flat = f"{opening}{', '.join(items)}{after}{closing}"
            fits = len(flat) <= WIDTH and "\n" not in flat
            return flat if fits else _block(opening, items, ",", closing, indent)
        case _:
            raise TypeError(f"{type(value).__name__} has no literal in a program")


def quoted(text: str) -> str:
    """A text in double quotes where it has none itself."""
    said = repr(str(text))
    return said if '"' in said else f'"{said[1:-1]}"'


def _block(opening: str, items: Any, after: str, closing: str, indent: str) -> str:
    return "\n".join([opening, *(f"{indent}    {item}{after}" for item in items), f"{indent}{closing}"])


def _lines(text: str) -> list[str]:
    """The text cut behind its line ends, and between words where a line is too long."""
    lines = re.findall(r"[^\n]*\n|[^\n]+", text)
    return [part for line in lines for part in re.findall(rf".{{1,{WIDTH}}}(?:(?<=\s)|\Z)|\S+\s*|\s+", line, re.DOTALL)]
