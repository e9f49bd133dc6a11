"""Templates to programs. Every value goes in as a Python literal."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined

from llm_tui.snippets.literal import literal

_COMMENT = re.compile(r"^( *)# (en|es): (.*\n)", re.MULTILINE)

_BLANK = re.compile(r"\n{4,}")
"""What is left of parts that a job did not ask for. No literal holds a line end, so it is never in a text."""


def program(name: str, language: str, **values: Any) -> str:
    """The program of the template `programs/NAME.py.jinja` with these values, its comments in the language.

    Raises:
        TypeError: a value has no Python literal.
        jinja2.UndefinedError: the template asks for a value that is not given.
    """
    text = _environment(language).get_template(f"{name}.py.jinja").render(values)
    return _BLANK.sub("\n\n\n", text).strip("\n") + "\n"


@cache
def _environment(language: str) -> Environment:
    def load(name: str) -> str:
        text = (files("llm_tui.snippets") / "programs" / name).read_text(encoding="utf-8")
        return _COMMENT.sub(lambda line: f"{line[1]}# {line[3]}" if line[2] == language else "", text)

    return Environment(
        loader=FunctionLoader(load),
        finalize=literal,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
