"""The plain programs on the command line: of an exercise of the lab, of a run, of what a task would be asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from llm_tui import i18n
from llm_tui.cli import classic, tokens
from llm_tui.cli.options import (
    OPTIONS,
    check_output,
    lab_folder,
    open_lab,
    option,
    run_of,
    with_force,
    with_lab,
    with_lang,
    with_output,
    write,
)
from llm_tui.errors import UserError
from llm_tui.exercises.registry import EXERCISES, Row
from llm_tui.i18n import tr
from llm_tui.lab.files import read_if_there, write_atomic
from llm_tui.snippets.snippet import Done, snippet
from llm_tui.tokenization.job import Compare


class _Programs(click.Group):
    """A number is an exercise, a name a task."""

    def list_commands(self, context: click.Context) -> list[str]:
        return [*(str(row.number) for row in EXERCISES), *_tasks()]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        row = next((row for row in EXERCISES if str(row.number) == name), None)
        return _of_exercise(row) if row else _tasks().get(name)


def _tasks() -> dict[str, click.Command]:
    """As the commands that train, compare tokenizers and ask the models, each with its own options."""
    from llm_tui.cli import ask
    from llm_tui.playground import registry

    commands = [
        _as(classic.train, _sweep, ("take", "energy", "stability", "launcher", "detach", "wait", "form")),
        _as(tokens.tokens, _comparison, tokens.OF_THE_ANSWER),
        *(ask.command(task, _of_question) for task in registry.tasks()),
    ]
    return {command.name or "": command for command in commands}


def _as(
    command: click.Command, job: Callable[[click.Context, dict[str, Any]], Done], without: Sequence[str]
) -> click.Command:
    """With the options of a command, but for those of what it does."""

    @click.pass_context
    def code(context: click.Context, /, output: Path | None, force: bool, **given: Any) -> None:
        lab_folder(context, given["lab"])  # whose course may bring the material
        _write([job(context, given)], output, force)

    return click.Command(
        command.name,
        callback=code,
        params=[param for param in command.params if param.name not in without],
        options_metavar=OPTIONS,
        short_help=command.short_help,
        help=command.short_help,
    )


def _sweep(context: click.Context, given: dict[str, Any]) -> Done:
    sweep = classic.asked({**given, **classic.as_in_notebook(context, given)})
    return sweep if len(runs := sweep.runs()) > 1 else runs[0]


def _comparison(context: click.Context, given: dict[str, Any]) -> Done:
    return Compare(**tokens.asked(given))


def _of_question(context: click.Context, given: dict[str, Any], task: Any, question: Any) -> None:
    _write([task.job(question)], given["output"], given["force"])


def _of_exercise(row: Row) -> click.Command:
    @with_lab
    @with_lang
    @with_output
    @with_force
    @click.pass_context
    def code(context: click.Context, /, lab: Path | None, output: Path | None, force: bool) -> None:
        from llm_tui.report.known import known

        opened, exercise = open_lab(lab_folder(context, lab)), row.exercise()
        jobs = exercise.jobs(opened.answers(row.number, exercise.answers), known(opened))
        if not jobs:
            raise UserError(
                tr(
                    f"In exercise {row.number} of the lab {opened.folder} nothing was done yet of which there could be "
                    "a program.",
                    f"En el ejercicio {row.number} del laboratorio {opened.folder} aún no se hizo nada de lo que "
                    "pudiera haber un programa.",
                )
            )
        _write(jobs, output, force)

    make = click.command(
        str(row.number),
        options_metavar=OPTIONS,
        short_help=str(row.title),
        help=tr(f"The programs of exercise {row.number}.", f"Los programas del ejercicio {row.number}."),
    )
    return make(code)


@click.group(
    cls=_Programs,
    invoke_without_command=True,
    options_metavar=OPTIONS,
    subcommand_metavar=tr("[N | COMMAND] [OPTIONS]...", "[N | ORDEN] [OPCIONES]..."),
    short_help=tr("Print the plain program that does the same.", "Imprime el programa sencillo que hace lo mismo."),
    help=tr(
        "Print the plain program that does the same with torch, torchtext, tokenizers and transformers alone (and "
        "sacrebleu where chrF is counted, sentencepiece and sacremoses for Marian models): what exercise N of the lab "
        "was made with, a run of the lab (--run), or what a command would do, with that command's own text and "
        "options.",
        "Imprime el programa sencillo que hace lo mismo solo con torch, torchtext, tokenizers y transformers (y "
        "sacrebleu si se calcula chrF, sentencepiece y sacremoses con los modelos Marian): aquello con que se hizo el "
        "ejercicio N del laboratorio, una ejecución del laboratorio (--run), o lo que haría una orden, con el texto y "
        "las opciones de esa orden.",
    ),
)
@option("--run", metavar="ID", help=tr("A run of the lab, by its folder's name.", "Una ejecución, por su carpeta."))
@with_lab
@with_lang
@with_output
@with_force
@click.pass_context
def code(context: click.Context, /, run: str | None, lab: Path | None, output: Path | None, force: bool) -> None:
    if (word := context.invoked_subcommand) is not None:
        context.obj = lab or context.obj
        if names := ", ".join(name for name, told in (("--run", run), ("-o", output), ("--force", force)) if told):
            raise UserError(
                tr(
                    f"{names} cannot stand before {word}: -o and --force stand behind it, and --run stands alone.",
                    f"Antes de {word} no se admite {names}: -o y --force van detrás, y --run va solo.",
                )
            )
        return
    if run is None:
        click.echo(context.get_help())
        return
    opened = open_lab(lab_folder(context, lab))
    _write([run_of(opened, run).job], output, force)


def _write(jobs: Iterable[Done], output: Path | None, force: bool) -> None:
    """Several are one program after the other; what they read lies beside them."""
    check_output(output, force)
    programs = [snippet(job, i18n.language()) for job in jobs]
    beside = {name: text for program in programs for name, text in program.files.items()}
    if output is None and beside:
        names = ", ".join(beside)
        said = tr(f"It reads {names}: -o FILE writes that beside it.", f"Lee {names}: -o ARCHIVO lo escribe a su lado.")
        click.echo(said, err=True)
    elif output is not None:
        _write_beside(output.absolute().parent, beside, force)
    write("\n\n".join(program.text for program in programs), output)


def _write_beside(folder: Path, files: dict[str, str], force: bool) -> None:
    contents = {folder / name: text.encode() for name, text in files.items()}
    for path in contents if not force else ():
        if read_if_there(path) not in (None, contents[path]):
            check_output(path, force)
    for path, content in contents.items():
        write_atomic(path, content)
