"""What is promised on a GPU; skipped where there is none."""

from __future__ import annotations

import threading

import pytest
import torch

from llm_tui.classifier.job import Training
from llm_tui.engine.gpus import look, seen
from llm_tui.engine.job import Context, run_job

pytestmark = [
    pytest.mark.cuda,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device on this machine"),
]


def trained(device: str) -> bytes:
    job = Training(train_size=2000, test_size=200, device=device, epochs=2)
    result = run_job(job, Context(1, lambda event: None, threading.Event()))
    assert result.model is not None
    return result.model.weights


def test_the_same_seed_gives_the_same_weights_bit_for_bit():
    assert trained("cuda") == trained("cuda:0")


def test_the_memory_of_each_gpu_is_told():
    gpus = look(seen())
    assert gpus.seen
    for one in gpus.seen:
        assert 0 < (gpus.free(one) or 0) <= one.total
