"""What finds in a cell that which no longer works, and puts it right there. A row of the table names one of these."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from llm_tui.notebooks.code import Code, Edit
from llm_tui.notebooks.names import Names


@dataclass(frozen=True, slots=True)
class Found:
    """One place. `dropped` is an imported name that the copy does not import; `lines` are put above the place, such as
    an import; `helper` names the code that the copy needs. Where it is not `mended` the copy leaves it.
    """

    line: int
    edits: tuple[Edit, ...] = ()
    dropped: tuple[ast.ImportFrom, ast.alias] | None = None
    lines: tuple[str, ...] = ()
    helper: str = ""
    mended: bool = True


Find = Callable[[Code, Names], Iterator[Found]]


def name(
    path: str,
    becomes: str = "",
    imported: str = "",
    helper: str = "",
    arguments: Sequence[str] = (),
    defaults: Mapping[str, str] = {},
) -> Find:
    """A name of a package. It `becomes` another: one of a package that an import line gives (`imported`), or one that a
    `helper` defines. Calls of it take no `arguments` of these names any more, and get these `defaults`.
    """
    own = path.rpartition(".")[2]
    after = becomes or own

    def find(code: Code, names: Names) -> Iterator[Found]:
        for node in ast.walk(code.tree):
            if isinstance(node, ast.ImportFrom):
                yield from (
                    _imported(node, alias, names) for alias in node.names if names.from_import(node, alias) == path
                )
            elif isinstance(node, ast.Attribute | ast.Name) and names.path(node) == path:
                renamed = isinstance(node, ast.Attribute) or (node.id == own and own not in names.assigned)
                if renamed and (isinstance(node, ast.Attribute) or after != own):
                    lines = (imported,) if imported and isinstance(node, ast.Attribute) else ()
                    yield Found(node.lineno, (code.replace(node, after),), lines=lines, helper=helper)
            elif isinstance(node, ast.Call) and names.path(node.func) == path:
                edits = [code.without(keyword, node) for keyword in node.keywords if keyword.arg in arguments]
                given = [keyword.arg for keyword in node.keywords]
                edits += [code.more(node, f"{key}={value}") for key, value in defaults.items() if key not in given]
                if edits:
                    yield Found(node.lineno, tuple(edits))

    def _imported(node: ast.ImportFrom, alias: ast.alias, names: Names) -> Found:
        bound = alias.asname or (own if own in names.assigned and after != own else "")
        lines = [line for line in (imported, f"{bound} = {after}" if bound else "") if line]
        return Found(alias.lineno, dropped=(node, alias), lines=tuple(lines), helper=helper)

    return find


def prefix(start: str, becomes: Callable[[str], str]) -> Find:
    """Every name of `transformers` that begins so, everywhere; it is left where it `becomes` nothing."""

    def find(code: Code, names: Names) -> Iterator[Found]:
        for node in ast.walk(code.tree):
            if isinstance(node, ast.ImportFrom) and node.module == "transformers":
                for alias in filter(lambda alias: _fits(alias.name), node.names):
                    after = becomes(alias.name)
                    said = f"{after} as {alias.asname}" if alias.asname else after
                    yield Found(alias.lineno, (code.replace(alias, said),) if after else (), mended=bool(after))
            elif isinstance(node, ast.Name | ast.Attribute):
                own = names.path(node).removeprefix("transformers.")
                as_imported = isinstance(node, ast.Attribute) or node.id == own
                if as_imported and names.path(node) == f"transformers.{own}" and _fits(own) and (after := becomes(own)):
                    said = after if isinstance(node, ast.Name) else f"{code.text(node.value)}.{after}"
                    yield Found(node.lineno, (code.replace(node, said),))

    def _fits(own: str) -> bool:
        return own.startswith(start) and own[len(start) :][:1].isupper() and "." not in own

    return find


def module(old: str, new: str = "") -> Find:
    """A module that has another place now, or none."""

    def find(code: Code, names: Names) -> Iterator[Found]:
        for node in ast.walk(code.tree):
            if isinstance(node, ast.ImportFrom) and not node.level and _within(node.module or ""):
                start = code.start(node)
                text = code.text(node)
                place = re.match(r"from\s+", text)
                at = start + (place.end() if place else 0)
                yield Found(node.lineno, (Edit(at, at + len(old), new),) if new else (), mended=bool(new))
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    if _within(alias.name):
                        at = code.start(alias)
                        mends = bool(new and alias.asname)  # else its uses have the old name
                        yield Found(alias.lineno, (Edit(at, at + len(old), new),) if mends else (), mended=mends)

    def _within(said: str) -> bool:
        return said == old or said.startswith(f"{old}.")

    return find


def used(package: str, mended: bool = True) -> Find:
    """An import of a package, once a cell; nothing in the cell changes."""

    def find(code: Code, names: Names) -> Iterator[Found]:
        for node in ast.walk(code.tree):
            match node:
                case ast.Import(names=aliases):
                    said = [alias.name for alias in aliases]
                case ast.ImportFrom(module=str(module), level=0):
                    said = [module]
                case _:
                    continue
            if any(each.partition(".")[0] == package for each in said):
                yield Found(node.lineno, mended=mended)
                return

    return find


Mend = Callable[[Code, Names, ast.Call, ast.keyword], "Sequence[Edit] | None"]
"""The edits that put an argument right; None where it is to be left."""


def argument(*words: str, mend: Mend, of: Callable[[str], bool] = lambda path: True, lines: Sequence[str] = ()) -> Find:
    """An argument by its name, in calls of what `of` says: what the called is by its imports, or the last part of its
    name where that is not known.
    """

    def find(code: Code, names: Names) -> Iterator[Found]:
        for call in calls(code):
            for keyword in call.keywords:
                if keyword.arg in words and of(called(call, names)) and not _is_anothers(call, keyword.arg, names):
                    edits = mend(code, names, call, keyword)
                    above = tuple(lines) if edits else ()
                    yield Found(keyword.lineno, tuple(edits or ()), lines=above, mended=edits is not None)

    return find


FAMILY = ("transformers", "huggingface_hub", "datasets", "evaluate", "optimum", "peft", "sentence_transformers", "trl")
"""Packages that hand on what transformers takes."""


def _is_anothers(call: ast.Call, word: str, names: Names) -> bool:
    """Whether it is an argument of the person's own function, or of a package that has nothing to do with these."""
    package = names.path(call.func).partition(".")[0]
    own = called(call, names).rpartition(".")[2]
    return word in names.parameters.get(own, ()) if not package else package not in FAMILY


def renamed(word: str) -> Mend:
    def mend(code: Code, names: Names, call: ast.Call, keyword: ast.keyword) -> Sequence[Edit]:
        if any(other.arg == word for other in call.keywords):
            return [code.without(keyword, call)]  # what it is called now is there
        start = code.start(keyword)
        return [Edit(start, start + len((keyword.arg or "").encode()), word)]

    return mend


def removed(code: Code, names: Names, call: ast.Call, keyword: ast.keyword) -> Sequence[Edit]:
    return [code.without(keyword, call)]


def left(code: Code, names: Names, call: ast.Call, keyword: ast.keyword) -> None:
    return None


def becomes(word: str, yes: str, no: str) -> Mend:
    """An argument that was true or false is another one with these values."""

    def mend(code: Code, names: Names, call: ast.Call, keyword: ast.keyword) -> Sequence[Edit]:
        if any(other.arg == word for other in call.keywords):
            return [code.without(keyword, call)]
        value = keyword.value
        if isinstance(value, ast.Constant):
            said = yes if value.value else no
        else:
            said = f"{yes} if {code.text(value)} else {no}"
        return [code.replace(keyword, f"{word}={said}")]

    return mend


def method(*words: str, mend: Callable[[Code, ast.Call], Sequence[Edit] | None]) -> Find:
    """A method by its name, where it is called."""

    def find(code: Code, names: Names) -> Iterator[Found]:
        for call in calls(code):
            if isinstance(call.func, ast.Attribute) and call.func.attr in {*words} - names.parameters.keys():
                edits = mend(code, call)
                yield Found(call.func.end_lineno or call.lineno, tuple(edits or ()), mended=edits is not None)

    return find


def attribute(word: str, new: str = "") -> Find:
    """An attribute by its name, whatever it is of."""

    def find(code: Code, names: Names) -> Iterator[Found]:
        for node in ast.walk(code.tree):
            if isinstance(node, ast.Attribute) and node.attr == word:
                edits = (Edit(code.end(node) - len(word), code.end(node), new),) if new else ()
                yield Found(node.end_lineno or node.lineno, edits, mended=bool(new))

    return find


def magic(pattern: str, said: Callable[[re.Match[str]], str] | None, where: Callable[[str], object] = bool) -> Find:
    """Something in a line that IPython hands to a shell, in a comment as well; `said` is what it becomes. `where` says
    in which lines.
    """
    looked = re.compile(pattern)

    def find(code: Code, names: Names) -> Iterator[Found]:
        for number, line in code.shell_lines().items():
            places = list(looked.finditer(line)) if where(line) else []
            if places:
                start = code.line_start(number)
                spans = [(len(line[: p.start()].encode()), len(line[: p.end()].encode())) for p in places]
                edits = (Edit(start + a, start + b, said(p)) for (a, b), p in zip(spans, places, strict=True) if said)
                yield Found(number, tuple(edits), mended=bool(said))

    return find


def called(call: ast.Call, names: Names) -> str:
    """What is called, by its imports, else by the last part of its name."""
    if path := names.path(call.func):
        return path
    match call.func:
        case ast.Attribute(attr=own) | ast.Name(id=own):
            return own
    return ""


def calls(code: Code) -> Iterator[ast.Call]:
    return (node for node in ast.walk(code.tree) if isinstance(node, ast.Call))
