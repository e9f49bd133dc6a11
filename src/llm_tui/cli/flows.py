"""The two flows on the command line."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from llm_tui import i18n
from llm_tui.cli.field_options import field_option, field_options, values_of
from llm_tui.cli.holding import OpenElsewhere, held, with_wait
from llm_tui.cli.line import goes_on
from llm_tui.cli.options import (
    OPTIONS,
    check_output,
    lab_folder,
    open_lab,
    option,
    table_options,
    with_launcher,
    write,
)
from llm_tui.errors import UserError
from llm_tui.exercises import flows, labels
from llm_tui.exercises.flows_table import table
from llm_tui.exercises.moderation import course_model
from llm_tui.foundation.labels_job import TEMPLATE, ZERO_SHOT_MODEL
from llm_tui.foundation.settings import MODEL, WHERE, asking
from llm_tui.i18n import tr
from llm_tui.visible import visible

if TYPE_CHECKING:
    from llm_tui.exercises.flows import Answers


@click.command(
    "compare-flows",
    options_metavar=OPTIONS,
    short_help=tr("Compare the two flows on the same rows.", "Compara los dos flujos con las mismas filas."),
    help=tr(
        "Classify the same test rows with the newest trained classifier of the lab and with a zero-shot model, print "
        "how they compare, and keep it in the lab for the report: where the rows are the same, beside other models, up "
        "to three in all; under the table stands which one has made room for another.",
        "Clasifica las mismas filas de prueba con el clasificador más nuevo del laboratorio y con un modelo zero-shot, "
        "imprime cómo se comparan y lo guarda en el laboratorio para el informe: si las filas son las mismas, junto a "
        "otros modelos, hasta tres en total; bajo la tabla figura cuál dejó su lugar a otro.",
    ),
)
@field_option(flows.ROWS)
@option("--template", default=TEMPLATE, show_default=True, metavar="T",
        help=tr("The hypothesis, {} being the class.", "La hipótesis; {} es la clase."))  # fmt: skip
@option("--model", default=None, show_default=ZERO_SHOT_MODEL, metavar=str(MODEL.metavar), help=str(MODEL.help))
@field_options(WHERE)
@with_launcher
@table_options
@click.pass_context
@goes_on
def compare_flows(context: click.Context, /, rows: int, template: str, **given: Any) -> None:
    from llm_tui.cli.elsewhere import compare_elsewhere
    from llm_tui.cli.progress import results
    from llm_tui.export.formats import FORMATS
    from llm_tui.launching.comparison import asked

    check_output(given["output"], given["force"])
    folder = lab_folder(context, given["lab"])
    given[MODEL.name] = given[MODEL.name] or course_model()
    lab = open_lab(folder)
    run, settings = lab.runs.trained(), {field.name: str(given[field.name]) for field in (MODEL, *WHERE)}
    settings |= {"rows": str(rows), "template": template}
    comparison = asked(run, settings)
    if given["launcher"] == "here":
        with results() as result:
            classic = result(comparison.retest, *lab.listeners(comparison.retest))
            job = comparison.then(classic)
            found = [(comparison.retest, classic), (job, result(job, *lab.listeners(job)))]
        answers, _ = _kept(folder, found)
    else:
        answers = compare_elsewhere(lab, run, comparison, settings, given, partial(_kept, folder))
    write(FORMATS[given["form"]](table(answers, i18n.export_language()), i18n.export_language()), given["output"])


def _kept(folder: Path, found: Sequence[tuple[Any, Any]]) -> tuple[Answers, bool]:
    """The lab's answers with what was found out, and whether the lab has it from now on: not where the app has it open,
    nor where it cannot be written.
    """

    def learnt(answers: Answers) -> Answers:
        for job, result in found:
            answers = answers.with_result(job, result)
        return answers

    try:
        with held(folder) as lab:
            answers = learnt(lab.answers(flows.NUMBER, flows.Answers))
            lab.save_answers(flows.NUMBER, answers)
    except OpenElsewhere as error:
        left = tr("The table in its lab is left as it is.", "La tabla en su laboratorio queda como está.")
        click.echo(f"{error.who} {left}", err=True)
    except UserError:
        pass  # the lab has told it, and the table does not depend on it
    else:
        return answers, True
    return learnt(flows.Answers()), False


@click.command(
    "labels-curve",
    options_metavar=OPTIONS,
    short_help=tr("How many labels until training wins.", "Cuántas etiquetas hasta que gana entrenar."),
    help=tr(
        "Measure the accuracy against the number of labelled examples: of the classifier trained from nothing, of a "
        "linear probe on the encoder of the zero-shot model, of this model itself, and with --chat of examples in the "
        "prompt of a chat model. Prints the table and where the lines cross, and keeps the points in the lab as they "
        "come: the same command goes on after a stop.",
        "Mide la exactitud según el número de ejemplos etiquetados: del clasificador entrenado desde cero, de una "
        "sonda lineal sobre el codificador del modelo zero-shot, de este mismo modelo y, con --chat, de ejemplos en el "
        "prompt de un modelo de chat. Imprime la tabla y dónde se cruzan las líneas, y guarda los puntos en el "
        "laboratorio según llegan: la misma orden continúa tras una interrupción.",
    ),
)
@field_options(labels.FIELDS[:-1])
@option(labels.CHAT.option, default="", metavar=str(labels.CHAT.metavar), help=str(labels.CHAT.help))
@option("--model", default=None, show_default=ZERO_SHOT_MODEL, metavar=str(MODEL.metavar), help=str(MODEL.help))
@option("--template", default=TEMPLATE, show_default=True, metavar="T",
        help=tr("The hypothesis, {} being the class.", "La hipótesis; {} es la clase."))  # fmt: skip
@field_options(WHERE)
@option("--take", is_flag=True,
        help=tr("Begin this curve in place of another one that the lab has.",
                "Empieza esta curva en lugar de otra que tenga el laboratorio."))  # fmt: skip
@with_wait
@table_options
@click.pass_context
@goes_on
def labels_curve(context: click.Context, /, **given: Any) -> None:
    from llm_tui.cli.progress import fill_in
    from llm_tui.export.formats import FORMATS

    check_output(given["output"], given["force"])
    how = asking(values_of(WHERE, given), generates=False)
    folder = lab_folder(context, given["lab"])
    given[MODEL.name] = given[MODEL.name] or course_model()
    typed = {field.name: str(given[field.name]) for field in labels.FIELDS}
    setup = labels.parse(typed, given["model"], given["template"])
    with held(folder, given["wait"]) as lab:
        before = lab.answers(flows.NUMBER, flows.Answers)
        if before.curve and labels.replaces(before.curve, setup) and not given["take"]:
            raise _has_another(lab.folder, before.curve.setup, setup)
        # The fields on the screen are those of the curve that is shown there: run goes on with it.
        answers = replace(before, setup=typed, model=given["model"], template=given["template"])

        def keep(curve: labels.Curve) -> None:
            with contextlib.suppress(UserError):  # told by the lab; the table is printed all the same
                lab.save_answers(flows.NUMBER, replace(answers, curve=curve))

        curve = fill_in(labels.begun(answers.curve, setup), how, lab, keep)
        keep(curve)
    language = i18n.export_language()
    write(FORMATS[given["form"]](labels.table(curve), language), given["output"])


def _has_another(folder: Path, kept: labels.Setup, asked: labels.Setup) -> UserError:
    """Says by which options the curve of the lab is another one."""
    now = labels.typed(asked)
    other = {name: said for name, said in labels.typed(kept).items() if now[name] != said}
    options = " ".join(f"--{name.replace('_', '-')}={shlex.quote(said)}" for name, said in other.items())
    files = "of the data files as they were before", "de los archivos de datos como eran antes"
    of = (f"with {options}", f"con {options}") if options else files
    return UserError(
        visible(
            tr(
                f"The lab {folder} has a labels curve {of[0]}, whose points this one would replace: ask for that one, "
                "choose another lab with --lab, or add --take.",
                f"El laboratorio {folder} tiene una curva de etiquetas {of[1]}, cuyos puntos esta reemplazaría: pida "
                "aquella, elija otro laboratorio con --lab, o añada --take.",
            )
        )
    )


COMMANDS = (compare_flows, labels_curve)
