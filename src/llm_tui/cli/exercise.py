"""The exercises on the command line, by their numbers, without the app."""

from __future__ import annotations

from pkgutil import resolve_name

import click

from llm_tui.cli.options import OPTIONS, with_lang
from llm_tui.exercises.registry import EXERCISES, PLAY, Row, named, on
from llm_tui.i18n import Text, tr


class _Exercises(click.Group):
    """What the registry offers; the module of a command is imported when it is wanted."""

    def list_commands(self, context: click.Context) -> list[str]:
        return [str(row.number) for row in EXERCISES if is_offered(row)]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        row = next((row for row in EXERCISES if str(row.number) == name and is_offered(row)), None)
        return command(row) if row else None


def is_offered(row: Row) -> bool:
    return bool(row.command) or row.tab == PLAY


def command(row: Row) -> click.Command:
    """What does an exercise on the command line."""
    if not row.command:
        from llm_tui.cli.sheets import sheet_command

        return sheet_command(row)
    found = resolve_name(row.command)
    if not isinstance(found, click.Command):
        raise TypeError(f"{row.command} is no command")
    return found


def _which() -> Text:
    """Which exercise is done by what."""
    others = [(row.number, command(row).name) for row in EXERCISES if row.command and row.tab != PLAY]
    one = Text("{n} is llm-tui {name}", "el {n} es llm-tui {name}")
    listed = Text(", ", "; ").join(one.format(n=number, name=name) for number, name in others)
    said = Text(
        "Do exercise N: {others}; {sheets} ask models and print the sheet.",
        "Hace el ejercicio N: {others}; los {sheets} preguntan a modelos e imprimen la hoja.",
    )
    return said.format(others=listed, sheets=named(on(PLAY)))


@click.group(
    cls=_Exercises,
    options_metavar=OPTIONS,
    subcommand_metavar=tr("N [OPTIONS]...", "N [OPCIONES]..."),
    short_help=tr("Do an exercise without the app.", "Hace un ejercicio sin la aplicación."),
    help=str(_which()),
)
@with_lang
def exercise() -> None:
    pass
