"""Whose hand-in it is, on the command line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from llm_tui.cli.holding import held, with_wait
from llm_tui.cli.options import OPTIONS, lab_folder, open_lab, option, with_lab, with_lang
from llm_tui.i18n import tr


@click.command(
    options_metavar=OPTIONS,
    short_help=tr("Say whose hand-in it is.", "Indica de quién es la entrega."),
    help=tr(
        "Say whose hand-in it is, for the first lines of the report; without options, print what the lab has. What "
        "stands in lab.toml beside it stays as it is; an empty text takes a line away.",
        "Indica de quién es la entrega, para las primeras líneas del informe; sin opciones, imprime lo que tiene el "
        "laboratorio. Lo demás que haya en lab.toml se queda como está; un texto vacío quita su línea.",
    ),
)
@option("--name", help=tr("Name or names.", "Nombre o nombres."), metavar=tr("TEXT", "TEXTO"))
@option("--group", help=tr("Group.", "Grupo."), metavar=tr("TEXT", "TEXTO"))
@option("--course-name", "course", help=tr("Course.", "Curso."), metavar=tr("TEXT", "TEXTO"))
@option(
    "--date", help=tr("Date, as it is to stand there.", "Fecha, tal como debe figurar."), metavar=tr("TEXT", "TEXTO")
)
@option(
    "--in-file-names/--not-in-file-names",
    default=None,
    help=tr("Whether exports have the name in theirs.", "Si las exportaciones llevan el nombre en el suyo."),
)
@with_wait
@with_lab
@with_lang
@click.pass_context
def whose(context: click.Context, /, lab: Path | None, wait: bool, **given: str | bool | None) -> None:
    folder = lab_folder(context, lab, course=False)
    said = {name: value for name, value in given.items() if value is not None}
    if said:
        with held(folder, wait) as mine:
            mine.save_whose(replace(mine.whose, **said))  # type: ignore[arg-type]
    from llm_tui.lab.whose import NO_NAME

    for head, text in open_lab(folder).whose.lines():
        click.echo(f"{head}: {text or NO_NAME}")
