"""A training in closed form: its batches the other way round, and what it learns beside the loop of the course."""

from __future__ import annotations

import threading
from collections import Counter
from itertools import pairwise

import pytest
import torch
from classifier.course_loop import by_autograd
from hypothesis import example, given, settings
from hypothesis import strategies as st

from llm_tui.classifier import batches as making
from llm_tui.classifier.batches import batches
from llm_tui.classifier.corpus import FlatTexts
from llm_tui.classifier.job import Training
from llm_tui.classifier.model import build
from llm_tui.classifier.training import one_thread, optimize, train
from llm_tui.engine.events import Event, Metric
from llm_tui.engine.job import Context

VOCABULARY, CLASSES = 9, 3

Texts = list[list[int]]

some_texts = st.lists(st.lists(st.integers(0, VOCABULARY - 1), max_size=5), min_size=1, max_size=30)


def laid_out(texts: Texts) -> FlatTexts:
    """`texts` end to end; the class of a text is its place, counted round."""
    offsets = torch.tensor([0, *map(len, texts)]).cumsum(0)
    ids = torch.tensor([i for text in texts for i in text], dtype=torch.int64)
    return FlatTexts(ids, offsets, torch.arange(len(texts)) % CLASSES)


@settings(max_examples=40)
@given(some_texts, st.integers(1, 12), st.randoms(use_true_random=False))
@example([[], [], []], 2, None)  # no word in any batch
@example([[3, 3, 1], [3]], 2, None)  # a word twice in a text, and in two
def test_a_batch_says_in_which_texts_each_word_stands(texts: Texts, size: int, chance) -> None:
    order = list(range(len(texts)))
    if chance:
        chance.shuffle(order)
    made = list(batches(laid_out(texts), torch.tensor(order), size, VOCABULARY, CLASSES))
    assert [len(batch.labels) for batch in made] == [len(order[i : i + size]) for i in range(0, len(order), size)]
    for number, batch in enumerate(made):
        there = [texts[i] for i in order[number * size :][:size]]
        words, starts = batch.words.tolist(), [*batch.starts.tolist(), len(batch.texts)]
        assert sorted(set(words)) == words, "each once: they are written without a look at one another"
        found = Counter(
            (word, text)
            for word, (start, stop) in zip(words, pairwise(starts), strict=True)
            for text in batch.texts[start:stop].tolist()
        )
        assert found == Counter((word, text) for text, ids in enumerate(there) for word in ids)
        assert [ids.tolist() for ids in torch.tensor_split(batch.ids, batch.offsets[1:])] == there
        classes = [i % CLASSES for i in order[number * size :][:size]]
        assert batch.targets.argmax(1).tolist() == batch.labels.tolist() == classes
        assert batch.share.flatten().tolist() == pytest.approx([1 / max(1, len(ids)) for ids in there])


@given(
    some_texts, st.integers(1, 12), st.integers(1, 3), st.floats(0.1, 4), st.integers(0, 99), st.sampled_from([1, 5])
)
@example([[], [], []], 2, 1, 4.0, 0, 5)
@settings(max_examples=40)
def test_the_closed_form_learns_what_the_loop_of_the_course_learns(
    texts: Texts, size: int, epochs: int, lr: float, seed: int, dimensions: int
) -> None:
    job = Training(batch_size=size, epochs=epochs, lr=lr, seed=seed, embed_dim=dimensions, device="cpu")
    there, events = laid_out(texts), list[Event]()
    ours, theirs = (build(VOCABULARY, job.embed_dim, CLASSES, job.seed) for _ in range(2))
    with one_thread():
        optimize(ours, there, job, Context(1, events.append, threading.Event()))
        losses = by_autograd(theirs, there, job)
    told = [event.values["loss"] for event in events if isinstance(event, Metric)]
    assert told == pytest.approx(losses, abs=1e-5), "of so few steps each is told"
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(mine, other, atol=1e-5, rtol=0)


def test_how_many_batches_are_made_in_one_go_is_nothing_that_one_sees(
    job: Training, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = train(job, context)
    monkeypatch.setattr(making, "AT_ONCE", 50)
    assert train(job, context).model == whole.model
