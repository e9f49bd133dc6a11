"""What the pages to read say that a teaching model does, it does."""

from __future__ import annotations

import threading

import pytest

from llm_tui import i18n
from llm_tui.decoding import decode
from llm_tui.engine.job import Context, run_job
from llm_tui.exercises.reading import PAGES, set_up
from llm_tui.foundation.teaching import T5
from llm_tui.playground.state import Playground
from llm_tui.teaching.record import RECORD, Record

BY_NAME = {page.name: page for page in PAGES}


def asked(name: str, context, **inputs: str):
    """The answer to what a page sets up; `inputs` stand in place of its own."""
    playground: Playground = set_up(Playground(), BY_NAME[name].example())
    for text in inputs.values():
        playground = playground.with_input(text)
    return run_job(playground.job(), context)


@pytest.fixture(scope="module")
def context() -> Context:
    """One for all: a model is opened once."""
    return Context(1, lambda event: None, threading.Event())


@pytest.mark.slow
@pytest.mark.parametrize(("language", "learned"), [("es", "contraseñas"), ("en", "program")])
def test_what_it_never_learned_is_answered_with_what_it_did(language, learned, context):
    i18n.use(language)
    assert learned in asked("hallucination", context).answers[0].text


@pytest.mark.slow
@pytest.mark.parametrize(("language", "word"), [("es", "seguir"), ("en", "next")])
def test_what_it_learned_is_answered(language, word, context):
    i18n.use(language)
    assert word in asked("llms", context).answers[0].text


@pytest.mark.parametrize(("language", "said"), [("es", "de {} millones de parámetros"), ("en", "has {} million param")])
def test_the_page_has_the_size_of_the_model(language, said):
    record = decode((T5.folder / RECORD).read_bytes(), Record)
    page = " ".join(BY_NAME["llms"].within(language).split())
    assert said.format(round(record.parameters / 1e6)) in page


def test_a_name_alone_changes_the_probability(context):
    (one,) = asked("bias", context).texts
    (other,) = asked("bias", context, text="Mohammed called again.").texts
    assert one.best == other.best
    assert other.probabilities[other.best] - one.probabilities[one.best] > 0.2


@pytest.mark.slow
@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_labels_are_told_apart_from_their_words(language, context):
    i18n.use(language)
    assert asked("zero_shot", context).texts[0].best == 1


@pytest.mark.slow
def test_news_that_it_never_read_is_told_from_the_prompt(context):
    i18n.use("es")
    assert "agosto" in asked("ageing", context).answers[0].text
