"""The classifier of the course: the mean of the word embeddings, and one linear layer on it."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class TextClassifier(nn.Module):
    """`EmbeddingBag` (mean, sparse gradients) and `Linear`, after Joulin et al. 2016, "Bag of Tricks for Efficient
    Text Classification".
    """

    INIT_RANGE = 0.5

    def __init__(self, vocab_size: int, embed_dim: int, num_classes: int):
        super().__init__()
        # Not `nn.EmbeddingBag(vocab_size, embed_dim)`: it would first draw weights that are thrown away, at some cost.
        weight = torch.empty(vocab_size, embed_dim).uniform_(-self.INIT_RANGE, self.INIT_RANGE)
        self.embedding = nn.EmbeddingBag.from_pretrained(weight, freeze=False, mode="mean", sparse=True)
        self.fc = nn.Linear(embed_dim, num_classes)
        nn.init.uniform_(self.fc.weight, -self.INIT_RANGE, self.INIT_RANGE)
        nn.init.zeros_(self.fc.bias)

    def forward(self, ids: Tensor, offsets: Tensor) -> Tensor:
        """Logits of shape (batch, classes) for texts laid end to end.

        `ids` is (words of all texts,), int64; `offsets` is (batch,), int64: where each text begins.
        """
        logits: Tensor = self.fc(self.embedding(ids, offsets))
        return logits


def build(vocab_size: int, embed_dim: int, num_classes: int, seed: int) -> TextClassifier:
    """A model whose weights depend on `seed` alone: drawn on the CPU, whatever device it moves to."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)  # torch.manual_seed asks every GPU too, one that is lost among them
        return TextClassifier(vocab_size, embed_dim, num_classes)
