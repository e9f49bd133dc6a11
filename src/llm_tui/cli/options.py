"""What several commands share: options, the lab folder, and writing the answer."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from llm_tui import i18n
from llm_tui.errors import UserError
from llm_tui.i18n import tr

if TYPE_CHECKING:
    from llm_tui.course.course import Course
    from llm_tui.export.table import Table
    from llm_tui.lab.lab import Lab
    from llm_tui.lab.runs import Run

F = TypeVar("F", bound=Callable[..., Any])


def option(*names: str, **settings: Any) -> Callable[[F], F]:
    return click.option(*names, **settings)


PATH = click.Path(path_type=Path)
_of_a_lab = option(
    "--lab",
    type=PATH,
    metavar=tr("DIR", "CARPETA"),
    help=tr(
        "The lab folder (else LLM_TUI_LAB, else config.toml, else llm-lab in the home folder).",
        "La carpeta del laboratorio (si no, LLM_TUI_LAB; si no, config.toml; si no, llm-lab en la carpeta personal).",
    ),
)
COURSE = "llm_tui.course"
"""Where a command's context has the file that --course named."""


def _named(place: str, context: click.Context, param: click.Parameter, value: object) -> None:
    if value is not None:
        context.meta[place] = value


with_course = option(
    "--course",
    type=PATH,
    metavar=tr("FILE", "ARCHIVO"),
    callback=partial(_named, COURSE),
    expose_value=False,
    help=tr(
        "The course file (else course.toml in the lab folder, if there is one).",
        "El archivo del curso (si no, course.toml en la carpeta del laboratorio, si existe).",
    ),
)


def with_lab(command: F) -> F:
    return _of_a_lab(with_course(command))


LANGUAGE = "llm_tui.language"
"""Where a command's context has the language that --lang named."""

with_lang = option(
    "--lang",
    type=click.Choice(i18n.LANGUAGES),
    callback=partial(_named, LANGUAGE),
    expose_value=False,
    help=tr(
        "The language (else LLM_TUI_LANG, else config.toml, else the locale's).",
        "El idioma (si no, LLM_TUI_LANG; si no, config.toml; si no, el del sistema).",
    ),
)
with_format = option(
    "--format",
    "form",
    type=click.Choice(["md", "csv", "json"]),
    default="md",
    show_default=True,
    help=tr("Markdown, CSV or JSON.", "Markdown, CSV o JSON."),
)
with_output = option(
    "-o",
    "--output",
    type=PATH,
    metavar=tr("FILE", "ARCHIVO"),
    help=tr("Write to FILE, not to the screen.", "Escribe en ARCHIVO y no en la pantalla."),
)
with_force = option("--force", is_flag=True, help=tr("Replace FILE if it exists.", "Reemplaza ARCHIVO si existe."))


def table_options(command: F) -> F:
    """Of a command that prints a table."""
    for option in (with_force, with_output, with_format, with_lang, with_lab):
        command = option(command)
    return command


def column_options(command: F) -> F:
    """Of a command that reads labelled texts."""
    for name, en, es in (
        ("label", "The column of the labels, by name or number.", "La columna de las etiquetas, por nombre o número."),
        ("text", "The column of the texts; several are joined.", "La columna de los textos; varias se juntan."),
    ):
        command = option(
            f"--{name}-column", default="", metavar=tr("NAME|N", "NOMBRE|N"),
            help=tr(f"{en} Without it, it is found.", f"{es} Si no se indica, se busca."),
        )(command)  # fmt: skip
    return command


OPTIONS = tr("[OPTIONS]", "[OPCIONES]")


def lab_folder(context: click.Context, lab: Path | None, course: bool = True) -> Path:
    """The lab that a command is for; what exercises begin with is its `course`'s from now on, where it matters.

    Raises:
        UserError: something in the course file is wrong.
    """
    from llm_tui.lab.folder import default_folder

    folder = named_lab(context, lab) or default_folder("")
    if course:
        use_course(context, folder)
    return folder


def named_lab(context: click.Context, lab: Path | None) -> Path | None:
    """The lab that somebody has named, on the command line, in the environment or in config.toml; None where nobody
    has.
    """
    from llm_tui.config import read_config
    from llm_tui.lab.folder import default_folder

    configured = read_config().lab
    named: Path | None = lab or context.obj or (default_folder(configured) if configured else None)
    return named


def use_course(context: click.Context, folder: Path) -> None:
    """What exercises begin with is of the file that --course names, else of the one in the lab's folder.

    Raises:
        UserError: something in it is wrong.
    """
    from llm_tui.course import in_use

    course = _course(course_file(context, folder))
    in_use.use(course)
    if course and course.language and not i18n.asked():
        i18n.use(course.language, asked=True)


def course_file(context: click.Context, folder: Path) -> Path | None:
    """The one that --course names, else the one in the lab's folder; None where there is none."""
    from llm_tui.course.in_use import FILE

    if named := context.meta.get(COURSE):
        return Path(os.path.expanduser(named))
    path = Path(os.path.expanduser(folder)) / FILE
    return path if os.path.lexists(path) else None


def _course(path: Path | None) -> Course | None:
    if path is None:
        return None
    from llm_tui.course.reading import opened

    return opened(path, tasks)


def tasks() -> list[str]:
    """The names under which a course file gives models."""
    from llm_tui.playground import registry

    return [task.name for task in registry.tasks()]


def open_lab(folder: Path) -> Lab:
    """A lab that tells on stderr what goes wrong with it.

    Raises:
        UserError: the folder cannot be a lab.
    """
    from llm_tui.lab.lab import Lab

    lab = Lab(folder)
    lab.tell = lambda sentence: click.echo(sentence, err=True)
    return lab


def run_of(lab: Lab, name: str) -> Run:
    """A run of the lab by the name of its folder.

    Raises:
        UserError: there is none.
    """
    found = next((run for run in lab.runs.all() if run.id == name), None)
    if found is None:
        raise UserError(
            tr(
                f"The lab {lab.folder} has no run {name}: the folders in {lab.folder / 'runs'} are their names.",
                f"El laboratorio {lab.folder} no tiene la ejecución {name}: las carpetas de {lab.folder / 'runs'} son "
                "sus nombres.",
            )
        )
    return found


with_run = option(
    "--run",
    metavar="ID",
    help=tr(
        "A run of the lab, by its folder's name; else the newest.", "Una ejecución, por su carpeta; si no, la última."
    ),
)


def with_launcher(command: F) -> F:
    """Of a command whose work can be handed over to a scheduler."""
    command = option(
        "--detach",
        is_flag=True,
        help=tr(
            "With --launcher, do not wait for the end: the lab takes what comes of it when it is next opened.",
            "Con --launcher, no espera al final: el laboratorio recoge el resultado la próxima vez que se abra.",
        ),
    )(_checked(command))
    return option(
        "--launcher",
        type=click.Choice(["here", "slurm", "local"]),
        default="here",
        show_default=True,
        help=tr(
            "Who runs it: this program, SLURM (as [slurm] in config.toml says), or processes of their own on this "
            "machine.",
            "Quién lo ejecuta: este programa, SLURM (según [slurm] en config.toml), o procesos propios en este equipo.",
        ),
    )(command)


def _checked(command: F) -> F:
    """One that does not begin where nobody is to wait for what it does at its end."""

    @wraps(command)
    def checked(*arguments: Any, **given: Any) -> Any:
        if given["detach"]:
            _check_detached(given)
        return command(*arguments, **given)

    return cast(F, checked)


def _check_detached(given: Mapping[str, Any]) -> None:
    """
    Raises:
        UserError: the work is done here, or something is asked for that needs its result.
    """
    if given["launcher"] == "here":
        raise UserError(
            tr(
                "--detach is for what is handed over: add --launcher slurm or --launcher local, or leave it out.",
                "--detach es para lo que se encarga: añada --launcher slurm o --launcher local, o quítelo.",
            )
        )
    if waiting := [name for name, asked in (("-o", given["output"]), ("--take", given.get("take"))) if asked]:
        what = ", ".join(waiting)
        raise UserError(
            tr(
                f"With --detach this command ends before there is a result for {what}: leave out one or the other.",
                f"Con --detach esta orden termina antes de que haya un resultado para {what}: quite lo uno o lo otro.",
            )
        )


def check_output(output: Path | None, force: bool) -> None:
    """Before an hour of training, not after it."""
    if output is None:
        return
    if (output.exists() and not output.is_file()) or not output.absolute().parent.is_dir():
        raise UserError(
            tr(
                f"{output} cannot be written: it is no plain file, or in a folder that does not exist.",
                f"No se puede escribir {output}: no es un archivo, o está en una carpeta que no existe.",
            )
        )
    if output.exists() and not force:
        raise UserError(
            tr(
                f"The file {output} exists already: choose another name, or add --force to replace it.",
                f"El archivo {output} ya existe: elija otro nombre, o añada --force para reemplazarlo.",
            )
        )


def as_data(tables: Mapping[str, Table], form: str, language: str) -> str:
    """The tables of an exercise as JSON, or the first as CSV, which has room for no other: what is left out is said."""
    from llm_tui.export.formats import all_to_json, to_csv

    if form == "json":
        return all_to_json(tables, language)
    first, *others = tables
    if left_out := ", ".join(name for name in others if tables[name].rows):
        said = tr(
            f"CSV has room for one table; left out: {left_out}. --format json has them all.",
            f"En CSV solo cabe una tabla; no están: {left_out}. Con --format json están todas.",
        )
        click.echo(said, err=True)
    return to_csv(tables[first], language)


def write(content: str | bytes, output: Path | None) -> None:
    """To the file, else to stdout; bytes not to a terminal.

    Raises:
        UserError: it could not be written.
    """
    if output is None and isinstance(content, bytes) and sys.stdout.isatty():
        raise UserError(tr("This is no text: name a file with -o.", "Esto no es texto: indique un archivo con -o."))
    if output is None:
        click.echo(content, nl=False)
    else:
        from llm_tui.lab.files import write_atomic

        write_atomic(output, content)
