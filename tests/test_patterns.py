"""Every regular expression of the program on long words and runs of signs: twice as long takes about twice the time."""

from __future__ import annotations

import ast
import functools
import importlib
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import regex

import llm_tui
from llm_tui.exercises import checks
from llm_tui.export import markdown
from llm_tui.foundation import facts, probes
from llm_tui.visible import visible

SOURCE = Path(llm_tui.__file__).parent
CALLS = {"compile", "search", "match", "fullmatch", "finditer", "findall", "split", "sub", "subn"}
LENGTH = 4000
ROOM = 0.03  # seconds below which a growth cannot be measured
UNITS = [
    "a", "A", "á", "1", " ", "\n", ".", "?", "…", ",", "-", "_", "'", '"', "(", "<", "[", "`", "*", "#", "|", "\\", "/",
    ":", "@", "=", "&", "\t", "\r", "\u0301", "中", "👍", "a ", "a.", "A.", "1.", "1,", "a-", "a'", ". ", "a\n", "# ",
    "<a", "](", "a,", '""', '"a', '",', "e.g. ", "1e", "- ", "{a", "\x1b[", "intended use\n",
    "a: ", "http://", "sk-", "**",
]  # fmt: skip


def calls(file: Path) -> Iterator[ast.Call]:
    """The calls of a module that are given a pattern."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CALLS:
            library = node.func.value
            if isinstance(library, ast.Name) and library.id in ("re", "regex") and node.args:
                yield node


def flags(call: ast.Call) -> int:
    """`re.A | re.B` among the arguments."""
    names = [part.attr for part in ast.walk(call) if isinstance(part, ast.Attribute)]
    return sum({int(flag) for name in names if isinstance(flag := getattr(re, name, None), re.RegexFlag)})


def kept(file: Path) -> Iterator[Any]:
    """The patterns that a module, or a class of it, keeps."""
    module = importlib.import_module(".".join(("llm_tui", *file.relative_to(SOURCE).with_suffix("").parts)))
    for value in vars(module).values():
        for inner in [value, *(vars(value).values() if isinstance(value, type) else ())]:
            if isinstance(inner, re.Pattern | regex.Pattern):
                yield inner


@functools.cache
def patterns() -> dict[str, Any]:
    """Each pattern of the source, once, by the first place where it stands."""
    found: dict[Any, str] = {}
    for file in sorted(SOURCE.rglob("*.py")):
        if file.parent.name == "teaching":  # recipes, which read nothing but what they name
            continue
        put_together = False
        for call in calls(file):
            try:
                found.setdefault(re.compile(ast.literal_eval(call.args[0]), flags(call)), f"{file.name}:{call.lineno}")
            except (ValueError, re.error):  # of several parts, or of the other library
                put_together = True
        if put_together:
            for pattern in kept(file):
                found.setdefault(pattern, file.name)
    return {f"{where} {pattern.pattern[:40]!r}": pattern for pattern, where in found.items()}


def all_of(pattern: Any, text: str) -> None:
    content = text.encode("utf-8", "surrogatepass") if isinstance(pattern.pattern, bytes) else text
    for _ in pattern.finditer(content):
        pass
    pattern.fullmatch(content)


def check_growth(do: Callable[[str], object]) -> None:
    def seconds(text: str) -> float:
        began = time.process_time()
        do(text)
        return time.process_time() - began

    for unit in UNITS:
        for end in ("", "!\0"):
            text = unit * (LENGTH // len(unit))
            if seconds(text + end) < ROOM / 4:
                continue
            # The smallest of some: a busy machine makes it longer, never shorter. Of a sort four times as much text
            # takes some six times as long, of squares sixteen.
            once = min(seconds(text + end) for _ in range(3))
            four = min(seconds(text * 4 + end) for _ in range(3))
            assert four < ROOM or four < 12 * once, f"{unit!r} * {len(text)}: {once:.3f} s, then {four:.3f} s"


def test_the_patterns_of_the_program_are_found() -> None:
    assert len(patterns()) > 20 and any("facts" in where for where in patterns())


@pytest.mark.parametrize("where", patterns())
def test_a_long_word_takes_no_more_than_its_length(where: str) -> None:
    check_growth(functools.partial(all_of, patterns()[where]))


READERS: dict[str, Callable[[str], object]] = {
    "sentences": facts.sentences,
    "repeated": facts.repeated,
    "new words": lambda text: facts.new_words(text[:100], text),
    "invented": lambda text: facts.invented(text[:100], text),
    "terms": lambda text: checks.has_terms(text, 5),
    "a label": lambda text: checks.is_label(text, ("a", "b")),
    "a probe": lambda text: [probes.check(probe, text) for probe in probes.PROBES[-1:]],
    "Markdown": markdown.paragraphs,
    "signs": visible,
}


@pytest.mark.parametrize("name", READERS)
def test_what_reads_an_answer_takes_no_more_than_its_length(name: str) -> None:
    check_growth(READERS[name])
