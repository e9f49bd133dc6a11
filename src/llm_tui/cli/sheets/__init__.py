"""The exercises that models fill in, on the command line: a file for each, and here what they have in common."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeGuard, TypeVar

import click

from llm_tui import i18n
from llm_tui.cli.field_options import field_options, generating, values_of
from llm_tui.cli.holding import held, keep_answers, with_wait
from llm_tui.cli.line import goes_on
from llm_tui.cli.options import (
    OPTIONS,
    PATH,
    F,
    as_data,
    check_output,
    lab_folder,
    named_lab,
    open_lab,
    option,
    use_course,
    with_course,
    with_force,
    with_format,
    with_lang,
    with_launcher,
    with_output,
    write,
)
from llm_tui.errors import UserError
from llm_tui.exercises import spent
from llm_tui.exercises.contract import Answers, Exercise
from llm_tui.exercises.registry import Row
from llm_tui.exercises.sheet import Sheet
from llm_tui.foundation.settings import GENERATION, MODEL, WHERE, asking
from llm_tui.i18n import tr

if TYPE_CHECKING:
    from llm_tui.lab.lab import Lab

S = TypeVar("S", bound=Sheet)

_SHEET_OPTIONS = (
    field_options(WHERE),
    option("--lab", type=PATH, metavar=tr("DIR", "CARPETA"),
           help=tr("Keep the answers in this lab, and go on with those that it has (else LLM_TUI_LAB, else "
                   "config.toml; where none of them names one, they are not kept).",
                   "Guarda las respuestas en este laboratorio, y continúa con las que tenga (si no, LLM_TUI_LAB; si "
                   "no, config.toml; si ninguno indica uno, no se guardan).")),
    with_course, with_launcher, with_wait, with_lang, with_format, with_output, with_force,
)  # fmt: skip

with_file = click.argument("file", required=False, type=PATH, metavar=tr("[FILE]", "[ARCHIVO]"))
with_model = option("--model", metavar=tr("NAME", "NOMBRE"), help=str(MODEL.help))


def sheet_options(command: F) -> F:
    for add in reversed(_SHEET_OPTIONS):
        command = add(command)
    return command


def stated(given: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Of the options with these names those that stand on the command line."""
    return {name: given[name] for name in names if given[name] is not None}


@goes_on
def fill(
    context: click.Context,
    exercise: Exercise[S],
    given: Mapping[str, Any],
    change: Callable[[S], S],
) -> None:
    """Ask for what the sheet lacks, and print it. `change` puts into it what the command line names.

    What is done is kept in the lab that is named, after every answer, so that a run that was cut off goes on where it
    stood. Where none is named it is not kept, which is said.
    """
    check_output(given["output"], given["force"])
    folder = named_lab(context, given["lab"])
    if given["launcher"] != "here" and not folder:
        raise UserError(
            tr(
                "What is handed over comes back into a lab: name it with --lab.",
                "Lo que se encarga vuelve a un laboratorio: indíquelo con --lab.",
            )
        )
    if not folder:
        _fill(open_lab(lab_folder(context, None)), exercise, given, exercise.answers(), change)
        said = tr("The answers are not kept: add --lab.", "Las respuestas no se guardan: añada --lab.")
        click.echo(said, err=True)
        return
    use_course(context, folder)
    with held(folder, given["wait"]) as lab:
        before = lab.answers(exercise.number, exercise.answers)
        after = _fill(lab, exercise, given, before, change, keep=True)
        if after != before:
            keep_answers(lab, exercise.number, after)


def _fill(
    lab: Lab,
    exercise: Exercise[S],
    given: Mapping[str, Any],
    before: S,
    change: Callable[[S], S],
    keep: bool = False,
) -> S:
    from llm_tui.cli.elsewhere import fill_elsewhere, typed
    from llm_tui.cli.progress import fill_in
    from llm_tui.report.known import known

    generates = all(field.name in given for field in GENERATION)
    fields = (*WHERE, *GENERATION) if generates else WHERE
    how = asking(values_of(fields, dict(given)), generates)

    def save(filled: Sheet) -> None:
        with contextlib.suppress(UserError):  # told by the lab; what a model has answered is printed all the same
            lab.save_answers(exercise.number, filled)

    if given["launcher"] == "here":
        filled = fill_in(change(before), how, lab, save if keep else lambda filled: None)
    else:
        settings = {field.name: typed(given[field.name]) for field in fields}
        filled = fill_elsewhere(change(before), before, how, lab, exercise.number, settings, given)
    beside, language, form = known(lab), i18n.export_language(), given["form"]
    if form == "md":
        written = exercise.document(filled, beside, language)
    else:
        written = as_data(exercise.tables(filled, beside, language), form, language)
    write(written, given["output"])
    if said := spent.said(exercise.energy(filled, beside)):
        click.echo(said, err=True)
    return filled


def sheet_command(row: Row) -> click.Command:
    """Of a sheet that has no command of its own."""

    @click.command(
        str(row.number),
        options_metavar=OPTIONS,
        short_help=f"{row.title}.",
        help=tr(
            f"Ask for what the sheet of exercise {row.number} lacks, and print it.",
            f"Pregunta lo que falta en la hoja del ejercicio {row.number}, y la imprime.",
        ),
    )
    @with_model
    @generating
    @sheet_options
    @click.pass_context
    def command(context: click.Context, /, **given: Any) -> None:
        exercise = row.exercise()
        if not _is_sheet(exercise):
            raise TypeError(f"exercise {row.number} is no sheet and has no command of its own")
        fill(context, exercise, given, lambda sheet: sheet.with_models(given["model"]) if given["model"] else sheet)

    return command


def _is_sheet(exercise: Exercise[Answers]) -> TypeGuard[Exercise[Sheet]]:
    return hasattr(exercise.answers, "pending")
