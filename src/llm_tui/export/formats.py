"""A table as GitHub Flavored Markdown, CSV or JSON.

Cells hold whatever a student, a model or a file put there, so each format escapes everything that it would read as
its own: in a GFM table a pipe ends the cell even inside a code span, a newline ends the row, and `<unk>` would vanish
as HTML (GFM 0.29, section 4.10 and 6.10).
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Callable

from llm_tui.export.table import Cell, Column, Measure, Table
from llm_tui.spreadsheet import guarded
from llm_tui.visible import visible

# Every ASCII punctuation character that can begin an inline construct, plus the one that ends a cell. `:` and `.` are
# for GFM's autolinks (`www.x.org`, `https://x.org`, which need no brackets), `@` for its addresses, `$` for the
# formulas that GitHub draws.
_INLINE = re.compile(r"([\\`*_\[\]<>|~&!@#$])|(?<=[a-zA-Z])(:)(?=//)|(?<=www)(\.)", re.IGNORECASE)

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def escape_markdown(text: str) -> str:
    """`text` as one line of Markdown that shows exactly these characters, control characters as their signs; white
    space becomes single spaces.
    """
    return _INLINE.sub(
        lambda found: "\\" + found.group(), _CONTROLS.sub(lambda found: visible(found.group()), " ".join(text.split()))
    )


# What would make a list, a heading or a rule of a line that only begins like one.
_LINE_START = re.compile(r"^(\d{1,9})?([-+=.)])", re.MULTILINE)


def paragraphs(text: str) -> str:
    """`text` as Markdown paragraphs that show exactly its words; empty lines part them, as in the text."""
    blocks = (escape_markdown(block) for block in re.split(r"\n\s*\n", text) if block.strip())
    return "\n\n".join(_LINE_START.sub(r"\1\\\2", block) for block in blocks) + "\n"


def to_markdown(table: Table, language: str) -> str:
    """A GFM table, aligned for reading as plain text too, and its footer."""
    heads = [escape_markdown(column.head.within(language)) for column in table.columns]
    body = [
        [escape_markdown(column.show(cell)) for column, cell in zip(table.columns, row, strict=True)]
        for row in table.rows
    ]
    widths = [max(3, *map(len, column)) for column in zip(heads, *body, strict=True)]

    def line(cells: list[str]) -> str:
        padded = (
            cell.rjust(width) if column.numeric else cell.ljust(width)
            for cell, width, column in zip(cells, widths, table.columns, strict=True)
        )
        return f"| {' | '.join(padded)} |"

    rule = "|".join(
        f" {'-' * (width - 1)}: " if column.numeric else f" {'-' * width} "
        for width, column in zip(widths, table.columns, strict=True)
    )
    lines = [line(heads), f"|{rule}|", *map(line, body)]
    for sentence in table.footer:
        lines += ["", paragraphs(sentence.within(language)).rstrip()]
    return "\n".join(lines) + "\n"


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


def _csv_line(values: list[object]) -> str:
    """The writer quotes what its own line end holds: only with the standard one is a lone `\\r` in a cell safe."""
    out = io.StringIO()
    csv.writer(out).writerow(values)
    return out.getvalue().removesuffix("\r\n") + "\n"


def _finite(value: object) -> object:
    """None for what neither JSON nor a spreadsheet has a number for."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def to_json(table: Table, language: str) -> str:
    """`{"rows": [{key: value}], "footer": [...]}`; a measure of several runs is `{"mean", "std", "n"}`."""

    def plain(cell: Cell) -> object:
        if isinstance(cell, Measure):
            if cell.std is None:
                return _finite(cell.mean)
            return {"mean": _finite(cell.mean), "std": _finite(cell.std), "n": cell.n}
        return _finite(cell)

    rows = [{column.key: plain(cell) for column, cell in zip(table.columns, row, strict=True)} for row in table.rows]
    footer = [sentence.within(language) for sentence in table.footer]
    return json.dumps({"rows": rows, "footer": footer}, ensure_ascii=False, indent=2) + "\n"


FORMATS: dict[str, Callable[[Table, str], str]] = {
    "md": to_markdown,
    "csv": to_csv,
    "json": to_json,
}
