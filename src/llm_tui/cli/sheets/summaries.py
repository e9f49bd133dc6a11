"""Exercise 5 on the command line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from llm_tui.cli.field_options import generating
from llm_tui.cli.options import OPTIONS, PATH, option
from llm_tui.cli.sheets import fill, sheet_options, stated, with_file
from llm_tui.errors import UserError
from llm_tui.exercises.summaries import EXERCISE
from llm_tui.exercises.textfile import read_text
from llm_tui.i18n import tr


@click.command(
    options_metavar=OPTIONS,
    short_help=tr("Two summarizers.", "Dos modelos de resumen."),
    help=tr(
        "Summarize FILE with two systems. One that cannot be loaded is replaced by the fallback, and the notes say "
        "so. Which system wrote which is hidden until both are marked in the app, or with --reveal.",
        "Resume ARCHIVO con dos sistemas. Al que no se pueda cargar lo reemplaza el sustituto, y las notas lo "
        "dicen. Qué sistema escribió cuál queda oculto hasta puntuar ambos en la aplicación, o con --reveal.",
    ),
)
@with_file
@option("--system", "systems", multiple=True, metavar=tr("NAME", "NOMBRE"),
        help=tr("A hub id or a folder; give two.", "Un id del hub o una carpeta; indique dos."))  # fmt: skip
@option("--fallback", metavar=tr("NAME", "NOMBRE"),
        help=tr("Takes the place of one that cannot be had.", "Reemplaza al que no se pueda cargar."))  # fmt: skip
@option("--reveal", is_flag=True,
        help=tr("Say which system wrote which before they are marked.",
                "Dice qué sistema escribió cuál antes de puntuarlos."))  # fmt: skip
@option("--reference", type=PATH, metavar="F", help=tr("A summary by a person.", "Un resumen hecho por una persona."))
@generating
@sheet_options
@click.pass_context
def command(context: click.Context, /, file: Path | None, systems: tuple[str, ...], **given: Any) -> None:
    if len(systems) not in (0, 2):
        raise UserError(tr("Give --system twice.", "Indique --system dos veces."))
    changed = stated(given, "fallback") | dict(zip(("system_a", "system_b"), systems, strict=False))
    if file:
        changed["source"] = read_text(file)
    if given["reference"]:
        changed["reference"] = read_text(given["reference"])
    if given["reveal"]:
        changed["unblinded"] = True
    fill(context, EXERCISE, given, lambda before: replace(before.again(), **changed))
