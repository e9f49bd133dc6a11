"""The classic flow on the command line: exercise 1."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from llm_tui import i18n
from llm_tui.classifier.job import DEFAULTS, SHUFFLED, Sweep
from llm_tui.cli.options import OPTIONS, F, check_output, column_options, lab_folder, option, table_options, write
from llm_tui.i18n import tr

if TYPE_CHECKING:
    from llm_tui.exercises.batch_sizes import Answers
    from llm_tui.lab.runs import Run

_FIELDS: dict[str, tuple[str, str]] = {
    "data": (
        tr(
            "The texts: sample (synthetic), ag_news (downloaded once), a CSV, TSV or JSON lines file, or a folder with "
            "train.csv and test.csv.",
            "Los textos: sample (sintéticos), ag_news (se descarga una vez), un archivo CSV, TSV o de líneas JSON, o "
            "una carpeta con train.csv y test.csv.",
        ),
        "sample|ag_news|PATH",
    ),
    "train_size": (tr("Rows to train on.", "Filas de entrenamiento."), "N"),
    "test_size": (tr("Rows to test on.", "Filas de prueba."), "N"),
    "tokenizer": (
        tr(
            "What cuts the texts: basic_english of torchtext, or a Hugging Face tokenizer (hub id or folder).",
            "Qué corta los textos: basic_english de torchtext, o uno de Hugging Face (id del hub o carpeta).",
        ),
        "NAME",
    ),
    "batch_size": (tr("Batch sizes, one run each.", "Tamaños de lote, una ejecución cada uno."), "B[,B2..]"),
    "embed_dim": (tr("Embedding size.", "Tamaño del embedding."), "D"),
    "epochs": (tr("Passes over the training rows.", "Pasadas por las filas de entrenamiento."), "E"),
    "lr": (
        tr(
            "Learning rate, multiplied by 0.9 after each epoch.",
            "Tasa de aprendizaje; se multiplica por 0.9 tras cada época.",
        ),
        "X",
    ),
    "seed": (tr("Seeds, one run each.", "Semillas, una ejecución cada una."), "S[,S2..]"),
    "device": (tr("The device to train on.", "El dispositivo en que se entrena."), "auto|cpu|cuda[:i]"),
}


def _sweep_options(command: F) -> F:
    command = option(
        "--shuffle",
        is_flag=True,
        help=tr(
            "Shuffle the files of a folder, always in the same way, before their first rows are taken.",
            "Baraja los archivos de una carpeta, siempre igual, antes de tomar sus primeras filas.",
        ),
    )(command)
    command = column_options(command)
    for name, (text, metavar) in reversed(_FIELDS.items()):
        command = option(
            f"--{name.replace('_', '-')}", name, default=DEFAULTS[name], show_default=True, metavar=metavar, help=text
        )(command)
    return command


@click.command(
    options_metavar=OPTIONS,
    short_help=tr("Train exercise 1 and print its table.", "Entrena el ejercicio 1 e imprime su tabla."),
    help=tr(
        "Exercise 1: train the news classifier, once per batch size and seed, and print the table. A sweep that was "
        "stopped or killed goes on from its finished runs; a complete one is trained anew. Progress goes to stderr, "
        "the table alone to stdout.",
        "Ejercicio 1: entrena el clasificador de noticias, una vez por tamaño de lote y semilla, e imprime la tabla. "
        "Un barrido interrumpido continúa tras sus ejecuciones terminadas; uno completo se entrena de nuevo. El "
        "progreso va a stderr, solo la tabla a stdout.",
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
@table_options
@click.pass_context
def train(
    context: click.Context,
    /,
    lab: Path | None,
    form: str,
    output: Path | None,
    force: bool,
    shuffle: bool,
    take: bool,
    **fields: str,
) -> None:
    from llm_tui.exercises import batch_sizes
    from llm_tui.lab import sweeps
    from llm_tui.lab.lab import Lab
    from llm_tui.progress import follow

    sweep = Sweep.parse({**fields, "shuffle": SHUFFLED if shuffle else ""})
    opened = Lab(lab_folder(context, lab))
    check_output(output, force)

    def answers() -> batch_sizes.Answers:
        return opened.answers(batch_sizes.NUMBER, batch_sizes.Answers)

    before = opened.runs.all()
    attempt, left = sweeps.plan(answers(), sweep, before)

    def begin() -> None:
        opened.save_answers(batch_sizes.NUMBER, sweeps.begun(answers(), attempt, before))

    code = follow(sweep, left, opened, begin)
    if code > 128:  # told to end
        sys.exit(code)
    check_output(output, force)
    runs = opened.runs.all()
    kept, taken = answers(), sweeps.taken(answers(), attempt, runs)
    write(_table(taken, runs, form), output)
    if take:
        opened.save_answers(batch_sizes.NUMBER, taken)
    elif not set(taken.runs) <= set(sweeps.pinned(kept, runs).runs):
        click.echo(
            tr(
                "The exercise's table in the lab keeps the runs that it had; t on the training screen puts these in "
                "their place, as --take does.",
                "La tabla del ejercicio en el laboratorio conserva las ejecuciones que tenía; t en la pantalla de "
                "entrenamiento pone estas en su lugar, como --take.",
            ),
            err=True,
        )
    sys.exit(code)


def _table(answers: Answers, runs: list[Run], form: str) -> str:
    from llm_tui.exercises import batch_sizes
    from llm_tui.export.formats import FORMATS
    from llm_tui.lab import sweeps

    language = i18n.export_language()
    return FORMATS[form](batch_sizes.table(answers, sweeps.shown(answers, runs), language), language)
