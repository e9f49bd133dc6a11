"""A comparison word by word: the ids and offsets of the libraries themselves, and bytes that fit the text."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_tui.exercises import subwords
from llm_tui.export.formats import to_csv
from llm_tui.tokenization.details import DIFFERENT, as_json, json_text, words_table
from llm_tui.tokenization.job import WORD, Comparison
from llm_tui.tokenization.measures import KINDS

Told = Callable[..., Comparison]

FAST = ("wordpiece", "unigram", "ascii", "bytes")
TEXT = "Mañana 😀, ¿qué montaña?\r\nEl señor Núñez: 12,5 euros. 日本語\n\nobservabilidad | `x` <unk>"


def cuts(content: dict[str, Any], number: int) -> list[dict[str, Any]]:
    return [word["cuts"][number] for word in content["words"]]


@given(st.lists(st.text("abeimnoñáéúz", min_size=1, max_size=12), min_size=1, max_size=8))
def test_pieces_ids_and_offsets_are_those_of_transformers(told: Told, originals: Any, found: list[str]) -> None:
    text = " ".join(found)
    content = as_json(told(text, *FAST))
    assert [word["word"] for word in content["words"]] == found
    for number, family in enumerate(FAST):
        original = originals[family](text, add_special_tokens=False, return_offsets_mapping=True)
        pieces = originals[family].convert_ids_to_tokens(original.input_ids)
        expected = list(zip(pieces, original.input_ids, original.offset_mapping, strict=True))
        for i in reversed(range(len(expected))):  # a piece that is a space and nothing else begins the word behind it
            if pieces[i] in ("▁", "Ġ"):
                expected[i] = (pieces[i], original.input_ids[i], (expected[i + 1][2][0],) * 2)
        assert expected == [
            (piece, id, tuple(offsets))
            for cut in cuts(content, number)
            for piece, id, offsets in zip(cut["pieces"], cut["ids"], cut["offsets"], strict=True)
        ]


@pytest.mark.parametrize("word", ["observabilidad", "mañana", "tren", "Núñez", "日"])
def test_a_word_alone_has_as_many_pieces_as_transformers_gives_it(told: Told, originals: Any, word: str) -> None:
    content = as_json(told(word, *FAST))
    for number, family in enumerate(FAST):
        (cut,) = cuts(content, number)
        assert cut["ids"] == originals[family](word, add_special_tokens=False).input_ids


AWKWARD = st.lists(
    st.sampled_from(
        ["mañana", " ", "\n", "\r\n", "😀", "日本語", "e\u0301", "a", "ñ", ",", "\ufeff", "\ud800", "½", "x"]
    ),
    max_size=20,
).map("".join)


@given(AWKWARD)
def test_bytes_are_the_offsets_in_utf8_whatever_the_text(told: Told, text: str) -> None:
    comparison = told(text)
    content = as_json(comparison)
    encoded = comparison.text.encode()
    assert content["text"] == {
        "characters": len(comparison.text),
        "bytes": len(encoded),
        "words": len(content["words"]),
    }
    for word in content["words"]:
        assert comparison.text[word["start"] : word["end"]] == word["word"]
        for cut in word["cuts"]:
            assert len({len(cut[key]) for key in ("pieces", "ids", "offsets", "bytes", "unknown")}) == 1
            for (start, end), (first, last) in zip(cut["offsets"], cut["bytes"], strict=True):
                assert encoded[first:last].decode() == comparison.text[start:end]


def test_the_counts_are_those_of_the_words(told: Told) -> None:
    content = as_json(told(TEXT, translation="Tomorrow, which mountain?"))
    for number, tokenizer in enumerate(content["tokenizers"]):
        measures, own = tokenizer["measures"], cuts(content, number)
        assert measures["word_pieces"] == sum(len(cut["ids"]) for cut in own)
        assert measures["continued"] == sum(len(cut["ids"]) > 1 for cut in own)
        assert measures["whole"] == sum(cut["unknown"] == [False] for cut in own)
        assert measures["unknown"] >= sum(sum(cut["unknown"]) for cut in own)
        assert measures["fertility"] == pytest.approx(measures["word_pieces"] / len(own))
        assert measures["premium"] == pytest.approx(measures["pieces"] / measures["parallel"])
        assert sum(measures["lost_most"].values()) == measures["lost"]
        assert {kind.column.key for kind in KINDS} <= measures.keys()


def test_a_lost_character_is_named(told: Told) -> None:
    content = as_json(told("mañana", "ascii"))
    (cut,) = cuts(content, 0)
    assert cut["lost"] == "ñ"
    assert True in cut["unknown"]
    assert content["tokenizers"][0]["measures"]["lost_most"] == {"ñ": 1}


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_is_for_a_person_is_in_the_language_asked_for(told: Told, language: str) -> None:
    content = as_json(told(TEXT, "marian", "bytes"), language)
    assert content["word"] == WORD.within(language)
    assert content["tokenizers"][0]["source"] == {"en": "folder", "es": "carpeta"}[language]
    assert [tokenizer["aligned_by_text"] for tokenizer in content["tokenizers"]] == [True, False]


@given(AWKWARD)
def test_the_text_of_the_json_is_the_json_with_a_line_a_word(told: Told, text: str) -> None:
    comparison = told(text, "wordpiece", "bytes")
    content = as_json(comparison)
    written = json_text(comparison, table=[{"a": "ñ"}])
    assert json.loads(written) == json.loads(json.dumps({"table": [{"a": "ñ"}], **content}))
    assert sum(line.startswith('    {"word"') for line in written.splitlines()) == len(content["words"])
    assert written.endswith("}\n")


def test_a_long_text_is_told_in_a_time_that_grows_with_its_length(told: Told) -> None:
    comparison = told((TEXT + "\n") * 2_000, "unigram", "bytes")
    assert len(comparison.text.encode()) > 150_000
    began = time.process_time()
    json_text(comparison)
    words_table(comparison)
    assert time.process_time() - began < 10  # it takes half a second; minutes where each word counts from the start


def test_the_table_has_every_word_in_its_order_and_says_where_they_differ(told: Told) -> None:
    comparison = told(TEXT)
    table = words_table(comparison)
    content = as_json(comparison)
    assert [row[0] for row in table.rows] == [word["word"] for word in content["words"]]
    assert [row[-1] == DIFFERENT for row in table.rows] == [word["different"] for word in content["words"]]
    assert {row[-1] for row in table.rows} == {DIFFERENT, ""}
    for row, word in zip(table.rows, content["words"], strict=True):
        assert [int(str(cell).partition(":")[0]) for cell in row[1:-1]] == [len(cut["ids"]) for cut in word["cuts"]]


def test_a_word_is_written_as_in_the_table_of_the_exercise(told: Told) -> None:
    comparison = told(TEXT, "wordpiece", "bytes")
    answers = subwords.Answers().with_comparison(comparison)
    of_words = {row[0]: row[1:-1] for row in words_table(comparison).rows}
    for row in subwords.table(answers).rows:
        assert row[1:-1] == of_words[str(row[0]).strip("«»")]


def test_the_heads_are_in_both_languages_and_the_footer_is_what_was_given(told: Told) -> None:
    table = words_table(told("hola", "wordpiece"), footer=(WORD,))
    assert to_csv(table, "en").splitlines()[0] == "word,wordpiece (subwords),differ"
    assert to_csv(table, "es").splitlines()[0] == "palabra,wordpiece (subwords),difieren"
    assert table.footer == (WORD,)


def test_a_text_without_words_has_none(told: Told) -> None:
    comparison = told("¡! ...", "wordpiece", "bytes")
    assert words_table(comparison).rows == ()
    assert json.loads(json_text(comparison))["words"] == []


def test_nothing_heavy_is_imported() -> None:
    code = (
        "import sys, llm_tui.tokenization.details, llm_tui.exercises.subwords, llm_tui.exercises.textfile\n"
        "print([name for name in ('torch', 'numpy', 'transformers', 'tokenizers', 'textual') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=Path(__file__).parent)
    assert done.stdout == "[]\n", done.stderr
