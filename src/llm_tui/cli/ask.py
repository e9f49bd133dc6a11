"""The tasks of the playground on the command line: one command each, made from what the task says of itself."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from llm_tui import i18n
from llm_tui.cli import prompts
from llm_tui.cli.field_options import field_options, values_of
from llm_tui.cli.options import (
    OPTIONS,
    PATH,
    F,
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
from llm_tui.cli.why import with_why, write_heats
from llm_tui.cli.why_pieces import pieces_of
from llm_tui.cli.why_rows import explains
from llm_tui.cli.why_words import with_method
from llm_tui.engine.job import Job
from llm_tui.errors import UserError
from llm_tui.export.heat import Heat
from llm_tui.foundation.settings import GENERATION, MODEL, WHERE, asking
from llm_tui.foundation.tables import energy_of
from llm_tui.i18n import tr
from llm_tui.labelled.lines import lines_of
from llm_tui.playground.registry import AnyTask
from llm_tui.playground.task import Given

with_form = option(
    "--format",
    "form",
    type=click.Choice(["text", "md", "csv", "json"]),
    default="text",
    show_default=True,
    help=tr("The answers alone, or as a table.", "Solo las respuestas, o en una tabla."),
)


def _explained(task: AnyTask, asks: bool) -> Callable[[F], F]:
    """The options of a command that asks and can say why, of a classifier's words by which method."""
    if not asks:
        return lambda command: command
    return with_why if task.generates else lambda command: with_why(with_method(command))


Then = Callable[[click.Context, dict[str, Any], AnyTask, Given], None]

FILE = option(
    "--file", type=PATH, metavar="F", help=tr("A text on each line, in UTF-8.", "Un texto en cada línea, en UTF-8.")
)


def command(task: AnyTask, then: Then | None = None) -> click.Command:
    """The command of a task; with several texts it has several answers. `then` is what it does with the question,
    by itself it asks.
    """
    model, *own = task.all_fields
    settings = (*WHERE, *(GENERATION if task.generates else ()))

    @field_options(own)
    @click.argument("texts", nargs=-1, metavar=tr("[TEXT]... | -", "[TEXTO]... | -"))
    @FILE
    @option("--model", default=None, show_default=task.model, metavar=str(model.metavar), help=str(model.help))
    @field_options(WHERE)
    @with_lab
    @with_lang
    @with_form
    @with_output
    @with_force
    @_explained(task, then is None)
    @field_options(GENERATION if task.generates else ())
    @click.pass_context
    def ask(context: click.Context, /, **given: Any) -> None:
        how = asking(values_of(settings, given), task.generates)
        lab_folder(context, given["lab"])  # whose course may name the model
        choice = how.model(task.course_model if given[MODEL.name] is None else given[MODEL.name])
        values = values_of(own, given)
        if task.few_shot and given["evaluate"]:
            prompts.evaluate(context, given, Given((), choice, how, values, prompts.examples(given)), then is None)
            return
        prompt, examples = (prompts.from_template(given), prompts.examples(given)) if task.few_shot else (None, ())
        texts = texts_of(given) if prompt is None else (prompt,)
        why = then is None and given["why"]
        (then or _answer)(context, given, task, Given(texts, choice, how, values, examples, pieces=why))

    ask = prompts.with_prompts(ask) if task.few_shot else ask
    said = task.command
    make = click.command(said.name, options_metavar=OPTIONS, short_help=str(said.short), help=str(said.help))
    return make(ask)


def texts_of(given: dict[str, Any]) -> tuple[str, ...]:
    """The arguments, each a text, or the lines of a file or of the standard input.

    Raises:
        UserError: a text is the name of a file, so that its name would be asked for and not what stands in it; or there
            are texts from more than one place.
    """
    from llm_tui.exercises.textfile import given_text

    texts: Sequence[str] = given["texts"]
    if file := next((text for text in texts if os.path.isfile(text)), None):
        raise UserError(
            tr(
                f"{file} is a file: its texts are read with --file {file}, one on each line.",
                f"{file} es un archivo: sus textos se leen con --file {file}, uno por línea.",
            )
        )
    if len(texts) > 1 and "-" in texts:
        raise UserError(
            tr(
                "- is the standard input, and stands alone: leave the other texts out.",
                "- es la entrada estándar y va solo: quite los demás textos.",
            )
        )
    if texts and "-" not in texts and not given["file"]:
        return tuple(texts)
    lines = lines_of(given_text(texts[0] if texts else None, given["file"]))
    return tuple(line for line in lines if line.strip())


def _answer(context: click.Context, given: dict[str, Any], task: AnyTask, question: Given) -> None:
    """Ask, and write the answers as plain text or as a table."""
    from llm_tui.cli.progress import result_of
    from llm_tui.export.formats import FORMATS

    job = task.job(question)
    explain = explains(job) if given["why"] else None
    check_output(given["output"], given["force"])
    lab = open_lab(lab_folder(context, given["lab"]))
    made: list[Any] = []

    def asked(job: Job) -> Any:
        made.append(result_of(job, *lab.listeners(job)))
        return made[-1]

    result, form = asked(job), given["form"]
    heats = explain(job, result, given, asked) if explain else None
    if heats is not None or form == "text":
        for said in task.not_whole(job, result):
            click.echo(said, err=True)
    if heats is not None:
        _write_why(task, heats, form, given["output"])
    elif form == "text":
        write("".join(f"{line}\n" for line in task.plain(job, result)), given["output"])
    else:
        write(FORMATS[form](task.table(job, result), i18n.export_language()), given["output"])
    if energy := energy_of(result.made_by):
        click.echo(energy, err=True)
    if broken := next(filter(None, (getattr(one, "broken", "") for one in made)), ""):
        raise UserError(broken)  # what came is written, and nobody takes it for the whole


def _write_why(task: AnyTask, heats: Sequence[Heat], form: str, output: Path | None) -> None:
    from llm_tui.export.formats import FORMATS

    if task.generates and form in ("csv", "json"):
        write(FORMATS[form](pieces_of(heats), i18n.export_language()), output)
    else:
        write_heats(heats, form, output)
