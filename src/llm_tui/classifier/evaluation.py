"""How good a trained classifier is on the test rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from llm_tui.classifier.corpus import FlatTexts
from llm_tui.classifier.job import Mistake
from llm_tui.classifier.model import TextClassifier
from llm_tui.engine.job import Context

BATCH = 2048
MOST_MISTAKES = 20
MOST_OF_CELL = 3
"""Mistakes kept of each cell of the confusion matrix, be they among the most confident of all or not."""

MOST_CHARACTERS = 2000


@dataclass(frozen=True, slots=True)
class Outcome:
    accuracy: float
    loss: float
    confusion: tuple[tuple[int, ...], ...]
    mistakes: tuple[Mistake, ...]


def evaluate(model: TextClassifier, test: FlatTexts, texts: list[str], context: Context) -> Outcome:
    """Accuracy, mean cross-entropy, confusion matrix, and the mistakes in which the model was most confident."""
    logits = []
    model.eval()
    with torch.inference_mode():
        for ids, offsets, _ in test.batches(BATCH):
            context.check()
            logits.append(model(ids, offsets))
        all_logits = torch.cat(logits).cpu()
    labels = test.labels.cpu()
    confidences, predicted = all_logits.softmax(1).max(1)
    return Outcome(
        accuracy=int((predicted == labels).sum()) / len(labels),
        loss=cross_entropy(all_logits, labels).item(),
        confusion=_confusion(labels, predicted, all_logits.shape[1]),
        mistakes=_mistakes(labels, predicted, confidences, texts),
    )


def _confusion(labels: Tensor, predicted: Tensor, classes: int) -> tuple[tuple[int, ...], ...]:
    counts = torch.bincount(labels * classes + predicted, minlength=classes * classes)
    return tuple(tuple(row) for row in counts.reshape(classes, classes).tolist())


def _mistakes(labels: Tensor, predicted: Tensor, confidences: Tensor, texts: list[str]) -> tuple[Mistake, ...]:
    """The most confident of all, and of each cell of the matrix; the most confident first."""
    wrong = (predicted != labels).nonzero().flatten()
    order = wrong[confidences[wrong].argsort(descending=True, stable=True)].tolist()
    cells = zip(labels[order].tolist(), predicted[order].tolist(), strict=True)
    of_cell: Counter[tuple[int, int]] = Counter()
    kept = []
    for place, (i, cell) in enumerate(zip(order, cells, strict=True)):
        of_cell[cell] += 1
        if place < MOST_MISTAKES or of_cell[cell] <= MOST_OF_CELL:
            kept.append(Mistake(texts[i][:MOST_CHARACTERS], *cell, float(confidences[i])))
    return tuple(kept)
