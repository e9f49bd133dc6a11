"""Course files on the command line: a new one to begin with, and what is wrong in one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from llm_tui.cli.options import OPTIONS, PATH, check_output, tasks, with_force, with_lang, write
from llm_tui.i18n import tr

if TYPE_CHECKING:
    from llm_tui.course.course import Course

FILE = Path("course.toml")


@click.group(
    options_metavar=OPTIONS,
    subcommand_metavar=tr("[COMMAND] [OPTIONS]...", "[ORDEN] [OPCIONES]..."),
    short_help=tr("A course's own material, in one file.", "El material propio de un curso, en un archivo."),
    help=tr(
        "An instructor's own texts, labels, models, tokenizers, questions and day of delivery, in one file, which "
        "--course names, or which lies in the lab as course.toml.",
        "Los textos, etiquetas, modelos, tokenizadores, preguntas y día de entrega de quien enseña, en un archivo que "
        "se indica con --course, o que está en el laboratorio como course.toml.",
    ),
)
@with_lang
def course() -> None:
    pass


@course.command(
    "new",
    options_metavar=OPTIONS,
    help=tr(
        "Write a course file with comments that holds what comes with the program, to begin with.",
        "Escribe un archivo de curso comentado que contiene lo que trae el programa, para empezar.",
    ),
)
@click.argument("file", required=False, type=PATH, metavar=tr("[FILE]", "[ARCHIVO]"), default=FILE)
@with_force
@with_lang
def new(file: Path, force: bool) -> None:
    from llm_tui.cli.course_text import text

    check_output(file, force)
    write(text(), file)
    click.echo(
        tr(
            f"{file} is written: change what you want, delete what should stay as it is; then: llm-tui course check "
            f"{file}",
            f"{file} está escrito: cambie lo que quiera, borre lo que deba quedar igual; después: llm-tui course check "
            f"{file}",
        )
    )


@course.command(
    "check",
    options_metavar=OPTIONS,
    help=tr(
        "Say everything that is wrong in a course file, each with its line, and end with 2; else what it changes.",
        "Dice todo lo que está mal en un archivo de curso, con su línea, y termina con 2; si no, qué cambia.",
    ),
)
@click.argument("file", required=False, type=PATH, metavar=tr("[FILE]", "[ARCHIVO]"), default=FILE)
@with_lang
@click.pass_context
def check(context: click.Context, file: Path) -> None:
    from llm_tui.course.reading import read

    found = read(file, tasks)
    if found.problems:
        for line in found.lines():
            click.echo(f"{line}.", err=True)
        context.exit(2)
    for line in _told(file, found.course):
        click.echo(line)


def _told(file: Path, course: Course) -> Iterator[str]:
    from llm_tui.cli.course_text import text
    from llm_tui.course.changes import changes
    from llm_tui.course.reading import understood

    digest = course.digest
    yield tr(f"{file} ({digest}): nothing is wrong in it.", f"{file} ({digest}): no tiene errores.")
    changed = list(changes(course, understood(file, text().encode(), tasks).course))
    yield tr("It changes:", "Cambia:") if changed else tr("It changes nothing.", "No cambia nada.")
    yield from (f"  {key}: {said}" for key, said in changed)
