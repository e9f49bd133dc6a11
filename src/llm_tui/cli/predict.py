"""Sentences to a trained classifier of the lab, and why it puts them where it does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from llm_tui import i18n
from llm_tui.classifier.job import Predict, Prediction
from llm_tui.classifier.why_job import LEAST
from llm_tui.cli.ask import FILE, texts_of, with_form
from llm_tui.cli.options import (
    OPTIONS,
    check_output,
    lab_folder,
    open_lab,
    option,
    run_of,
    with_force,
    with_lab,
    with_lang,
    with_output,
    with_run,
    write,
)
from llm_tui.cli.why import with_why, write_heats
from llm_tui.errors import UserError
from llm_tui.export.table import Cell, Column, Table
from llm_tui.i18n import Text, tr
from llm_tui.visible import visible

if TYPE_CHECKING:
    from llm_tui.lab.lab import Lab
    from llm_tui.lab.runs import Run

MOST_WORDS = 20


@click.command(
    options_metavar=OPTIONS,
    short_help=tr("Classify with a classifier of yours.", "Clasifica con un clasificador suyo."),
    help=tr(
        "Put texts to a trained classifier of the lab: into which class, and with which probability. With --why what "
        "each word did for it, exactly; with --words which words speak for and against each class.",
        "Clasifica textos con un clasificador entrenado del laboratorio: dice en qué clase, y con qué probabilidad. "
        "Con --why, qué hizo cada palabra, exactamente; con --words, qué palabras hablan a favor y en contra de cada "
        "clase.",
    ),
)
@click.argument("texts", nargs=-1, metavar=tr("[TEXT]... | -", "[TEXTO]... | -"))
@FILE
@with_run
@with_why
@option(
    "--words",
    is_flag=True,
    help=tr(
        "The words of each class, for and against, in place of an answer.",
        "Las palabras de cada clase, a favor y en contra, en lugar de una respuesta.",
    ),
)
@option(
    "--least",
    type=click.IntRange(0),
    default=LEAST,
    show_default=True,
    metavar="N",
    help=tr(
        "With --words: that came at least so often in training.",
        "Con --words: que aparecieron al menos tantas veces al entrenar.",
    ),
)
@with_lab
@with_lang
@with_form
@with_output
@with_force
@click.pass_context
def predict(context: click.Context, /, **given: Any) -> None:
    check_output(given["output"], given["force"])
    if given["words"] and (given["texts"] or given["file"] or given["why"]):
        raise click.UsageError(tr("--words takes no text.", "--words no lleva texto."))
    texts = () if given["words"] else texts_of(given)
    lab = open_lab(lab_folder(context, given["lab"]))
    run = run_of(lab, given["run"]) if given["run"] else lab.runs.trained()
    if run.result is None or not run.has_model():
        raise UserError(
            tr(
                f"The run {run.id} has no model to ask: train it again.",
                f"La ejecución {run.id} no tiene modelo que consultar: entrénela de nuevo.",
            )
        )
    if given["words"]:
        _words(lab, run, run.result.classes, given)
    elif given["why"]:
        _why(lab, run, run.result.classes, texts, given)
    else:
        _answer(lab, run, run.result.classes, texts, given)


def _answer(lab: Lab, run: Run, classes: Sequence[str], texts: Sequence[str], given: dict[str, Any]) -> None:
    from llm_tui.cli.progress import results
    from llm_tui.export.formats import FORMATS

    with results() as result:
        jobs = [Predict(str(run.folder), text) for text in texts]
        found: list[Prediction] = [result(job, *lab.listeners(job)) for job in jobs]
    if given["form"] == "text":
        written = "".join(f"{_said(classes, one)}  {visible(text)}\n" for text, one in zip(texts, found, strict=True))
    else:
        written = FORMATS[given["form"]](_table(run, classes, texts, found), i18n.export_language())
    write(written, given["output"])


def _said(classes: Sequence[str], one: Prediction) -> str:
    best = max(one.probabilities)
    return f"{visible(classes[one.probabilities.index(best)])} {best:.3f}"


def _table(run: Run, classes: Sequence[str], texts: Sequence[str], found: Sequence[Prediction]) -> Table:
    columns = (
        Column("text", Text("text", "texto")),
        Column("class", Text("class", "clase")),
        *(Column(name, Text(visible(name), visible(name)), numeric=True) for name in classes),
        Column("unknown", Text("unknown words", "desconocidas"), numeric=True),
    )
    rows: list[tuple[Cell, ...]] = [
        (text, classes[one.probabilities.index(max(one.probabilities))], *one.probabilities, len(one.unknown))
        for text, one in zip(texts, found, strict=True)
    ]
    return Table(columns, tuple(rows), (_of(run),))


def _of(run: Run) -> Text:
    return Text(f"Run {run.id}.", f"Ejecución {run.id}.")


def _why(lab: Lab, run: Run, classes: Sequence[str], texts: Sequence[str], given: dict[str, Any]) -> None:
    """Of the class that each text is put into."""
    from llm_tui.classifier import explained
    from llm_tui.classifier.why_job import Weigh
    from llm_tui.cli.progress import result_of

    job = Weigh(str(run.folder))
    scores = result_of(job, *lab.listeners(job))
    told = [scores.explain(text) for text in texts]
    heats = [explained.heat(one, classes, one.predicted, one.rival(one.predicted)) for one in told]
    write_heats(heats, given["form"], given["output"])


def _words(lab: Lab, run: Run, classes: Sequence[str], given: dict[str, Any]) -> None:
    from llm_tui.classifier import explained
    from llm_tui.classifier.why_job import Weigh
    from llm_tui.cli.progress import result_of
    from llm_tui.export.formats import FORMATS

    job = Weigh(str(run.folder))
    scores = result_of(job, *lab.listeners(job))
    form, language = given["form"], i18n.export_language()
    tables = [
        explained.telling(scores, classes, of, relative=True, least=given["least"], most=MOST_WORDS)
        for of in range(len(classes))
    ]
    if form in ("csv", "json"):  # one table, for a program
        write(FORMATS[form](explained.together(tables, classes), language), given["output"])
    else:
        write("\n".join(FORMATS["md"](table, language) for table in tables), given["output"])
