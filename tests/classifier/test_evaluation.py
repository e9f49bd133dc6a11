"""What is said of a trained classifier, against scikit-learn."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, log_loss, precision_recall_fscore_support

from llm_tui.classifier.corpus import FlatTexts
from llm_tui.classifier.evaluation import BATCH, MOST_CHARACTERS, MOST_MISTAKES, MOST_OF_CELL, Outcome, evaluate
from llm_tui.classifier.job import TrainingResult
from llm_tui.classifier.model import TextClassifier
from llm_tui.engine.job import Context, JobCancelled

CLASSES = 3
LEVELS = 5

Case = tuple[int, int, int]
"""The class of a text, the class that the model puts it into, and how confidently, from 1 to `LEVELS`."""

one_class = st.integers(0, CLASSES - 1)
some_cases = st.lists(st.tuples(one_class, one_class, st.integers(1, LEVELS)), min_size=1, max_size=60)


def outcome(cases: list[Case], texts: list[str] | None = None) -> Outcome:
    """Evaluate a model that does with each text, which is one word, what its case says."""
    model = TextClassifier(CLASSES * LEVELS, CLASSES, CLASSES)
    with torch.no_grad():
        model.embedding.weight.copy_(torch.cat([level * torch.eye(CLASSES) for level in range(1, LEVELS + 1)]))
        model.fc.weight.copy_(torch.eye(CLASSES))
    labels, predicted, levels = torch.tensor(cases).T
    texts_as_ids = FlatTexts((levels - 1) * CLASSES + predicted, torch.arange(len(cases) + 1), labels)
    context = Context(1, lambda event: None, threading.Event())
    return evaluate(model, texts_as_ids, texts or [str(i) for i in range(len(cases))], context)


def probabilities(cases: list[Case]) -> np.ndarray:
    logits = np.array([[level if i == predicted else 0 for i in range(CLASSES)] for _, predicted, level in cases])
    return np.exp(logits) / np.exp(logits).sum(1, keepdims=True)


@given(some_cases)
def test_accuracy_loss_and_confusion_are_scikit_learns(cases: list[Case]) -> None:
    labels, predicted = [case[0] for case in cases], [case[1] for case in cases]
    every = range(CLASSES)
    ours = outcome(cases)
    assert ours.accuracy == accuracy_score(labels, predicted)
    assert ours.loss == pytest.approx(log_loss(labels, probabilities(cases), labels=every), abs=1e-5)
    assert ours.confusion == tuple(map(tuple, confusion_matrix(labels, predicted, labels=every).tolist()))


@given(some_cases)
def test_mistakes_are_the_wrong_ones_most_confident_first(cases: list[Case]) -> None:
    mistakes = outcome(cases).mistakes
    whose = [int(mistake.text) for mistake in mistakes]
    levels = sorted((level for label, predicted, level in cases if label != predicted), reverse=True)
    assert [cases[i][2] for i in whose][:MOST_MISTAKES] == levels[:MOST_MISTAKES]
    assert [cases[i][2] for i in whose] == sorted((cases[i][2] for i in whose), reverse=True)
    assert len(set(whose)) == len(whose)
    for mistake, i in zip(mistakes, whose, strict=True):
        assert (mistake.label, mistake.predicted) == cases[i][:2]
        assert mistake.label != mistake.predicted
        assert mistake.confidence == pytest.approx(probabilities(cases)[i].max(), abs=1e-6)


@given(some_cases)
def test_each_cell_of_the_matrix_has_its_most_confident_mistakes(cases: list[Case]) -> None:
    mistakes = outcome(cases).mistakes
    for cell in {case[:2] for case in cases if case[0] != case[1]}:
        levels = sorted((level for *where, level in cases if tuple(where) == cell), reverse=True)
        kept = [cases[int(m.text)][2] for m in mistakes if (m.label, m.predicted) == cell]
        assert kept == levels[: len(kept)]
        assert len(kept) >= min(MOST_OF_CELL, len(levels))


def test_a_long_text_is_cut_among_the_mistakes() -> None:
    (mistake,) = outcome([(0, 1, 1)], ["ñ" * (MOST_CHARACTERS + 1)]).mistakes
    assert mistake.text == "ñ" * MOST_CHARACTERS


def test_more_rows_than_one_batch_are_all_counted() -> None:
    cases = [(i % CLASSES, i % 2, 1) for i in range(2 * BATCH + 1)]
    labels, predicted = [case[0] for case in cases], [case[1] for case in cases]
    assert outcome(cases).confusion == tuple(map(tuple, confusion_matrix(labels, predicted).tolist()))


def test_evaluation_can_be_stopped(context: Context, stop: threading.Event) -> None:
    stop.set()
    texts = FlatTexts(torch.tensor([0]), torch.tensor([0, 1]), torch.tensor([0]))
    with pytest.raises(JobCancelled):
        evaluate(TextClassifier(1, 2, 2), texts, ["a"], context)


def result(confusion: list[list[int]]) -> TrainingResult:
    """A result of which only the confusion matrix matters."""
    return TrainingResult(
        accuracy=0.0,
        test_loss=0.0,
        seconds=0.0,
        prepare_seconds=0.0,
        steps=0,
        data_name="",
        synthetic=False,
        train_rows=0,
        test_rows=0,
        vocabulary_size=0,
        classes=tuple(f"class {i}" for i in range(len(confusion))),
        confusion=tuple(map(tuple, confusion)),
        mistakes=(),
        device="CPU",
        torch="",
    )


def square(size: int) -> st.SearchStrategy[list[list[int]]]:
    row = st.lists(st.integers(0, 4), min_size=size, max_size=size)
    return st.lists(row, min_size=size, max_size=size)


@given(st.integers(2, 5).flatmap(square).filter(lambda confusion: any(map(any, confusion))))
@example([[3, 0], [2, 0]])  # a class that is never predicted
@example([[3, 2], [0, 0]])  # a class that no test row has
def test_the_scores_of_each_class_are_scikit_learns(confusion: list[list[int]]) -> None:
    cells = [(i, j) for i, row in enumerate(confusion) for j, count in enumerate(row) for _ in range(count)]
    labels, predicted = [i for i, _ in cells], [j for _, j in cells]
    theirs = precision_recall_fscore_support(labels, predicted, labels=range(len(confusion)), zero_division=0)
    scores = result(confusion).per_class()
    assert [score.name for score in scores] == [f"class {i}" for i in range(len(confusion))]
    for ours, precision, recall, f1, support in zip(scores, *theirs, strict=True):
        assert (ours.precision, ours.recall, ours.f1) == pytest.approx((precision, recall, f1))
        assert ours.support == support
    assert result(confusion).macro_f1() == pytest.approx(f1_score(labels, predicted, average="macro", zero_division=0))


def test_a_class_that_no_test_row_has_or_was_put_into_has_no_scores_and_lowers_no_mean() -> None:
    nothing = result([[3, 0, 0], [0, 4, 0], [0, 0, 0]])
    assert nothing.macro_f1() == 1
    assert [score.scores for score in nothing.per_class()] == [(1, 1, 1), (1, 1, 1), (None, None, None)]
    assert result([[3, 0], [0, 0]]).per_class()[1].counts is False
    assert result([[0, 0], [0, 0]]).macro_f1() == 0  # a file that somebody wrote
