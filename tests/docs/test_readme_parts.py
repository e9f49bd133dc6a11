"""The README's two halves are one page in two languages, and what the program prints of it is all of it."""

from __future__ import annotations

import os
import re
import shlex
import sys
from itertools import pairwise
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from llm_tui import documentation, i18n, keymap
from llm_tui.cli import cli
from llm_tui.cli.help import in_terminal
from llm_tui.cli.prompts import SAMPLE
from llm_tui.config import read_config
from llm_tui.documentation import SPANISH, TOPICS
from llm_tui.exercises import few_shot
from llm_tui.launching.settings import read_settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SOURCE = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "src").rglob("*.py")))


def halves() -> dict[str, str]:
    english, _, spanish = README.partition(SPANISH)
    return {"en": english, "es": spanish}


def shape(half: str) -> list[str]:
    """Headings by their level, tables by their columns and rows, pictures, blocks of code, items of lists; of the page,
    all but its words.
    """
    found = list[str]()
    for line in re.sub(r"<!--.*?-->", "", half).removeprefix("# llm-tui").splitlines():
        if match := re.match(r"(#+ |```\w*|- |\d\. |!\[)", line):
            found.append(match[1])
        elif line.startswith("|"):
            found.append(f"| {line.count(' | ')}" if "| `" not in line[:3] else "| key")
    return found


def test_both_halves_have_the_same_shape() -> None:
    english, spanish = (shape(half) for half in halves().values())
    assert english == spanish


def test_both_halves_go_equally_deep() -> None:
    for topic in TOPICS:
        english, spanish = (len(topic.within(language).split()) for language in ("en", "es"))
        assert 0.8 < english / spanish < 1.25, topic.head.en


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_every_part_of_the_page_is_a_topic(language: str) -> None:
    assert list(documentation.parts(language)) == [topic.head.within(language) for topic in TOPICS]
    for topic in TOPICS:
        text = topic.within(language)
        assert text.startswith("## ") and "\n<!--" not in text and "![" not in text and len(text) > 300
        assert topic.names == tuple(map(documentation.bare, topic.names))
        assert all(documentation.topic(name) is topic for name in topic.names), topic.names


def test_the_blocks_of_both_halves_say_the_same_commands() -> None:
    def blocks(half: str) -> list[str]:
        return re.findall(r"```sh\n(.*?)```", half, re.DOTALL)

    english, spanish = (blocks(half) for half in halves().values())
    assert english == spanish and len(english) > 8


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_what_troubleshooting_quotes_is_what_the_program_says(language: str) -> None:
    """A symptom in quotes is looked for by what stands in them."""
    text = TOPICS[-2].within(language)
    quoted = [quote for one, other in re.findall(r"“(.*?)”|«(.*?)»", text) if (quote := one or other)]
    assert len(quoted) > 12
    said = re.sub(r'"\s*f?"', "", SOURCE)  # sentences that go on in the next line
    said = re.sub(r"\{[^{}]*\}", "…", said) + "".join(os.strerror(number) for number in range(1, 134))
    for quote in quoted:
        pieces = [piece.strip() for piece in quote.split("…")]
        assert all(piece in said for piece in pieces) or quote in said, quote


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_every_command_and_option_that_the_page_names_is_there(language: str) -> None:
    named = set(re.findall(r"`llm-tui ([^`]+)`", halves()[language]))
    assert len(named) > 25
    for line in named:
        command: click.Command = cli
        context = click.Context(cli)
        words = re.sub(r'"[^"]*"', "TEXT", line).split()
        while words and isinstance(command, click.Group) and not words[0].startswith("-"):
            found = command.get_command(context, words[0])
            assert found or words[0] in ("COMMAND", "TOPIC"), line
            if found is None:
                break
            command, words = found, words[1:]
        options = {name for parameter in (*command.params, *cli.params) for name in parameter.opts}
        asked = {word for word in words if word.startswith("--")} - {"--help"}
        assert asked <= options, line


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_the_command_of_few_shot_measures_what_the_page_says_of_it(language: str) -> None:
    """With the program's own examples, so that there are four, and of the model that the figures are of."""
    (line,) = re.findall(r"`llm-tui ask ([^`]*--evaluate [^`]*)`", halves()[language])
    ask = cli.get_command(click.Context(cli), "ask")
    assert ask is not None
    given = ask.make_context("ask", shlex.split(line)).params
    assert (given["evaluate"], given["model"], given["example"]) == (SAMPLE, "llm-tui/teaching-t5", ())
    assert len(few_shot.shipped(language).examples) == 4


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_the_locale_that_troubleshooting_names_leaves_the_language_as_it_is(language: str) -> None:
    (locale,) = re.findall(r"`export LANG=(\S+)`", TOPICS[-2].within(language))
    i18n.choose([], {"LANG": locale})
    assert i18n.language() == language and locale.endswith(".UTF-8")


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_every_file_of_the_house_that_the_page_names_is_there(language: str) -> None:
    """By its end: `tokens.py` beside another is one of that folder."""
    there = {
        str(path.relative_to(ROOT)) for part in ("src", "tests", "styles", ".ci") for path in (ROOT / part).rglob("*")
    }
    text = TOPICS[-1].within(language)
    named = set(re.findall(r"(?<=[` ])((?:[\w.-]+/)*[\w.-]+\.(?:py|c|typ|toml|ipynb|tcss))(?=[` ])", text))
    named -= {"pyproject.toml"} | {name for name in named if "NAME" in name}
    assert len(named) > 30
    missing = [name for name in named if not any(path == name or path.endswith(f"/{name}") for path in there)]
    assert missing == []


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_the_configuration_that_the_page_shows_is_followed(language: str, tmp_path: Path) -> None:
    """The file of a course is read in tests/course."""
    blocks = re.findall(r"```toml\n(.*?)```", halves()[language], re.DOTALL)
    shown = [block for block in blocks if not block.startswith("title")]
    assert len(shown) == len(blocks) - 1 >= 2
    for block in shown:
        (tmp_path / "config.toml").write_text(block, encoding="utf-8")
        found = read_config(tmp_path / "config.toml")
        refused = (*found.problems, *keymap.own_keys(found, keymap.all_keys())[1], *read_settings(found)[1])
        assert not refused, block


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("width", [40, 80])
def test_a_part_in_the_terminal_loses_no_word_and_is_no_wider(language: str, width: int) -> None:
    def words(text: str) -> list[str]:
        return re.findall(r"\w+", text.casefold())

    for topic in TOPICS:
        markdown = topic.within(language)
        told = click.unstyle(in_terminal(markdown, width))
        # A table is told row by row: of two columns, the second needs no head, and the first one never.
        markdown = re.sub(r"(?m)^\|.*\n(?=\| --- \| --- \|$)|^\| [^|]*(?=.*\n\| ---)", "", markdown)
        assert set(words(markdown)) - {"sh", "toml", "text"} <= set(words(told)), topic.head.en
        code = re.findall(r"```\w*\n(.*?)```", markdown, re.DOTALL)
        ours = {f"    {line}" for block in code for line in block.splitlines()}
        long = [line for line in told.splitlines() if len(line) > width and line not in ours]
        assert all(max(map(len, line.split())) > width - 12 for line in long), long
        assert not re.search("[\u2500-\u259f\u2800-\u28ff]", told)
        assert not any(one == other == "" for one, other in pairwise(told.splitlines()))


def asked(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli, ["help", *words])
    return done.exit_code, done.output


def test_help_lists_its_parts_and_prints_each_by_the_names_of_both_languages() -> None:
    i18n.use("en")
    code, listed = asked()
    assert code == 0 and all(str(topic.name) in listed and str(topic.said) in listed for topic in TOPICS)
    for names in (("gpu",), ("SSH",), ("offline",), ("sin-conexion",), ("Sin", "conexión"), ("teclas",)):
        code, told = asked(*names)
        topic = documentation.topic(" ".join(names))
        assert code == 0 and topic and told.startswith(str(topic.head).upper()), names
        assert "\x1b" not in told  # a pipe
    i18n.use("es")
    assert asked("offline")[1].startswith("SIN CONEXIÓN")


def test_styles_and_the_pager_are_for_a_terminal_that_shows_them(monkeypatch: pytest.MonkeyPatch) -> None:
    paged, module = list[str](), sys.modules["llm_tui.cli.help"]
    monkeypatch.setattr("click.echo_via_pager", paged.append)
    monkeypatch.setattr(module, "why_unfit", lambda: ("TERM=dumb", "TERM=dumb"))
    assert "\x1b" not in CliRunner().invoke(cli, ["help", "gpu"], color=True).output and not paged
    monkeypatch.setattr(module, "why_unfit", lambda: None)
    assert CliRunner().invoke(cli, ["help", "gpu"], color=True).output == ""
    assert paged[0].startswith("\x1b[1mGPU AND SSH")


def test_help_of_a_command_is_all_that_it_can_do() -> None:
    i18n.use("en")
    assert asked("train")[1].startswith("Usage: cli train") and "--batch-size" in asked("train")[1]
    assert "--format" in asked("models", "list")[1]
    assert "llm-tui models --help" in asked("models")[1]


def test_a_part_that_is_not_there_is_one_sentence_with_the_nearest() -> None:
    i18n.use("en")
    code, told = asked("trubleshooting")
    assert code == 2 and "Did you mean troubleshooting?" in told
    code, told = asked("braille")
    assert code == 2 and "These have the word: commands, troubleshooting" in told
    code, told = asked("\x1b[31mred")
    assert code == 2 and "\x1b" not in told and "llm-tui help lists them all." in told


def test_topics_are_completed() -> None:
    for begun, names in (("tro", {"troubleshooting"}), ("co", {"commands", "course", "configuration"})):
        i18n.use("en")
        done = CliRunner().invoke(
            cli,
            prog_name="llm-tui",
            env={"_LLM_TUI_COMPLETE": "bash_complete", "COMP_WORDS": f"llm-tui help {begun}", "COMP_CWORD": "2"},
        )
        assert {line.split(",")[1] for line in done.output.split()} == names
