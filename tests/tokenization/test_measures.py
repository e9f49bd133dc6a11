"""The measures: shares of the counts, none where there is nothing to share, and which tokenizer has the best."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from llm_tui.tokenization.job import Comparison
from llm_tui.tokenization.measures import KINDS, Measures, best, summary

ONE = Measures(
    words=10, pieces=20, word_pieces=15, continued=4, whole=5, unknown=1, lost=2, lost_most=(("ñ", 2),), bytes=60
)
NOTHING = Measures(0, 0, 0, 0, 0, 0, 0, (), 0)
BY_KEY = {kind.column.key: kind for kind in KINDS}


def test_shares_follow_from_the_counts() -> None:
    assert ONE.fertility == 1.5
    assert ONE.continued_share == 0.4
    assert ONE.whole_share == 0.5
    assert ONE.bytes_per_piece == 3
    assert replace(ONE, parallel=16).premium == 1.25


def test_fertility_is_below_1_where_a_piece_spans_several_words() -> None:
    assert replace(ONE, words=2, word_pieces=1).fertility == 0.5
    said = BY_KEY["fertility"].definition
    assert "less where a piece spans several" in said.en and "menos si una pieza abarca varias" in said.es


def test_a_share_of_nothing_is_none() -> None:
    assert [NOTHING.fertility, NOTHING.continued_share, NOTHING.whole_share, NOTHING.bytes_per_piece] == [None] * 4
    assert ONE.premium is None
    assert replace(ONE, parallel=0).premium is None


def test_the_measures_of_an_empty_text_are_zero_or_none(told: Callable[..., Comparison]) -> None:
    for tokenized in told("").tokenized:
        assert tokenized.measures == NOTHING
    for tokenized in told("", translation="").tokenized:
        assert tokenized.measures.parallel is None


@pytest.mark.parametrize(
    ("key", "marks"),
    [
        ("pieces", [False, True, False]),
        ("fertility", [False, True, False]),
        ("whole_share", [True, False, True]),
        ("bytes_per_piece", [False, True, False]),
        ("unknown", [False, False, False]),
        ("words", [False, False, False]),
        ("premium", [False, False, False]),
    ],
)
def test_the_best_is_marked_where_there_is_one(key: str, marks: list[bool]) -> None:
    other = replace(ONE, pieces=15, word_pieces=12, whole=3)
    assert best(BY_KEY[key], [ONE, other, ONE]) == marks


def test_a_tokenizer_without_a_value_is_not_the_best() -> None:
    measured = [replace(ONE, parallel=10), ONE, replace(ONE, parallel=16), NOTHING]
    assert best(BY_KEY["premium"], measured) == [False, False, True, False]


def test_the_best_of_one_or_none_is_not_marked() -> None:
    for kind in KINDS:
        assert best(kind, [ONE]) == [False]
        assert best(kind, []) == []


def test_the_summary_has_a_row_for_each_tokenizer_with_what_was_measured() -> None:
    table = summary(["one", "nothing"], [ONE, NOTHING])
    assert [column.key for column in table.columns] == ["tokenizer", *BY_KEY]
    assert table.rows == (
        ("one", 10, 20, 1.5, 0.4, 0.5, 1, 2, 3.0, None),
        ("nothing", 0, 0, None, None, None, 0, 0, None, None),
    )
