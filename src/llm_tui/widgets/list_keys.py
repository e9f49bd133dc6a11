"""The keys that all lists and tables have."""

from __future__ import annotations

from dataclasses import replace

from llm_tui.i18n import Text
from llm_tui.keys import Bar, Key, common

SEARCH = replace(
    common("search"),
    label=Text("filter", "filtrar"),
    help=Text("Keep the lines in sight that have the words you type; neither case nor accents count.",
              "Deja a la vista las líneas que tienen las palabras que escriba; mayúsculas y tildes no cuentan."),
)  # fmt: skip
UNFILTER = Key(
    "unfilter", "escape", "unfilter", Text("all lines", "todas las líneas"),
    Text("Take the filter away.", "Quita el filtro."), Bar.FIRST,
)  # fmt: skip
SORT = Key(
    "sort", "less_than_sign", "sort", Text("sort", "ordenar"),
    Text("Sort by the column that the cursor is in: up, down, as it was. What is handed in keeps its order.",
         "Ordena por la columna del cursor: ascendente, descendente, como estaba. Lo que se entrega no cambia."),
    Bar.COMMON,
)  # fmt: skip
WHOLE = Key(
    "whole", "colon", "whole", Text("whole cell", "celda entera"),
    Text("Open the cell in a window, where it is whole.", "Abre la celda en una ventana, donde está entera."),
    Bar.COMMON,
)  # fmt: skip

FILTERS = (SEARCH, UNFILTER)
