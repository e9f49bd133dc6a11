"""Texts laid end to end, against the same texts as plain lists."""

from __future__ import annotations

import threading
from itertools import pairwise

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from llm_tui.classifier.corpus import FlatTexts, flatten
from llm_tui.classifier.data import Split
from llm_tui.classifier.tokens import WordEncoder
from llm_tui.engine.events import Event, Progress
from llm_tui.engine.job import Context, JobCancelled

Texts = list[list[int]]

some_texts = st.lists(st.lists(st.integers(0, 9), max_size=4), max_size=12)


def laid_out(texts: Texts) -> FlatTexts:
    """`texts` end to end; the class of a text is its place."""
    offsets = [0]
    for ids in texts:
        offsets.append(offsets[-1] + len(ids))
    flat = [i for ids in texts for i in ids]
    return FlatTexts(torch.tensor(flat, dtype=torch.int64), torch.tensor(offsets), torch.arange(len(texts)))


def read_back(ids: torch.Tensor, offsets: torch.Tensor) -> Texts:
    """The texts of one batch: each ends where the next begins, the last with the batch."""
    edges = [*offsets.tolist(), len(ids)]
    return [ids[a:b].tolist() for a, b in pairwise(edges)]


@given(st.data())
def test_texts_in_another_order_are_the_same_texts(data: st.DataObject) -> None:
    texts = data.draw(some_texts)
    order = data.draw(st.permutations(range(len(texts))))
    flat = laid_out(texts).taken(torch.tensor(order, dtype=torch.int64))
    assert read_back(flat.ids, flat.offsets[:-1]) == [texts[i] for i in order]
    assert flat.labels.tolist() == list(order)


@given(some_texts, st.integers(1, 13))
@example([[], [], []], 2)  # nothing to read in any batch
@example([[1], [], [], [2]], 2)  # batches that end and begin with an empty text
def test_batches_are_the_texts_in_turn(texts: Texts, size: int) -> None:
    batches = list(laid_out(texts).batches(size))
    assert [read_back(ids, offsets) for ids, offsets, _ in batches] == [
        texts[i : i + size] for i in range(0, len(texts), size)
    ]
    assert [label for _, _, labels in batches for label in labels.tolist()] == list(range(len(texts)))
    assert all(labels.shape == offsets.shape for _, offsets, labels in batches)


def test_flattening_tokenizes_each_text_and_tells_how_far_it_is(context: Context, events: list[Event]) -> None:
    texts = ["one two", "", "two, three"] * 400
    encoder = WordEncoder(["<unk>", "two", "one"])
    flat = flatten(Split(texts, [0, 1, 2] * 400), encoder, context)

    assert read_back(flat.ids, flat.offsets[:-1]) == list(encoder.encode(texts))
    assert flat.labels.tolist() == [0, 1, 2] * 400
    told = [event for event in events if isinstance(event, Progress)]
    assert [event.done for event in told] == [0, 500, 1000]
    assert {event.total for event in told} == {len(texts)}


def test_flattening_can_be_stopped(context: Context, stop: threading.Event) -> None:
    stop.set()
    with pytest.raises(JobCancelled):
        flatten(Split(["one"], [0]), WordEncoder(["<unk>", "one"]), context)
