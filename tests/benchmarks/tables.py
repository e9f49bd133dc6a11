"""How long do a filter and an order take in a table of many texts, and in a list?

    python tests/benchmarks/tables.py [ROWS]

Prints milliseconds, the fastest of some rounds, which others on the machine have disturbed least: what a view
takes, and what it takes to fill the table with the same rows anew, until Textual is at rest each time; and the ratio.
It is a measurement, not a test: nothing here runs in the suite.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable

from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets.option_list import Option

from llm_tui.export.table import Column, Table
from llm_tui.i18n import Text
from llm_tui.widgets.option_list import OptionList
from llm_tui.widgets.styles import stylesheet
from llm_tui.widgets.table_editor import TableEditor
from llm_tui.widgets.themes import use_themes

COLUMNS = (
    Column("n", Text("no.", "n.º")),
    Column("text", Text("text", "texto")),
    Column("label", Text("label", "etiqueta"), editable=True),
    Column("score", Text("score", "nota"), numeric=True),
)
TEXT = "el camión llegó tarde porque la señora Muñoz perdió las llaves del almacén y nadie más tenía copia"
WORDS = TEXT.split()


def table(rows: int) -> Table:
    cells = tuple(
        (str(i + 1), " ".join(WORDS[(i * 7 + k) % len(WORDS)] for k in range(14)), "spam", (i * 37 % 1000) / 1000)
        for i in range(rows)
    )
    return Table(COLUMNS, cells, keys=tuple(map(str, range(rows))))


class Both(App[None]):
    CSS_PATH = stylesheet("app.tcss")

    def __init__(self) -> None:
        super().__init__()
        use_themes(self)

    def compose(self) -> ComposeResult:
        yield TableEditor()
        yield OptionList(markup=False)


async def fastest(pilot: Pilot[None], rounds: int, does: Callable[[int], object]) -> float:
    """Milliseconds, until nothing is to be done any more."""
    taken = []
    for number in range(rounds):
        began = time.perf_counter()
        does(number)
        await pilot.pause()
        taken.append(1000 * (time.perf_counter() - began))
    return min(taken)


async def main(rows: int) -> None:
    async with Both().run_test(size=(80, 24)) as pilot:
        editor, listed = pilot.app.query_one(TableEditor), pilot.app.query_one(OptionList)
        shown, fewer = table(rows), table(rows - 1)
        anew = await fastest(pilot, 3, lambda number: editor.show((shown, fewer)[number % 2], "es"))
        editor.show(shown, "es")
        await pilot.pause()
        editor._grid.focus()
        idle = await fastest(pilot, 5, lambda number: None)

        def wants(what: TableEditor | OptionList) -> Callable[[int], object]:
            return lambda number: what._want(("senora", "camion munoz")[number % 2])

        filtered = await fastest(pilot, 8, wants(editor))
        wider = await fastest(pilot, 8, lambda number: editor._want(("senora", "")[number % 2]))
        editor._want("")

        def sorts(number: int) -> None:
            editor._grid.move_cursor(column=(1, 3)[number // 2 % 2])
            editor.action_sort()

        ordered = await fastest(pilot, 8, sorts)
        listed.set_options(Option(f"{text}") for _, text, *_ in shown.rows)
        await pilot.pause()
        narrowed = await fastest(pilot, 8, wants(listed))
    print(f"{rows} rows, idle {idle:.0f} ms")
    print(f"table filled anew  {anew:7.0f} ms")
    for name, took in (("filter", filtered), ("filter, all back", wider), ("order", ordered)):
        print(f"table {name:16} {took:6.0f} ms, {took / anew:.3f} of it")
    print(f"list filter            {narrowed:6.0f} ms")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
