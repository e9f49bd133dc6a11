"""The vocabulary: of the rows taken, or of the whole train split as in the notebook."""

from __future__ import annotations

import csv
import json
import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from torchtext.data.utils import get_tokenizer
from torchtext.vocab import Vocab

from llm_tui.classifier.corpus import CHECK_EVERY
from llm_tui.classifier.job import Training, TrainingResult
from llm_tui.engine.events import Event, Progress
from llm_tui.engine.job import Context, JobCancelled, run_job

WORDS = get_tokenizer("basic_english")


def texts(file: Path) -> list[str]:
    return [text for _, text in csv.reader(file.open(encoding="utf-8"))]


def torchtexts(rows: list[str]) -> list[str]:
    return list(Vocab(Counter(word for text in rows for word in WORDS(text)), specials=["<unk>"]).itos)


def words(result: TrainingResult) -> list[str]:
    assert result.model
    return list(json.loads(result.model.vocabulary)["words"])


def unknown(rows: list[str], known: list[str]) -> float:
    all_words = [word for text in rows for word in WORDS(text)]
    return sum(word not in known for word in all_words) / len(all_words)


@pytest.fixture
def few(job: Training, topics: Path) -> Training:
    """A training on 12 of 240 rows, each of which has a word of its own."""
    for split in ("train.csv", "test.csv"):
        rows = list(csv.reader((topics / split).open(encoding="utf-8")))
        with (topics / split).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows((label, f"{text} n{i}") for i, (label, text) in enumerate(rows))
    return replace(job, train_size=12, test_size=80, epochs=1)


def test_it_is_torchtexts_of_the_rows_taken_or_of_the_whole_split(few: Training, topics: Path, context: Context):
    train, test = texts(topics / "train.csv"), texts(topics / "test.csv")[: few.test_size]
    of_rows, of_split = (run_job(replace(few, vocabulary=of), context) for of in ("rows", "split"))
    assert words(of_rows) == torchtexts(train[: few.train_size])
    assert words(of_split) == torchtexts(train)
    assert of_rows.unknown == pytest.approx(unknown(test, words(of_rows)))
    assert of_split.unknown == pytest.approx(unknown(test, words(of_split)))
    assert of_split.unknown < of_rows.unknown
    assert of_rows.train_rows == of_split.train_rows == few.train_size


def test_the_words_of_a_single_files_test_rows_are_not_among_them(few: Training, topics: Path, context: Context):
    job = replace(few, data=str(topics / "train.csv"), vocabulary="split")
    result = run_job(job, context)
    own = {word for word in words(result) if word[0] == "n" and word[1:].isdigit()}
    assert len(own) == 240 - job.test_size
    assert result.unknown and result.unknown >= 1 / 10  # at least the own word of each test row


def test_the_split_is_read_once_for_all_runs_also_of_other_sizes(few: Training, context: Context, events: list[Event]):
    asked = replace(few, vocabulary="split")
    same = [run_job(replace(asked, seed=seed), context) for seed in (0, 1)]
    other = run_job(replace(asked, train_size=20), context)
    told = [event for event in events if isinstance(event, Progress) and event.what == "vocabulary of the train split"]
    assert [event.done for event in told] == [0, 0]
    assert words(same[0]) == words(same[1]) == words(other)


def test_its_progress_is_told_and_it_can_be_stopped(few: Training, topics: Path) -> None:
    with (topics / "train.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(("clima", f"nube m{i}") for i in range(3 * CHECK_EVERY))
    told: list[tuple[int, int]] = []
    stop = threading.Event()

    def tell(event: Event) -> None:
        if isinstance(event, Progress) and event.what == "vocabulary of the train split":
            told.append((event.done, event.total))
            if event.done:
                stop.set()

    with pytest.raises(JobCancelled):
        run_job(replace(few, vocabulary="split"), Context(0, tell, stop))
    assert told == [(0, 0), (0, 240 + 3 * CHECK_EVERY), (CHECK_EVERY, 240 + 3 * CHECK_EVERY)]


def test_where_it_does_not_apply_it_says_so(few: Training, context: Context, pieces: Path) -> None:
    sample = Training(train_size=20, test_size=10, embed_dim=4, batch_size=8, device="cpu", vocabulary="split")
    of_sample = run_job(sample, context)
    of_pieces = run_job(replace(few, tokenizer=str(pieces), vocabulary="split"), context)
    assert of_sample.notes[-1].en.startswith("The sample has no whole train split")
    assert of_pieces.notes[-1].en.startswith("A Hugging Face tokenizer brings its own vocabulary")
    assert words(of_sample) == words(run_job(replace(sample, vocabulary="rows"), context))


def test_of_a_tokenizers_pieces_the_unknown_ones_are_counted(
    few: Training, topics: Path, context: Context, pieces: Path
) -> None:
    result = run_job(replace(few, tokenizer=str(pieces)), context)
    test = [text.split() for text in texts(topics / "test.csv")[: few.test_size]]
    known = sum(word in ("gol", "lluvia", "arroz", "sal") for text in test for word in text)
    assert result.unknown == pytest.approx(1 - known / sum(map(len, test)))
