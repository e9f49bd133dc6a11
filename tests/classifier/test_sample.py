"""The sample: the same texts everywhere, sound English, and neither too easy nor too hard to learn."""

import hashlib
import re
import threading
from collections import Counter
from itertools import pairwise

import pytest

from llm_tui.classifier.basic_english import basic_english
from llm_tui.classifier.job import Training
from llm_tui.classifier.sample import CLASSES, compose
from llm_tui.engine.job import Context, run_job

TRAIN_ROWS = 10_000
TEST_ROWS = 1_000


@pytest.fixture(scope="module")
def train():
    return compose(TRAIN_ROWS, seed=0)


@pytest.fixture(scope="module")
def test():
    return compose(TEST_ROWS, seed=1)


def test_the_texts_of_a_seed_are_pinned():
    texts, labels = compose(1000, seed=0)
    rows = "\n".join(f"{label}\t{text}" for label, text in zip(labels, texts, strict=True))
    digest = hashlib.sha256(rows.encode()).hexdigest()
    assert digest == "e641125f6397f17f1406e9d54077b554e474b20451daff35814133085a7c114d"


@pytest.mark.parametrize("count", [0, 1, 100, TRAIN_ROWS - 1])
def test_a_greater_count_only_adds_texts(train, count):
    texts, labels = compose(count, seed=0)
    assert (texts, labels) == (train[0][:count], train[1][:count])


def test_there_are_as_many_labels_as_texts(train):
    texts, labels = train
    assert len(texts) == len(labels) == TRAIN_ROWS


def test_every_class_has_about_a_quarter(train):
    counts = Counter(train[1])
    assert sorted(counts) == list(range(len(CLASSES)))
    assert all(0.23 < count / TRAIN_ROWS < 0.27 for count in counts.values())


def test_the_classes_come_in_no_order(train):
    labels = train[1]
    same_as_before = sum(a == b for a, b in pairwise(labels)) / TRAIN_ROWS
    assert 0.22 < same_as_before < 0.28


def test_hardly_a_test_text_is_among_the_training_texts(train, test):
    seen = set(train[0])
    assert sum(text in seen for text in test[0]) < 0.01 * TEST_ROWS
    assert len(seen) > 0.99 * TRAIN_ROWS


def test_a_text_has_25_to_45_words(train):
    lengths = [len(text.split()) for text in train[0]]
    assert min(lengths) >= 25
    assert max(lengths) <= 45


def test_a_text_is_a_headline_and_one_or_two_sentences(train):
    for text in train[0]:
        assert text[0].isupper() or text[0].isdigit(), text
        assert text.endswith((".", '."')), text
        # A full stop inside a number has no space after it.
        assert 2 <= len(re.findall(r'[.](?= |"|$)', text)) <= 3, text


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(r"[{}|^]|HEADLINE|CLAUSE", id="what is left of a template"),
        pytest.param(r"  | [,.]|[.,]{2}|^ | $", id="spaces and punctuation"),
        pytest.param(r"\b[Aa] [AEIOUaeiou]", id="a before a vowel"),
        pytest.param(r"\b[Aa]n [^AEIOUaeiou]", id="an before a consonant"),
        pytest.param(r"\b(\w+) \1\b", id="a word twice"),
        pytest.param(r"[.] [a-z]", id="a sentence without a capital"),
    ],
)
def test_no_text_has_the_fault(train, fault):
    assert [text for text in train[0] if re.search(fault, text)] == []


def test_nobody_plays_or_buys_himself(train):
    meetings = r"((?:[A-Z]\w+ ?)+) (?:beat|edge|stun|rout|to buy|to acquire|sues|and|argue with) \1[ .]"
    assert [text for text in train[0] if re.match(meetings, text)] == []


def test_the_vocabulary_is_broad_and_has_rare_words(train):
    counts = Counter(word for text in train[0] for word in basic_english(text))
    assert len(counts) > 3000
    assert sum(count <= 3 for count in counts.values()) > 300


def test_another_seed_gives_other_texts(train, test):
    assert train[0][:TEST_ROWS] != test[0]
    assert train[1][:TEST_ROWS] != test[1]


def test_a_classifier_learns_it_though_not_to_perfection(test):
    majority = max(Counter(test[1]).values()) / TEST_ROWS
    job = Training(train_size=TRAIN_ROWS, test_size=TEST_ROWS, batch_size=32, device="cpu", keep_model=False)
    result = run_job(job, Context(1, lambda event: None, threading.Event()))
    assert result.synthetic
    assert result.accuracy > majority + 0.2
    assert 0.5 < result.accuracy < 0.97
