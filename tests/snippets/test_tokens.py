"""The plain program of a comparison of tokenizers gives each word the same pieces, and the same counts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from llm_tui.engine.job import run_job
from llm_tui.errors import UserError
from llm_tui.exercises.subwords import EXAMPLE
from llm_tui.snippets.snippet import snippet
from llm_tui.tokenization.job import Compare, Comparison, Tokenized

FAST = ("wordpiece", "unigram", "ascii", "bytes")

TEXTS = {
    "the example": EXAMPLE,
    "lines, apostrophes, numbers": "Don't,  l'objectif: 12,5 o 3.14;\n\n  Ñandú\tC++ a_b\u00a0c-d\r\nfin «x»",
    "other scripts": "日本語 กา 👩‍🚀 n\u0303o, la\u200d‍ casa €5 \ud800 ½",
    "nothing": "… ¡!",
}


def printed(comparison: Comparison, job: Compare) -> Iterator[str]:
    """What the program prints, of what llm-tui found."""
    for place, tokenized in enumerate(comparison.tokenized):
        for unit in comparison.words:
            yield line(tokenized, comparison.unit_text(unit), [tokenized.ids[i] for i in tokenized.pieces(unit)])
        for phrase in job.phrases:
            cut = comparison.alone[phrase][place]
            yield f"{tokenized.label} | {phrase} | {len(cut)}: {' '.join(cut.pieces)}"
        found = tokenized.measures
        if found.words:
            counts = f"{found.words} words, {found.pieces} pieces"
            yield f"{tokenized.label}: {counts}, {found.fertility:.2f} per word, {found.continued_share:.1%} cut"
        if job.translation:
            yield f"{tokenized.label}: {found.premium:.2f} pieces for each one of the translation"


def line(tokenized: Tokenized, word: str, ids: list[int]) -> str:
    return f"{tokenized.label} | {word} | {len(ids)}: {' '.join(tokenized.raw[id] for id in ids)}"


@pytest.mark.parametrize("name", TEXTS)
def test_each_word_has_the_same_pieces(name, tokenizers, run, context):
    names = tuple(str(tokenizers[family]) for family in FAST)
    job = Compare(TEXTS[name], names, "The observability." if name == "the example" else "", ("abc dos", "observ"))
    assert run(snippet(job, "es")).splitlines() == list(printed(run_job(job, context), job))


def test_a_word_is_said_as_plainly_as_the_text_allows(tokenizers):
    def expression(text: str) -> str:
        program = snippet(Compare(text, (str(tokenizers["wordpiece"]),)), "en").text
        return next(line for line in program.splitlines() if line.startswith("WORD = "))

    assert expression("uno dos") == r'WORD = re.compile(r"\w+")'
    assert expression("don't") == r"""WORD = re.compile(r"\w+(?:[.'’]\w+)*")"""
    assert "WB=Extend" in expression("日本語")


@pytest.mark.parametrize("family", ["marian", "lone"])
def test_a_tokenizer_without_positions_has_no_program(family, tokenizers):
    with pytest.raises(UserError, match="no positions"):
        snippet(Compare("uno", (str(tokenizers[family]),)), "en")
