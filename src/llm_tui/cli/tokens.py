"""Comparing tokenizers on the command line: exercise 2."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from llm_tui import i18n
from llm_tui.cli.holding import held, keep_answers, with_wait
from llm_tui.cli.options import (
    OPTIONS,
    PATH,
    check_output,
    lab_folder,
    option,
    table_options,
    write,
)
from llm_tui.errors import UserError
from llm_tui.i18n import tr
from llm_tui.tokenization.job import DEFAULT_TOKENIZERS, tokenizer_names

if TYPE_CHECKING:
    from llm_tui.lab.lab import Lab


OF_THE_ANSWER = ("table", "words", "summary", "keep", "wait", "form")
"""The options that say what is printed or kept of a comparison, and nothing of what is compared."""


@click.command(
    options_metavar=OPTIONS,
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
@option("--file", type=PATH, metavar="F", help=tr("The text, in UTF-8.", "El texto, en UTF-8."))
@option(
    "--tokenizer",
    "tokenizers",
    multiple=True,
    show_default=", ".join(DEFAULT_TOKENIZERS),
    metavar=tr("NAME", "NOMBRE"),
    help=tr("A hub id or a folder; one option each.", "Un id del hub o una carpeta; una opción para cada uno."),
)
@option("--parallel", type=PATH, metavar="F_EN", help=tr("Its English translation.", "Su traducción al inglés."))
@option("--table", is_flag=True, help=tr("The table of the exercise alone.", "Solo la tabla del ejercicio."))
@option("--words", is_flag=True, help=tr("Every word of the text.", "Todas las palabras del texto."))
@option("--summary", is_flag=True, help=tr("The measures alone.", "Solo las medidas."))
@option("--keep", is_flag=True, help=tr("Keep it in the lab as exercise 2.", "Lo guarda como ejercicio 2."))
@with_wait
@table_options
@click.pass_context
def tokens(
    context: click.Context,
    /,
    lab: Path | None,
    form: str,
    output: Path | None,
    force: bool,
    keep: bool,
    wait: bool,
    **given: Any,
) -> None:
    from llm_tui.cli.progress import result_of
    from llm_tui.exercises.subwords import NUMBER, Answers

    parts = [name for name in ("table", "words", "summary") if given[name]]
    if len(parts) > 1:
        raise UserError(tr("Choose --table, --words or --summary.", "Elija --table, --words o --summary."))
    check_output(output, force)
    folder = lab_folder(context, lab)
    wanted = asked(given)

    own: AbstractContextManager[Lab | None] = held(folder, wait) if keep else nullcontext()
    with own as opened:
        before = opened.answers(NUMBER, Answers) if opened else Answers()
        answers = replace(before, **wanted)
        comparison = result_of(answers.job())
        answers = answers.with_comparison(comparison)
        try:  # who reads the table may leave in its middle
            if opened:
                keep_answers(opened, NUMBER, answers)
        finally:
            write(_compared(comparison, answers, "".join(parts), form), output)


def asked(given: Mapping[str, Any]) -> dict[str, Any]:
    """Text, tokenizers and translation, as the options say."""
    from llm_tui.exercises.subwords import tokenizers
    from llm_tui.exercises.textfile import given_text, read_text

    return {
        "text": given_text(given["text"], given["file"]),
        "tokenizers": tokenizer_names(given["tokenizers"] or tokenizers()),
        "translation": read_text(given["parallel"]) if given["parallel"] else "",
    }


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
