"""The code of one cell: its syntax tree, with what is IPython's own out of the way, and changes in exact places."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate

MOST_CHARACTERS = 500_000
MOST_MAGICS = 200
MOST_PARSED = 2_000_000
"""Characters of a cell, each counted once for every time that it is parsed: each magic in it is one time more."""

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
PYTHON_MAGICS = ("time", "timeit", "capture", "prun", "debug")
"""Cell magics whose cell is Python."""


class NotPython(ValueError):
    """The cell is in another language, or has a mistake in it; what it says is the line, 0 where none is known."""

    def __init__(self, line: int, magic: str = ""):
        self.line, self.magic = line, magic
        super().__init__(line)


@dataclass(frozen=True, slots=True)
class Edit:
    """Bytes `start` to `end` of the source become `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """A cell that is Python, its `magics` by the number of their line."""

    source: str
    tree: ast.Module
    magics: dict[int, str]
    content: bytes = field(repr=False)
    _lines: list[str] = field(repr=False)
    _starts: list[int] = field(repr=False)
    _logical: dict[int, int] = field(repr=False)

    @classmethod
    def of(cls, source: str) -> Code:
        """
        Raises:
            NotPython: it is none.
        """
        if len(source) > MOST_CHARACTERS:
            raise NotPython(0)
        lines = _LINE.findall(source)
        try:
            starts = [0, *accumulate(len(line.encode()) for line in lines)]
        except UnicodeEncodeError:  # half a character
            raise NotPython(0) from None
        tree, masked, magics = _parsed(lines)
        return cls(source, tree, magics, source.encode(), lines, starts, _logical_lines("".join(masked)))

    def start(self, node: ast.expr | ast.stmt | ast.alias | ast.keyword) -> int:
        return self._starts[node.lineno - 1] + node.col_offset

    def end(self, node: ast.expr | ast.stmt | ast.alias | ast.keyword) -> int:
        assert node.end_lineno is not None and node.end_col_offset is not None
        return self._starts[node.end_lineno - 1] + node.end_col_offset

    def text(self, node: ast.expr | ast.stmt | ast.keyword) -> str:
        return self.content[self.start(node) : self.end(node)].decode()

    def line(self, number: int) -> str:
        """A line of the source, without its end, from 1."""
        return self._lines[number - 1].rstrip("\r\n") if number > 0 else ""

    def replace(self, node: ast.expr | ast.stmt | ast.alias | ast.keyword, text: str) -> Edit:
        return Edit(self.start(node), self.end(node), text)

    def line_start(self, number: int) -> int:
        return self._starts[number - 1]

    def shell_lines(self) -> dict[int, str]:
        """What goes to a shell or to IPython, by its line, with what goes on behind backslashes; what a comment holds
        back of it, too.
        """
        noted = {n: line for n, line in enumerate(self._lines, 1) if n not in self._logical and _is_switched_off(line)}
        return {**self.magics, **noted}

    def without(self, node: ast.keyword, call: ast.Call) -> Edit:
        """An argument taken out of a call, and its line where nothing else stands on it. Comments stay."""
        content, start, end = self.content, self.start(node), self.end(node)
        comma = _after_spaces(content, end)
        if content[comma : comma + 1] == b",":
            end = comma + 1
            return Edit(*(_line_around(content, start, end) or (start, _after_spaces(content, end))), "")
        before = _before_spaces(content, start)
        if content[before - 1 : before] == b",":
            return Edit(before - 1, end, "")
        return Edit(*(_line_around(content, start, end) or (start, end)), "")

    def without_statement(self, node: ast.stmt) -> Edit:
        """A statement taken out with its line; a block may not be without any."""
        line = _line_around(self.content, self.start(node), self.end(node))
        return Edit(*line, "") if line and not node.col_offset else self.replace(node, "pass")

    def more(self, call: ast.Call, argument: str) -> Edit:
        """One more argument at a call's end."""
        ends = [*map(self.end, call.args), *map(self.end, call.keywords)]
        if ends:
            last = max(ends)
            # A generator that is the only argument needs no parentheses of its own until there is a second one; its
            # end is the call's.
            place = min(last, self.end(call) - 1)
            return Edit(place, place, f", {argument}")
        place = self.end(call) - 1
        return Edit(place, place, argument)

    def edited(self, edits: list[Edit], above: dict[int, list[str]]) -> str:
        """The source with these changes, and lines `above` others, by the number of a line that belongs to what they
        are about: they go above the line on which this begins, as far in as it.
        """
        changes = list[Edit]()
        gathered: dict[int, list[str]] = defaultdict(list)
        for number, texts in above.items():
            gathered[self._logical.get(number, number)] += texts
        for number, texts in gathered.items():
            indent = re.match(r"[ \t]*", self._lines[number - 1])
            start = self._starts[number - 1]
            inserted = "".join(f"{indent[0] if indent else ''}{text}\n" for text in dict.fromkeys(texts))
            changes.append(Edit(start, start, inserted))
        parts, at = list[bytes](), 0
        for edit in sorted([*changes, *edits], key=lambda edit: (edit.start, edit.end)):
            parts += [self.content[at : edit.start], edit.text.encode()]
            at = max(at, edit.end)
        return b"".join([*parts, self.content[at:]]).decode()


def _after_spaces(content: bytes, at: int) -> int:
    while content[at : at + 1] in (b" ", b"\t"):
        at += 1
    return at


def _before_spaces(content: bytes, at: int) -> int:
    while at and content[at - 1 : at] in (b" ", b"\t"):
        at -= 1
    return at


def _line_around(content: bytes, start: int, end: int) -> tuple[int, int] | None:
    """The whole lines of a part of the source, None where something else stands on them."""
    start, end = _before_spaces(content, start), _after_spaces(content, end)
    if content[start - 1 : start] not in (b"", b"\n", b"\r") or content[end : end + 1] not in (b"", b"\n", b"\r"):
        return None
    return start, end + (2 if content[end : end + 2] == b"\r\n" else 1)


def _parsed(lines: list[str]) -> tuple[ast.Module, list[str], dict[int, str]]:
    """The tree, the lines that it is of, and what was taken out of them, by its line.

    Raises:
        NotPython: there is none.
    """
    first = next((i for i, line in enumerate(lines) if line.strip()), 0)
    name = re.match(r"%%(\w*)", lines[first]) if lines else None
    if name and name[1] not in PYTHON_MAGICS:
        raise NotPython(first + 1, name[1])
    masked, magics = list(lines), dict[int, str]()
    if name:
        magics |= _mask(masked, lines, first)
    for _ in range(min(MOST_MAGICS, 1 + MOST_PARSED // (sum(map(len, lines)) or 1))):
        try:
            return _parse("".join(masked)), masked, magics
        except SyntaxError as error:
            number = error.lineno or 0
        except (ValueError, RecursionError, MemoryError):
            raise NotPython(0) from None
        # The line that is no Python; where this is another one than the magic's, as of a bracket that is never closed,
        # all that look like one.
        looked = [number - 1] if 0 < number <= len(lines) and _is_magic(masked[number - 1]) else range(len(lines))
        found = [i for i in looked if i + 1 not in magics and _is_magic(masked[i])]
        if not found:
            raise NotPython(number)
        for i in found:
            if i + 1 not in magics:
                magics |= _mask(masked, lines, i)
    raise NotPython(0)


def _parse(source: str) -> ast.Module:
    # At the top level of a cell one may await; what the compiler warns of is the student's own.
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = compile(source, "cell", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    assert isinstance(tree, ast.Module)
    return tree


def _is_magic(line: str) -> bool:
    said = line.strip()
    name, _, value = said.partition("=")
    is_help = said.endswith("?") and said.rstrip("?").replace(".", "_").isidentifier()
    takes = value.lstrip().startswith(("!", "%")) and name.translate(_OF_TARGETS).isidentifier()
    return said.startswith(("!", "%", "?")) or is_help or takes


_OF_TARGETS = str.maketrans(".,*[] ", "______")


def _is_switched_off(line: str) -> bool:
    said = line.strip()
    return said.startswith("#") and said.lstrip("#").lstrip().startswith(("!", "%"))


def _mask(masked: list[str], lines: list[str], first: int) -> dict[int, str]:
    """Puts a statement that does nothing in the place of a magic; the magic, by its line."""
    last = first
    while lines[last].rstrip("\r\n").endswith("\\") and last + 1 < len(lines):
        last += 1
    line = lines[first]
    indent = line[: len(line) - len(line.lstrip(" \t"))]
    masked[first] = f"{indent}pass{_ending(line)}"
    for i in range(first + 1, last + 1):
        masked[i] = _ending(lines[i])
    return {first + 1: "".join(lines[first : last + 1]).rstrip("\r\n")}


def _ending(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]


def _logical_lines(source: str) -> dict[int, int]:
    """Of each line the one on which its logical line begins."""
    found: dict[int, int] = {}
    try:
        begun = 0
        for token in _tokens(source):
            if token.type in (tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT) and not begun:
                continue
            begun = begun or token.start[0]
            if token.type == tokenize.NEWLINE:
                found |= dict.fromkeys(range(begun, token.end[0] + 1), begun)
                begun = 0
    except (tokenize.TokenError, SyntaxError):
        pass
    return found


def _tokens(source: str) -> Iterator[tokenize.TokenInfo]:
    return tokenize.generate_tokens(io.StringIO(source, newline=None).readline)
