"""Markdown to read."""

from __future__ import annotations

from rich import box
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.widgets import Markdown, Static
from textual.widgets._markdown import MarkdownTable


class OneTable(MarkdownTable):
    """Textual makes a widget of every cell, all of which are laid out again whenever the terminal changes its size."""

    def compose(self) -> ComposeResult:
        heads, rows = self._get_headers_and_rows()
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for head in heads:
            table.add_column(Text(head.plain, style="bold", overflow="fold"), overflow="fold")
        for row in rows:
            table.add_row(*(Text(cell.plain, overflow="fold") for cell in row))
        yield Static(table)


class Document(Markdown):
    BLOCKS = {**Markdown.BLOCKS, "table_open": OneTable}
