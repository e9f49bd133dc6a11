"""Exercise 4 on the command line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from llm_tui.cli.field_options import generating
from llm_tui.cli.options import OPTIONS, PATH, option
from llm_tui.cli.sheets import fill, sheet_options, stated, with_file
from llm_tui.exercises.textfile import read_text
from llm_tui.exercises.translation import EN_ES, ES_EN, EXERCISE, Sentence
from llm_tui.i18n import tr
from llm_tui.labelled.lines import lines_of


@click.command(
    options_metavar=OPTIONS,
    short_help=tr("Translation there and back.", "Traducción de ida y vuelta."),
    help=tr(
        "Translate the sentences of FILE, one on each line, there and back. Without FILE, those of the lab or the ten "
        "that come with the program.",
        "Traduce las oraciones de ARCHIVO, una en cada línea, de ida y vuelta. Sin ARCHIVO, las del laboratorio o las "
        "diez que trae el programa.",
    ),
)
@with_file
@option("--english", type=PATH, metavar="F", help=tr("Sentences in English.", "Oraciones en inglés."))
@option("--es-en", "model_es_en", metavar=tr("NAME", "NOMBRE"),
        help=tr("Translates Spanish to English.", "Traduce del español al inglés."))  # fmt: skip
@option("--en-es", "model_en_es", metavar=tr("NAME", "NOMBRE"),
        help=tr("Translates English to Spanish.", "Traduce del inglés al español."))  # fmt: skip
@generating
@sheet_options
@click.pass_context
def command(context: click.Context, /, file: Path | None, english: Path | None, **given: Any) -> None:
    changed = stated(given, "model_es_en", "model_en_es")
    if file or english:
        changed["sentences"] = (*_sentences(file, ES_EN), *_sentences(english, EN_ES))
    fill(context, EXERCISE, given, lambda before: replace(before, **changed))


def _sentences(file: Path | None, direction: str) -> list[Sentence]:
    lines = lines_of(read_text(file)) if file else []
    return [Sentence(line.strip(), direction) for line in lines if line.strip()]
