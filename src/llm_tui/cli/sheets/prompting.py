"""Exercise 6 on the command line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from llm_tui.cli.field_options import generating
from llm_tui.cli.options import OPTIONS, option
from llm_tui.cli.sheets import fill, sheet_options, stated, with_file, with_model
from llm_tui.exercises.prompting import EXERCISE, TITLES, Answers
from llm_tui.exercises.textfile import read_text
from llm_tui.i18n import tr


@click.command(
    options_metavar=OPTIONS,
    short_help=tr("Three prompts for one paragraph.", "Tres instrucciones para un párrafo."),
    help=tr(
        "Ask a model to classify the paragraph in FILE, to name its key terms, and to rewrite it.",
        "Pide a un modelo que clasifique el párrafo de ARCHIVO, que dé sus términos clave y que lo reescriba.",
    ),
)
@with_file
@option("--labels", metavar="A,B,...", help=tr("Of the classification.", "De la clasificación."))
@option("--classification", metavar="T", help=tr("The first instruction.", "La primera instrucción."))
@option("--terms", metavar="T", help=tr("The second one.", "La segunda."))
@option("--rewriting", metavar="T", help=tr("The third one.", "La tercera."))
@with_model
@generating
@sheet_options
@click.pass_context
def command(context: click.Context, /, file: Path | None, **given: Any) -> None:
    changed = stated(given, "labels", "model")
    if file:
        changed["paragraph"] = read_text(file).strip()

    def change(before: Answers) -> Answers:
        named = {name: replace(before.prompt(name), instruction=given[name]) for name in TITLES if given[name]}
        return replace(before, prompts={**before.prompts, **named}, **changed)

    fill(context, EXERCISE, given, change)
