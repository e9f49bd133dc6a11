"""The plain program of a comparison of tokenizers gives each word the same pieces, and the same counts."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import transformers
from programs import write
from tokenizers import Tokenizer

from llm_tui.engine.job import run_job
from llm_tui.errors import UserError
from llm_tui.exercises.subwords import EXAMPLE
from llm_tui.snippets.snippet import snippet
from llm_tui.snippets.tokenizer import IN_PYTHON, family
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


def test_a_tokenizer_with_dropout_cuts_without_chance(tokenizers, tmp_path, run, context):
    folder = shutil.copytree(tokenizers["bytes"], tmp_path / "own")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.model.dropout = 0.5
    tokenizer.save(str(folder / "tokenizer.json"))
    job = Compare(EXAMPLE, (str(folder), str(tokenizers["wordpiece"])))
    assert run(snippet(job, "en")).splitlines() == list(printed(run_job(job, context), job))


@pytest.mark.parametrize("family", ["marian", "lone"])
def test_a_tokenizer_without_positions_has_no_program(family, tokenizers):
    with pytest.raises(UserError, match="no positions"):
        snippet(Compare("uno", (str(tokenizers[family]),)), "en")


def test_a_tokenizer_in_the_cache_of_the_hub_is_opened_by_its_id_at_its_revision(no_hub, tokenizers, tmp_path, context):
    commit = "0123456789abcdef0123456789abcdef01234567"
    repository = no_hub / "models--some--tokenizer"
    shutil.copytree(tokenizers["unigram"], repository / "snapshots" / commit)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(commit)
    job = Compare("El niño pequeño", ("some/tokenizer",))
    program = snippet(job, "en")
    assert f'Tokenizer.from_pretrained("some/tokenizer", revision="{commit}")' in program.text
    file = write(program, tmp_path / "program")
    done = subprocess.run([sys.executable, file], capture_output=True, text=True, check=True)  # with this cache
    assert done.stdout.splitlines() == list(printed(run_job(job, context), job))


def test_whose_home_a_tokenizer_is_in_is_not_told(tokenizers, monkeypatch):
    monkeypatch.setenv("HOME", str(tokenizers["unigram"].parent))
    text = snippet(Compare("uno", (str(tokenizers["unigram"]),)), "en").text
    assert 'Tokenizer.from_file(os.path.expanduser("~/unigram/tokenizer.json"))' in text
    assert str(tokenizers["unigram"].parent) not in text


def test_which_classes_of_transformers_are_written_in_python():
    """Read off their source: to import all of them takes long."""
    sources = (Path(transformers.__file__).parent / "models").glob("*/tokenization_*.py")
    head = re.compile(r"^class (\w+Tokenizer)\((?:PreTrainedTokenizer|SentencePieceBackend)\)", re.MULTILINE)
    assert {family(name) for file in sources for name in head.findall(file.read_text(encoding="utf-8"))} == IN_PYTHON
