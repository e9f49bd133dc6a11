"""An answer of the log asked for again, on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from llm_tui import i18n
from llm_tui.cli.options import (
    OPTIONS,
    check_output,
    lab_folder,
    open_lab,
    option,
    table_options,
    write,
)
from llm_tui.errors import UserError
from llm_tui.i18n import tr

DIFFERS = 1
"""The exit code where an answer is another one, or there was none to compare with."""


@click.command(
    options_metavar=OPTIONS,
    short_help=tr("Ask again for a logged answer, and compare.", "Pregunta de nuevo lo registrado, y compara."),
    help=tr(
        "Ask again, at its revision, for the Nth newest answer of the lab's log (1 is the newest), and compare what "
        "comes with what was logged. The log has hashes of texts: the texts are found in the lab, or given as TEXT. "
        "The exit code is 0 where all answers are the same, else 1.",
        "Pregunta de nuevo, con su revisión, lo que dio la N-ésima respuesta más reciente del registro (1 es la más "
        "nueva), y compara lo que llega con lo registrado. El registro tiene hashes de los textos: los textos se "
        "buscan en el laboratorio, o se dan como TEXTO. El código de salida es 0 si todas son iguales, y si no, 1.",
    ),
)
@click.argument("number", type=click.IntRange(min=1), default=1, metavar="[N]")
@click.argument("texts", nargs=-1, metavar=tr("[TEXT]...", "[TEXTO]..."))
@option("--model", default="", metavar="M", help=tr("Where its model is.", "Dónde está su modelo."))
@click.option("--list", "listed", is_flag=True, help=tr("The answers by number.", "Las respuestas por su número."))
@table_options
@click.pass_context
def rerun(
    context: click.Context,
    /,
    number: int,
    texts: tuple[str, ...],
    model: str,
    listed: bool,
    lab: Path | None,
    **to: Any,
) -> None:
    from llm_tui.cli.progress import result_of
    from llm_tui.exercises.rerun import table
    from llm_tui.export.formats import FORMATS
    from llm_tui.report.rerun import again, answers_of, held_against, listing

    check_output(to["output"], to["force"])
    opened, language = open_lab(lab_folder(context, lab)), i18n.export_language()
    logged = answers_of(opened)
    if listed:
        write(FORMATS[to["form"]](listing(logged, language), language), to["output"])
        return
    if number > len(logged):
        raise UserError(
            tr(
                f"The log of {opened.folder} has {len(logged)} answers of models: give a number up to that, or another "
                "lab with --lab.",
                f"El registro de {opened.folder} tiene {len(logged)} respuestas de modelos: dé un número hasta ahí, u "
                "otro laboratorio con --lab.",
            )
        )
    entry = logged[number - 1]
    job = again(opened, entry, texts, model)
    found = held_against(entry, result_of(job, *opened.listeners(job)))
    write(FORMATS[to["form"]](table(found, language), language), to["output"])
    if not found.answers or found.same < len(found.answers):
        context.exit(DIFFERS)
