"""What names in a notebook stand for: those of packages through their imports, texts through their only assignment."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

MOST_PARTS = 20
"""Of a name with dots: no package has a deeper one."""


@dataclass(slots=True)
class Names:
    """Of all cells together: `imported` names by what they stand for (`np` is `numpy`), `texts` that a name was given,
    names that are `assigned` anywhere, packages of which `everything` is imported by a star, and of the person's own
    functions the names of their `parameters`.
    """

    imported: dict[str, str] = field(default_factory=dict)
    texts: dict[str, ast.Constant] = field(default_factory=dict)
    assigned: set[str] = field(default_factory=set)
    everything: set[str] = field(default_factory=set)
    parameters: dict[str, set[str]] = field(default_factory=dict)

    def look(self, trees: Iterable[ast.Module]) -> None:
        """All cells, before any is looked at: a function may use what a later cell imports."""
        values: dict[str, list[ast.expr]] = {}
        for node in (node for tree in trees for node in ast.walk(tree)):
            match node:
                case ast.Import() | ast.ImportFrom():
                    self._import(node)
                case ast.Name(id=name, ctx=ast.Store()) | ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                    self.assigned.add(name)
                    if isinstance(node, ast.FunctionDef):
                        of = node.args
                        said = {each.arg for each in (*of.posonlyargs, *of.args, *of.kwonlyargs)}
                        self.parameters.setdefault(name, set()).update(said)
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    values.setdefault(name, []).append(value)
        for name, (value, *more) in values.items():
            if not more and isinstance(value, ast.Constant) and isinstance(value.value, str):
                self.texts[name] = value

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            if isinstance(node, ast.Import):
                root = alias.name.partition(".")[0]
                self.imported[alias.asname or root] = alias.name if alias.asname else root
            elif alias.name != "*":
                self.imported[alias.asname or alias.name] = self.from_import(node, alias)
            elif node.module and not node.level:
                self.everything.add(node.module)

    def path(self, node: ast.expr) -> str:
        """What an expression is by its imports: `torchtext.datasets.AG_NEWS`; empty where it is none of a package."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute) and len(parts) < MOST_PARTS:
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ""
        found = self.imported.get(node.id)
        if found is None and node.id not in self.assigned and len(self.everything) == 1:
            found = f"{next(iter(self.everything))}.{node.id}"
        return ".".join([found, *reversed(parts)]) if found else ""

    @staticmethod
    def from_import(node: ast.ImportFrom, alias: ast.alias) -> str:
        """What an imported name is; empty for one of the person's own files."""
        return "" if node.level else f"{node.module}.{alias.name}"

    def text(self, node: ast.expr | None) -> str | None:
        """The text that an expression is, as it is written or as its name was given."""
        if isinstance(node, ast.Name):
            node = self.texts.get(node.id)
        return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
