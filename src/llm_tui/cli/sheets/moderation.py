"""Exercise 3 on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from llm_tui.cli.field_options import field_option
from llm_tui.cli.options import OPTIONS, column_options, option
from llm_tui.cli.sheets import fill, sheet_options, stated, with_file, with_model
from llm_tui.exercises.moderation import EXERCISE, THRESHOLD, Answers
from llm_tui.exercises.samples import Sample, read_samples
from llm_tui.i18n import tr
from llm_tui.labelled.columns import Choice
from llm_tui.visible import visible


@click.command(
    options_metavar=OPTIONS,
    short_help=tr("Zero-shot moderation.", "Moderación zero-shot."),
    help=tr(
        "Give each text of FILE a label, and print how that agrees with the true ones. FILE is a CSV of text, "
        "label and perhaps kind; without it, the lab's texts or the 20 that come with the program.",
        "Da una etiqueta a cada texto de ARCHIVO, e imprime cuánto coincide con las verdaderas. ARCHIVO es un CSV con "
        "texto, etiqueta y quizá tipo; sin él, los textos del laboratorio o los 20 que trae el programa.",
    ),
)
@with_file
@option("--labels", metavar="A,B,...", help=tr("Separated by commas.", "Separadas por comas."))
@option("--key-label", metavar="A", help=tr("The label of the table.", "La etiqueta de la tabla."))
@option("--template", metavar="T", help=tr("The hypothesis, {} being the label.", "La hipótesis; {} es la etiqueta."))
@option("--other", metavar="T", help=tr("A hypothesis to compare it with.", "Una hipótesis con que compararla."))
@field_option(THRESHOLD, unset=True)
@with_model
@column_options
@sheet_options
@click.pass_context
def command(context: click.Context, /, file: Path | None, **given: Any) -> None:
    changed = stated(given, "labels", "key_label", "template", "other", "threshold", "model")

    def change(before: Answers) -> Answers:
        answers = replace(before, **changed)
        return replace(answers, samples=_samples(file, answers.label_names(), given)) if file else answers

    fill(context, EXERCISE, given, change)


def _samples(file: Path, labels: Sequence[str], given: dict[str, Any]) -> tuple[Sample, ...]:
    choice = Choice(given["text_column"], given["label_column"])
    samples, said = read_samples(file, labels, choice)
    for line in said:
        click.echo(visible(str(line)), err=True)
    return samples
