"""Gradients by word embeddings."""

from __future__ import annotations

import threading

import pytest
import torch
from transformers import BertConfig, BertForSequenceClassification

from llm_tui.attribution.embeddings import gradients, lookups, stoppable
from llm_tui.engine.job import Context, JobCancelled


def bert():
    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=40, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=24,
        initializer_range=0.5, id2label={0: "a", 1: "b", 2: "c"},
    )  # fmt: skip
    return BertForSequenceClassification(config).eval()


def test_asking_for_gradients_leaves_the_model_as_it_was():
    model = bert()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    inputs = {"input_ids": torch.tensor([[2, 7, 8, 3]])}
    (found,), plain = lookups(model, inputs)
    values, (gradient,) = gradients(model, inputs, [found.vectors], lambda given: given.logits[:, 1])
    assert torch.equal(values, plain.logits[:, 1])
    assert gradient.shape == (1, 4, 16) and gradient.abs().sum() > 0
    assert all(parameter.grad is None and parameter.requires_grad for parameter in model.parameters())
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())
    assert torch.equal(model(**inputs).logits, plain.logits)  # no hook stays


class Counting(Context):
    """Stopped at the check of this number."""

    def __init__(self, last: int):
        self.count, self.last, self.stop = 0, last, threading.Event()
        super().__init__(0, lambda event: None, self.stop)

    def check(self):
        self.count += 1
        if self.count == self.last:
            self.stop.set()
        super().check()


@pytest.mark.parametrize("behind", [-3, 3])
def test_who_stops_the_job_need_not_wait_for_the_end_of_the_model(behind):
    """On the way through the layers, and on the way back."""
    model = bert()
    inputs = {"input_ids": torch.tensor([[2, 7, 8, 3]])}
    (found,), _ = lookups(model, inputs)
    with torch.no_grad(), stoppable(model, through := Counting(-1)):
        model(**inputs)
    context = Counting(through.count + behind)
    with pytest.raises(JobCancelled), stoppable(model, context):
        gradients(model, inputs, [found.vectors], lambda given: given.logits[:, 1])
    assert context.count == context.last
    assert all(parameter.requires_grad for parameter in model.parameters())
