"""Every kind of job that the program has."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import Any

import llm_tui


def every_job() -> list[type[Any]]:
    """The classes of jobs of all modules of the package, by name."""
    names = [name for _, name, _ in pkgutil.walk_packages(llm_tui.__path__, "llm_tui.") if "__main__" not in name]
    found = {
        thing
        for name in names
        for thing in vars(import_module(name)).values()
        if isinstance(thing, type) and thing.__module__ == name and {"kind", "runner", "imports"} <= set(dir(thing))
    }
    return sorted(found, key=lambda job: job.__qualname__)
