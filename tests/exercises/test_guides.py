"""Guides and definitions: both languages say the same, in the same parts, and none is read before it is shown."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from llm_tui.exercises import guides
from llm_tui.exercises.errors_marked import MQM_TYPES
from llm_tui.foundation.settings import REPETITION_PENALTY
from llm_tui.i18n import LANGUAGES

FOLDER = Path(guides.__file__).parent
NAMES = sorted({path.name.split(".")[0] for path in FOLDER.glob("*.md")})

PARTS = {
    "headings": r"^#+ ",
    "paragraphs in bold": r"^\*\*",
    "steps": r"^\d+\. ",
    "definitions": r"^- \*\*",
}


def test_every_page_is_there_in_every_language_and_in_no_other() -> None:
    assert len(NAMES) > 5  # the search itself works
    expected = {f"{name}.{language}.md" for name in NAMES for language in LANGUAGES}
    assert {path.name for path in FOLDER.glob("*.md")} == expected


@pytest.mark.parametrize("name", NAMES)
def test_a_page_has_the_same_parts_in_both_languages(name: str) -> None:
    for page in (guides.guide(name), guides.definitions(name)):
        english, spanish = page.within("en"), page.within("es")
        assert bool(english.strip()) == bool(spanish.strip())
        for part, mark in PARTS.items():
            found = [len(re.findall(mark, text, re.MULTILINE)) for text in (english, spanish)]
            assert found[0] == found[1], part
    assert str(guides.guide(name)) + str(guides.definitions(name))


@pytest.mark.parametrize("name", NAMES)
def test_guide_and_definitions_are_the_whole_file_and_each_is_one_of_its_parts(name: str) -> None:
    for language, heading in (("en", "# Definitions\n"), ("es", "# Definiciones\n")):
        guide, definitions = guides.guide(name).within(language), guides.definitions(name).within(language)
        assert heading not in guide + definitions
        whole = (FOLDER / f"{name}.{language}.md").read_text(encoding="utf-8")
        assert whole.split() == [*guide.split(), *(heading.split() if definitions else ()), *definitions.split()]


def test_the_dimensions_of_mqm_are_those_that_can_be_marked() -> None:
    page = guides.definitions("translation")
    assert len(MQM_TYPES) == 7
    assert "seven dimensions of today's MQM Core" in page.within("en")
    assert "siete dimensiones del MQM Core" in page.within("es")


def test_a_repetition_penalty_is_said_to_reach_the_prompt_where_a_model_has_no_encoder() -> None:
    page, help = guides.definitions("play"), REPETITION_PENALTY.help
    for english, spanish in ((page.within("en"), page.within("es")), (help.en, help.es)):
        assert re.search(r"[Ww]ithout\s+an\s+encoder,\s[^.]*prompt", english)
        assert re.search(r"sin\s+codificador,\s[^.]*prompt", spanish)


OPENED = """
import sys
opened = []
sys.addaudithook(lambda event, details: opened.append(str(details[0])) if event == "open" else None)
import llm_tui.app
from llm_tui.screens import ethics, moderation, prompting, summaries, tokens, training, translation
assert not [path for path in opened if path.endswith(".md")]
str(ethics.EthicsScreen.DEFINITIONS)
str(ethics.EthicsScreen.DEFINITIONS)
print(*(path for path in opened if path.endswith(".md")))
"""


def test_a_page_is_read_when_it_is_first_shown_and_only_then() -> None:
    ran = subprocess.run([sys.executable, "-c", OPENED], capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == [str(FOLDER / "ethics.en.md")]
