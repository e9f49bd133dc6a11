"""Every kind of job that the program has."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import llm_tui


def every_job() -> list[type[Any]]:
    """The classes of jobs of all modules of the package, by name."""
    root = Path(llm_tui.__file__).parent
    names = [
        ".".join(("llm_tui", *file.relative_to(root).with_suffix("").parts)).removesuffix(".__init__")
        for file in sorted(root.rglob("*.py"))
        if "runner" in file.read_text(encoding="utf-8") and file.name != "__main__.py"  # others take seconds to import
    ]
    found = {
        thing
        for name in names
        for thing in vars(import_module(name)).values()
        if isinstance(thing, type) and thing.__module__ == name and {"kind", "runner", "imports"} <= set(dir(thing))
    }
    return sorted(found, key=lambda job: job.__qualname__)
