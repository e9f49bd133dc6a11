"""The model card of a run, on the command line."""

from __future__ import annotations

from pathlib import Path

import click

from llm_tui import i18n
from llm_tui.cli.options import (
    OPTIONS,
    check_output,
    lab_folder,
    open_lab,
    run_of,
    with_force,
    with_lab,
    with_lang,
    with_output,
    with_run,
    write,
)
from llm_tui.i18n import tr


@click.command(
    options_metavar=OPTIONS,
    short_help=tr(
        "Print the model card of a classifier of yours.", "Imprime la ficha (model card) de un clasificador suyo."
    ),
    help=tr(
        "Print the model card of a trained classifier of the lab, as the hub has them: as you wrote it on the training "
        "screen, with its figures made anew, else one in which your sections are still empty.",
        "Imprime la ficha (model card) de un clasificador del laboratorio, como las del hub: tal como usted la "
        "escribió en la pantalla de entrenamiento, con sus cifras rehechas; si no, una con sus secciones aún vacías.",
    ),
)
@with_run
@with_lab
@with_lang
@with_output
@with_force
@click.pass_context
def card(context: click.Context, /, run: str | None, lab: Path | None, output: Path | None, force: bool) -> None:
    from llm_tui.report.card import fresh, renewed

    check_output(output, force)
    opened, language = open_lab(lab_folder(context, lab)), i18n.language()
    found = run_of(opened, run) if run else opened.runs.trained()
    kept, whose = found.card(), opened.whose
    text = fresh(found, whose, language) if kept is None else renewed(kept, found, whose, language)
    write(text if text.endswith("\n") else f"{text}\n", output)
