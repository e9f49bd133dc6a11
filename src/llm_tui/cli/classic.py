"""The classic flow on the command line: exercise 1."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from llm_tui import i18n
from llm_tui.classifier.job import Sweep
from llm_tui.classifier.setup import DEFAULTS, FIELDS, SHUFFLE, parse_sweep
from llm_tui.cli.field_options import field_option, field_options
from llm_tui.cli.holding import OpenElsewhere, held, keep_answers, with_wait
from llm_tui.cli.line import goes_on
from llm_tui.cli.options import (
    OPTIONS,
    F,
    check_output,
    column_options,
    lab_folder,
    open_lab,
    option,
    table_options,
    with_launcher,
    write,
)
from llm_tui.errors import UserError
from llm_tui.i18n import tr

if TYPE_CHECKING:
    from llm_tui.cli.elsewhere import Keep
    from llm_tui.exercises.batch_sizes import Answers
    from llm_tui.lab.lab import Lab
    from llm_tui.lab.sweeps import Sweeping


def _sweep_options(command: F) -> F:
    return field_options(FIELDS[:-1])(column_options(field_option(SHUFFLE)(command)))


@click.command(
    options_metavar=OPTIONS,
    short_help=tr("Train exercise 1 and print its table.", "Entrena el ejercicio 1 e imprime su tabla."),
    help=tr(
        "Exercise 1: train the news classifier, once per batch size and seed, and print the table. A sweep that was "
        "stopped or killed goes on from its finished runs; a complete one is trained anew. Progress goes to stderr, "
        "the table alone to stdout. Where the app has the lab open, it sees the runs, and its table stays as it is.",
        "Ejercicio 1: entrena el clasificador de noticias, una vez por tamaño de lote y semilla, e imprime la tabla. "
        "Un barrido interrumpido continúa tras sus ejecuciones terminadas; uno completo se entrena de nuevo. El "
        "progreso va a stderr, solo la tabla a stdout. Si la aplicación tiene abierto el laboratorio, ve las "
        "ejecuciones, y su tabla queda como está.",
    ),
)
@_sweep_options
@option(
    "--take",
    is_flag=True,
    help=tr(
        "Put the runs into the exercise's table in the lab, in place of those that it has.",
        "Pone las ejecuciones en la tabla del ejercicio en el laboratorio, en lugar de las que tenga.",
    ),
)
@option(
    "--energy",
    is_flag=True,
    help=tr(
        "With a column for the energy of each training, where it can be measured.",
        "Con una columna para la energía de cada entrenamiento, donde se puede medir.",
    ),
)
@option(
    "--as-in-notebook",
    is_flag=True,
    help=tr(
        "With the numbers of the course's notebook, where no option says otherwise.",
        "Con los números del cuaderno del curso, donde ninguna opción diga otra cosa.",
    ),
)
@option(
    "--stability",
    is_flag=True,
    help=tr(
        "In place of the exercise's table that of stability: spread over seeds, roughness of the loss.",
        "En lugar de la tabla del ejercicio, la de estabilidad: dispersión entre semillas, rugosidad de la pérdida.",
    ),
)
@with_launcher
@with_wait
@table_options
@click.pass_context
@goes_on
def train(
    context: click.Context,
    /,
    lab: Path | None,
    output: Path | None,
    force: bool,
    take: bool,
    wait: bool,
    **given: Any,
) -> None:
    from llm_tui.exercises.batch_sizes import NUMBER
    from llm_tui.lab import sweeps

    given |= as_in_notebook(context, given)
    sweep = asked(given)
    folder = lab_folder(context, lab)
    opened = open_lab(folder)
    check_output(output, force)
    if wait or take:
        with held(folder, wait):
            pass
    sweeping = sweeps.Sweeping(_answers(opened), sweep, opened.runs.all())
    keep = _Keeper(folder)
    code = _train(sweeping, opened, keep, given)
    if code > 128:  # told to end
        sys.exit(code)
    runs, kept = opened.runs.all(), _answers(opened)
    taken = sweeps.taken(kept, sweeping.attempt, runs)
    try:  # who reads the table may leave in its middle
        if take:
            with held(folder, wait) as own:
                keep_answers(own, NUMBER, sweeps.taken(_answers(own), sweeping.attempt, runs))
    finally:
        check_output(output, force)
        _print(replace(taken, energy=taken.energy or given["energy"]), opened, given, output)
    if not take and not keep.beside and not set(taken.runs) <= set(sweeps.pinned(kept, runs).runs):
        click.echo(_keeps(), err=True)
    sys.exit(code)


class _Keeper:
    """Keeps what a sweep learns. The lab is not held for the whole training: an app may be opened `beside` it."""

    def __init__(self, folder: Path):
        self.beside = False
        self._folder = folder

    def __call__(self, learnt: Callable[[Answers], Answers]) -> None:
        from llm_tui.exercises.batch_sizes import NUMBER

        try:
            with held(self._folder) as own:
                own.save_answers(NUMBER, learnt(_answers(own)))
        except OpenElsewhere as error:
            self.beside = True
            said = tr(
                "The runs are kept, and seen there; the table of its exercise 1 is left as it is.",
                "Las ejecuciones se guardan y se ven allí; la tabla de su ejercicio 1 queda como está.",
            )
            click.echo(f"{error.who} {said}", err=True)
        except UserError:
            pass  # the lab has told it; runs and table do not depend on it


def _train(sweeping: Sweeping, lab: Lab, keep: Keep, given: Mapping[str, Any]) -> int:
    """Here or elsewhere; returns the exit code."""
    from llm_tui.cli.elsewhere import train_elsewhere
    from llm_tui.cli.progress import follow

    if given["launcher"] != "here":
        return train_elsewhere(sweeping, lab, keep, given["launcher"], given["detach"])
    return follow(sweeping, lab, keep)


def asked(given: Mapping[str, Any]) -> Sweep:
    """What the options ask for."""
    fields = {name: given[name] for name in DEFAULTS if name in given}
    return parse_sweep({**fields, "shuffle": "yes" if given["shuffle"] else "no"}, called=lambda field: field.option)


def as_in_notebook(context: click.Context, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """The notebook's values for the options that were not given, where they are wanted."""
    from llm_tui.classifier import notebook

    if not given["as_in_notebook"]:
        return {}
    own = {name for name in given if context.get_parameter_source(name) is not ParameterSource.DEFAULT}
    values, said = notebook.values(given["data"], own)
    click.echo(said, err=True)
    return {**values, "shuffle": given["shuffle"]}


def _keeps() -> str:
    return tr(
        "The exercise's table in the lab keeps the runs that it had; r on the training screen puts these in their "
        "place, as --take does.",
        "La tabla del ejercicio en el laboratorio conserva las ejecuciones que tenía; r en la pantalla de "
        "entrenamiento pone estas en su lugar, como --take.",
    )


def _answers(lab: Lab) -> Answers:
    """Those of the lab; where they cannot be read, which saving them tells, the runs and the table do not depend on
    them.
    """
    from llm_tui.exercises import batch_sizes

    try:
        return lab.answers(batch_sizes.NUMBER, batch_sizes.Answers)
    except UserError:
        return batch_sizes.Answers()


def _print(answers: Answers, lab: Lab, given: Mapping[str, Any], output: Path | None) -> None:
    """The table of the exercise, or that of stability."""
    from llm_tui.exercises import batch_sizes, stability
    from llm_tui.export.formats import FORMATS
    from llm_tui.report.known import known

    language, beside = i18n.export_language(), known(lab)
    tables = batch_sizes.tables(answers, beside, language)
    if table := tables.get("stability" if given["stability"] else "batch_sizes"):
        write(FORMATS[given["form"]](table, language), output)
    else:
        click.echo(stability.unknown(), err=True)
