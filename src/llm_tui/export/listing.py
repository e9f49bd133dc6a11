"""What of a table a person wants to see, and in which order. What is handed in keeps all its rows as they are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from llm_tui.export.table import Cell, Column, Measure, Own, Table
from llm_tui.visible import folded, has

NOTHING = frozenset(("", "—", "–", "-"))
"""What a cell says that says nothing; such cells come last, whichever way a column is sorted."""

KNOWN = 2**14
"""Texts of which is known what they are sorted by: a table in order is looked at with every key that is typed in it."""

_NUMBER = re.compile(
    r"(?P<sign>[+\-\u2212]?)(?P<digits>\d[\d.,]*)(?P<power>[eE][+\-\u2212]?\d+)?(?:\s*±\s*[\d.,]+)?\s*(?P<unit>\D*)"
)
_PLAIN = re.compile(r"\d+(?:[.,]\d+)?")
_GROUPED = re.compile(r"\d{1,3}([.,])\d{3}(?:\1\d{3})*(?:(?!\1)[.,]\d+)?")

_UNITS = {
    **{name: (factor, "") for name, factor in {"": 1, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9}.items()},
    **{name: (factor, "s") for name, factor in {"ms": 1e-3, "s": 1, "min": 60, "h": 3600}.items()},
    **{name: (factor, "B") for name, factor in {"B": 1, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9}.items()},
    **{f"{name}iB": (1024**power, "B") for power, name in enumerate("KMGT", start=1)},
    "%": (1, "%"),
}


@lru_cache(KNOWN)
def collated(text: str) -> tuple[str, str, str]:
    """To sort by, as a Spanish dictionary does: accents and case count where all else is the same, ñ comes after n;
    numbers in a text by what they are worth.

    PyICU would know more languages, and is no small thing to install.
    """
    lower = unicodedata.normalize("NFC", text).casefold()
    letters = folded(lower.replace("ñ", "n\U0010ffff"))
    return re.sub(r"\d+", lambda digits: digits[0].zfill(20), letters), lower, text.swapcase()


@lru_cache(KNOWN)
def number(text: str) -> tuple[float, str] | None:
    """What a text is worth that is one number, and its unit without a prefix; None where it is not.

    Both "0.78" and "0,78" have decimals. A point or a comma alone is always one before decimals: 1.234 is less than 2.
    """
    found = _NUMBER.fullmatch(text.strip())
    if found is None or (unit := _UNITS.get(found["unit"])) is None:
        return None
    digits = found["digits"]
    if not _PLAIN.fullmatch(digits):
        if (grouped := _GROUPED.fullmatch(digits)) is None:
            return None
        digits = digits.replace(grouped[1], "")
    value = float(digits.replace(",", ".") + (found["power"] or "").replace("\u2212", "-")) * unit[0]
    return (-value if found["sign"] in ("-", "\u2212") else value), unit[1]


def _is_empty(column: Column, cell: Cell) -> bool:
    return column.show(cell).strip() in NOTHING


def _numbers(cells: Sequence[Cell]) -> list[float] | None:
    """What the cells are worth; None where one of them is no number, or they are not of one kind."""
    worth = [_worth(cell) for cell in cells]
    numbers = [value for value in worth if value is not None]
    return [value for value, _ in numbers] if len(numbers) == len(worth) and len({u for _, u in numbers}) < 2 else None


def _worth(cell: Cell) -> tuple[float, str] | None:
    match cell:
        case Measure():
            return cell.mean, ""
        case Own():
            return cell.value, ""
        case int() | float():
            return float(cell), ""
    return number(str(cell))


def ordered(table: Table, by: str, descending: bool = False) -> list[int]:
    """The places of the rows, sorted by the column of this key; rows that are equal stay as they are handed in."""
    at = next(i for i, column in enumerate(table.columns) if column.key == by)
    column = table.columns[at]
    full: list[int] = []
    empty: list[int] = []
    for i, row in enumerate(table.rows):
        (empty if _is_empty(column, row[at]) else full).append(i)
    cells = [table.rows[i][at] for i in full]
    keys: Sequence[float | tuple[str, str, str]] | None = _numbers(cells)
    if keys is None:
        keys = [collated(column.show(cell)) for cell in cells]
    by_place = dict(zip(full, keys, strict=True))
    return sorted(full, key=by_place.__getitem__, reverse=descending) + empty  # type: ignore[arg-type]


def searched(table: Table) -> list[str]:
    """What a search sees of each row."""
    return [searched_row(table, row) for row in range(len(table.rows))]


def searched_row(table: Table, row: int) -> str:
    return folded("\n".join(map(Column.show, table.columns, table.rows[row])))


@dataclass(frozen=True, slots=True)
class View:
    """`wanted` are words that the rows must have, `by` is the key of the column that they are sorted by."""

    wanted: str = ""
    by: str = ""
    descending: bool = False

    def sorted_by(self, column: str) -> View:
        """The next way: up, down, as it is handed in."""
        if self.by != column:
            return replace(self, by=column, descending=False)
        return replace(self, by="") if self.descending else replace(self, descending=True)

    def rows(self, table: Table, texts: Sequence[str]) -> list[int]:
        """The places in `table` of the rows that are seen, in their order; `texts` is what is `searched` of it."""
        by = self.by if any(column.key == self.by for column in table.columns) else ""
        rows = ordered(table, by, self.descending) if by else list(range(len(table.rows)))
        words = folded(self.wanted).split()
        return [row for row in rows if has(texts[row], words)] if words else rows
