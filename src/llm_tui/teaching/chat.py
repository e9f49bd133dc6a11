"""How good the chat model from pip is at the course's three prompts, in both languages. Nothing is trained: it is asked
through the program's own job, as exercise 6 asks, and judged by what can be checked without a person.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import version

from llm_tui.course.course import Prompting
from llm_tui.engine.job import run_job
from llm_tui.exercises.checks import listed, named
from llm_tui.exercises.prompting import CLASSIFICATION, REWRITING, TERMS, TERMS_WANTED, Answers, asked
from llm_tui.foundation.facts import invented
from llm_tui.foundation.job import PROMPT, Generate, ModelChoice, Settings
from llm_tui.foundation.rouge import words_of
from llm_tui.hub.packaged import COPYING, FOUND, KEPT, PACKAGED, RIGHT, SPOKEN, figures_of
from llm_tui.playground.prompts import language_of
from llm_tui.teaching import encoder
from llm_tui.teaching.record import Asked, Measure, accuracy, heldout

MODEL = PACKAGED["smollm2-135m-instruct"]

PROMPTS = {
    "en": Prompting(
        labels=("DevOps", "Security", "Observability"),
        classification="What topic does it belong to? Answer with one word only: DevOps, Security or Observability.",
        terms="Return 5 key terms of the text, in English, separated by commas.",
        rewriting="Rewrite the text in a brief academic style, in 2 or 3 sentences.",
    ),
    "es": Prompting(),
}
"""The course's instructions, and the same in English."""

TOPICS = ("DevOps", "security", "observability")
"""As the held-out texts name them, in the order of the labels."""


@dataclass(frozen=True, slots=True)
class Case:
    """A text, and what is wanted of it."""

    text: str
    label: str
    labels: tuple[str, ...]
    language: str


def right_label(case: Case, answer: str) -> bool:
    """It names the label, alone or in a sentence, and no other of them."""
    return named(answer, case.labels) == [case.label]


def found_in_text(case: Case, answer: str) -> bool:
    """It lists five different terms, and the text has each of them."""
    terms = listed(answer)
    return len(set(terms)) == TERMS_WANTED and len(named(case.text, terms)) == TERMS_WANTED


def names_kept(case: Case, answer: str) -> bool:
    """It does not repeat the text whole, has all of its names and numbers, and no others."""
    repeats = " ".join(words_of(case.text)) in " ".join(words_of(answer))
    return not repeats and not invented(answer, case.text) and not invented(case.text, answer)


def language_kept(case: Case, answer: str) -> bool:
    return language_of(answer, "") == case.language


def check(prompt: str, case: Case, answer: str) -> bool:
    """What a student sees under the answer."""
    return Answers(labels=", ".join(case.labels)).check(prompt, answer).passed


Judge = Callable[[Case, str], bool]

JUDGES: dict[str, dict[str, Judge]] = {
    CLASSIFICATION: {RIGHT: right_label},
    TERMS: {FOUND: found_in_text},
    REWRITING: {KEPT: names_kept, SPOKEN: language_kept},
}


def measure(name: str = MODEL.name, rows: Sequence[dict[str, str]] = ()) -> list[Measure]:
    """The share of right answers to each prompt in each language, beside chance or beside what the text itself would
    get as the answer; of each prompt also how often the sheet's own check passes. `rows` are the held-out texts, or
    others.
    """
    rows, found = rows or heldout("chat"), []
    for language, prompts in PROMPTS.items():
        labels = prompts.labels
        cases = [Case(row[language], labels[TOPICS.index(row["topic"])], labels, language) for row in rows]
        for prompt, judges in JUDGES.items():
            given = tuple(asked(getattr(prompts, prompt), case.text) for case in cases)
            job = Generate(PROMPT, given, ModelChoice(name, "cpu"), Settings(), batch_size=len(given))
            answers = [answer.text for answer in run_job(job, encoder.context()).answers]
            all_of_them: dict[str, Judge] = {**judges, "the sheet's check": partial(check, prompt)}
            for metric, judge in all_of_them.items():
                right = [judge(case, answer) for case, answer in zip(cases, answers, strict=True)]
                by_chance = judge is right_label
                free = 1 / len(labels) if by_chance else sum(judge(case, case.text) for case in cases) / len(cases)
                other = "chance" if by_chance else COPYING
                found.append(accuracy(f"{prompt} {language}", "own texts held out", right, other, free, metric))
    return found


def measured(write: bool) -> Asked:
    """The record, kept where the model is offered if it is to be written."""
    versions = {name: version(name) for name in ("torch", "transformers", "tokenizers")}
    record = Asked(MODEL.name, MODEL.package, measure(), versions, time.strftime("%Y-%m-%d", time.gmtime()))
    if write:
        text = json.dumps(asdict(record), ensure_ascii=False, indent=1)
        figures_of(MODEL).write_text(f"{text}\n", encoding="utf-8")
    return record
