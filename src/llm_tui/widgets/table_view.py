"""A `Table` as a person reads it on screen: the same cells that the exports write."""

from __future__ import annotations

from textual.content import Content

from llm_tui.export.table import Table
from llm_tui.visible import visible


def table_content(table: Table, language: str) -> Content:
    """The table as aligned lines, heads in bold; for tables that are read and not edited."""
    heads = [column.head.within(language) for column in table.columns]
    rows = [[visible(column.show(cell)) for column, cell in zip(table.columns, row, strict=True)] for row in table.rows]
    widths = [max(map(len, cells)) for cells in zip(heads, *rows, strict=True)]

    def line(cells: list[str]) -> str:
        return "  ".join(
            cell.rjust(width) if column.numeric else cell.ljust(width)
            for cell, width, column in zip(cells, widths, table.columns, strict=True)
        ).rstrip()

    return Content("\n").join([Content.styled(line(heads), "bold"), *(Content(line(row)) for row in rows)])
