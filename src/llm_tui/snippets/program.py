"""Templates to programs. Every value goes in as a Python literal."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined

from llm_tui.snippets.literal import literal

_COMMENT = re.compile(r"^( *)# (en|es): (.*\n)", re.MULTILINE)


def program(name: str, language: str, **values: Any) -> str:
    """The program of the template `programs/NAME.py.jinja` with these values, its comments in the language.

    Raises:
        TypeError: a value has no Python literal.
        jinja2.UndefinedError: the template asks for a value that is not given.
    """
    return _environment(language).get_template(f"{name}.py.jinja").render(values)


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
