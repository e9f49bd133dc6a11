"""The program of exercise 2: one text under several tokenizers."""

from __future__ import annotations

import re

import regex

from llm_tui.errors import UserError
from llm_tui.i18n import tr
from llm_tui.snippets.literal import Code
from llm_tui.snippets.program import program
from llm_tui.snippets.snippet import Snippet
from llm_tui.snippets.tokenizer import Opening, opening
from llm_tui.tokenization.job import Compare, labels
from llm_tui.tokenization.word_pattern import WORD

_PLAIN = (r"\w+", r"\w+(?:[.'’]\w+)*")
"""Expressions that give the same words of most texts; `WORD` is that of all."""


def comparison(job: Compare, language: str) -> Snippet:
    """Prints the words with their pieces, and what is measured of each tokenizer.

    Raises:
        UserError: a tokenizer gives no positions of its pieces.
    """
    text, translation = map(_clean, (job.text, job.translation))
    ways = [opening(name) for name in job.tokenizers]
    for way in ways:
        if way.how == "python":
            raise UserError(
                tr(
                    f"There is no plain program with the tokenizer {way.name}: it gives no positions of its pieces.",
                    f"No hay un programa sencillo con el tokenizador {way.name}: no da las posiciones de sus piezas.",
                )
            )
    pattern = next((plain for plain in _PLAIN if _spans(plain, text) == _spans(WORD, text)), WORD)
    written = program(
        "tokens",
        language,
        text=text,
        translation=translation,
        phrases=[phrase for phrase in map(_in_one_line, job.phrases) if phrase and not _stands_in(text, phrase)],
        tokenizers=list(zip(labels(job.tokenizers), map(_of_the_library, ways), strict=True)),
        pattern=pattern if pattern == WORD else Code(f'r"{pattern}"'),
        own_expression=pattern == WORD,
        has_words=bool(_spans(WORD, text)),
        in_home=any(way.in_home for way in ways),
        dropout=any(way.dropout for way in ways),
        byte_level=any(way.byte_level for way in ways),
        imports_file=any(way.how in ("file", "hub") for way in ways),
        imports_auto=any(way.how == "auto" for way in ways),
    )
    return Snippet("tokens", written)


def _of_the_library(way: Opening) -> Code:
    """A tokenizer of the tokenizers library, be it transformers that opens it."""
    return Code(f"{way.code}.backend_tokenizer") if way.how == "auto" else way.code


def _clean(text: str) -> str:
    """As the comparison has it: half of a surrogate pair is no character, and ends of lines are alike."""
    return re.sub("[\ud800-\udfff]", "\ufffd", text).replace("\r\n", "\n")


def _in_one_line(phrase: str) -> str:
    return " ".join(_clean(phrase).split())


def _spans(pattern: str, text: str) -> list[tuple[int, int]]:
    return [found.span() for line in text.split("\n") for found in regex.finditer(pattern, line)]


def _stands_in(text: str, phrase: str) -> bool:
    """Whether the phrase is words of the text; one that is not is cut alone."""
    edges = {0, len(text), *(edge for found in regex.finditer(WORD, text) for edge in found.span())}
    edges |= {edge for found in re.finditer("\n", text) for edge in found.span()}
    places = (found.start() for found in re.finditer(re.escape(phrase), text))
    return any(place in edges and place + len(phrase) in edges for place in places)
