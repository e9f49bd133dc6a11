"""The first two principal directions of some word vectors: cheap enough to be looked at while a model trains."""

from __future__ import annotations

import heapq
import time
from collections.abc import Sequence

import torch
from torch import Tensor

from llm_tui.classifier.model import TextClassifier
from llm_tui.classifier.tokens import Encoder
from llm_tui.classifier.why_job import MOST_FREQUENT, Plane
from llm_tui.engine.job import Context

MOST_OF_TIME = 0.01
"""The share of a training's time that looking may take: the next look waits until the ones before are within it."""

BETWEEN = 0.3
"""Seconds between two looks."""

TURNS = 12
"""Power iterations from the directions of the look before."""


class Sample:
    """The vectors of some entries, whose directions are kept from one look to the next: a picture does not turn over.

    No random number is drawn: a training comes out the same, whoever looks.
    """

    def __init__(self, ids: Sequence[int], entries: Sequence[str], classes: Sequence[str] = ()):
        self._ids = torch.tensor(ids, dtype=torch.int64)
        self._words = tuple(entries[i] for i in ids)
        self._classes = tuple(classes)
        self._directions: Tensor | None = None

    @classmethod
    def of(cls, encoder: Encoder, counts: Sequence[int] | None, classes: Sequence[str] = ()) -> Sample:
        """The most frequent entries."""
        return cls(_frequent(encoder, counts), encoder.entries(), classes)

    def plane(self, model: TextClassifier, step: int | None = None, steps: int | None = None) -> Plane:
        """The entries in the plane of the two directions, as the model is now."""
        vectors = self._vectors(model)
        middle = vectors - vectors.mean(0) if len(vectors) else vectors
        directions = self._found(middle)
        points = middle @ directions
        spread = middle.square().sum().item()
        scores = vectors @ model.fc.weight.detach().cpu().T
        return Plane(
            words=self._words,
            points=tuple((x, y) for x, y in points.tolist()),
            speaks_for=tuple(scores.argmax(1).tolist()),
            shown=points.square().sum().item() / spread if spread else 0.0,
            step=step,
            steps=steps,
            classes=self._classes,
        )

    def drawable(self, model: TextClassifier) -> bool:
        """Whether the vectors are finite numbers; those of a training that has gone too far are not."""
        return bool(torch.isfinite(self._vectors(model)).all())

    def _vectors(self, model: TextClassifier) -> Tensor:
        weight = model.embedding.weight.detach()
        return weight[self._ids.to(weight.device)].cpu()

    def _found(self, middle: Tensor) -> Tensor:
        """The two directions, (dimension, 2): exact at the first look, then by power iteration from those before."""
        if self._directions is None:
            self._directions = _exact(middle)
        else:
            rank = min(2, middle.shape[1])
            for _ in range(TURNS):
                turned, r = torch.linalg.qr(middle.T @ (middle @ self._directions[:, :rank]))
                # A decomposition is free to turn a direction over, and LAPACK does.
                self._directions[:, :rank] = torch.where(r.diagonal() < 0, -turned, turned)
        return self._directions


def _frequent(encoder: Encoder, counts: Sequence[int] | None) -> list[int]:
    """The ids of the most frequent entries, without the one that stands for what is unknown. A vocabulary of words
    without counts has the most frequent first.
    """
    ids = range(encoder.size)
    order = ids if counts is None else heapq.nlargest(MOST_FREQUENT + 1, ids, key=counts.__getitem__)
    came = (i for i in order if i != encoder.unknown_id and (counts is None or counts[i]))
    return [i for i, _ in zip(came, range(MOST_FREQUENT), strict=False)]


def _exact(middle: Tensor) -> Tensor:
    """The first two right singular vectors; zeros where there are not two. Their sign has no meaning: the farthest
    word is on the positive side.
    """
    found = torch.zeros(middle.shape[1], 2)
    basis = torch.linalg.svd(middle, full_matrices=False).Vh[:2].T
    for i, direction in enumerate(basis.T if len(middle) else ()):
        across = middle @ direction
        found[:, i] = direction * (1 if across.max() >= -across.min() else -1)
    return found


class Looks:
    """Looks at a training: at its beginning, and then as often as it costs next to nothing. Each look is told."""

    def __init__(self, sample: Sample, model: TextClassifier, context: Context):
        self._sample, self._model, self._context = sample, model, context
        self._spent = 0.0
        self._tell(0, 0)
        self._last = self._began = time.perf_counter()

    def at(self, step: int, steps: int) -> None:
        """One more look, unless it is too early for it."""
        began = time.perf_counter()
        if began - self._last >= BETWEEN and self._spent <= MOST_OF_TIME * (began - self._began):
            self._tell(step, steps)
            self._last = time.perf_counter()
            self._spent += self._last - began

    def over(self, steps: int) -> None:
        """The training has ended: how the vectors are now."""
        self._tell(steps, steps)

    def _tell(self, step: int, steps: int) -> None:
        if self._sample.drawable(self._model):
            self._context.picture(self._sample.plane(self._model, step, steps))
