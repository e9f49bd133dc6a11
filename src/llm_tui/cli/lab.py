"""What the lab holds, and what machine this is, on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from llm_tui import i18n
from llm_tui.classifier.job import ag_news_fact
from llm_tui.cli.options import OPTIONS, check_output, lab_folder, table_options, with_lab, with_lang, write
from llm_tui.errors import UserError
from llm_tui.i18n import tr


@click.command(
    options_metavar=OPTIONS,
    short_help=tr("Print the table of an exercise.", "Imprime la tabla de un ejercicio."),
    help=tr(
        "Print the table of an exercise as the lab has it; in Markdown, with the answer to its guiding question.",
        "Imprime la tabla de un ejercicio tal como está en el laboratorio; en Markdown, con la respuesta a su pregunta "
        "guía.",
    ),
)
@click.option(
    "--exercise", type=click.Choice([*"123456"]), required=True, help=tr("Its number.", "Su número."), metavar="N"
)
@table_options
@click.pass_context
def export(
    context: click.Context, exercise: str, lab: Path | None, form: str, output: Path | None, force: bool
) -> None:
    from llm_tui.lab.lab import Lab

    opened = Lab(lab_folder(context, lab))
    check_output(output, force)
    if exercise == "1":
        document = exercise_1(opened, form, with_answer=True)
    else:
        document = exercise_2(opened, form) if exercise == "2" else _sheet(opened, int(exercise), form)
    write(document, output)


@click.command(
    options_metavar=OPTIONS,
    short_help=tr("Print the environment.", "Imprime el entorno."),
    help=tr(
        "Print the environment: Python, torch, GPU and its memory, transformers, what the caches hold.",
        "Imprime el entorno: Python, torch, GPU y su memoria, transformers, qué hay en las cachés.",
    ),
)
@with_lab
@with_lang
@click.pass_context
def doctor(context: click.Context, lab: Path | None) -> None:
    from llm_tui.engine.environment import Survey
    from llm_tui.progress import result_of

    facts = [*result_of(Survey()).facts(), ag_news_fact()]
    facts.append((tr("lab", "laboratorio"), str(lab_folder(context, lab))))
    width = max(len(name) for name, _ in facts)
    for name, fact in facts:
        click.echo(f"{name.ljust(width)}  {fact}")


def exercise_1(lab: Any, form: str, with_answer: bool = False) -> str:
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


def exercise_2(lab: Any, form: str) -> str:
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


def _sheet(lab: Any, number: int, form: str) -> str:
    from llm_tui.exercises.sheets import SHEETS
    from llm_tui.export.formats import FORMATS

    sheet, language = SHEETS[number], i18n.export_language()
    answers = lab.answers(number, sheet.Answers)
    if answers == sheet.Answers():
        raise UserError(
            tr(
                f"The lab {lab.folder} has nothing of exercise {number} yet: do it in the app, or with llm-tui "
                f"exercise {number} --lab.",
                f"El laboratorio {lab.folder} aún no tiene nada del ejercicio {number}: hágalo en la aplicación, o con "
                f"llm-tui exercise {number} --lab.",
            )
        )
    written: str = sheet.document(answers, language) if form == "md" else ""
    return written or FORMATS[form](sheet.table(answers, language), language)
