"""Texts in CSV files that a spreadsheet would take for formulas.

A cell that begins with `=`, `+`, `-`, `@`, a tab or a line end is computed by spreadsheets, quoted or not. Before such
a text stands an apostrophe, which the reader of this program takes away again. Numbers stay as they are.
"""

from __future__ import annotations

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
_GUARDED = re.compile(r"'+[=+\-@\t\r\n]")


def guarded(text: str) -> str:
    """`text` as a spreadsheet shows it."""
    return "'" + text if _FORMULA.match(text) and not _is_number(text) else text


def unguarded(cell: str) -> str:
    """The text that `guarded` wrote."""
    return cell[1:] if _GUARDED.match(cell) else cell


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.isascii() and text == text.strip()
