"""The README lists the options as their table has them: `python tests/docs/test_readme_options.py` writes it."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from llm_tui import i18n
from llm_tui.cli import cli
from llm_tui.config_options import OPTIONS, Option
from llm_tui.i18n import tr

README = Path(__file__).parents[2] / "README.md"


def table(language: str) -> str:
    i18n.use(language)
    head = tr("| Name | What it says | Variable | Option |", "| Nombre | Qué dice | Variable | Opción |")
    return "\n".join([head, "| --- | --- | --- | --- |", *map(row, OPTIONS)])


def row(one: Option) -> str:
    said = tr(f"{one.help} It is {one.wanted}.", f"{one.help} Es {one.wanted}.")
    flag = one.flag or f"--set {one.name}=…"
    return f"| `{one.name}` | {said} | `{one.variable}` | `{flag}` |"


def part(language: str) -> re.Pattern[str]:
    return re.compile(rf"(?<=<!-- options {language} -->\n\n).*?(?=\n\n<!-- /options -->)", re.DOTALL)


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_the_tables_of_the_readme_are_the_options(language: str):
    found = part(language).search(README.read_text(encoding="utf-8"))
    assert found and found.group() == table(language), "python tests/docs/test_readme_options.py writes them"


@pytest.mark.parametrize("one", [one for one in OPTIONS if one.flag], ids=lambda one: one.name)
def test_every_option_of_the_command_line_that_the_table_names_is_one(one: Option):
    context = click.Context(cli)
    commands = filter(None, [cli, *(cli.get_command(context, name) for name in cli.list_commands(context))])
    there = {name for command in commands for param in command.params for name in (*param.opts, *param.secondary_opts)}
    assert one.flag in there


if __name__ == "__main__":
    text = README.read_text(encoding="utf-8")
    for language in i18n.LANGUAGES:
        written = table(language)
        text = part(language).sub(lambda _, written=written: written, text)
    README.write_text(text, encoding="utf-8")
