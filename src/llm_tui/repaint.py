"""Of what is drawn, only what is new is sent: Textual sends a widget whole when a letter of it has changed, and the
whole screen when something has moved. On a slow line that is what a person waits for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any
from unicodedata import bidirectional, category

from rich.cells import cell_len, get_character_cell_size
from rich.color import ColorSystem
from rich.console import Console, RenderableType
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.app import App
from textual.events import Event, Resize
from textual.screen import Screen
from textual.signal import Signal
from textual.strip import Strip

from llm_tui.engine.turns import turns

Cell = tuple[str, Style | None]
Row = list[Cell | None]
"""What stands in a line of the terminal, from its first cell on; None is what nobody knows."""

NEAR = 8
"""Cells between two changes that are sent with them: to go past them would take as many bytes."""

WIDEST = 2
"""Columns that a terminal gives to a letter at the most."""


STARTING = 2
"""How often the size is told at the start, by Textual and by its driver, though nothing has been lost."""


AS_AT_FIRST = "\x1b[?1049h\x1b[r\x1b(B\x1b[?7l\x1b[?25l\x1b[0m\x1b[2J"
"""The second screen, all of it to scroll, plain letters, lines that end where they end, no cursor, nothing on it."""


class Repaints(App[None]):
    """An app that sends what is new. A screen that comes to the front is sent whole, and so is all when the terminal
    tells its size, of whatever size: it may have lost some, or have been somebody else's meanwhile.
    """

    _standing: Screen[Any] | None = None
    """The one that stands on the terminal; None where it is to be sent whole."""
    _rows: defaultdict[int, Row]
    _sizes = 0

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.drawn: Signal[Screen[Any]] = Signal(self, "drawn")
        """Published when something of a screen was."""

    async def on_event(self, event: Event) -> None:
        if isinstance(event, Resize):
            self._sizes += 1
            if self._sizes > STARTING or event.size != self.size:
                self._send_all()
        await super().on_event(event)

    def _send_all(self) -> None:
        if self._standing is not None:
            self._standing.refresh()
            self._standing = None

    def action_redraw(self) -> None:
        """On a terminal that somebody else has written on, or set up otherwise."""
        if self._driver is not None:
            self._driver.write(AS_AT_FIRST)
        self._send_all()

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        if isinstance(renderable, LayoutUpdate | ChopsUpdate):
            if screen is not self._standing:
                self._standing, self._rows = screen, defaultdict(list)
            renderable = Changes(renderable, self._rows)  # type: ignore[assignment]  # Textual sends it, not rich
        super()._display(screen, renderable)
        turns.give()
        if renderable is not None and not self._batch_count:
            self.drawn.publish(screen)


class Changes(CompositorUpdate):
    """What of an update does not stand in `rows` yet; once it has been rendered, it does."""

    def __init__(self, update: LayoutUpdate | ChopsUpdate, rows: defaultdict[int, Row]):
        self._update = update
        self._rows = rows

    def render_segments(self, console: Console) -> str:
        """Each look is told once, for all of one update that has it in a row."""
        colors = console._color_system or ColorSystem.TRUECOLOR
        parts, told = [], ""
        for y, x, strip in _strips(self._update):
            for start, segments in changed(self._rows[y], x, strip):
                parts.append(f"\x1b[{y + 1};{start + 1}H")
                for text, style, _ in segments:
                    look = "" if style is None else _look(style, colors)
                    if look != told:
                        parts.append(f"\x1b[0;{look}m" if told and look else f"\x1b[{look}m")
                        told = look
                    parts.append(text)
        return "".join(parts) + ("\x1b[0m" if told else "")


@lru_cache(4096)
def _look(style: Style, colors: ColorSystem) -> str:
    """Not as the style itself remembers it: a picture of the screen is drawn in more colours than a terminal has."""
    return Strip.render_ansi(style, colors)


def _strips(update: LayoutUpdate | ChopsUpdate) -> Iterator[tuple[int, int, Strip]]:
    """Line, column and text of each part of an update, as it would send them."""
    if isinstance(update, LayoutUpdate):
        for y, strips in enumerate(update.strips, update.region.y):
            yield y, update.region.x, Strip.join(strips)
        return
    for y, x1, x2 in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is not None and x <= x2 and end > x1:
                yield y, x, strip if x1 <= x < x2 and end <= x2 else strip.crop(0, min(end, x2) - x)


def changed(row: Row, x: int, strip: Strip) -> Iterator[tuple[int, list[Segment]]]:
    """What of a strip at column `x` does not stand in `row` yet, in runs, each with its column; from now on it does.

    How wide a terminal draws an emoji or a combined letter nobody knows: a strip with such a one is sent whole, always.
    So is one that is not as long as it says, which a widget may draw between two sizes.
    """
    cells: list[Cell] = [(letter, style) for text, style, _ in strip for letter in text]
    wide = max(strip.cell_length, len(cells))
    row += [None] * (x + wide - len(row))
    certain = all(_is_certain(text) for text, _, _ in strip)
    if len(cells) != strip.cell_length or not certain:
        row[x : x + wide] = [None] * wide
        yield from [(x, list(strip))] if certain else _apart(row, x, strip)
        return
    new = slice(x, x + len(cells))
    before, row[new] = row[new], cells
    if before == cells:
        return
    different = [i for i, (one, other) in enumerate(zip(before, cells, strict=True)) if one != other]
    starts = [i for last, i in pairwise([-NEAR - 1, *different]) if i - last > NEAR]
    ends = [last + 1 for last, i in pairwise([*different, len(cells) + NEAR + 1]) if i - last > NEAR]
    for start, end in zip(starts, ends, strict=True):
        yield x + start, _segments(cells[start:end])


def _segments(cells: Iterable[Cell]) -> list[Segment]:
    return [Segment("".join(letter for letter, _ in run), style) for style, run in groupby(cells, itemgetter(1))]


def _apart(row: Row, x: int, strip: Strip) -> Iterator[tuple[int, list[Segment]]]:
    """A strip in runs that each go to their own column: where the terminal draws a letter wider than Textual counts, or
    less wide, nothing else is out of its place. What stands behind the strip may have been drawn over, too.
    """
    over = 0
    for text, style, _ in strip:
        for run, certain in _runs(text):
            wide = cell_len(run)
            if not certain:
                yield x, [Segment(" " * wide, style)]
                over = max(over, x + WIDEST * len(run))
            yield x, [Segment(run, style)]
            x += wide
    for known, cells in groupby(enumerate(row[x:over], x), lambda one: one[1] is not None):
        if known:
            behind = list(cells)
            yield behind[0][0], _segments(cell for _, cell in behind if cell)


@lru_cache(4096)
def _is_certain(text: str) -> bool:
    return text.isascii() or all(map(_is_certain_letter, text))


@lru_cache(4096)
def _is_certain_letter(letter: str) -> bool:
    """Whether each terminal gives it one column: not a half of a flag, nor one that only some fonts have."""
    return (
        get_character_cell_size(letter) == 1
        and not "\U0001f1e6" <= letter <= "\U0001f1ff"
        and category(letter) not in ("Cn", "Co", "Cs", "Cf", "Mc")
        and bidirectional(letter) not in ("R", "AL")
    )


def _runs(text: str) -> Iterator[tuple[str, bool]]:
    """Parts of a text, and whether the letters of each are certain; a mark goes with the letter that it is put on."""
    alone = (get_character_cell_size(after) > 0 for after in f"{text[1:]} ")
    certain = [here and by_itself for here, by_itself in zip(map(_is_certain_letter, text), alone, strict=False)]
    for known, run in groupby(zip(text, certain, strict=True), itemgetter(1)):
        yield "".join(letter for letter, _ in run), known
