"""The Markdown of the hand-in, read once for every document that is made of it: HTML, PDF and Word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from llm_tui.export.figure import Figure
from llm_tui.export.heat import Heat
from llm_tui.export.table import Table
from llm_tui.visible import leftward, legal, visible

READER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable(["image", "html_inline"])
"""HTML in the Markdown is text; nothing is loaded from elsewhere."""

FIGURE = "figure"
"""The type of the token that stands for a figure, which is its `meta`."""


@dataclass(frozen=True, slots=True)
class Run:
    """Some text in one style."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    struck: bool = False


Line = tuple[Run, ...]


def plain(line: Line) -> str:
    """Its text alone."""
    return "".join(run.text for run in line)


def is_leftward(line: Line) -> bool:
    """Whether it is written from right to left."""
    return leftward(plain(line))


LONGEST_UNBROKEN = 400
"""Letters: some thirty lines of the narrowest column."""


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    line: Line


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`bullet` says that it begins an item of a list, on whose `depth` it stands; outside of lists that is 0."""

    line: Line
    bullet: str = ""
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Code:
    text: str


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: the first row is its head; `numeric` says of each column whether it is aligned to the right."""

    rows: tuple[tuple[Line, ...], ...]
    numeric: tuple[bool, ...]

    def unbroken(self, row: int) -> bool:
        """Whether a row stays on one page: no cell of it is so long that it might need more than there is."""
        return all(len(plain(cell)) <= LONGEST_UNBROKEN for cell in self.rows[row])


@dataclass(frozen=True, slots=True)
class Drawing:
    figure: Figure


Block = Heading | Paragraph | Code | Grid | Drawing


def parsed(markdown: str, figures: Sequence[Figure], language: str) -> list[Token]:
    """The tokens of a document, each figure behind the table that it stands beside and what is said below that, else at
    the end.
    """
    waiting, here = list(figures), list[Figure]()
    tokens, heads = list[Token](), list[str]()
    for token, after in _with_next(READER.parse(markdown)):
        if here and _begins_anew(token, after):
            tokens += map(_token, here)
            here = []
        tokens.append(token)
        if token.type == "table_open":
            heads = []
        elif token.type == "th_open" and after is not None:
            heads.append(plain(_line(after)))
        elif token.type == "table_close":
            here = _beside(heads, waiting, language)
            waiting = [figure for figure in waiting if figure not in here]
    return [*tokens, *map(_token, here + waiting)]


def _beside(heads: list[str], waiting: Sequence[Figure], language: str) -> list[Figure]:
    """The figures of a table with these heads. Of several heats, whose tables have all the same ones, each has its own:
    the first that waits.
    """
    found = [figure for figure in waiting if figure.beside and _heads(figure.beside, language) == heads]
    heats = [figure for figure in found if isinstance(figure, Heat)]
    return [figure for figure in found if figure not in heats[1:]]


def _begins_anew(token: Token, after: Token | None) -> bool:
    """Whether something else than what is said below a table begins here: it has a title in bold, or is no text."""
    if token.level or token.nesting < 0:
        return False
    return token.type != "paragraph_open" or after is None or after.content.startswith("**")


def blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    """The document as a row of blocks; all of its text is in them."""
    lists, bullet = list[str](), ""
    table: list[tuple[Token, Token | None]] = []
    for token, after in _with_next(tokens):
        if table or token.type == "table_open":
            table.append((token, after))
            if token.type == "table_close":
                yield _grid(table)
                table = []
        elif "list" in token.type:
            bullet = _bullet(token, lists)
        elif token.type == "paragraph_open" and after is not None:
            yield Paragraph(_line(after), bullet, len(lists))
            bullet = ""
        elif token.type == "heading_open" and after is not None:
            yield Heading(int(token.tag[1:]), _line(after))
        elif token.type == FIGURE:
            yield Drawing(token.meta[FIGURE])
        elif token.content and token.type != "inline":  # code, and what would be HTML
            yield Code(legal(token.content.rstrip("\n")))


def _bullet(token: Token, lists: list[str]) -> str:
    """The sign of the item that a token begins, if it does; `lists` has those that are open, with the next number of
    each.
    """
    if token.type == "list_item_open":
        if not lists[-1]:
            return "•"
        number, lists[-1] = lists[-1], str(int(lists[-1]) + 1)
        return f"{number}."
    if token.nesting > 0:
        lists.append(str(token.attrGet("start") or 1) if token.type.startswith("ordered") else "")
    elif token.type != "list_item_close":
        lists.pop()
    return ""


def _grid(table: Sequence[tuple[Token, Token | None]]) -> Grid:
    rows, numeric = list[list[Line]](), list[bool]()
    for token, after in table:
        if token.type == "tr_open":
            rows.append([])
        elif token.type in ("th_open", "td_open") and after is not None:
            rows[-1].append(_line(after))
            if token.type == "th_open":
                numeric.append("right" in str(token.attrGet("style")))
    return Grid(tuple(map(tuple, rows)), tuple(numeric))


def _token(figure: Figure) -> Token:
    return Token(FIGURE, "", 0, meta={FIGURE: figure}, block=True)


def _heads(table: Table, language: str) -> list[str]:
    return [legal(visible(" ".join(c.head.within(language).split()))) for c in table.for_reading().columns]


def _with_next(tokens: Sequence[Token]) -> Iterator[tuple[Token, Token | None]]:
    return zip(tokens, [*tokens, None][1:], strict=True)


def _line(inline: Token) -> Line:
    """The runs of a line; a link has its address behind it."""
    style, links, runs = {"strong": 0, "em": 0, "s": 0}, list[str](), list[Run]()
    for child in inline.children or []:
        name = child.type.rsplit("_", 1)[0]
        text = "\n" if child.type == "hardbreak" else " " if child.type == "softbreak" else child.content
        if name in style:
            style[name] += child.nesting
        elif child.type == "link_open":
            links.append(str(child.attrGet("href")))
        elif child.type == "link_close":
            text = "" if links[-1] == (runs[-1].text if runs else "") else f" ({links[-1]})"
            links.pop()
        if text:
            code = child.type == "code_inline"
            runs.append(Run(legal(text), style["strong"] > 0, style["em"] > 0, code, style["s"] > 0))
    return tuple(runs)
