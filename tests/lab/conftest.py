"""What the tests of the lab share: what a training brings back, and a full disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from llm_tui.classifier.job import Mistake, Model, TrainingResult


@pytest.fixture
def result() -> TrainingResult:
    return TrainingResult(
        accuracy=0.75,
        test_loss=0.5,
        seconds=0.25,
        prepare_seconds=0.1,
        steps=157,
        data_name="sample",
        synthetic=True,
        train_rows=10_000,
        test_rows=4,
        vocabulary_size=3,
        classes=("World", "Sports"),
        confusion=((2, 1), (0, 1)),
        mistakes=(Mistake("a text", 0, 1, 0.9),),
        device="CPU",
        torch="2.13.0",
        model=Model(b"weights", '["<unk>", "a", "b"]'),
    )


@pytest.fixture
def full_disk() -> Callable[[], AbstractContextManager[None]]:
    """For the length of a `with` no file of this process can grow beyond a few bytes, as on a full disk."""
    resource = pytest.importorskip("resource")

    @contextmanager
    def full() -> Iterator[None]:
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    return full
