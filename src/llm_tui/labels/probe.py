"""A linear probe on a frozen encoder: each text is one vector, and a logistic regression tells the classes apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from llm_tui.classifier.data import Dataset
from llm_tui.engine.job import Context
from llm_tui.foundation.batches import batched, encode
from llm_tui.foundation.job import ModelChoice
from llm_tui.foundation.loading import load
from llm_tui.foundation.memory import Loaded
from llm_tui.foundation.purpose import SEQUENCE

ROUNDS = 200
"""Iterations of L-BFGS, which mostly ends before."""


@dataclass(slots=True)
class Vectors:
    """The vectors of texts that were embedded so far, by the text; `cut` are those that reach the model's limit."""

    known: dict[str, Tensor] = field(default_factory=dict)
    cut: set[str] = field(default_factory=set)

    def of(self, texts: Sequence[str]) -> Tensor:
        return torch.stack([self.known[text] for text in texts])


def predicted(
    choice: ModelChoice, data: object, rows: Dataset, taken: Sequence[int], batch_size: int, what: str, context: Context
) -> tuple[list[int], str, int]:
    """The classes of the test rows by a probe on the training rows `taken`; the device, and how many texts reach the
    model's limit. What was embedded for another point of the same `data` is not embedded again.
    """
    loaded = load(choice, SEQUENCE, context)
    key = ("vectors", loaded.folder, loaded.stamp, loaded.precision, data)
    vectors: Vectors | None = context.models.find(key)
    if vectors is None:
        vectors = Vectors()
        context.models.keep(key, vectors, most=1)
    examples = [rows.train.texts[i] for i in taken]
    embed(loaded, [*examples, *rows.test.texts], vectors, batch_size, what, context)
    weights, bias = fit(vectors.of(examples), torch.tensor([rows.train.labels[i] for i in taken]), len(rows.classes))
    scores = vectors.of(rows.test.texts).double() @ weights.T + bias
    cut = sum(text in vectors.cut for text in (*examples, *rows.test.texts))
    return scores.argmax(1).tolist(), loaded.device_label, cut


def embed(loaded: Loaded, texts: Sequence[str], into: Vectors, batch_size: int, what: str, context: Context) -> None:
    """The mean of the last hidden states of each text's pieces, special ones among them, padding left out; shortest
    texts first. What was embedded when it is stopped stays.
    """
    lacking = [text for text in dict.fromkeys(texts) if text not in into.known]
    if not lacking:
        return
    inputs = encode(loaded, lacking)
    encoder = _encoder(loaded)

    def means(batch: Mapping[str, Tensor]) -> Tensor:
        hidden = encoder(**batch).last_hidden_state.float()
        mask = batch["attention_mask"].unsqueeze(-1)
        mean: Tensor = (hidden * mask).sum(1) / mask.sum(1)
        return mean

    for number, mean in batched(loaded, inputs, batch_size, what, context, means):
        into.known[lacking[number]] = mean
        if len(inputs[number]["input_ids"]) == loaded.most_input:
            into.cut.add(lacking[number])


def _encoder(loaded: Loaded) -> Any:
    """What reads the text, without the head that classifies it."""
    base = loaded.model.base_model
    return base.get_encoder() if loaded.seq2seq else base


def fit(vectors: Tensor, labels: Tensor, classes: int) -> tuple[Tensor, Tensor]:
    """Multinomial logistic regression: the weights (classes, dimensions) and the bias (classes,) that make the sum of
    the cross-entropies and half the sum of the squared weights least, as scikit-learn's `LogisticRegression()` does.
    Of two classes that has one row of weights, the difference of the two here: the same penalty is the whole sum.
    """
    penalty = 1.0 if classes == 2 else 0.5
    x = vectors.double()
    weights = torch.zeros(classes, x.shape[1], dtype=torch.float64, requires_grad=True)
    bias = torch.zeros(classes, dtype=torch.float64, requires_grad=True)
    search = torch.optim.LBFGS(
        [weights, bias], max_iter=ROUNDS, tolerance_grad=1e-5, tolerance_change=1e-9, line_search_fn="strong_wolfe"
    )

    def loss() -> float:
        search.zero_grad()
        whole = cross_entropy(x @ weights.T + bias, labels, reduction="sum") + penalty * weights.square().sum()
        whole.backward()  # type: ignore[no-untyped-call]
        return whole.item()

    search.step(loss)  # type: ignore[no-untyped-call]
    return weights.detach(), bias.detach()
