"""The exercises on the command line, without the app."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from llm_tui import i18n
from llm_tui.cli.classic import train
from llm_tui.cli.models import generating
from llm_tui.cli.options import (
    OPTIONS,
    PATH,
    F,
    check_output,
    column_options,
    field_options,
    held,
    keep_answers,
    lab_folder,
    open_lab,
    option,
    values_of,
    with_force,
    with_format,
    with_lang,
    with_output,
    with_wait,
    write,
)
from llm_tui.cli.tokens import tokens
from llm_tui.errors import UserError
from llm_tui.exercises.sheet import Sheet
from llm_tui.foundation.settings import GENERATION, WHERE, asking
from llm_tui.i18n import tr
from llm_tui.labelled.lines import lines_of
from llm_tui.visible import visible

if TYPE_CHECKING:
    from llm_tui.lab.lab import Lab

S = TypeVar("S", bound=Sheet)

_SHEET_OPTIONS = (
    field_options(WHERE),
    option("--lab", type=PATH, metavar="DIR",
           help=tr("Keep the answers in this lab, and go on with those that it has.",
                   "Guarda las respuestas en este laboratorio, y continúa con las que tenga.")),
    with_wait, with_lang, with_format, with_output, with_force,
)  # fmt: skip


def _sheet_options(command: F) -> F:
    for add in reversed(_SHEET_OPTIONS):
        command = add(command)
    return command


def _model(*names: str, help: str) -> Callable[[F], F]:
    return option(*names, metavar="NAME", help=help)


def _fill(
    context: click.Context,
    number: int,
    given: dict[str, Any],
    changed: dict[str, Any],
    more: Callable[[Any], dict[str, Any]] = lambda before: {},
) -> None:
    """Run the sheet and print it. `changed` are the answers that the command line names, None leaves them as they are;
    `more` makes some from those of the lab.

    What is done is kept in --lab after every answer, so that a run that was cut off goes on where it stood.
    """
    from llm_tui.exercises.sheets import SHEETS

    check_output(given["output"], given["force"])
    if not given["lab"]:
        lab, answers = open_lab(lab_folder(context, None)), SHEETS[number].Answers()
        _run(lab, number, given, {**changed, **more(answers)}, answers)
        return
    with held(given["lab"], given["wait"]) as lab:
        answers = lab.answers(number, SHEETS[number].Answers)
        _run(lab, number, given, {**changed, **more(answers)}, answers, keep=True)


def _run(
    lab: Lab, number: int, given: dict[str, Any], changed: dict[str, Any], before: Any, keep: bool = False
) -> None:
    from llm_tui.cli.progress import fill_in
    from llm_tui.exercises.sheets import SHEETS
    from llm_tui.export.formats import FORMATS

    sheet, language, form = SHEETS[number], i18n.export_language(), given["form"]
    answers = replace(before, **{name: value for name, value in changed.items() if value is not None})
    generates = all(field.name in given for field in GENERATION)
    how = asking(values_of((*WHERE, *GENERATION) if generates else WHERE, given), generates)

    def save(filled: Sheet) -> None:
        with contextlib.suppress(UserError):  # told by the lab; what a model has answered is printed all the same
            lab.save_answers(number, filled)

    answers = fill_in(answers, how, lab, save if keep else lambda filled: None)
    written = (
        sheet.document(answers, language) if form == "md" else FORMATS[form](sheet.table(answers, language), language)
    )
    write(written, given["output"])
    if keep and answers != before:
        keep_answers(lab, number, answers)


@click.group(
    options_metavar=OPTIONS,
    subcommand_metavar=tr("N [OPTIONS]...", "N [OPCIONES]..."),
    short_help=tr("Do an exercise without the app.", "Hace un ejercicio sin la aplicación."),
    help=tr(
        "Do exercise N. 1 is llm-tui train, 2 is llm-tui tokens; 3 to 6 ask models and print the sheet.",
        "Hace el ejercicio N. El 1 es llm-tui train; el 2, llm-tui tokens; del 3 al 6 preguntan a modelos e imprimen "
        "la hoja.",
    ),
)
@with_lang
def exercise() -> None:
    pass


@exercise.command(
    "3",
    options_metavar=OPTIONS,
    short_help=tr("Zero-shot moderation.", "Moderación zero-shot."),
    help=tr(
        "Give each text of FILE a label, and print how that agrees with the true ones. FILE is a CSV of text, "
        "label and perhaps kind; without it, the lab's texts or the 20 that come with the program.",
        "Da una etiqueta a cada texto de FILE, e imprime cuánto coincide con las verdaderas. FILE es un CSV con "
        "texto, etiqueta y quizá tipo; sin él, los textos del laboratorio o los 20 que trae el programa.",
    ),
)
@click.argument("file", required=False, type=PATH, metavar="[FILE]")
@option("--labels", metavar="A,B,...", help=tr("Separated by commas.", "Separadas por comas."))
@option("--key-label", metavar="A", help=tr("The label of the table.", "La etiqueta de la tabla."))
@option("--template", metavar="T", help=tr("The hypothesis, {} being the label.", "La hipótesis; {} es la etiqueta."))
@option("--other", metavar="T", help=tr("A hypothesis to compare it with.", "Una hipótesis con que compararla."))
@option("--threshold", type=click.FloatRange(0, 1), metavar="X",
        help=tr("Below it no label is given.", "Por debajo no se da etiqueta."))  # fmt: skip
@_model("--model", help=tr("A hub id or a folder.", "Un id del hub o una carpeta."))
@column_options
@_sheet_options
@click.pass_context
def moderation(context: click.Context, /, file: Path | None, **given: Any) -> None:
    from llm_tui.exercises.moderation import Answers
    from llm_tui.exercises.samples import read_samples
    from llm_tui.labelled.columns import Choice

    names = ("labels", "key_label", "template", "other", "threshold", "model")
    changed = {name: given[name] for name in names}
    if file:
        labels = Answers(labels=given["labels"]) if given["labels"] else Answers()
        choice = Choice(given["text_column"], given["label_column"])
        changed["samples"], said = read_samples(file, labels.label_names(), choice)
        for line in said:
            click.echo(visible(str(line)), err=True)
    _fill(context, 3, given, changed)


@exercise.command(
    "4",
    options_metavar=OPTIONS,
    short_help=tr("Translation there and back.", "Traducción de ida y vuelta."),
    help=tr(
        "Translate the sentences of FILE, one on each line, there and back. Without FILE, those of the lab or the ten "
        "that come with the program.",
        "Traduce las oraciones de FILE, una en cada línea, de ida y vuelta. Sin FILE, las del laboratorio o las diez "
        "que trae el programa.",
    ),
)
@click.argument("file", required=False, type=PATH, metavar="[FILE]")
@option("--english", type=PATH, metavar="F", help=tr("Sentences in English.", "Oraciones en inglés."))
@_model("--es-en", "model_es_en", help=tr("Translates Spanish to English.", "Traduce del español al inglés."))
@_model("--en-es", "model_en_es", help=tr("Translates English to Spanish.", "Traduce del inglés al español."))
@generating
@_sheet_options
@click.pass_context
def translation(context: click.Context, /, file: Path | None, english: Path | None, **given: Any) -> None:
    from llm_tui.exercises.translation import EN_ES, ES_EN, Sentence

    changed = {name: given[name] for name in ("model_es_en", "model_en_es")}
    if file or english:
        lines = [(ES_EN, line) for line in _lines(file)] + [(EN_ES, line) for line in _lines(english)]
        changed["sentences"] = tuple(Sentence(line, direction) for direction, line in lines)
    _fill(context, 4, given, changed)


@exercise.command(
    "5",
    options_metavar=OPTIONS,
    short_help=tr("Two summarizers.", "Dos modelos de resumen."),
    help=tr(
        "Summarize FILE with two systems. One that cannot be loaded is replaced by the fallback, and the notes say "
        "so. Which system wrote which is hidden until both are marked in the app, or with --reveal.",
        "Resume FILE con dos sistemas. Al que no se pueda cargar lo reemplaza el sustituto, y las notas lo "
        "dicen. Qué sistema escribió cuál queda oculto hasta puntuar ambos en la aplicación, o con --reveal.",
    ),
)
@click.argument("file", required=False, type=PATH, metavar="[FILE]")
@option("--system", "systems", multiple=True, metavar="NAME",
        help=tr("A hub id or a folder; give two.", "Un id del hub o una carpeta; indique dos."))  # fmt: skip
@_model("--fallback", help=tr("Takes the place of one that cannot be had.", "Reemplaza al que no se pueda cargar."))
@option("--reveal", is_flag=True,
        help=tr("Say which system wrote which before they are marked.",
                "Dice qué sistema escribió cuál antes de puntuarlos."))  # fmt: skip
@option("--reference", type=PATH, metavar="F", help=tr("A summary by a person.", "Un resumen hecho por una persona."))
@generating
@_sheet_options
@click.pass_context
def summaries(context: click.Context, /, file: Path | None, systems: tuple[str, ...], **given: Any) -> None:
    from llm_tui.exercises.textfile import read_text

    if len(systems) not in (0, 2):
        raise UserError(tr("Give --system twice.", "Indique --system dos veces."))
    changed = {
        "source": read_text(file) if file else None,
        "reference": read_text(given["reference"]) if given["reference"] else None,
        "fallback": given["fallback"],
        **dict(zip(("system_a", "system_b"), systems, strict=False)),
        "failed": {},
        "unblinded": given["reveal"] or None,
    }
    _fill(context, 5, given, changed)


@exercise.command(
    "6",
    options_metavar=OPTIONS,
    short_help=tr("Three prompts for one paragraph.", "Tres instrucciones para un párrafo."),
    help=tr(
        "Ask a model to classify the paragraph in FILE, to name its key terms, and to rewrite it.",
        "Pide a un modelo que clasifique el párrafo de FILE, que dé sus términos clave y que lo reescriba.",
    ),
)
@click.argument("file", required=False, type=PATH, metavar="[FILE]")
@option("--labels", metavar="A,B,...", help=tr("Of the classification.", "De la clasificación."))
@option("--classification", metavar="T", help=tr("The first instruction.", "La primera instrucción."))
@option("--terms", metavar="T", help=tr("The second one.", "La segunda."))
@option("--rewriting", metavar="T", help=tr("The third one.", "La tercera."))
@_model("--model", help=tr("A hub id or a folder.", "Un id del hub o una carpeta."))
@generating
@_sheet_options
@click.pass_context
def prompting(context: click.Context, /, file: Path | None, **given: Any) -> None:
    from llm_tui.exercises.prompting import INSTRUCTIONS, Answers
    from llm_tui.exercises.textfile import read_text

    def prompts(before: Answers) -> dict[str, Any]:
        named = {name: replace(before.prompt(name), instruction=given[name]) for name in INSTRUCTIONS if given[name]}
        return {"prompts": {**before.prompts, **named}}

    changed = {"paragraph": read_text(file).strip() if file else None, "labels": given["labels"]}
    _fill(context, 6, given, {**changed, "model": given["model"]}, prompts)


def _lines(file: Path | None) -> list[str]:
    from llm_tui.exercises.textfile import read_text

    return [line.strip() for line in lines_of(read_text(file)) if line.strip()] if file else []


exercise.add_command(train, "1")
exercise.add_command(tokens, "2")
