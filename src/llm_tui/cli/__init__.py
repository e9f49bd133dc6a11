"""The command line: opens the app, and runs every exercise without it."""

from __future__ import annotations

import gc
import logging
import os
import sys
from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

import click

from llm_tui import __version__
from llm_tui.cli.options import OPTIONS, lab_folder, option, use_course, with_lab, with_lang
from llm_tui.colours import THEMES
from llm_tui.config import for_libraries, give, read_config
from llm_tui.errors import UserError
from llm_tui.i18n import tr
from llm_tui.signals import Ended, told_to_end

if TYPE_CHECKING:
    from llm_tui.terminal import OwnTerminal

COMMANDS = {
    "attention": "attention:attention",
    "bench": "bench:bench",
    "bias": "bias:command",
    "card": "card:card",
    "code": "code:code",
    "config": "settings:config",
    "course": "course:course",
    "doctor": "lab:doctor",
    "exercise": "exercise:exercise",
    "export": "lab:export",
    "help": "help:help",
    "log": "log:log",
    "notebook": "notebook:notebook",
    "predict": "predict:predict",
    "redact": "redact:redact",
    "rerun": "rerun:rerun",
    "status": "working:status",
    "stop": "working:stop",
    "tokens": "tokens:tokens",
    "train": "classic:train",
    "watch": "working:watch",
    "whose": "whose:whose",
}
"""Where each command is, as `module:name`: it is imported when it is wanted, for the app opens without any."""


class _Group(click.Group):
    """Prints a `UserError` as one sentence and exits with 2, a defect with 1. Where the program was told to end, by
    ctrl+c or otherwise, it exits with 128 and the signal's number.
    """

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except UserError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(2)
        except KeyboardInterrupt as stopped:
            click.echo(tr("Stopped.", "Detenido."), err=True)
            ctx.exit(stopped.code if isinstance(stopped, Ended) else 130)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except Exception as error:
            click.echo(f"Error: {_defect(error)}", err=True)
            ctx.exit(1)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if where := COMMANDS.get(cmd_name):
            command: click.Command = resolve_name(f"llm_tui.cli.{where}")
            return command
        return _of_models().get(cmd_name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*COMMANDS, *_of_models()])


def _of_models() -> dict[str, click.Command]:
    """The commands of models, of the flows, and of each task, by their names."""
    from llm_tui.cli import ask, flows, models
    from llm_tui.playground import registry

    commands = (*models.COMMANDS, *flows.COMMANDS, *map(ask.command, registry.tasks()))
    return {command.name or "": command for command in commands}


def _defect(error: Exception) -> str:
    from llm_tui.terminal import log_path

    logging.getLogger(__name__).error("the command stopped", exc_info=error)
    return tr(
        f"The command stopped on an error of the program ({type(error).__name__}); {log_path()} has the details.",
        f"La orden se detuvo por un error del programa ({type(error).__name__}); los detalles están en {log_path()}.",
    )


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
@option(
    "--plain",
    is_flag=True,
    help=tr(
        "Line by line, without a screen; so it is too where TERM is dumb or there is no terminal (else LLM_TUI_PLAIN).",
        "Línea por línea, sin pantalla; también si TERM es dumb o no hay terminal (si no, LLM_TUI_PLAIN).",
    ),
)
@option(
    "--theme",
    type=click.Choice(tuple(THEMES)),
    help=tr(
        "The colours (else LLM_TUI_THEME, else theme in config.toml).",
        "Los colores (si no, LLM_TUI_THEME; si no, theme en config.toml).",
    ),
)
@option(
    "--no-mouse",
    is_flag=True,
    help=tr(
        "Leave the mouse to the terminal, to select with it (else LLM_TUI_MOUSE=0, else mouse in config.toml).",
        "Deja el ratón a la terminal, para seleccionar con él (si no, LLM_TUI_MOUSE=0; si no, mouse en config.toml).",
    ),
)
@option(
    "--set",
    "settings",
    multiple=True,
    metavar=tr("NAME=VALUE", "NOMBRE=VALOR"),
    help=tr(
        "Set an option for this time (llm-tui config show lists them), before the environment and config.toml.",
        "Cambia una opción por esta vez (llm-tui config show las muestra); vale antes que el entorno y config.toml.",
    ),
)
@click.version_option(
    __version__, prog_name="llm-tui", help=tr("Show the version and exit.", "Muestra la versión y termina.")
)
@click.pass_context
def cli(
    context: click.Context,
    lab: Path | None,
    plain: bool,
    theme: str | None,
    no_mouse: bool,
    settings: tuple[str, ...],
) -> None:
    from llm_tui.cli.plain import open_plain, wanted
    from llm_tui.terminal import start_log

    flags = {
        "lab": (lab and str(lab), "--lab"),
        "plain": (plain or None, "--plain"),
        "theme": (theme, "--theme"),
        "mouse": (False if no_mouse else None, "--no-mouse"),
    }
    give(settings, {name: flag for name, flag in flags.items() if flag[0] is not None})
    for_libraries(read_config(), os.environ)
    context.obj = lab
    log, why = start_log(fresh=context.invoked_subcommand is None)
    if context.invoked_subcommand is None and not wanted(plain):
        _open_app(context, lab_folder(context, None), log, why, no_mouse)
        return
    gc.enable()  # the app does it when it has painted
    if context.invoked_subcommand is None:
        open_plain(context, lab_folder(context, None), log, why)
    elif why:
        click.echo(why, err=True)


def _open_app(context: click.Context, folder: Path, log: int, notice: str, no_mouse: bool) -> None:
    from llm_tui.engine.prepare import giving_way
    from llm_tui.lab import courses
    from llm_tui.lab.lab import Lab
    from llm_tui.terminal import own_terminal

    mouse = not no_mouse and read_config().mouse
    with own_terminal(log) as terminal:
        first = _first_start(folder, "lab" in read_config().this_time, terminal, mouse)
        if first is not None:
            folder, said = first
            use_course(context, folder)
            notice = " ".join(filter(None, (notice, said)))
        lab = Lab(folder)
        notice = " ".join(filter(None, (notice, courses.remember(lab))))
        from llm_tui.app import LabApp

        app = LabApp(lab, terminal=terminal, notice=notice, config=read_config())
        app.begins_with_tour = first is not None
        try:
            with told_to_end(app.ending.told), giving_way():
                app.run(mouse=mouse)
        finally:
            courses.remember(lab)  # a lab that was new is there now
            lab.release()  # an error of the app's own may end it before it has come to that
    for farewell in filter(None, (app.ending.farewell, app.elsewhere.farewell)):
        click.echo(farewell, err=True)
    sys.exit(app.return_code or 0)


def _first_start(folder: Path, given: bool, terminal: OwnTerminal, mouse: bool) -> tuple[Path, str] | None:
    """On a first start the folder that was chosen for the lab, and what is to be said; else None. `given`: somebody has
    named the folder.
    """
    from llm_tui.cli.begun import asked, due

    if not due(folder, given):
        return None
    from llm_tui.first_start import FirstStart

    first = FirstStart(folder, os.environ, terminal)
    with told_to_end(first.told):
        chosen = first.run(mouse=mouse)
    if chosen is None:
        sys.exit(first.return_code or 0)
    asked()
    said = chosen.keep()
    return (Path(os.path.expanduser(chosen.lab)) if chosen.lab else folder), said
