"""The batches of a training, and each of them the other way round: from its words to its texts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from llm_tui.classifier.corpus import FlatTexts

AT_ONCE = 4096
"""Texts whose batches are made in one go: many, for it is some thirty operations; not all, for a person may stop it."""


class Batch(NamedTuple):
    """Texts as `TextClassifier` takes them, what they should be, and where each of their words stands.

    `ids` is (words of all texts,), int64; `offsets` is (texts,), int64: where each text begins. `labels` is (texts,),
    int64; `targets` is (texts, classes), float32: 1 at the class of each text. `share` is (texts, 1), float32: that of
    each word of a text, 1 / its words. The other way round, `words` is (distinct words,), int64; word `words[i]` stands
    in the texts `texts[starts[i] : starts[i + 1]]` of the batch, in each as often as there.
    """

    ids: Tensor
    offsets: Tensor
    labels: Tensor
    targets: Tensor
    share: Tensor
    words: Tensor
    texts: Tensor
    starts: Tensor


def batches(texts: FlatTexts, order: Tensor, size: int, vocabulary: int, classes: int) -> Iterator[Batch]:
    """The texts in this order, `size` at a time. `order` is (texts,), int64, on their device."""
    at_once = size * max(1, AT_ONCE // size)
    for i in range(0, len(order), at_once):
        yield from _batches(texts.taken(order[i : i + at_once]), size, vocabulary, classes)


def _batches(texts: FlatTexts, size: int, vocabulary: int, classes: int) -> Iterator[Batch]:
    """Sorted by batch and word, the places of a word stand together, and those of a batch where its ids do."""
    begins, lengths = texts.offsets[:-1], texts.offsets.diff()
    of_batch = begins[::size]
    edges = [*of_batch.tolist(), len(texts.ids)]
    words = [end - start for start, end in pairwise(edges)]
    rows = [min(size, len(texts) - i) for i in range(0, len(texts), size)]
    # In half the bits, wherever they suffice, sorting takes half the time.
    kind = torch.int32 if (len(words) + 1) * vocabulary < 2**31 else torch.int64
    floors = torch.arange(len(words) + 1, dtype=kind, device=texts.ids.device) * vocabulary
    floor = floors.repeat_interleave(size)[: len(texts)].repeat_interleave(lengths, output_size=edges[-1])
    keys, places = (floor + texts.ids.to(kind)).sort(stable=True)
    keys, times = torch.unique_consecutive(keys, return_counts=True)
    distinct = torch.searchsorted(keys, floors).diff()
    below = torch.stack([floors[:-1], of_batch]).repeat_interleave(distinct, 1, output_size=len(keys))
    text = torch.arange(size, device=texts.ids.device).repeat(len(words))[: len(texts)]
    return map(
        Batch,
        texts.ids.split_with_sizes(words),
        (begins - of_batch.repeat_interleave(size)[: len(texts)]).split_with_sizes(rows),
        texts.labels.split_with_sizes(rows),
        one_hot(texts.labels, classes).float().split_with_sizes(rows),
        lengths.clamp(min=1).reciprocal().unsqueeze(1).split_with_sizes(rows),
        (keys - below[0]).split_with_sizes(distinct.tolist()),
        text.repeat_interleave(lengths, output_size=edges[-1]).index_select(0, places).split_with_sizes(words),
        (times.cumsum(0) - times - below[1]).split_with_sizes(distinct.tolist()),
    )
