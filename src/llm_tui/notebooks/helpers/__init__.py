"""Code that a mended notebook needs: texts, never imported here, one cell each."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_COMMENT = re.compile(r"^( *)# (en|es): (.*\n)", re.MULTILINE)


@cache
def helper(name: str, language: str) -> str:
    """The code of a cell, its comments in the language. A comment is written twice, as in `llm_tui.snippets`."""
    text = (files(__name__) / f"{name}.py.txt").read_text(encoding="utf-8")
    return _COMMENT.sub(lambda line: f"{line[1]}# {line[3]}" if line[2] == language else "", text).rstrip("\n")
