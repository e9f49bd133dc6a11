"""How the cells of a table are parted and quoted, judged from many of its rows."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from llm_tui.i18n import Text
from llm_tui.labelled.lines import lines_of
from llm_tui.labelled.row import composed

Quoting = Literal["doubled", "escaped", "literal"]
"""A quote inside quotes is `""` (RFC 4180) or `\\"`; or a quote is a character like any other."""

SEPARATORS = {
    ",": Text("comma", "coma"),
    ";": Text("semicolon", "punto y coma"),
    "\t": Text("tab", "tabulador"),
    "|": Text("vertical bar", "barra vertical"),
}

LONGEST_ROW = 100
"""Lines of a row in the head of a file; what goes on for longer is a quote that is not closed."""

_SEP_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
_BACKSLASH = re.compile(r'\\(["\\])|\\')


@dataclass(frozen=True, slots=True)
class Dialect:
    """`skip` lines come before the first row."""

    separator: str
    quoting: Quoting = "doubled"
    skip: int = 0

    def reader(self, lines: Iterable[str], strict: bool = True) -> Any:
        """A `csv.reader` of lines with their ends; where it is strict, quotes that do not match raise `csv.Error`."""
        match self.quoting:
            case "literal":
                return csv.reader(lines, delimiter=self.separator, quoting=csv.QUOTE_NONE, quotechar=None)
            case "escaped":
                # A backslash before anything but a quote or another one is text.
                kept = (_BACKSLASH.sub(lambda m: m[0] if m[1] else r"\\", line) for line in lines)
                return csv.reader(kept, delimiter=self.separator, escapechar="\\", strict=strict)
            case _:
                return csv.reader(lines, delimiter=self.separator, strict=strict)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A way to cut the head of a file: `share` of the `rows` have `width` columns, the others another number."""

    dialect: Dialect
    rows: list[list[str]]
    width: int
    share: float


def quotings(separator: str) -> tuple[Quoting, ...]:
    """What is tried in turn. Only where tabs part the cells may a quote be text: nothing else could tell it."""
    return ("doubled", "escaped", "literal") if separator == "\t" else ("doubled", "escaped")


def candidates(head: Sequence[str], suffix: str, whole: bool) -> list[Candidate]:
    """The ways to cut a file with the lines `head` at its beginning into two columns or more, one per separator.

    `whole` says that the file ends with them, `suffix` is that of its name: `.tsv` means tabs. A first line `sep=;`
    names the separator.
    """
    named = _SEP_LINE.fullmatch(head[0]) if head else None
    skip = 1 if named else 0
    separators: Iterable[str] = SEPARATORS
    if named:
        separators = (named[1],)
    elif suffix.lower() in (".tsv", ".tab"):
        separators = ("\t",)
    return [found for separator in separators if (found := _best(head, separator, skip, whole))]


def _best(head: Sequence[str], separator: str, skip: int, whole: bool) -> Candidate | None:
    """The first quoting that gives all rows one number of columns, else the one that gives it to most."""
    best = None
    for quoting in quotings(separator):
        dialect = Dialect(separator, quoting, skip)
        rows = _cut(head[skip:], dialect, whole)
        widths = Counter(map(len, rows or ()))
        width, count = widths.most_common(1)[0] if widths else (0, 0)
        if width < 2:
            continue
        found = Candidate(dialect, rows or [], width, count / widths.total())
        if found.share == 1:
            return found
        best = max(best or found, found, key=lambda candidate: candidate.share)
    return best


def _cut(head: Sequence[str], dialect: Dialect, whole: bool) -> list[list[str]] | None:
    """The rows of the head that are not blank, or None where its quotes do not match; a last row that goes on beyond
    the head is left out.
    """
    reader = dialect.reader(head)
    rows: list[list[str]] = []
    begins = 0
    try:
        for row in reader:
            if any(map(str.strip, row)):
                rows.append(row)
            begins = reader.line_num
    except csv.Error:
        cut_off = not whole and reader.line_num == len(head) and len(head) - begins < LONGEST_ROW
        return rows if cut_off else None
    return rows


def swallowed(row: Sequence[str], separator: str, label: int, labels: set[str]) -> bool:
    """Whether a row of several lines would be several rows if its quotes were text: each with a label that is known."""
    lines = lines_of(separator.join(row)) if any("\n" in cell or "\r" in cell for cell in row) else []
    parts = [line.split(separator) for line in lines if line]
    return len(parts) > 1 and all(len(part) == len(row) and composed(part[label]) in labels for part in parts)
