"""Tables for the ear: a sentence for each row, each cell under the name of its column."""

from __future__ import annotations

from collections.abc import Iterator

from llm_tui.export.table import Table
from llm_tui.i18n import tr
from llm_tui.visible import visible


def spoken(table: Table, language: str) -> Iterator[str]:
    """Title, rows and the sentences below; heads in the language of the export, as they are handed in. Cells without a
    value are left out, but for those that a person fills in.
    """
    if table.title:
        yield f"{table.title.within(language)}."
    if not table.rows:
        yield tr("The table has no rows yet.", "La tabla aún no tiene filas.")
    for number, row in enumerate(table.rows, start=1):
        said = [tr(f"Row {number} of {len(table.rows)}.", f"Fila {number} de {len(table.rows)}.")]
        for column, cell in zip(table.columns, row, strict=True):
            shown = cell_said(column.show(cell))
            if shown or column.editable:
                shown = shown or tr("empty", "vacía")
                said.append(f"{column.head.within(language)}: {shown}" + ("" if shown.endswith(("?", "!")) else "."))
        yield " ".join(said)
    for sentence in table.footer:
        yield visible(sentence.within(language))


def cell_said(shown: str) -> str:
    """A cell in one line, its signs as words."""
    said = " ".join(visible(shown, keep_newlines=True).split())
    return said.replace("✓", tr("yes", "sí")).replace("✗", tr("no", "no")).removesuffix(".")
