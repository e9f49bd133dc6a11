"""The training of the course's notebook, as it is written there: what a sweep is timed beside."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader
from torchtext.data.utils import get_tokenizer
from torchtext.vocab import Vocab

EMBED_DIM = 128
LR = 4.0
GAMMA = 0.9

Row = tuple[int, str]
Batch = tuple[Tensor, Tensor, Tensor]

tokenize = get_tokenizer("basic_english")


class NotebookModel(nn.Module):
    """The mean of the word embeddings, then one linear layer."""

    def __init__(self, words: int, classes: int):
        super().__init__()
        self.embedding = nn.EmbeddingBag(words, EMBED_DIM, sparse=True)
        self.fc = nn.Linear(EMBED_DIM, classes)
        self.embedding.weight.data.uniform_(-0.5, 0.5)
        self.fc.weight.data.uniform_(-0.5, 0.5)
        self.fc.bias.data.zero_()

    def forward(self, text: Tensor, offsets: Tensor) -> Tensor:
        logits: Tensor = self.fc(self.embedding(text, offsets))
        return logits


class Notebook:
    """A DataLoader that shuffles, a collate function that tokenizes each batch and looks its words up, and a number
    read from the device at each step. The rows of two CSV files are read, and the vocabulary built, once.
    """

    def __init__(self, data: Path, train_size: int, test_size: int, device: str = "cpu"):
        self.train = first_rows(data / "train.csv", train_size)
        self.test = first_rows(data / "test.csv", test_size)
        counter: Counter[str] = Counter()
        for _, text in self.train:
            counter.update(tokenize(text))
        self.vocab = Vocab(counter, specials=["<unk>"])
        self.classes = len({label for label, _ in self.train})
        self.device = device

    def run(self, batch_size: int, seed: int) -> float:
        """Train for one epoch and return the accuracy on the test rows."""
        torch.manual_seed(seed)
        model = NotebookModel(len(self.vocab), self.classes).to(self.device)
        self._train(model, DataLoader(self.train, batch_size, shuffle=True, collate_fn=self._collate))  # type: ignore[arg-type]
        return self._accuracy(model, DataLoader(self.test, batch_size, collate_fn=self._collate))  # type: ignore[arg-type]

    def _collate(self, batch: list[Row]) -> Batch:
        labels, texts, lengths = [], [], [0]
        for label, text in batch:
            ids = torch.tensor([self.vocab.stoi[word] for word in tokenize(text)], dtype=torch.int64)
            labels.append(label)
            texts.append(ids)
            lengths.append(ids.size(0))
        return torch.tensor(labels), torch.cat(texts), torch.tensor(lengths[:-1]).cumsum(0)

    def _train(self, model: NotebookModel, loader: DataLoader[Batch]) -> None:
        model.train()
        optimizer = torch.optim.SGD(model.parameters(), lr=LR)
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1, gamma=GAMMA)
        loss_fn = nn.CrossEntropyLoss()
        hits = count = 0
        for batch in loader:
            labels, texts, offsets = (part.to(self.device) for part in batch)
            optimizer.zero_grad()
            logits = model(texts, offsets)
            loss = loss_fn(logits, labels)
            loss.backward()
            optimizer.step()
            hits += (logits.argmax(1) == labels).sum().item()
            count += labels.size(0)
        scheduler.step()

    def _accuracy(self, model: NotebookModel, loader: DataLoader[Batch]) -> float:
        model.eval()
        hits = 0.0
        with torch.no_grad():
            for batch in loader:
                labels, texts, offsets = (part.to(self.device) for part in batch)
                hits += (model(texts, offsets).argmax(1) == labels).sum().item()
        return hits / len(self.test)


def sweep(data: Path, train_size: int, test_size: int, batch_sizes: Sequence[int], device: str = "cpu") -> list[float]:
    """The accuracy of each batch size; the rows are read once."""
    notebook = Notebook(data, train_size, test_size, device)
    return [notebook.run(size, 0) for size in batch_sizes]


def first_rows(path: Path, count: int) -> list[Row]:
    """Class from 0, and title and description in one string, of the first `count` rows."""
    with path.open(encoding="utf-8", newline="") as file:
        return [(int(label) - 1, " ".join(texts)) for label, *texts in islice(csv.reader(file), count)]
