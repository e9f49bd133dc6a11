"""What is measured of the chat model from pip, and where it is said. `python tests/teaching/test_chat.py` writes the
sentence into the README.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from statsmodels.stats.proportion import proportion_confint

from llm_tui import i18n
from llm_tui.engine.job import Context, run_job
from llm_tui.exercises.checks import named
from llm_tui.foundation.facts import invented
from llm_tui.foundation.models import PlanPull
from llm_tui.foundation.teaching import T5
from llm_tui.hub.packaged import PACKAGED, RIGHT, card, figures_of, quality
from llm_tui.i18n import Text
from llm_tui.playground.prompts import language_of
from llm_tui.teaching import chat
from llm_tui.teaching.record import heldout

README = Path(__file__).parents[2] / "README.md"
MODEL = PACKAGED["smollm2-135m-instruct"]


def part(language: str) -> re.Pattern[str]:
    return re.compile(rf"(?<=<!-- chat {language} -->\n\n).*?(?=\n\n<!-- /chat -->)", re.DOTALL)


def written(language: str) -> str:
    how = Text(
        "How good it is was measured greedily (`python -m llm_tui.teaching quality chat`). {said}",
        "Su calidad se midió con decodificación voraz (`python -m llm_tui.teaching quality chat`). {said}",
    )
    return textwrap.fill(how.format(said=quality(MODEL)).within(language), 128, break_on_hyphens=False)


def the_held_out() -> list[dict[str, str]]:
    return heldout("chat")


def test_what_is_held_out_is_the_same_in_both_languages() -> None:
    rows = the_held_out()
    assert Counter(row["topic"] for row in rows) == dict.fromkeys(chat.TOPICS, 8)
    assert len({row[language] for row in rows for language in ("en", "es")}) == 48
    for row in rows:
        assert invented("", row["en"]) and invented("", row["es"]), "a name or a number is there to be kept"
        english, spanish = ({part for part in invented("", row[of]) if part[0].isdigit()} for of in ("en", "es"))
        assert english == {number.replace(",", ".") for number in spanish}
        for language, prompts in chat.PROMPTS.items():
            assert not named(row[language], prompts.labels), "its topic would only have to be copied"
            assert language_of(row[language], "") == language


TEXT = "The shop of Brumalta builds 340 images with Jenkins. It deploys them at night."
CASE = chat.Case(TEXT, "DevOps", ("DevOps", "Security", "Observability"), "en")


@pytest.mark.parametrize(
    ("judge", "answer", "right"),
    [
        (chat.right_label, "DevOps", True),
        (chat.right_label, "The topic is **devops**.", True),
        (chat.right_label, "Security", False),
        (chat.right_label, "DevOps and Security", False),
        (chat.right_label, "", False),
        (chat.found_in_text, "shop, Brumalta, images, Jenkins, night", True),
        (chat.found_in_text, "1. shop\n2. Brumalta\n3. images\n4. Jenkins\n5. night", True),
        (chat.found_in_text, "shop, Brumalta, images, Jenkins, security", False),
        (chat.found_in_text, "shop, Brumalta, images, Jenkins", False),
        (chat.found_in_text, "shop, Brumalta, images, Jenkins, night, it", False),
        (chat.names_kept, "At the shop of Brumalta, 340 images are built with Jenkins and deployed at night.", True),
        (chat.names_kept, TEXT, False),
        (chat.names_kept, f"In a brief academic style: {TEXT}", False),
        (chat.names_kept, "At the shop of Brumalta, images are built with Jenkins.", False),
        (chat.names_kept, "At the shop of Brumalta, 340 images are built with Jenkins and Docker.", False),
        (chat.language_kept, "The images are built by the shop.", True),
        (chat.language_kept, "Las imágenes las construye la tienda.", False),
    ],
)
def test_an_answer_is_judged_by_what_can_be_checked(judge: chat.Judge, answer: str, right: bool) -> None:
    assert judge(CASE, answer) is right


@pytest.mark.slow
def test_it_is_asked_through_the_programs_own_job() -> None:
    rows = the_held_out()[:2]
    measures = chat.measure(T5.name, rows)
    told = {(m.task, m.metric) for m in measures}
    kept = {(m["task"], m["metric"]) for m in json.loads(figures_of(MODEL).read_bytes())["measures"]}
    assert told == kept, "the file is an older measure's"
    assert {m.texts for m in measures} == {2}
    assert all(m.low is not None and m.high is not None and m.low <= m.value <= m.high for m in measures)


def test_the_figures_are_those_of_the_held_out_texts() -> None:
    kept = json.loads(figures_of(MODEL).read_bytes())
    assert (kept["name"], kept["package"]) == (MODEL.name, MODEL.package)
    assert {m["texts"] for m in kept["measures"]} == {len(the_held_out())}
    for m in kept["measures"]:
        assert (m["low"], m["high"]) == pytest.approx(proportion_confint(round(m["value"] * 24), 24, method="wilson"))


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_what_was_measured_is_said_before_it_is_fetched(language: str, context: Context) -> None:
    i18n.use(language)
    said = str(quality(MODEL))
    kept = json.loads(figures_of(MODEL).read_bytes())["measures"]
    for m in kept:
        if m["metric"] != "the sheet's check":
            assert re.search(rf"\b{round(m['value'] * m['texts'])}\b", said)
    labelled = [m for m in kept if m["metric"] == RIGHT]
    assert len(labelled) == 2 and all(m["high"] < m["baseline"] for m in labelled), "that it is weak in both is said"
    shares = {(m["task"].split()[1], m["metric"]): m["value"] for m in kept if m["metric"] != "the sheet's check"}
    assert all(shares["es", metric] <= shares["en", metric] for _, metric in shares), "its Spanish is no better"
    plan = run_job(PlanPull(MODEL.name), context)
    assert plan.said().endswith(said)


def test_the_card_has_each_figure_with_its_interval() -> None:
    kept = json.loads(figures_of(MODEL).read_bytes())["measures"]
    rows = [line for line in card(MODEL).splitlines() if line.startswith("| ")]
    assert len(rows) == 2 + len(kept)
    assert all(f"| {m['value']:.2f} | {m['low']:.2f} to {m['high']:.2f} |" in card(MODEL) for m in kept)


def test_of_a_model_that_nobody_measured_nothing_is_said() -> None:
    unknown = replace(MODEL, name="another")
    assert not str(quality(unknown)) and "Measured" not in card(unknown)


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_the_readme_says_what_was_measured(language: str) -> None:
    found = part(language).search(README.read_text(encoding="utf-8"))
    assert found and found.group() == written(language), "python tests/teaching/test_chat.py writes it"


if __name__ == "__main__":
    text = README.read_text(encoding="utf-8")
    for language in i18n.LANGUAGES:
        text = part(language).sub(written(language), text)
    README.write_text(text, encoding="utf-8")
