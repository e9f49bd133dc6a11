"""The rows that exercise 1 is measured with, in AG_NEWS's form."""

from __future__ import annotations

import csv
from itertools import islice
from pathlib import Path

from llm_tui.bench.asked import Asked
from llm_tui.classifier.sample import compose


def folder_of(asked: Asked, train: int, test: int) -> Path:
    """The folder that was asked for; without one, so many rows of the sample."""
    return asked.data.resolve() if asked.data else composed(asked.folder / "rows", train, test)


def composed(folder: Path, train: int, test: int) -> Path:
    """The sample in AG_NEWS's form."""
    folder.mkdir()
    for seed, (split, size) in enumerate((("train", train), ("test", test))):
        with (folder / f"{split}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows((label + 1, "", text) for text, label in zip(*compose(size, seed), strict=True))
    return folder


def rows(path: Path, most: int | None) -> list[tuple[str, str]]:
    """Label and text of the first rows; fastText takes one line a text."""
    with path.open(encoding="utf-8", newline="") as file:
        taken = islice(csv.reader(file), most)
        return [(label, " ".join(texts).replace("\n", " ")) for label, *texts in taken]
