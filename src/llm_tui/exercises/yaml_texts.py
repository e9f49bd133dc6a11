"""YAML that holds texts, lists and mappings and nothing else, in which nothing is lost without a word."""

from __future__ import annotations

from typing import Any

import yaml
from yaml.constructor import ConstructorError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from llm_tui.i18n import tr

MOST_MERGED = 100
"""Fields of a mapping that others take over: a file of many such mappings could take all the time there is."""


class Texts(yaml.BaseLoader):  # type: ignore[misc]
    """No objects, and an id of 1.10 stays 1.10; `<<` takes over the fields of another mapping, and no field stands
    twice. Not its twin in C, which deep nesting brings down together with the program.

    Raises:
        ConstructorError: a field stands twice, or what is merged is no mapping, or too large a one.
        YAMLError: the text is not YAML.
        RecursionError: it is nested too deeply.
    """

    def __init__(self, stream: str):
        super().__init__(stream)
        self._merged: set[int] = set()

    def construct_mapping(self, node: Node, deep: bool = False) -> dict[Any, Any]:
        if isinstance(node, MappingNode):
            self._merge(node)
        fields: dict[Any, Any] = super().construct_mapping(node, deep)
        return fields

    def _merge(self, node: MappingNode) -> None:
        """Put the fields that `<<` takes over in its place; the mapping's own and earlier ones go first."""
        if id(node) in self._merged:
            return
        self._merged.add(id(node))
        own: dict[str, tuple[Node, Node]] = {}
        others: list[tuple[Node, Node]] = []
        sources: list[Node] = []
        for name, value in node.value:
            if not isinstance(name, ScalarNode):
                others.append((name, value))
            elif name.value == "<<" and name.style is None:
                sources += value.value if isinstance(value, SequenceNode) else [value]
            elif name.value in own:
                said = tr(f"“{name.value}” stands twice", f"«{name.value}» aparece dos veces")
                raise ConstructorError(None, None, said, name.start_mark)
            else:
                own[name.value] = (name, value)
        for source in sources:
            for name, value in self._fields(source):
                own.setdefault(name.value, (name, value))
        node.value = [*own.values(), *others]

    def _fields(self, source: Node) -> list[tuple[ScalarNode, Node]]:
        if not isinstance(source, MappingNode):
            said = tr("“<<” takes over a mapping only", "«<<» solo toma los campos de algo que los tenga")
            raise ConstructorError(None, None, said, source.start_mark)
        self._merge(source)
        if len(source.value) > MOST_MERGED:
            said = tr(f"“<<” takes over {MOST_MERGED} fields at most", f"«<<» toma como máximo {MOST_MERGED} campos")
            raise ConstructorError(None, None, said, source.start_mark)
        return [(name, value) for name, value in source.value if isinstance(name, ScalarNode)]
