"""The kinds of files that a person is asked for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """What a question is about: the ends of the names that fit it. `name` keeps its recent files apart from others'.
    `folders` may be the answer, too.
    """

    name: str
    suffixes: tuple[str, ...]
    folders: bool = False

    def fits(self, name: str) -> bool:
        return name.lower().endswith(self.suffixes)


TABLE = Kind("table", (".csv", ".tsv", ".tab", ".jsonl", ".ndjson", ".json", ".txt"))
DATA = Kind("data", TABLE.suffixes, folders=True)
TEXT = Kind("text", (".txt", ".md", ".text"))
CHECKLIST = Kind("checklist", (".yml", ".yaml", ".toml"))
