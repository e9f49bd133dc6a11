"""The command line: opens the app, and runs every exercise without it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from llm_tui import __version__
from llm_tui.cli.classic import train
from llm_tui.cli.exercise import exercise
from llm_tui.cli.lab import doctor, export
from llm_tui.cli.log import log
from llm_tui.cli.models import COMMANDS as MODEL_COMMANDS
from llm_tui.cli.options import OPTIONS, lab_folder, with_lab, with_lang
from llm_tui.cli.tokens import tokens
from llm_tui.errors import UserError
from llm_tui.i18n import tr


class _Group(click.Group):
    """Prints a `UserError` as one sentence and exits with 2; with 130 where a person pressed ctrl+c."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except UserError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(2)
        except KeyboardInterrupt:
            click.echo(tr("Stopped.", "Detenido."), err=True)
            ctx.exit(130)


@click.group(
    cls=_Group,
    invoke_without_command=True,
    options_metavar=OPTIONS,
    subcommand_metavar=tr("[COMMAND] [OPTIONS]...", "[ORDEN] [OPCIONES]..."),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help=tr(
        "The practical part of an introductory LLM course, in the terminal. Without a command, the app opens.",
        "La parte práctica de un curso de introducción a los LLM, en la terminal. Sin orden, se abre la aplicación.",
    ),
)
@with_lab
@with_lang
@click.version_option(
    __version__, prog_name="llm-tui", help=tr("Show the version and exit.", "Muestra la versión y termina.")
)
@click.pass_context
def cli(context: click.Context, lab: Path | None) -> None:
    from llm_tui.terminal import start_log

    context.obj = lab
    log = start_log(fresh=context.invoked_subcommand is None)
    if context.invoked_subcommand is None:
        _open_app(lab_folder(context, None), log)


def _open_app(folder: Path, log: int) -> None:
    from llm_tui.lab.lab import Lab
    from llm_tui.terminal import own_terminal

    lab = Lab(folder)
    with own_terminal(log):
        from llm_tui.app import LabApp

        app = LabApp(lab)
        app.run()
    if app.farewell:
        click.echo(app.farewell, err=True)
    sys.exit(app.return_code or 0)


for _command in (train, tokens, *MODEL_COMMANDS, exercise, export, log, doctor):
    cli.add_command(_command)
