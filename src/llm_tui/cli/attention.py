"""Where a model looks, on the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from llm_tui import i18n
from llm_tui.cli.ask import FILE, texts_of
from llm_tui.cli.field_options import field_options, values_of
from llm_tui.cli.options import (
    OPTIONS,
    check_output,
    lab_folder,
    open_lab,
    option,
    with_force,
    with_lab,
    with_lang,
    with_output,
    write,
)
from llm_tui.errors import UserError
from llm_tui.foundation.settings import WHERE, asking
from llm_tui.foundation.teaching import SENTIMENT
from llm_tui.i18n import tr
from llm_tui.visible import visible

if TYPE_CHECKING:
    from llm_tui.attribution.attention_job import Attended, Side

FORMS = ("text", "md", "csv", "json", "svg")
SIDES = ("encoder", "decoder", "cross")
ALONE = tuple(field for field in WHERE if field.name != "batch_size")


@click.command(
    options_metavar=OPTIONS,
    short_help=tr("Print where a model looks.", "Imprime dónde mira un modelo."),
    help=tr(
        "Print the attention of one layer of a model over a text, of any encoder or decoder: what each piece looks at, "
        "or with --format md the strongest pairs, csv and json all weights, svg a figure. It is no explanation of an "
        "answer (Jain and Wallace 2019).",
        "Imprime la atención de una capa de un modelo sobre un texto, de cualquier codificador o decodificador: qué "
        "mira cada pieza o, con --format md, los pares más fuertes, con csv y json todos los pesos y con svg una "
        "figura. No explica una respuesta (Jain y Wallace 2019).",
    ),
)
@click.argument("texts", nargs=-1, metavar=tr("TEXT | -", "TEXTO | -"))
@FILE
@option(
    "--model",
    default=SENTIMENT.name,
    show_default=True,
    metavar="M",
    help=tr("A hub id or a folder.", "Un id del hub o una carpeta."),
)
@option(
    "--pair",
    default="",
    metavar="T",
    help=tr("A second text, which a classifier reads behind it.", "Un segundo texto, que un clasificador lee detrás."),
)
@option(
    "--answer",
    default="",
    metavar="T",
    help=tr(
        "What a model that writes has answered; its attention is then that of writing it.",
        "Lo que respondió un modelo que escribe; su atención es entonces la de escribirlo.",
    ),
)
@option(
    "--side",
    type=click.Choice(SIDES),
    help=tr(
        "Of a model with both; by itself the attention from the one to the other.",
        "De un modelo con ambos; si no se indica, la atención del uno al otro.",
    ),
)
@option(
    "--layer",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    metavar="N",
    help=tr("Counted from 1.", "Contada desde 1."),
)
@option(
    "--head",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    metavar="N",
    help=tr("Counted from 1; 0 is the mean of all.", "Contada desde 1; 0 es la media de todas."),
)
@option(
    "--format",
    "form",
    type=click.Choice(FORMS),
    default="text",
    show_default=True,
    help=tr("A line for each piece, or another form.", "Una línea por pieza, u otra forma."),
)
@field_options(ALONE)
@with_lab
@with_lang
@with_output
@with_force
@click.pass_context
def attention(context: click.Context, /, **given: Any) -> None:
    from llm_tui.attribution.attention_job import Attention
    from llm_tui.attribution.piece_job import Written
    from llm_tui.cli.progress import result_of
    from llm_tui.foundation.job import PROMPT, Generate

    check_output(given["output"], given["force"])
    texts = texts_of(given)
    if len(texts) != 1:
        raise UserError(
            tr(
                f"A matrix is of one text, and these are {len(texts)}: give one.",
                f"Una matriz es de un solo texto y estos son {len(texts)}: indique uno.",
            )
        )
    how = asking(values_of(WHERE, {**given, "batch_size": 1}), generates=False)
    model, answer = how.model(given["model"]), given["answer"]
    written = Written(Generate(PROMPT, texts, model), answer) if answer else None
    job = Attention(texts[0], model, pair=given["pair"], written=written, layer=given["layer"])
    attended = result_of(job, *open_lab(lab_folder(context, given["lab"])).listeners(job))
    side = _side(attended, given["side"])
    _check(side, given["layer"], given["head"])
    write(_written(attended, side, given), given["output"])


def _side(attended: Attended, name: str | None) -> Side:
    """The one that is named, else the last: that between encoder and decoder, where there are both.

    Raises:
        UserError: the model has no such.
    """
    if name is None:
        return attended.sides[-1]
    found = next((side for side in attended.sides if side.name == name), None)
    if found is None:
        raise UserError(
            tr(
                f"This model has no attention of the kind “{name}”: leave --side away.",
                f"Este modelo no tiene atención del tipo «{name}»: no indique --side.",
            )
        )
    return found


def _check(side: Side, layer: int, head: int) -> None:
    """Raises UserError where the model has no such layer, or no such head."""
    heads = next(weights.heads for weights in side.layers if weights)
    for name, wanted, there in (("--layer", layer, len(side.layers)), ("--head", head, heads)):
        if wanted > there:
            raise UserError(
                tr(
                    f"{name} {wanted} is not there: the model has {there}.",
                    f"{name} {wanted} no existe: el modelo tiene {there}.",
                )
            )


def _written(attended: Attended, side: Side, given: dict[str, Any]) -> str:
    from llm_tui.attribution import attention_said as said
    from llm_tui.export.formats import to_csv
    from llm_tui.export.markdown import to_markdown

    layer, head, language = given["layer"], given["head"], i18n.export_language()
    match given["form"]:
        case "md":
            return to_markdown(said.table(attended, side, layer, head), language)
        case "csv":
            return to_csv(said.whole(attended, side, layer, head), language)
        case "svg":
            return said.figure(attended, side, layer, head).svg(language) + "\n"
        case "json":
            return json.dumps(_plain(attended, side, layer, head, language), ensure_ascii=False) + "\n"
    weights = side.weights(layer)
    looks = (said.looks_at(side, weights, head, row) for row in range(weights.rows))
    lines = (said.which(side, layer, head), *looks, *said.caption(attended, side))
    return "".join(f"{visible(str(line))}\n" for line in lines)


def _plain(attended: Attended, side: Side, layer: int, head: int, language: str) -> dict[str, object]:
    from llm_tui.attribution import attention_said as said

    weights = side.weights(layer)
    return {
        "model": attended.made_by.model,
        "side": side.name,
        "layer": layer,
        "layers": len(side.layers),
        "head": head,
        "heads": weights.heads,
        "rows": side.rows,
        "columns": side.columns,
        "weights": [list(weights.row(head, row)) for row in range(weights.rows)],
        "said": [sentence.within(language) for sentence in said.caption(attended, side)],
    }
