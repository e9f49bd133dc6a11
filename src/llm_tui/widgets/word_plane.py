"""Words as points of a plane in a terminal: a letter for the class that each speaks for, names where there is room."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget

from llm_tui.classifier.why_job import Plane
from llm_tui.i18n import Text, percent, tr
from llm_tui.keys import Bar, Key, bindings
from llm_tui.visible import shortened, visible, width
from llm_tui.widgets.fitted import flowing

MOST_NAME = 14
"""Columns of a word in the plane."""

COLOURS = 6

BELOW = 2
"""Lines that say what the cursor is on, and what is drawn."""

Cells = list[list[tuple[str, int | None]]]
"""Of each cell its letter, and the class whose colour it has."""


class WordPlane(Widget, can_focus=True):
    """The most frequent words by the first two principal directions of their vectors. The arrows go from word to word
    in the order in which they lie: across, or upwards.
    """

    NAME = Text("In the plane of words", "En el plano de palabras")
    KEYS = (
        Key("word-west", "left", "step(0, -1)", Text("word to the left", "palabra a la izquierda"), bar=Bar.NEVER),
        Key("word-east", "right", "step(0, 1)", Text("word to the right", "palabra a la derecha"), bar=Bar.NEVER),
        Key("word-north", "up", "step(1, 1)", Text("word above", "palabra de arriba"), bar=Bar.NEVER),
        Key("word-south", "down", "step(1, -1)", Text("word below", "palabra de abajo"), bar=Bar.NEVER),
    )
    BINDINGS = bindings(KEYS)
    COMPONENT_CLASSES = {f"plane--{i}" for i in range(COLOURS)}

    cursor: reactive[int | None] = reactive(None)

    def __init__(self, *, id: str | None = None):
        super().__init__(id=id)
        self._plane: Plane | None = None
        self._names: Sequence[str] = ()
        self._of = ""
        self._nothing = ""

    @property
    def plane(self) -> Plane | None:
        return self._plane

    def show(self, plane: Plane, classes: Sequence[str] = (), of: str = "") -> None:
        """Draw these words; `classes` where the plane does not bring their names, `of` says whose they are."""
        if self._plane is None or plane.words != self._plane.words:
            self.cursor = None
        self._plane, self._names = plane, plane.classes or classes
        self._of = of
        self.refresh()

    def say(self, nothing: str) -> None:
        """Why nothing is drawn."""
        self._plane, self._nothing = None, nothing
        self.refresh()

    def action_step(self, axis: int, by: int) -> None:
        if not self._plane or not self._plane.words:
            return
        points = self._plane.points
        order = sorted(range(len(points)), key=lambda i: (points[i][axis], i))
        at = -1 if self.cursor is None else order.index(self.cursor) + by
        self.cursor = order[0 if self.cursor is None and by > 0 else min(max(at, -1), len(order) - 1)]

    def render(self) -> RenderResult:
        plane, (columns, lines) = self._plane, self.size
        if plane is None:
            return Content(self._nothing)
        letters = letters_of(self._names)
        legend = self._legend(letters, columns)
        height = lines - BELOW - str(legend).count("\n") - 1
        rows = [self._line(row) for row in draw(plane, letters, columns, height, self.cursor)] if height > 0 else []
        return Content("\n").join([*rows, self._here(plane, columns), legend, _about(plane, self._of, columns)])

    def _here(self, plane: Plane, room: int) -> Content:
        if self.cursor is None:
            keys = tr(f"the {len(plane.words)} most frequent words; arrows go to each",
                      f"las {len(plane.words)} palabras más frecuentes; flechas: a cada una")  # fmt: skip
            return Content.styled(shortened(keys, room), "$text-muted")
        (x, y), of = plane.points[self.cursor], plane.speaks_for[self.cursor]
        name = visible(self._names[of]) if of < len(self._names) else str(of)
        word = visible(plane.words[self.cursor])
        said = tr(f"{word}: speaks most for {name} ({x:+.2f}, {y:+.2f})",
                  f"{word}: habla sobre todo a favor de {name} ({x:+.2f}, {y:+.2f})")  # fmt: skip
        return Content.styled(shortened(said, room), "bold")

    def _legend(self, letters: Sequence[str], room: int) -> Content:
        each = [
            Content.assemble((letter, self._style(i)), f" {visible(name)}")
            for i, (letter, name) in enumerate(zip(letters, self._names, strict=True))
        ]
        return flowing(each, room)

    def _line(self, row: Sequence[tuple[str, int | None]]) -> Content:
        return Content.assemble(*(sign if of is None else (sign, self._style(of)) for sign, of in row))

    def _style(self, of: int) -> Style | str:
        """Of a class; -1 is the cursor's."""
        return "bold reverse" if of < 0 else self.get_visual_style(f"plane--{of % COLOURS}")


def _about(plane: Plane, of: str, room: int) -> Content:
    """What is drawn, and when it was."""
    at = f"{plane.step}/{plane.steps}"
    when = "" if plane.step is None else tr(f"{of}step {at}, ", f"{of}paso {at}, ")
    share = percent(plane.shown)
    said = tr(f"{when}{share} of the vectors' variance", f"{when}{share} de la varianza de los vectores")
    return Content.styled(shortened(said, room), "$text-muted")


def letters_of(classes: Sequence[str]) -> list[str]:
    """A letter of its own for each class: one of its name where it can be, else the first that is free."""
    taken: list[str] = []
    for name in classes:
        own = [sign for sign in name.upper() if sign.isalnum() and len(sign) == width(sign) == 1]
        spare = (chr(code) for code in range(ord("A"), 0x250) if chr(code).isalpha())
        taken.append(next(sign for sign in (*own, *spare) if sign not in taken))
    return taken


def draw(plane: Plane, letters: Sequence[str], columns: int, lines: int, cursor: int | None = None) -> Cells:
    """The plane in so many cells, each direction as wide as there is room. Where words fall into one cell, the more
    frequent one is seen; those that lie farthest out are named, as far as a name covers no other word.
    """
    cells: Cells = [[(" ", None)] * columns for _ in range(lines)]
    if not plane.points or columns < 1:
        return cells
    xs, ys = zip(*plane.points, strict=True)
    where = [(_cell(x, xs, columns), lines - 1 - _cell(y, ys, lines)) for x, y in plane.points]
    for i in range(len(where) - 1, -1, -1):
        of = plane.speaks_for[i]
        cells[where[i][1]][where[i][0]] = (letters[of] if of < len(letters) else "?", of)
    first = [] if cursor is None else [cursor]
    for i in [*first, *_outermost(plane, xs, ys)]:
        _name(cells, where[i], shortened(visible(plane.words[i]), MOST_NAME), plane.speaks_for[i])
    if cursor is not None:
        x, y = where[cursor]
        cells[y][x] = (letters[plane.speaks_for[cursor]], -1)
    return cells


def _cell(value: float, among: Sequence[float], cells: int) -> int:
    low, high = min(among), max(among)
    return round((value - low) / (high - low) * (cells - 1)) if high > low else cells // 2


def _outermost(plane: Plane, xs: Sequence[float], ys: Sequence[float]) -> list[int]:
    """The farthest from the middle first, in parts of what is drawn."""
    wide, high = max(map(abs, xs)) or 1.0, max(map(abs, ys)) or 1.0
    return sorted(range(len(xs)), key=lambda i: -((xs[i] / wide) ** 2 + (ys[i] / high) ** 2))


def _name(cells: Cells, at: tuple[int, int], word: str, of: int) -> None:
    """Behind its letter, else before it, where nothing else stands."""
    x, y = at
    wide, row = width(word), cells[y]
    for start in (x + 2, x - wide - 1):
        place = range(max(0, start - 1), min(len(row), start + wide + 1))
        if start < 0 or start + wide > len(row) or wide != len(word):
            continue
        if all(row[i][0] == " " or i == x for i in place):
            for i, sign in enumerate(word, start=start):
                row[i] = (sign, of)
            return
