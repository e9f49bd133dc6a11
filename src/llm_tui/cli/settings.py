"""What a person has set: shown with who says it, checked, and edited."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import click

from llm_tui.cli.options import LANGUAGE, option, with_lang
from llm_tui.cli.options import OPTIONS as OF_COMMANDS
from llm_tui.config import Config, config_path, read_config
from llm_tui.config_file import documented
from llm_tui.config_options import OPTIONS
from llm_tui.errors import UserError, reason
from llm_tui.i18n import tr
from llm_tui.toml_lines import as_toml
from llm_tui.visible import visible


@click.group(
    options_metavar=OF_COMMANDS,
    subcommand_metavar=tr("[COMMAND] [OPTIONS]...", "[ORDEN] [OPCIONES]..."),
    short_help=tr("What you have set, and who says it.", "Lo que se ha configurado, y dónde."),
    help=tr(
        "The options of the program: each from --set NAME=VALUE before the command, else from its variable of the "
        "environment, else from config.toml, else its standard.",
        "Las opciones del programa: cada una de --set NOMBRE=VALOR antes de la orden; si no, de su variable de "
        "entorno; si no, de config.toml; si no, su valor predeterminado.",
    ),
)
@with_lang
def config() -> None:
    pass


@config.command(
    "show",
    options_metavar=OF_COMMANDS,
    help=tr("Print every option with its value and who says it.", "Muestra cada opción con su valor y quién lo dice."),
)
@option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True,
        help=tr("The form of the output.", "La forma de la salida."))  # fmt: skip
@with_lang
@click.pass_context
def show(context: click.Context, form: str) -> None:
    found = read_config()
    if language := context.meta.get(LANGUAGE):
        found = replace(found, values={**found.values, "language": language},
                        sources={**found.sources, "language": "--lang"})  # fmt: skip
    rows = [(one.name, found.value(one.name), str(_source(found, one.name))) for one in OPTIONS]
    if form == "json":
        click.echo(json.dumps({name: {"value": value, "from": said} for name, value, said in rows}, ensure_ascii=False,
                              indent=2))  # fmt: skip
    else:
        width = max(len(name) for name, _, _ in rows)
        for name, value, said in rows:
            shown = "-" if value in ("", ()) else as_toml(list(value) if isinstance(value, tuple) else value)
            click.echo(visible(f"{name:{width}}  {shown}  ({said})"))
        for table in ("keys", "slurm"):
            names = ", ".join(found.tables.get(table, {}))
            click.echo(visible(f"[{table}]".ljust(width) + f"  {names or '-'}"))
    for problem in problems(found):
        click.echo(problem, err=True)


def _source(found: Config, name: str) -> object:
    return found.sources.get(name, tr("standard", "predeterminado"))


@config.command(
    "path", options_metavar=OF_COMMANDS, help=tr("Print where config.toml is.", "Muestra dónde está config.toml.")
)
@with_lang
def path() -> None:
    click.echo(visible(str(config_path())))


@config.command(
    "check",
    options_metavar=OF_COMMANDS,
    help=tr(
        "Say what cannot be followed, each with its line, and end with 2; else that all is followed.",
        "Dice lo que no se puede seguir, con su línea, y termina con 2; si no, que se sigue todo.",
    ),
)
@with_lang
@click.pass_context
def check(context: click.Context) -> None:
    _say(context, read_config())


def _say(context: click.Context, found: Config) -> None:
    wrong = problems(found)
    for problem in wrong:
        click.echo(problem, err=True)
    if wrong:
        context.exit(2)
    there = found.path if found.found else tr(f"{found.path} (there is none)", f"{found.path} (no existe)")
    click.echo(visible(tr(f"{there}: nothing is wrong.", f"{there}: no hay errores.")))


def problems(found: Config) -> Sequence[str]:
    """All that cannot be followed, keys and scheduler among it."""
    return [*found.problems, *_of_tables(found)]


def _of_tables(found: Config) -> Iterator[str]:
    from llm_tui.launching.settings import read_settings

    if found.tables.get("keys"):
        from llm_tui import keymap

        yield from keymap.own_keys(found, keymap.all_keys())[1]
    yield from read_settings(found)[1]


@config.command(
    "edit",
    options_metavar=OF_COMMANDS,
    help=tr(
        "Open config.toml in $VISUAL, $EDITOR or vi, written first with every option as a comment where there is none; "
        "then check it.",
        "Abre config.toml en $VISUAL, $EDITOR o vi, escrito antes con cada opción como comentario si no existe; "
        "después lo revisa.",
    ),
)
@with_lang
@click.pass_context
def edit(context: click.Context) -> None:
    file = config_path()
    if not file.exists():
        _write(file, documented())
    # Left to itself, click takes vim or nano before vi; the app's own key does not.
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        click.edit(filename=str(file), editor=editor)
    except (click.ClickException, ValueError) as error:  # ValueError: a quotation mark that nothing closes
        why = error.format_message() if isinstance(error, click.ClickException) else f"{editor}: {error}."
        raise UserError(
            tr(
                f"{why} Set EDITOR to another, or write into {file} yourself.",
                f"{why} Ponga otro en EDITOR, o escriba usted en {file}.",
            )
        ) from error
    _say(context, read_config())


def _write(file: Path, text: str) -> None:
    from llm_tui import files

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        files.replace(file, text.encode())
    except OSError as error:
        raise UserError(
            tr(f"{file} could not be written ({reason(error)}).", f"No se pudo escribir {file} ({reason(error)}).")
        ) from error
