"""The pages to read: both languages, short, and an example that fits the screen it is for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from llm_tui import i18n
from llm_tui.app import LabApp
from llm_tui.classifier.setup import parse_sweep
from llm_tui.course.course import Moderation
from llm_tui.exercises import guides, reading
from llm_tui.exercises.batch_sizes import Answers
from llm_tui.exercises.reading import PAGES, Page
from llm_tui.i18n import LANGUAGES
from llm_tui.playground.state import Playground

FOLDER = Path(guides.__file__).parent / "reading"
MOST_WORDS = 150

BY_NAME = {page.name: page for page in PAGES}


def test_every_page_is_there_in_every_language_and_no_other_file_is():
    expected = {f"{page.name}.{language}.md" for page in PAGES for language in LANGUAGES}
    assert {path.name for path in FOLDER.iterdir()} == expected
    assert len(PAGES) == len(BY_NAME) >= 14


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_is_short_and_says_where_it_can_be_seen(page: Page, language: str):
    text = page.within(language)
    assert 60 < len(re.findall(r"[\w<>/.+]*\w[\w<>/.+]*", text)) <= MOST_WORDS
    assert text.count({"en": "**See it.**", "es": "**Véalo.**"}[language]) == 1
    assert page.title.within(language)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_has_the_same_parts_and_the_same_sources_in_both_languages(page: Page):
    english, spanish = page.within("en"), page.within("es")
    for mark in (r"^- ", r"^\d\. ", r"^\|"):
        assert len(re.findall(mark, english, re.MULTILINE)) == len(re.findall(mark, spanish, re.MULTILINE)), mark
    assert sorted(re.findall(r"\b(?:19|20)\d\d\b", english.replace("2,000", ""))) == sorted(
        re.findall(r"\b(?:19|20)\d\d\b", spanish.replace("2000", ""))
    )


def test_pages_belong_to_screens_that_there_are_and_every_screen_has_some():
    modes = set(LabApp.MODES)
    for page in PAGES:
        assert page.mode in modes and set(page.screens) <= modes, page.name
    assert all(reading.of(mode) for mode in modes)
    assert reading.of("home") == PAGES


def test_an_example_is_put_among_the_answers_and_leaves_the_rest():
    before: Any = Playground(inputs={"summary": "mine"}, fields={"prompt": {"model": "a/b"}})
    after = reading.set_up(before, BY_NAME["few_shot"].example())
    assert after.task == "prompt" and after.inputs["summary"] == "mine"
    assert after.fields["prompt"]["model"] == "llm-tui/teaching-t5"
    assert len(after.examples) == 4 and before.examples == ()
    trained = reading.set_up(Answers(setup={"lr": "2"}), BY_NAME["torchtext"].example())
    assert trained.setup == {"lr": "2", **{k.removeprefix("setup."): v for k, v in _of("torchtext").items()}}


def test_what_a_person_wrote_is_their_own_and_what_the_program_put_there_is_not():
    example = _of("hallucination")
    assert not reading.is_own(Playground(), example)
    other: Any = reading.set_up(Playground(), _of("llms"))
    assert not reading.is_own(other, example)
    assert reading.is_own(Playground(inputs={"prompt": "mine"}), example)
    assert not reading.is_own(Playground(inputs={"summary": "mine"}), example)
    assert not reading.is_own(Playground(inputs={"prompt": "given"}), example, ["given"])


@pytest.mark.parametrize(("language", "label"), [("en", "*label*"), ("es", "*etiqueta*")])
def test_the_hypotheses_that_are_named_are_those_that_are_asked(language: str, label: str):
    i18n.use(language)
    job: Any = reading.set_up(Playground(), BY_NAME["zero_shot"].example()).job()
    text = BY_NAME["zero_shot"].within(language)
    assert job.template.format(label) in text and Moderation().hypothesis.format(label) in text


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "of the sample, that of the rows taken"), ("es", "en la muestra, el de las filas tomadas")],
)
def test_the_vocabulary_that_is_named_is_that_of_the_data_that_are_set_up(language: str, said: str):
    """The sample, which new answers have, has no whole split."""
    trained = reading.set_up(Answers(), BY_NAME["torchtext"].example())
    job = parse_sweep(trained.setup).base
    assert job.vocabulary == "split" and not job.whole_split
    assert said in BY_NAME["torchtext"].within(language)


def _of(name: str) -> dict[str, Any]:
    i18n.use("es")
    return dict(BY_NAME[name].example())
