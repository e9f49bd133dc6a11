"""A notebook held against the table: what no longer works in it, and the copy in which it does."""

from __future__ import annotations

import ast
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Sequence, Set
from dataclasses import dataclass, field

from llm_tui.notebooks.code import Code, Edit, NotPython
from llm_tui.notebooks.file import Notebook, source
from llm_tui.notebooks.find import Found
from llm_tui.notebooks.helpers import helper
from llm_tui.notebooks.installing import installing
from llm_tui.notebooks.names import Names
from llm_tui.notebooks.rows import ROWS
from llm_tui.notebooks.table import Row


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that no longer works in a cell; cells and lines count from 1, all cells of the notebook."""

    cell: int
    line: int
    text: str
    row: Row
    mended: bool


@dataclass(frozen=True, slots=True)
class Unread:
    """A code cell that was left because it is not Python, or has a mistake in it (`line`, 0 where that is unknown)."""

    cell: int
    line: int
    magic: str


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found, in the order of the notebook, and the copy: None where nothing is mended."""

    cells: int
    findings: Sequence[Finding]
    unread: Sequence[Unread]
    copy: Notebook | None


def look(notebook: Notebook, language: str) -> Looked:
    """What no longer works, and the copy, whose comments are in the language."""
    codes: dict[int, Code] = {}
    unread: list[Unread] = []
    for index, cell in enumerate(notebook.cells):
        if cell["cell_type"] == "code":
            try:
                codes[index] = Code.of(source(cell))
            except NotPython as error:
                unread.append(Unread(index + 1, error.line, error.magic))
    names = Names()
    names.look(code.tree for code in codes.values())
    there = {need for row in ROWS for need in row.needs if any(_installs(code, need) for code in codes.values())}
    changes: dict[int, _Changes] = {}
    sources: dict[int, str] = {}
    for index, code in codes.items():
        try:
            changes[index] = _changes(code, names, there)
            sources[index] = _edited(code, changes[index], language)
            Code.of(sources[index])
        except RecursionError:  # deeper than a person nests
            unread.append(Unread(index + 1, 0, ""))
        except ValueError:  # no copy is worse than its notebook, whatever somebody wrote
            changes[index] = changes[index].left()
    findings = [
        Finding(index + 1, found.line, codes[index].line(found.line).strip(), row, found.mended)
        for index, change in changes.items()
        for row, found in sorted(change.found, key=lambda pair: pair[1].line)
    ]
    if not any(finding.mended for finding in findings):
        return Looked(len(notebook.cells), findings, unread, None)
    changed = {index: sources[index] for index, change in changes.items() if change.mends}
    return Looked(len(notebook.cells), findings, unread, notebook.changed(changed, _added(changes, language)))


@dataclass(slots=True)
class _Changes:
    found: list[tuple[Row, Found]] = field(default_factory=list)

    @property
    def mends(self) -> bool:
        return any(found.edits or found.dropped for _, found in self.found)

    def left(self) -> _Changes:
        """The same places, none of them mended."""
        return _Changes([(row, Found(found.line, mended=False)) for row, found in self.found])


def _installs(code: Code, need: str) -> bool:
    """Whether a cell has a package put there: by a line of its own, or as the cell does that a copy begins with."""
    name, _, version = need.partition("==")
    lines = (line for line in code.magics.values() if "install" in line)
    return f'("{name}", "{version}")' in code.source or any(need in line.split() for line in lines)


def _changes(code: Code, names: Names, there: Set[str]) -> _Changes:
    """`there` are the packages that the notebook sees to itself."""
    changes = _Changes()
    taken: list[tuple[int, int]] = []
    for row in ROWS:
        for found in row.find(code, names):
            if row.needs and not found.edits and all(need in there for need in row.needs):
                continue
            # Two rows never change the same place: the first that names it does, the other finds it again in the copy.
            places = [(edit.start, edit.end) for edit in found.edits]
            if any(_is_taken(place, taken) for place in places):
                found = Found(found.line, mended=False)
                places = []
            for place in places:
                insort(taken, place)
            changes.found.append((row, found))
    return changes


def _is_taken(place: tuple[int, int], taken: Sequence[tuple[int, int]]) -> bool:
    """`taken` are in their order, none over another: the last that begins before the place ends is the one to ask."""
    before = bisect_left(taken, (place[1],))
    return before > 0 and taken[before - 1][1] > place[0]


def _edited(code: Code, changes: _Changes, language: str) -> str:
    edits: list[Edit] = []
    above: dict[int, list[str]] = defaultdict(list)
    dropped: dict[ast.ImportFrom, list[ast.alias]] = defaultdict(list)
    for row, found in changes.found:
        edits += found.edits
        if found.mended and (found.edits or found.dropped) and row.mended:
            above[found.line] += [f"# llm-tui: {row.mended.within(language)}", *found.lines]
        if found.dropped:
            dropped[found.dropped[0]].append(found.dropped[1])
    edits += [_without_names(code, statement, aliases) for statement, aliases in dropped.items()]
    return code.edited(edits, above)


def _without_names(code: Code, statement: ast.ImportFrom, aliases: Sequence[ast.alias]) -> Edit:
    """An import without some of its names; where none is left, nothing is done there."""
    gone = {*aliases}
    kept = [alias for alias in statement.names if alias not in gone]
    if not kept:
        return code.without_statement(statement)
    first, last = statement.names[0], statement.names[-1]
    said = ", ".join(f"{alias.name} as {alias.asname}" if alias.asname else alias.name for alias in kept)
    return Edit(code.start(first), code.end(last), said)


def _added(changes: dict[int, _Changes], language: str) -> dict[int, str]:
    """The new cells by the index of the one that they stand before: what is to be installed before all code, each
    helper before the first cell that needs it.
    """
    added: dict[int, list[str]] = defaultdict(list)
    needs = {
        need: None for change in changes.values() for row, found in change.found if found.mended for need in row.needs
    }
    if needs:
        added[min(changes)].append(installing(list(needs), language))
    done: set[str] = set()
    for index, change in sorted(changes.items()):
        for wanted in dict.fromkeys(found.helper for _, found in change.found if found.helper):
            if wanted not in done:
                done.add(wanted)
                added[index].append(helper(wanted, language))
    return {index: "\n\n\n".join(texts) for index, texts in added.items()}
