"""Texts and tables as GitHub Flavored Markdown (GFM 0.29) that shows exactly what was written, and reads well raw.

Cells hold whatever a student, a model or a file put there. Only what GFM would read as its own where it stands is
escaped: `accuracy_test` is no emphasis, `*a*` is; `a < b` is no tag, `<unk>` is; `#` is a heading only where a line
begins. In a table a pipe ends the cell even inside a code span (section 4.10).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from llm_tui.export.table import Table
from llm_tui.visible import padded, visible, width

WIDEST = 120
"""A column is padded to its widest cell, up to so many characters: a long text would push all others off the line."""

_INSIDE = re.compile(
    r"""
    \\(?=[!-/:-@\[-`{-~]|$)                       # it escapes what follows; at the end, what a caller puts behind
    | &(?=\#[0-9]{1,7};|\#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)  # an entity
    | <(?=[A-Za-z/!?])                            # a tag, a comment, an address
    | \](?=\()                                    # the middle of a link or of an image
    | (?<=[a-zA-Z]):(?=//)                        # https://x.org
    | (?<=[wW]{3})\.                              # www.x.org
    | (?<=[^\s@])@(?=[^\s@]*\.)                   # ana@x.org
    """,
    re.VERBOSE,
)

_AT_START = re.compile(
    r"""
    \#(?=\#{0,5}(?:\s|$))                         # a heading
    | >                                           # a quotation
    | [-+*](?=\s|$)                               # a list
    | (?<=[0-9])[.)](?=\s|$)                      # a numbered list, its number left before the match
    | `(?=``) | ~(?=~~)                           # a fence
    | <(?=[A-Za-z/!?])                            # HTML
    """,
    re.VERBOSE,
)
_NUMBER = re.compile(r"[0-9]{1,9}(?=[.)])")


def escape_markdown(text: str, within: str = "") -> str:
    """`text` as one line of Markdown that shows exactly these characters, control characters as their signs; white
    space becomes single spaces. It stands inside a line; the characters `within` mean something around it.
    """
    return _escaped(text, within, starts=False)


def paragraphs(text: str) -> str:
    """`text` as Markdown paragraphs that show exactly its words; empty lines part them, as in the text."""
    blocks = (block for block in re.split(r"\n\s*\n", text) if block.strip())
    return "\n\n".join(_escaped(block, starts=True) for block in blocks) + "\n"


def to_markdown(table: Table, language: str) -> str:
    """A GFM table, aligned for reading as plain text too, with its title and its footer."""
    heads = [escape_markdown(column.head.within(language), "|") for column in table.columns]
    body = [
        [escape_markdown(column.show(cell), "|") for column, cell in zip(table.columns, row, strict=True)]
        for row in table.rows
    ]
    widths = [min(WIDEST, max(3, *map(width, column))) for column in zip(heads, *body, strict=True)]

    def line(cells: list[str]) -> str:
        aligned = (
            padded(cell, wide, column.numeric) for cell, wide, column in zip(cells, widths, table.columns, strict=True)
        )
        return f"| {' | '.join(aligned)} |"

    rule = "|".join(
        f" {'-' * (wide - 1)}: " if column.numeric else f" {'-' * wide} "
        for wide, column in zip(widths, table.columns, strict=True)
    )
    above = [f"**{escape_markdown(table.title.within(language), '*')}**", ""] if table.title else []
    lines = [*above, line(heads), f"|{rule}|", *map(line, body)]
    for sentence in table.footer:
        lines += ["", paragraphs(sentence.within(language)).rstrip()]
    return "\n".join(lines) + "\n"


@lru_cache(4096)
def _escaped(text: str, within: str = "", *, starts: bool) -> str:
    """`starts` says that the text begins a line."""
    line = visible(" ".join(text.split()))
    last = {"<": line.rfind(">"), "]": line.rfind(")")}  # without its end it is nothing
    found = (match.start() for match in _INSIDE.finditer(line))
    places = {i for i in found if i < last.get(line[i], len(line))}
    places.update(_code(line), *(_emphasis(line, char) for char in "*_~"))
    places.update(i for i, char in enumerate(line) if char in within)
    if line.count("$") > 1:  # GitHub draws formulas
        places.update(i for i, char in enumerate(line) if char == "$")
    if starts:
        number = _NUMBER.match(line)
        if start := _AT_START.match(line, number.end() if number else 0):
            places.add(start.start())
        signs = line.replace(" ", "")
        is_rule = len(signs) > 2 and signs[0] in "-*_" and not signs.strip(signs[0])
        if is_rule or (line.startswith("[") and "]:" in line):  # the other says where a link leads
            places.add(0)
    return "".join("\\" + char if i in places else char for i, char in enumerate(line))


def _code(line: str) -> Iterator[int]:
    """Backticks that could hold code: those of runs of which there are two as long as each other."""
    runs = list(re.finditer("`+", line))
    lengths = Counter(len(run.group()) for run in runs)
    for run in runs:
        if lengths[len(run.group())] > 1:
            yield from range(*run.span())


def _emphasis(line: str, char: str) -> Iterator[int]:
    """The characters `char` that could begin or end an emphasis, where there is both a beginning and an end."""
    found = []
    for run in re.finditer(re.escape(char) + "+", line):
        before, after = line[run.start() - 1 : run.start()] or " ", line[run.end() : run.end() + 1] or " "
        left = not after.isspace() and (not _is_sign(after) or before.isspace() or _is_sign(before))
        right = not before.isspace() and (not _is_sign(before) or after.isspace() or _is_sign(after))
        opens, closes = left, right
        if char == "_":  # within a word it is a letter
            opens, closes = left and (not right or _is_sign(before)), right and (not left or _is_sign(after))
        found.append((run, opens, closes))
    first = next((i for i, (_, opens, _) in enumerate(found) if opens), len(found))
    if any(closes for _, _, closes in found[first + 1 :]):
        for run, opens, closes in found:
            if opens or closes:
                yield from range(*run.span())


def _is_sign(char: str) -> bool:
    """Punctuation or a symbol, as CommonMark 0.31 counts them."""
    return unicodedata.category(char)[0] in "PS"
