"""A `Table` as a person reads it on screen: the same cells that the exports write."""

from __future__ import annotations

from textual.content import Content

from llm_tui.export.table import Table
from llm_tui.visible import padded, shortened, visible, width

NARROWEST = 4
"""Columns that the head of a column of numbers keeps, however little room there is."""


def table_content(table: Table, language: str, room: int = 0, sideways: bool = False) -> Content:
    """The table as aligned lines, heads in bold; for tables that are read and not edited.

    Where it is wider than `room` (0: there is no end), it is turned if `sideways` allows it, a row for each column;
    else the heads over numbers give way, then columns that do not fit stand below the others, beside the first one
    again, which names the rows. A column that has no room even so ends in an ellipsis.
    """
    heads = [column.head.within(language) for column in table.columns]
    rows = [[visible(column.show(cell)) for column, cell in zip(table.columns, row, strict=True)] for row in table.rows]
    right = [column.numeric for column in table.columns]
    if room and _width(heads, rows, gap=2) > room and sideways:
        heads, *rows = ([head, *cells] for head, *cells in zip(heads, *rows, strict=True))
        right = [False, *[True] * (len(heads) - 1)]
    gap = 2
    if room and _width(heads, rows, gap) > room:
        gap = 1
        narrowed = _narrowed(heads, rows, right, _width(heads, rows, gap) - room)
        if _width(narrowed, rows, gap) <= room:
            heads = narrowed
        else:
            least = _widths(heads, rows)[0] + gap
            heads = [heads[0], *(shortened(head, max(NARROWEST, room - least)) for head in heads[1:])]
    widths = _widths(heads, rows)

    def line(cells: list[str], block: list[int]) -> str:
        aligned = (padded(cells[i], widths[i], right[i]) for i in block)
        return _whole_words((" " * gap).join(aligned).rstrip(), room)

    lines: list[Content] = []
    for block in _blocks(widths, gap, room):
        lines += [Content("")] * bool(lines)
        lines += [Content.styled(line(heads, block), "bold"), *(Content(line(row, block)) for row in rows)]
    return Content("\n").join(lines)


def _blocks(widths: list[int], gap: int, room: int) -> list[list[int]]:
    """The places of the columns that stand beside each other, the first in each block."""
    blocks, used = [[0]], widths[0]
    for i, wide in enumerate(widths[1:], start=1):
        if room and used + gap + wide > room and len(blocks[-1]) > 1:
            blocks.append([0])
            used = widths[0]
        blocks[-1].append(i)
        used += gap + wide
    return blocks


def _widths(heads: list[str], rows: list[list[str]]) -> list[int]:
    return [max(map(width, cells)) for cells in zip(heads, *rows, strict=True)]


def _width(heads: list[str], rows: list[list[str]], gap: int) -> int:
    return sum(_widths(heads, rows)) + gap * (len(heads) - 1)


def _narrowed(heads: list[str], rows: list[list[str]], right: list[bool], over: int) -> list[str]:
    """The heads over numbers, `over` columns shorter in all if the numbers allow it: the longest gives way first."""
    least = [max(NARROWEST, *(width(row[i]) for row in rows), 0) for i in range(len(heads))]
    widths = list(map(width, heads))
    while over > 0:
        spare = [(widths[i] - least[i], i) for i in range(len(heads)) if right[i] and widths[i] > least[i]]
        if not spare:
            break
        widths[max(spare)[1]] -= 1
        over -= 1
    return [shortened(head, wide) for head, wide in zip(heads, widths, strict=True)]


def _whole_words(line: str, room: int) -> str:
    """Cut between two words: the beginning of a number is another number."""
    if not room or width(line) <= room:
        return line
    kept = shortened(line, room)[:-1]
    return f"{kept[: kept.rfind(' ') + 1] if line[len(kept)] != ' ' else kept}…"
