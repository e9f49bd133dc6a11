"""The keys of a screen: first what can be done from where the person is, then the rest; and a search through all keys
of the program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text as Phrase
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from llm_tui.i18n import Text, tr
from llm_tui.keys import Key, bindings, common
from llm_tui.screens.searched import SEARCH, SHUT, Searched
from llm_tui.visible import folded

Section = tuple[str, Sequence[Key]]


class HelpDialog(Searched):
    """The keys of a screen, under where they hold, then what it is for; what is typed after the search key leaves those
    rows that have it, of this screen and of all others.
    """

    NAME = Text("Help", "Ayuda")
    KEYS = (
        SEARCH,
        SHUT,
        Key("read", "enter", "dismiss", Text("close", "cerrar")),
    )
    BINDINGS = bindings(KEYS)

    def __init__(self, title: str, about: str, sections: Sequence[Section], elsewhere: Callable[[], Iterable[Section]]):
        super().__init__()
        self._title, self._about, self._sections, self._elsewhere = title, about, sections, elsewhere

    def compose(self) -> ComposeResult:
        search, close = (key.shown for key in self.KEYS[:2])
        with VerticalScroll(classes="dialog wide") as box:
            box.border_title = f"{self.NAME}: {self._title}"
            box.border_subtitle = tr(
                f"↑ ↓ scroll, {search} search, {close} closes", f"↑ ↓ recorren, {search} buscar, {close} cierra"
            )
            yield self.field(tr("what you want to do", "lo que quiere hacer"))
            yield Static(_drawn(self._sections), id="keys")
            yield Static(self._about, id="about", markup=False)

    def searched(self) -> None:
        part = self.part
        self.query_one("#about").display = not part
        found = list(found_in((*self._sections, *self._elsewhere()), part)) if part else self._sections
        nothing = Phrase(tr("No key does that.", "Ninguna tecla hace eso."))
        self.query_one("#keys", Static).update(_drawn(found) if found else nothing)


def found_in(sections: Iterable[Section], part: str) -> Iterator[Section]:
    """The rows that have all words of `part` in what they say, under their heads; each row once."""
    words, seen = folded(part).split(), set[tuple[str, str]]()
    for head, keys in sections:
        fitting = []
        for key in keys:
            said = folded(f"{key.said} {key.label} {head} {key.shown}")
            if (key.id, key.said) not in seen and all(word in said for word in words):
                seen.add((key.id, key.said))
                fitting.append(key)
        if fitting:
            yield head, fitting


def _drawn(sections: Iterable[Section]) -> Group:
    return Group(*(part for head, keys in sections for part in
                   (Phrase(head, style="bold underline"), Padding(_grid(keys), (0, 0, 1, 1)))))  # fmt: skip


def _grid(keys: Sequence[Key]) -> Table:
    """A key, its letter after the jump key where it has one, and what it does."""
    letters = any(key.letter for key in keys)
    jump = common("jump").shown
    grid = Table.grid(padding=(0, 2, 0, 0))
    for shown, letter, said in _rows(keys):
        lead = [shown, f"{jump} {letter}" if letter else ""] if letters else [shown]
        grid.add_row(*(Phrase(text, style="bold", no_wrap=True) for text in lead), Phrase(said))
    return grid


def _rows(keys: Sequence[Key]) -> Iterator[tuple[str, str, str]]:
    """Key, letter and sentence of each row; the digits of several panes are one."""
    for pane, group in groupby(keys, lambda key: key.id.startswith("pane-")):
        rows = list(group)
        if pane and len(rows) > 2:
            names = ", ".join(str(row.label) for row in rows)
            yield f"{rows[0].shown}-{rows[-1].shown}", "", tr(f"Show a pane: {names}.", f"Muestra un panel: {names}.")
        else:
            yield from ((row.shown, row.letter, row.said) for row in rows)
