"""What several commands share: options, the lab folder, and writing the answer."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from llm_tui import i18n
from llm_tui.errors import UserError
from llm_tui.foundation.job import PRECISIONS
from llm_tui.i18n import tr

if TYPE_CHECKING:
    from llm_tui.lab.lab import Lab

LOOK_SECONDS = 1.0
"""Between two looks at whether another program has closed a lab."""

F = TypeVar("F", bound=Callable[..., Any])


def option(*names: str, **settings: Any) -> Callable[[F], F]:
    return click.option(*names, **settings)


PATH = click.Path(path_type=Path)
with_lab = option(
    "--lab",
    type=PATH,
    metavar="DIR",
    help=tr(
        "The lab folder (else LLM_TUI_LAB, else llm-lab in the home folder).",
        "La carpeta del laboratorio (si no, LLM_TUI_LAB; si no, llm-lab en la carpeta personal).",
    ),
)
with_lang = option(
    "--lang",
    type=click.Choice(i18n.LANGUAGES),
    expose_value=False,
    help=tr("The language: es or en (else the locale's).", "El idioma: es o en (si no, el del sistema)."),
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
    metavar="FILE",
    help=tr("Write to FILE, not to the screen.", "Escribe en FILE y no en la pantalla."),
)
with_force = option("--force", is_flag=True, help=tr("Replace FILE if it exists.", "Reemplaza FILE si existe."))


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
            f"--{name}-column", default="", metavar="NAME|N",
            help=tr(f"{en} Without it, it is found.", f"{es} Si no se indica, se busca."),
        )(command)  # fmt: skip
    return command


where_options = (
    option("--device", default="auto", show_default=True, metavar="auto|cpu|cuda[:i]",
           help=tr("Where it runs.", "Dónde se ejecuta.")),
    option("--precision", type=click.Choice(PRECISIONS), default="auto", show_default=True,
           help=tr("auto: bfloat16 on a GPU that has it, else float32.",
                   "auto: bfloat16 en una GPU que lo tenga; si no, float32.")),
    option("--batch-size", type=click.IntRange(1, 4096), default=16, show_default=True, metavar="B",
           help=tr("Texts at a time.", "Textos a la vez.")),
)  # fmt: skip
"""Of a command that asks models."""


OPTIONS = tr("[OPTIONS]", "[OPCIONES]")


def lab_folder(context: click.Context, lab: Path | None) -> Path:
    from llm_tui.lab.lab import default_folder

    return lab or context.obj or default_folder(os.environ)


def open_lab(folder: Path) -> Lab:
    """A lab that tells on stderr what goes wrong with it.

    Raises:
        UserError: the folder cannot be a lab.
    """
    from llm_tui.lab.lab import Lab

    lab = Lab(folder)
    lab.tell = lambda sentence: click.echo(sentence, err=True)
    return lab


with_wait = option(
    "--wait",
    is_flag=True,
    help=tr(
        "Where another program has the lab open, wait until it is closed.",
        "Si otro programa tiene abierto el laboratorio, espera a que se cierre.",
    ),
)


@contextmanager
def held(folder: Path, wait: bool = False) -> Iterator[Lab]:
    """A lab that no other program writes answers to for the length of the block.

    Raises:
        OpenElsewhere: another program has it open, and nobody wants to `wait`.
        UserError: it cannot be written to.
    """
    from llm_tui.lab.claim import HEARTBEAT

    lab, told, over = open_lab(folder), False, threading.Event()
    while lab.claim() and lab.elsewhere:
        if not wait:
            raise OpenElsewhere(lab.elsewhere)
        if not told:
            told = True
            click.echo(f"{lab.elsewhere} {tr('Waiting…', 'Esperando…')}", err=True)
        time.sleep(LOOK_SECONDS)
    lab.check_writable()

    def beat() -> None:
        while not over.wait(HEARTBEAT):
            lab.claim()

    threading.Thread(target=beat, daemon=True).start()
    try:
        yield lab
    finally:
        over.set()
        lab.release()


def keep_answers(lab: Lab, exercise: int, answers: object) -> None:
    """Save answers; where they cannot be, which the lab has told, the command ends with 2."""
    try:
        lab.save_answers(exercise, answers)
    except UserError:
        raise click.exceptions.Exit(2) from None


class OpenElsewhere(UserError):
    """Another program has the lab open; `who` says which."""

    def __init__(self, who: str):
        self.who = who
        way = tr(
            "Close that one, wait for it with --wait, or choose another lab with --lab.",
            "Cierre el otro, espérelo con --wait, o elija otro laboratorio con --lab.",
        )
        super().__init__(f"{who} {way}")


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


def write(text: str, output: Path | None) -> None:
    if output is None:
        click.echo(text, nl=False)
    else:
        from llm_tui.lab.files import write_atomic

        write_atomic(output, text)
