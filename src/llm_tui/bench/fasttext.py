"""fastText on the rows of a training, on one thread, without n-grams."""

from __future__ import annotations

import statistics
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from llm_tui.bench.measure import Spent, spent
from llm_tui.bench.rows import rows
from llm_tui.classifier.job import Training

BY_DEFAULT = 0.1
"""Its learning rate where none is given."""


def apart(job: Training, rate: float, folder: Path) -> tuple[Spent, float]:
    """As `_fasttext`; its process has ended before anything else is timed, and would be counted there otherwise."""
    with ProcessPoolExecutor(1, get_context("spawn")) as processes:
        return processes.submit(_fasttext, job, rate, folder).result()


def _fasttext(job: Training, rate: float, folder: Path) -> tuple[Spent, float]:
    """What fastText takes for the same, and the accuracy it comes to; in a process of its own."""
    import fasttext

    fasttext.FastText.eprint = lambda *said: None
    accuracy: list[float] = []

    def work() -> None:
        train, test = (
            rows(Path(job.data) / f"{split}.csv", size)
            for split, size in (("train", job.train_size), ("test", job.test_size))
        )
        file = folder / "fasttext.txt"
        with file.open("w", encoding="utf-8") as out:
            out.writelines(f"__label__{label} {text}\n" for label, text in train)
        model = fasttext.train_supervised(
            str(file), dim=job.embed_dim, epoch=job.epochs, lr=rate, thread=1, minCount=1, wordNgrams=1, verbose=0
        )
        said = model.predict([text for _, text in test])[0]
        accuracy.append(
            statistics.fmean(one[0] == f"__label__{label}" for one, (label, _) in zip(said, test, strict=True))
        )

    return spent(work), accuracy[0]
