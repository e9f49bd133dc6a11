"""The Markdown of the hand-in, read once for every document that is made of it: HTML, PDF and Word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from llm_tui.export.figure import Figure
from llm_tui.export.table import Table
from llm_tui.visible import legal, visible

READER = (
    MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable(["image", "html_inline"])
)
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

    def text(self, row: int, column: int) -> str:
        return "".join(run.text for run in self.rows[row][column])


@dataclass(frozen=True, slots=True)
class Drawing:
    figure: Figure


Block = Heading | Paragraph | Code | Grid | Drawing


def parsed(markdown: str, figures: Sequence[Figure], language: str) -> list[Token]:
    """The tokens of a document, each figure behind the table that it stands beside, else at the end."""
    waiting, tokens, heads = list(figures), [], list[str]()
    for token, after in _with_next(READER.parse(markdown)):
        tokens.append(token)
        if token.type == "table_open":
            heads = []
        elif token.type == "th_open" and after is not None:
            heads.append("".join(run.text for run in _line(after)))
        elif token.type == "table_close":
            here = [figure for figure in waiting if figure.beside and _heads(figure.beside, language) == heads]
            waiting = [figure for figure in waiting if figure not in here]
            tokens += map(_token, here)
    return [*tokens, *map(_token, waiting)]


def blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    """The document as a row of blocks; all of its text is in them."""
    lists: list[str] = []
    fresh, grid, numeric = False, list[list[Line]](), list[bool]()
    for token, after in _with_next(tokens):
        match token.type:
            case "heading_open" if after is not None:
                yield Heading(int(token.tag[1:]), _line(after))
            case "bullet_list_open" | "ordered_list_open":
                lists.append("" if token.type.startswith("b") else str(token.attrGet("start") or 1))
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
            case "list_item_open":
                fresh = True
            case "paragraph_open" if after is not None:
                yield Paragraph(_line(after), _bullet(lists) if fresh else "", len(lists))
                fresh = False
            case "fence" | "code_block" | "html_block":
                yield Code(legal(token.content.rstrip("\n")))
            case "table_open":
                grid, numeric = [], []
            case "tr_open":
                grid.append([])
            case "th_open" | "td_open" if after is not None:
                grid[-1].append(_line(after))
                if token.type == "th_open":
                    numeric.append("right" in str(token.attrGet("style")))
            case "table_close":
                yield Grid(tuple(map(tuple, grid)), tuple(numeric))
            case "figure":
                yield Drawing(token.meta[FIGURE])


def _bullet(lists: list[str]) -> str:
    """The sign of the next item of the innermost list, which counts on."""
    if not lists[-1]:
        return "•"
    number, lists[-1] = lists[-1], str(int(lists[-1]) + 1)
    return f"{number}."


def _token(figure: Figure) -> Token:
    return Token(FIGURE, "", 0, meta={FIGURE: figure}, block=True)


def _heads(table: Table, language: str) -> list[str]:
    return [legal(visible(" ".join(c.head.within(language).split()))) for c in table.for_reading().columns]


def _with_next(tokens: Sequence[Token]) -> Iterator[tuple[Token, Token | None]]:
    return zip(tokens, [*tokens[1:], None], strict=True)


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
