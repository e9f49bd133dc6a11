"""A table as CSV or JSON, and the formats by their names; Markdown is in a module of its own.

Cells hold whatever a student, a model or a file put there, so each format escapes everything that it would read as
its own.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import count

from llm_tui.export.markdown import to_markdown
from llm_tui.export.table import Cell, Column, Measure, Own, Table


def to_csv(table: Table, language: str) -> str:
    """Comma-separated, RFC 4180 quoting, `\\n` at line ends; a measure of several runs gets a column for its
    deviation. A text that a spreadsheet would compute has an apostrophe before it. The footer is left out: a CSV file
    has no place for it.
    """
    spread = [
        any(isinstance(cell, Measure) and cell.std is not None for cell in cells)
        for cells in (zip(*table.rows, strict=True) if table.rows else ((),) * len(table.columns))
    ]

    def cells(column: Column, cell: Cell, both: bool) -> list[object]:
        if isinstance(cell, Measure):
            return [_finite(cell.mean), _finite(cell.std)] if both else [_finite(cell.mean)]
        plain = guarded(cell) if isinstance(cell, str) else _finite(cell)
        return [plain, None] if both else [plain]

    head: list[object] = []
    for column, both in zip(table.columns, spread, strict=True):
        name = guarded(column.head.within(language))
        head += [name, f"{name} (std)"] if both else [name]
    lines = [head]
    for row in table.rows:
        flat: list[object] = []
        for column, cell, both in zip(table.columns, row, spread, strict=True):
            flat += cells(column, cell, both)
        lines.append(flat)
    return "".join(map(_csv_line, lines))


_FORMULA = re.compile(r"\A[=+\-@\t\r\n]")


def guarded(text: str) -> str:
    """`text` as a spreadsheet shows it: what begins like a formula is computed there, quoted or not, and gets an
    apostrophe before it. Numbers stay as they are.

    Nobody takes the apostrophe away again: a reader cannot know whether it belongs to the text.
    """
    return "'" + text if _FORMULA.match(text) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.isascii() and text == text.strip()


def _csv_line(values: list[object]) -> str:
    """The writer quotes what its own line end holds: only with the standard one is a lone `\\r` in a cell safe."""
    out = io.StringIO()
    csv.writer(out).writerow(values)
    return out.getvalue().removesuffix("\r\n") + "\n"


def _finite(value: object) -> object:
    """None for what neither JSON nor a spreadsheet has a number for."""
    value = value.value if isinstance(value, Own) else value
    return None if isinstance(value, float) and not math.isfinite(value) else value


def to_json(table: Table, language: str) -> str:
    """`{"rows": [{key: value}], "footer": [...]}`; a measure of several runs is `{"mean", "std", "n"}`."""
    return _json(_object(table, language))


def all_to_json(tables: Mapping[str, Table], language: str) -> str:
    """The first table as it is alone; under `tables` the others, where there are some, by their names."""
    first, *others = tables
    more = {name: _object(tables[name], language) for name in others}
    return _json(_object(tables[first], language) | ({"tables": more} if more else {}))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _object(table: Table, language: str) -> dict[str, object]:
    def plain(cell: Cell) -> object:
        if isinstance(cell, Measure):
            if cell.std is None:
                return _finite(cell.mean)
            return {"mean": _finite(cell.mean), "std": _finite(cell.std), "n": cell.n}
        return _finite(cell)

    keys = _keys(table.columns)
    rows = [{key: plain(cell) for key, cell in zip(keys, row, strict=True)} for row in table.rows]
    footer = [sentence.within(language) for sentence in table.footer]
    return {"rows": rows, "footer": footer}


def _keys(columns: Sequence[Column]) -> list[str]:
    """Those of the columns, each once: a label that somebody typed may be called as a column of ours."""
    keys: list[str] = []
    for column in columns:
        more = (f"{column.key} ({n})" for n in count(2))
        keys.append(column.key if column.key not in keys else next(key for key in more if key not in keys))
    return keys


FORMATS: dict[str, Callable[[Table, str], str]] = {
    "md": to_markdown,
    "csv": to_csv,
    "json": to_json,
}
