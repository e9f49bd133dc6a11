"""How the blocks of a document stand on paper: the widths of columns, and which tables need a page on its side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from llm_tui.export.blocks import Block, Grid, Heading, Paragraph, plain
from llm_tui.visible import width

UPRIGHT, SIDEWAYS = 920.0, 1500.0
"""Letters of one point that stand on a line of A4, upright and on its side."""

BROWSER = 135.0
"""Letters of a table on a line of a page in a browser."""

POINTS = (8.5, 7.0)
"""Sizes of the letters in a table; the smaller one where a table needs it."""

LEAST, LONGEST_WORD = 4, 13
"""Letters that a column has at least, and that a word in it may take before it is broken."""

PADDING = 3
"""Letters that the edges of a cell take."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A block as it stands on paper; `sticky` on the page of the next one. Of a table `shares` are the widths of its
    columns, which add up to 1, and `points` the size of its letters.
    """

    block: Block
    sticky: bool = False
    shares: tuple[float, ...] = ()
    points: float = POINTS[0]


@dataclass(frozen=True, slots=True)
class Wide:
    """Blocks on a page on its side: a table, and what says which one it is."""

    inside: tuple[Placed, ...]


def laid_out(blocks: Sequence[Block]) -> Iterator[Placed | Wide]:
    """All blocks in their order. A title stays on the page of what it names."""
    waiting: list[Placed] = []
    for block, after in zip(blocks, [*blocks, None][1:], strict=True):
        if isinstance(block, Grid):
            wide, points, letters = _fitting(block)
            waiting.append(Placed(block, False, shares(block, letters), points))
            yield from (Wide(tuple(waiting)),) if wide else waiting
            waiting = []
        elif isinstance(after, Grid) and (isinstance(block, Heading) or _names(block)):
            waiting.append(Placed(block, True))
        else:
            yield Placed(block, _names(block))


def _names(block: Block) -> bool:
    """Whether it is the title of what comes next: a line in bold."""
    return isinstance(block, Paragraph) and not block.bullet and all(run.bold for run in block.line)


def _fitting(grid: Grid) -> tuple[bool, float, float]:
    """Whether it needs a page on its side, the size of its letters, and how many of them a line has then."""
    ways = [(wide, points, line / points) for wide, line in ((False, UPRIGHT), (True, SIDEWAYS)) for points in POINTS]
    return next((way for way in ways if _room(grid) <= way[2]), ways[-1])


def on_screen(grid: Grid) -> tuple[float, ...]:
    """The shares of a table that is wider than a page in a browser; none for others, which a browser lays out well."""
    return shares(grid, BROWSER) if sum(n + PADDING for n in _whole(grid)) > BROWSER else ()


def shares(grid: Grid, letters: float) -> tuple[float, ...]:
    """The part of a line of so many letters that each column gets: what its longest word needs, and of the rest by how
    much more there is to say in it.
    """
    least, whole = _least(grid), _whole(grid)
    if (needed := sum(n + PADDING for n in whole)) <= letters:
        return tuple((n + PADDING) / needed for n in whole)
    more = [(most - fewest) ** 0.75 for most, fewest in zip(whole, least, strict=True)]
    rest = max(letters - sum(n + PADDING for n in least), 0)
    widths = [n + PADDING + rest * share / (sum(more) or 1) for n, share in zip(least, more, strict=True)]
    return tuple(wide / sum(widths) for wide in widths)


def _room(grid: Grid) -> float:
    """Letters that its line needs so that no cell is a tower: a long text has a quarter of its length, up to 28."""
    whole = _whole(grid)
    return sum(max(fewest, min(most / 4, 28)) + PADDING for fewest, most in zip(_least(grid), whole, strict=True))


def _least(grid: Grid) -> list[int]:
    return [
        max(LEAST, *(min(LONGEST_WORD, width(word)) for row in grid.rows for word in plain(row[i]).split() or [""]))
        for i in range(len(grid.numeric))
    ]


def _whole(grid: Grid) -> list[int]:
    return [max(LEAST, *(width(plain(row[i])) for row in grid.rows)) for i in range(len(grid.numeric))]
