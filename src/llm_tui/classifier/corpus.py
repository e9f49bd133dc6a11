"""Texts as flat tensors, tokenized once: what a training reads at every step."""

from __future__ import annotations

import contextlib
from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import torch
from torch import Tensor

from llm_tui import files
from llm_tui.classifier.basic_english import each_basic_english
from llm_tui.classifier.data import Split, load, whole_split
from llm_tui.classifier.job import BASIC_ENGLISH, Training
from llm_tui.classifier.tokens import Encoder, FirstSight, Numbering, PieceEncoder, WordEncoder
from llm_tui.engine.job import Context
from llm_tui.i18n import Text, tr
from llm_tui.visible import visible

CHECK_EVERY = 500


@dataclass(frozen=True, slots=True)
class FlatTexts:
    """Texts laid end to end: text i is `ids[offsets[i]:offsets[i + 1]]`, its class `labels[i]`.

    `ids` is (words of all texts,), `offsets` is (texts + 1,), `labels` is (texts,); all int64, on one device.
    """

    ids: Tensor
    offsets: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def to(self, device: str) -> FlatTexts:
        return FlatTexts(self.ids.to(device), self.offsets.to(device), self.labels.to(device))

    def first(self, count: int) -> FlatTexts:
        """The first `count` texts."""
        offsets = self.offsets[: count + 1]
        return FlatTexts(self.ids[: int(offsets[-1])], offsets, self.labels[:count])

    def taken(self, rows: Tensor) -> FlatTexts:
        """The texts with these numbers, in this order, by one gather on their device; `rows` is (texts,), int64."""
        starts = self.offsets[:-1].index_select(0, rows)
        lengths = self.offsets[1:].index_select(0, rows) - starts
        offsets = torch.zeros(len(rows) + 1, dtype=torch.int64, device=rows.device)
        torch.cumsum(lengths, 0, out=offsets[1:])
        shift = torch.repeat_interleave(starts - offsets[:-1], lengths)
        where = torch.arange(len(shift), device=rows.device) + shift
        return FlatTexts(self.ids.index_select(0, where), offsets, self.labels.index_select(0, rows))

    def batches(self, size: int) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        """`(ids, offsets, labels)` of each batch, as `TextClassifier` takes them. One copy to the host in all."""
        edges = [*self.offsets[:-1:size].tolist(), len(self.ids)]
        for i, (start, stop) in enumerate(pairwise(edges)):
            rows = slice(i * size, min((i + 1) * size, len(self)))
            yield self.ids[start:stop], self.offsets[rows] - start, self.labels[rows]


@dataclass(frozen=True)
class Corpus:
    """Everything that the runs of one sweep share, on the CPU. `unknown` is the share of the words or pieces of the
    test texts that the encoder does not know; None where they have none.
    """

    name: str
    synthetic: bool
    classes: tuple[str, ...]
    encoder: Encoder
    train: FlatTexts
    test: FlatTexts
    test_texts: list[str]
    unknown: float | None
    notes: tuple[Text, ...] = ()

    @cached_property
    def vocabulary(self) -> str:
        """The encoder as it is kept with each model."""
        return self.encoder.dump()

    @cached_property
    def counts(self) -> list[int]:
        """How often each entry of the vocabulary comes in the training texts."""
        found: list[int] = torch.bincount(self.train.ids, minlength=self.encoder.size).tolist()
        return found


def prepare(job: Training, context: Context) -> tuple[Corpus, bool]:
    """The corpus of a training, and whether it was at hand: that of the run before is kept, for the next of its sweep.

    Raises:
        UserError: the data or the tokenizer is not what it should be.
    """
    columns = (job.text_column, job.label_column, job.shuffle, job.vocabulary)
    tokenizer = (job.tokenizer, _tokenizer_stamp(job))
    key = ("corpus", job.data, job.train_size, job.test_size, *tokenizer, *columns, job.stamp())
    known: Corpus | None = context.models.find(key)
    if known:
        return known, True
    context.models.close(*context.models.keys("corpus"))
    corpus = _tokenize(job, context)
    context.models.keep(key, corpus)
    return corpus, False


def _tokenizer_stamp(job: Training) -> object:
    """Of a folder, in which another tokenizer may be put; why one cannot be read is said when it is loaded."""
    if job.tokenizer != BASIC_ENGLISH:
        with contextlib.suppress(OSError, ValueError):
            return files.stamp_of(job.tokenizer)
    return None


def _tokenize(job: Training, context: Context) -> Corpus:
    context.progress(0, 0, tr("reading the data", "leyendo los datos"))
    dataset = load(job, context)
    for line in (*dataset.said, *dataset.notes):
        context.log(str(line))
    encoder, train = encode(job, dataset.train, context)
    test = flatten(dataset.test, encoder, context)
    return Corpus(
        dataset.name,
        dataset.synthetic,
        dataset.classes,
        encoder,
        train,
        test,
        dataset.test.texts,
        _unknown(test, encoder),
        (*dataset.notes, *_without_split(job)),
    )


def _unknown(texts: FlatTexts, encoder: Encoder) -> float | None:
    if not len(texts.ids):
        return None
    return 0.0 if encoder.unknown_id is None else (texts.ids == encoder.unknown_id).float().mean().item()


def _without_split(job: Training) -> Iterator[Text]:
    """Why the whole split was asked for and not taken."""
    if job.vocabulary == "split" and job.tokenizer != BASIC_ENGLISH:
        yield Text(
            "A Hugging Face tokenizer brings its own vocabulary: that of the train split does not apply.",
            "Un tokenizador de Hugging Face trae su propio vocabulario: el de la partición de entrenamiento no se "
            "aplica.",
        )
    elif job.vocabulary == "split" and job.data == "sample":
        yield Text(
            "The sample has no whole train split, for it is composed as it is asked for: the vocabulary is that of "
            "the rows taken.",
            "La muestra no tiene una partición completa, pues se compone según se pide: el vocabulario es el de las "
            "filas tomadas.",
        )


def encode(job: Training, train: Split, context: Context) -> tuple[Encoder, FlatTexts]:
    """The encoder, whose vocabulary may come from the training texts, and these texts as it encodes them."""
    if job.tokenizer != BASIC_ENGLISH:
        from llm_tui.tokenization.loading import locate  # not at the top: they bring transformers along
        from llm_tui.tokenization.opening import LEFT_ASIDE

        pieces = PieceEncoder.load(job.tokenizer, locate(job.tokenizer, context).folder)
        if pieces.left_aside:
            context.log(f"{visible(job.tokenizer)}: {LEFT_ASIDE}.")
        return pieces, flatten(train, pieces, context)
    if job.whole_split:
        known = _words_of_split(job, context)
        return known, flatten(train, known, context)
    words = FirstSight()
    numbered = flatten(train, words, context)
    encoder, ids = words.vocabulary(torch.bincount(numbered.ids).tolist())
    return encoder, replace(numbered, ids=torch.tensor(ids, dtype=torch.int64).index_select(0, numbered.ids))


def _words_of_split(job: Training, context: Context) -> WordEncoder:
    """Kept for sweeps that take other rows of the same split."""
    test_rows = None if job.data == "ag_news" or job.path().is_dir() else job.test_size
    key = ("vocabulary", job.data, job.text_column, job.label_column, test_rows, job.stamp())
    known: WordEncoder | None = context.models.find(key)
    if known:
        return known
    what = tr("vocabulary of the train split", "vocabulario de la partición de entrenamiento")
    context.progress(0, 0, what)
    texts = list(whole_split(job, context))
    counts: Counter[str] = Counter()
    for count, words in enumerate(each_basic_english(texts)):
        if count % CHECK_EVERY == 0:
            context.progress(count, len(texts), what)
        counts.update(words)
    encoder = WordEncoder.counted(counts)
    context.models.keep(key, encoder, most=1)
    return encoder


def flatten(split: Split, encoder: Numbering, context: Context) -> FlatTexts:
    """Tokenize every text once, and lay the ids end to end."""
    what = tr("tokenizing", "tokenizando")
    ids = array("q")
    offsets = array("q", [0])
    for count, text_ids in enumerate(encoder.encode(split.texts)):
        if count % CHECK_EVERY == 0:
            context.progress(count, len(split.texts), what)
        ids.fromlist(text_ids)
        offsets.append(len(ids))
    return FlatTexts(_tensor(ids), _tensor(offsets), torch.tensor(split.labels, dtype=torch.int64))


def _tensor(numbers: array[int]) -> Tensor:
    """One copy of the whole buffer; `torch.tensor` would take the numbers one by one."""
    return torch.frombuffer(numbers, dtype=torch.int64).clone() if numbers else torch.empty(0, dtype=torch.int64)
