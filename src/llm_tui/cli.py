"""The command line: opens the app, and runs every exercise without it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click

from llm_tui import __version__, i18n
from llm_tui.classifier.job import DEFAULTS, Sweep, ag_news_fact
from llm_tui.errors import UserError
from llm_tui.i18n import tr
from llm_tui.tokenization.job import DEFAULT_TOKENIZERS, Compare, tokenizer_names

F = TypeVar("F", bound=Callable[..., Any])


class _Group(click.Group):
    """Prints a `UserError` as one sentence and exits with 2; with 130 where a person pressed ctrl+c."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except UserError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(2)
        except KeyboardInterrupt:
            click.echo(tr("Stopped.", "Detenido."), err=True)
            ctx.exit(130)


def _option(*names: str, **settings: Any) -> Callable[[F], F]:
    return click.option(*names, **settings)


_PATH = click.Path(path_type=Path)
_lab = _option(
    "--lab",
    type=_PATH,
    metavar="DIR",
    help=tr(
        "The lab folder (else LLM_TUI_LAB, else llm-lab in the home folder).",
        "La carpeta del laboratorio (si no, LLM_TUI_LAB; si no, llm-lab en la carpeta personal).",
    ),
)
_lang = _option(
    "--lang",
    type=click.Choice(i18n.LANGUAGES),
    expose_value=False,
    help=tr("The language: es or en (else the locale's).", "El idioma: es o en (si no, el del sistema)."),
)
_format = _option(
    "--format",
    "form",
    type=click.Choice(["md", "csv", "json"]),
    default="md",
    show_default=True,
    help=tr("Markdown, CSV or JSON.", "Markdown, CSV o JSON."),
)
_output = _option(
    "-o",
    "--output",
    type=_PATH,
    metavar="FILE",
    help=tr("Write to FILE, not to the screen.", "Escribe en FILE y no en la pantalla."),
)
_force = _option("--force", is_flag=True, help=tr("Replace FILE if it exists.", "Reemplaza FILE si existe."))


def _table_options(command: F) -> F:
    """Of a command that prints a table."""
    for option in (_force, _output, _format, _lang, _lab):
        command = option(command)
    return command


_OPTIONS = tr("[OPTIONS]", "[OPCIONES]")


@click.group(
    cls=_Group,
    invoke_without_command=True,
    options_metavar=_OPTIONS,
    subcommand_metavar=tr("[COMMAND] [OPTIONS]...", "[ORDEN] [OPCIONES]..."),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help=tr(
        "The practical part of an introductory LLM course, in the terminal. Without a command, the app opens.",
        "La parte práctica de un curso de introducción a los LLM, en la terminal. Sin orden, se abre la aplicación.",
    ),
)
@_lab
@_lang
@click.version_option(
    __version__, prog_name="llm-tui", help=tr("Show the version and exit.", "Muestra la versión y termina.")
)
@click.pass_context
def cli(context: click.Context, lab: Path | None) -> None:
    from llm_tui.terminal import start_log

    context.obj = lab
    log = start_log(fresh=context.invoked_subcommand is None)
    if context.invoked_subcommand is None:
        _open_app(_folder(context, None), log)


def _open_app(folder: Path, log: int) -> None:
    from llm_tui.lab.lab import Lab
    from llm_tui.terminal import own_terminal

    lab = Lab(folder)
    with own_terminal(log):
        from llm_tui.app import LabApp

        app = LabApp(lab)
        app.run()
    if app.farewell:
        click.echo(app.farewell, err=True)
    sys.exit(app.return_code or 0)


def _folder(context: click.Context, lab: Path | None) -> Path:
    from llm_tui.lab.lab import default_folder

    return lab or context.obj or default_folder(os.environ)


_FIELDS: dict[str, tuple[str, str]] = {
    "data": (
        tr(
            "The texts: sample (synthetic), ag_news (downloaded once), a CSV file, or a folder with train.csv and "
            "test.csv.",
            "Los textos: sample (sintéticos), ag_news (se descarga una vez), un archivo CSV, o una carpeta con "
            "train.csv y test.csv.",
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
    for name, (text, metavar) in reversed(_FIELDS.items()):
        command = _option(
            f"--{name.replace('_', '-')}", name, default=DEFAULTS[name], show_default=True, metavar=metavar, help=text
        )(command)
    return command


@cli.command(
    options_metavar=_OPTIONS,
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
@_table_options
@click.pass_context
def train(
    context: click.Context, /, lab: Path | None, form: str, output: Path | None, force: bool, **fields: str
) -> None:
    from llm_tui.exercises import batch_sizes
    from llm_tui.lab.lab import Lab
    from llm_tui.progress import follow

    sweep = Sweep.parse(fields)
    opened = Lab(_folder(context, lab))
    _check_output(output, force)

    def keep_sweep() -> None:
        answers = opened.answers(batch_sizes.NUMBER, batch_sizes.Answers)
        opened.save_answers(batch_sizes.NUMBER, replace(answers, sweep=sweep))

    code = follow(sweep, opened, keep_sweep)
    if code == 130:
        sys.exit(code)
    _check_output(output, force)
    _write(_exercise_1(opened, form), output)
    sys.exit(code)


@cli.command(
    options_metavar=_OPTIONS,
    short_help=tr("Compare tokenizers on a text.", "Compara tokenizadores con un texto."),
    help=tr(
        "Exercise 2: cut a text with several tokenizers, and print how they differ and what was measured. TEXT is the "
        "text itself, - the standard input. In Markdown both tables are printed, in CSV that of the exercise. JSON has "
        "the rows of both (table, summary), then the text, the definition of a word, the tokenizers with their "
        "measures, and for each word its pieces, ids and offsets.",
        "Ejercicio 2: corta un texto con varios tokenizadores, e imprime en qué difieren y qué se midió. TEXTO es el "
        "propio texto; -, la entrada estándar. En Markdown se imprimen las dos tablas; en CSV, la del ejercicio. El "
        "JSON tiene las filas de ambas (table, summary) y después el texto, la definición de palabra, los "
        "tokenizadores con sus medidas y, de cada palabra, sus piezas, ids y posiciones.",
    ),
)
@click.argument("text", required=False, metavar=tr("[TEXT | -]", "[TEXTO | -]"))
@_option("--file", type=_PATH, metavar="F", help=tr("The text, in UTF-8.", "El texto, en UTF-8."))
@_option(
    "--tokenizer",
    "tokenizers",
    multiple=True,
    default=DEFAULT_TOKENIZERS,
    show_default=True,
    metavar="NAME",
    help=tr("A hub id or a folder; one option each.", "Un id del hub o una carpeta; una opción para cada uno."),
)
@_option("--parallel", type=_PATH, metavar="F_EN", help=tr("Its English translation.", "Su traducción al inglés."))
@_option("--table", is_flag=True, help=tr("The table of the exercise alone.", "Solo la tabla del ejercicio."))
@_option("--words", is_flag=True, help=tr("Every word of the text.", "Todas las palabras del texto."))
@_option("--summary", is_flag=True, help=tr("The measures alone.", "Solo las medidas."))
@_option("--keep", is_flag=True, help=tr("Keep it in the lab as exercise 2.", "Lo guarda como ejercicio 2."))
@_table_options
@click.pass_context
def tokens(
    context: click.Context, /, lab: Path | None, form: str, output: Path | None, force: bool, keep: bool, **given: Any
) -> None:
    from llm_tui.exercises.subwords import Answers
    from llm_tui.exercises.textfile import given_text, read_text
    from llm_tui.lab.lab import Lab
    from llm_tui.progress import compare_and_keep, result_of

    parts = [name for name in ("table", "words", "summary") if given[name]]
    if len(parts) > 1:
        raise UserError(tr("Choose --table, --words or --summary.", "Elija --table, --words o --summary."))
    _check_output(output, force)
    parallel = read_text(given["parallel"]) if given["parallel"] else ""
    job = Compare(given_text(given["text"], given["file"]), tokenizer_names(given["tokenizers"]), parallel)
    if keep:
        comparison, answers = compare_and_keep(job, Lab(_folder(context, lab)))
    else:
        comparison = result_of(job)
        answers = Answers(text=comparison.text).with_comparison(comparison)
    _write(_compared(comparison, answers, "".join(parts), form), output)


def _compared(comparison: Any, answers: Any, part: str, form: str) -> str:
    """`part` is table, words or summary, else all that the format has a place for."""
    from llm_tui.exercises import subwords
    from llm_tui.export.formats import FORMATS
    from llm_tui.tokenization import details

    language = i18n.export_language()
    if form == "md" and not part:
        return subwords.document(replace(answers, answer=""), language)
    table, summary = subwords.table(answers, language), subwords.summary_table(answers)
    if form == "json" and not part:
        both = {"table": table, "summary": summary}
        rows = {name: json.loads(FORMATS[form](table, language))["rows"] for name, table in both.items()}
        return details.json_text(comparison, language, **rows)
    if part == "words":
        if form == "json":
            return details.json_text(comparison, language)
        table = details.words_table(comparison, subwords.footer(answers))
    return FORMATS[form](summary if part == "summary" else table, language)


@cli.command(
    options_metavar=_OPTIONS,
    short_help=tr("Print the table of an exercise.", "Imprime la tabla de un ejercicio."),
    help=tr(
        "Print the table of an exercise as the lab has it; in Markdown, with the answer to its guiding question.",
        "Imprime la tabla de un ejercicio tal como está en el laboratorio; en Markdown, con la respuesta a su pregunta "
        "guía.",
    ),
)
@click.option(
    "--exercise", type=click.Choice(["1", "2"]), required=True, help=tr("Its number.", "Su número."), metavar="N"
)
@_table_options
@click.pass_context
def export(
    context: click.Context, exercise: str, lab: Path | None, form: str, output: Path | None, force: bool
) -> None:
    from llm_tui.lab.lab import Lab

    opened = Lab(_folder(context, lab))
    _check_output(output, force)
    _write(_exercise_1(opened, form, with_answer=True) if exercise == "1" else _exercise_2(opened, form), output)


@cli.command(
    options_metavar=_OPTIONS,
    short_help=tr("Print the environment.", "Imprime el entorno."),
    help=tr(
        "Print the environment: Python, torch, GPU and its memory, transformers, what the caches hold.",
        "Imprime el entorno: Python, torch, GPU y su memoria, transformers, qué hay en las cachés.",
    ),
)
@_lab
@_lang
@click.pass_context
def doctor(context: click.Context, lab: Path | None) -> None:
    from llm_tui.engine.environment import Survey
    from llm_tui.progress import result_of

    facts = [*result_of(Survey()).facts(), ag_news_fact()]
    facts.append((tr("lab", "laboratorio"), str(_folder(context, lab))))
    width = max(len(name) for name, _ in facts)
    for name, fact in facts:
        click.echo(f"{name.ljust(width)}  {fact}")


def _exercise_1(lab: Any, form: str, with_answer: bool = False) -> str:
    from llm_tui.exercises import batch_sizes
    from llm_tui.export.formats import FORMATS
    from llm_tui.lab.runs import Found

    language = i18n.export_language()
    answers = lab.answers(batch_sizes.NUMBER, batch_sizes.Answers)
    if answers.sweep is None:
        raise UserError(
            tr(
                f"The lab {lab.folder} has no training yet: run llm-tui train, or choose another lab with --lab.",
                f"El laboratorio {lab.folder} aún no tiene entrenamientos: use llm-tui train, u otro con --lab.",
            )
        )
    table = batch_sizes.table(answers, Found(lab.runs.all()), language)
    if form == "md" and with_answer:
        return batch_sizes.document(answers, table, language)
    return FORMATS[form](table, language)


def _exercise_2(lab: Any, form: str) -> str:
    from llm_tui.exercises import subwords
    from llm_tui.export.formats import FORMATS

    language = i18n.export_language()
    answers = lab.answers(subwords.NUMBER, subwords.Answers)
    if not answers.measured:
        raise UserError(
            tr(
                f"The lab {lab.folder} has no comparison yet: run llm-tui tokens --keep, or choose another with --lab.",
                f"El laboratorio {lab.folder} aún no tiene comparaciones: use llm-tui tokens --keep, u otro con --lab.",
            )
        )
    if form == "md":
        return subwords.document(answers, language)
    return FORMATS[form](subwords.table(answers, language), language)


def _check_output(output: Path | None, force: bool) -> None:
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


def _write(text: str, output: Path | None) -> None:
    if output is None:
        click.echo(text, nl=False)
    else:
        from llm_tui.lab.files import write_atomic

        write_atomic(output, text)
