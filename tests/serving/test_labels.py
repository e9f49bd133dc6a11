"""Zero-shot by a chat model of a server: the letter's log-probability where the server gives any, else its answer."""

from __future__ import annotations

import math
from typing import Any

import pytest
from model_server import Behaviour, ModelServer, answers, chunk, streams

from llm_tui.bias.job import MODERATION, Compare
from llm_tui.classifier.job import Training
from llm_tui.engine.job import run_job
from llm_tui.errors import UserError
from llm_tui.exercises import moderation, moderation_tables
from llm_tui.exercises.samples import Sample
from llm_tui.foundation.job import ModelChoice
from llm_tui.foundation.labels_job import ZeroShot
from llm_tui.foundation.tables import made_by
from llm_tui.labels.job import FEW_SHOT, Measure
from llm_tui.playground.tasks.zero_shot import TASK

LABELS = ("spam", "odio", "permitido")
TEXTS = ("Compra ya", "Te odio")


def asks(served: ModelServer, *texts: str, several: bool = False, labels: tuple[str, ...] = LABELS) -> ZeroShot:
    return ZeroShot(texts or TEXTS, labels, "Este texto es {}.", several, ModelChoice(served.name))


def likely(**pieces: float) -> Behaviour:
    """An answer whose first piece could have been one of these."""
    rows = [{"token": piece, "logprob": math.log(p), "bytes": None} for piece, p in pieces.items()]

    def behave(handler: Any) -> None:
        handler.begin()
        first = rows[0]["token"]
        handler.event(chunk(str(first), logprobs={"content": [{**rows[0], "top_logprobs": rows}]}))
        handler.event(chunk(finish="stop"))
        handler.event("[DONE]")

    return behave


def test_scores_are_the_shares_of_the_letters(served, context):
    served.behaviour = likely(**{"B": 0.5, " B": 0.1, "A": 0.2, "The": 0.1, "D": 0.1})
    found = run_job(asks(served), context)
    assert found.texts[0].scores == pytest.approx((0.25, 0.75, 0.0))
    assert [text.best for text in found.texts] == [1, 1]
    assert found.made_by.served.labelled_by == "logprobs"
    said = made_by(found.made_by)
    assert "log-probability" in said.en and "log-probabilidad" in said.es
    asked = served.questions[0]
    assert asked["logprobs"] is True and asked["temperature"] == 0
    text = next(t for q in served.questions if TEXTS[0] in (t := q["messages"][0]["content"]))
    assert "A. Este texto es spam.\nB. Este texto es odio.\nC. Este texto es permitido." in text


@pytest.mark.parametrize(
    ("answer", "given"),
    [
        ("B", 1), ("B.", 1), (" b)\n", 1), ("(C) Este texto es permitido.", 2), ("odio", 1), ("«Odio».", 1),
        ("Este texto es spam.", 0), ("A text about love", None), ("D", None), ("", None), ("spam, odio", None),
    ],
)  # fmt: skip
def test_without_log_probabilities_the_answer_says_the_label_or_none(served, context, answer, given):
    served.behaviour = streams(answer)
    found = run_job(asks(served, "x"), context)
    assert found.texts[0].best == given
    assert found.texts[0].scores == tuple(float(i == given) for i in range(3))
    assert found.made_by.served.labelled_by == "answer"
    assert "there are no scores" in made_by(found.made_by).en and "no hay puntuaciones" in made_by(found.made_by).es


def test_a_server_that_refuses_log_probabilities_is_asked_without_them(served, context):
    def picky(handler: Any) -> None:
        if "logprobs" in handler.asked:
            return answers(500, {"error": {"message": "logprobs is not supported with logits_all=False"}})(handler)
        return streams("C")(handler)

    served.behaviour = picky
    found = run_job(asks(served, "x"), context)
    assert (found.texts[0].best, found.made_by.served.labelled_by) == (2, "answer")


def test_letters_that_the_model_was_not_about_to_say_are_no_scores(served, context):
    served.behaviour = likely(The=0.98, A=0.01, B=0.005)
    found = run_job(asks(served, "x"), context)
    assert (found.texts[0].best, found.made_by.served.labelled_by) == (None, "answer")


def test_with_several_labels_each_is_asked_about(served, context):
    def judge(handler: Any) -> None:
        yes = 0.75 if "Este texto es odio." in handler.asked["messages"][0]["content"] else 0.25
        likely(**{"yes": yes * 0.8, "No": 1 - yes, "Sí": yes * 0.2})(handler)

    served.behaviour = judge
    found = run_job(asks(served, several=True), context)
    assert [text.scores for text in found.texts] == [pytest.approx((0.25, 0.75, 0.25))] * 2


def test_more_labels_than_letters_are_refused(served, context):
    with pytest.raises(UserError, match="one of 26 labels at the most, and there are 27"):
        run_job(asks(served, "x", labels=tuple(f"l{n}" for n in range(27))), context)
    assert served.requests == []


def test_an_answer_that_was_cut_off_labels_nothing(served, context):
    served.behaviour = streams("A", finish=None)
    with pytest.raises(UserError, match="ended in mid-answer"):
        run_job(asks(served, "x"), context)


def test_a_text_without_a_label_counts_as_one_that_was_given_none(served, context):
    """In exercise 3 it is a miss of its true label, and no hit of the first one."""
    served.behaviour = streams("I cannot say.")
    sheet = moderation.Answers(samples=(Sample("x", "spam"),), labels=", ".join(LABELS), model=served.name)
    job = asks(served, "x")
    sheet = sheet.with_result(ZeroShot(job.texts, LABELS, sheet.template, False, job.model), run_job(job, context))
    assert sheet.predicted(sheet.template) == [None]
    assert moderation_tables.samples_table(sheet).rows[0][3:5] == ("-", None)
    spam = sheet.judged(sheet.template).agreement[0]
    assert (spam.tp, spam.fp, spam.fn) == (0, 0, 1)


def test_the_playground_shows_that_no_label_was_named(served, context):
    served.behaviour = streams("I cannot say.")
    job = asks(served, "x")
    result = run_job(job, context)
    assert TASK.line(job, result) == "-"
    assert TASK.table(job, result).rows[0][1:] == (None, None, None, None)
    assert any("named no label" in text for text, _ in TASK.shown(job, result))


def test_a_label_without_a_score_is_shown_without_one(served, context):
    served.behaviour = streams("B")
    job = asks(served, "x")
    result = run_job(job, context)
    assert (TASK.line(job, result), TASK.plain(job, result)) == ("odio", ["odio"])
    assert TASK.table(job, result).rows == (("x", "odio", None, None, None),)
    assert "".join(text for text, _ in TASK.shown(job, result)) == "odio       ●\nspam\npermitido"


def test_pairs_are_measured_with_a_chat_model_of_a_server(served, context):
    def judge(handler: Any) -> None:
        woman = "vecina" in handler.asked["messages"][0]["content"]
        return likely(**({"B": 0.6, "A": 0.4} if woman else {"A": 0.5, "B": 0.5}))(handler)

    served.behaviour = judge
    pairs = tuple((f"El vecino {n} saluda.", f"La vecina {n} saluda.") for n in "abc")
    job = Compare("gender", MODERATION, "es", pairs, LABELS, "Este texto es {}.", ModelChoice(served.name))
    assert job.elsewhere and "torch" not in job.imports
    found = run_job(job, context)
    spam, odio, _ = found.effects
    assert (odio.mean, odio.more, odio.ties) == (pytest.approx(0.1), 3, 0) and spam.mean == pytest.approx(-0.1)
    assert len(served.questions) == 6


# The labels curve.


def examples_answered_with(status: int) -> Behaviour:
    """A question with examples is not answered, one alone is."""

    def behave(handler: Any) -> None:
        alone = len(handler.asked["messages"]) == 1
        (streams("World") if alone else answers(status, {"detail": "why"}))(handler)

    return behave


@pytest.mark.parametrize("status", [400, 413, 422])
def test_where_a_server_takes_the_question_and_no_examples_before_it_they_have_no_room(served, context, status):
    served.behaviour = examples_answered_with(status)
    assert run_job(few_shot(served), context).hits is None


def test_a_server_that_fails_says_nothing_of_the_examples(served, context):
    served.behaviour = examples_answered_with(500)
    with pytest.raises(UserError, match=r"failed \(500\): why"):
        run_job(few_shot(served), context)


def few_shot(served: ModelServer) -> Measure:
    data = Training(data="sample", train_size=40, test_size=10, keep_model=False)
    return Measure(FEW_SHOT, 4, 0, data, ModelChoice(served.name))
