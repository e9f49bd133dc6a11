"""What the tests of the classic flow share: a context that remembers, and a small data folder that can be learned."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pytest

from llm_tui.classifier.job import Training

TRAIN_ROWS = 240
TEST_ROWS = 90

CLASSES = {
    "cocina": "arroz aceite horno receta sal tomate harina",
    "fútbol": "gol árbitro equipo portero liga penalti balón",
    "clima": "lluvia viento nube nieve granizo sol calor",
}
COMMON = "el la de que y en un hoy mucho nadie siempre"


@pytest.fixture
def topics(tmp_path: Path) -> Path:
    """A folder with train.csv and test.csv: three classes, most texts plain, some of common words only."""
    folder = tmp_path / "topics"
    folder.mkdir()
    chance = random.Random(0)
    for name, rows in (("train.csv", TRAIN_ROWS), ("test.csv", TEST_ROWS)):
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(_row(chance) for _ in range(rows))
    return folder


def _row(chance: random.Random) -> tuple[str, str]:
    label = chance.choice(list(CLASSES))
    telling = CLASSES[label].split() if chance.random() < 0.8 else COMMON.split()
    return label, " ".join(chance.choices(COMMON.split(), k=5) + chance.choices(telling, k=3))


@pytest.fixture
def pieces(tmp_path: Path) -> Path:
    """The folder of a Hugging Face tokenizer that knows one word of each topic, and one more."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace
    from transformers import PreTrainedTokenizerFast

    vocabulary = {"[UNK]": 0, "gol": 1, "lluvia": 2, "arroz": 3, "sal": 9}  # with gaps, as real ones have
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    folder = tmp_path / "tokenizer"
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="[UNK]").save_pretrained(folder)
    return folder


@pytest.fixture
def job(topics: Path) -> Training:
    """A training on `topics` that takes a moment."""
    return Training(
        data=str(topics),
        train_size=TRAIN_ROWS,
        test_size=TEST_ROWS,
        batch_size=16,
        embed_dim=12,
        epochs=2,
        device="cpu",
    )
