"""Whether this is a first start, which is asked at every one: without Textual."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_state_path

from llm_tui import config


def _seen() -> Path:
    """Is there once the questions were asked."""
    return user_state_path("llm-tui") / "begun"


def due(folder: Path, given: bool) -> bool:
    """Whether this is a first start: no configuration, no lab yet, and it was not asked before. Whose lab is `given`,
    by an option or a variable, works in what somebody has prepared, and is asked nothing.
    """
    there = (_seen(), config.config_path(), folder / "lab.toml")
    return not given and not any(os.path.lexists(path) for path in there)


def asked() -> None:
    """Never again."""
    try:
        _seen().parent.mkdir(parents=True, exist_ok=True)
        _seen().touch()
    except OSError:
        pass  # it is asked again the next time: a nuisance, no loss
