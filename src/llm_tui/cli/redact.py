"""Texts without their personal data, on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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
from llm_tui.foundation.settings import WHERE, asking
from llm_tui.i18n import tr
from llm_tui.playground.tasks.entities import TASK
from llm_tui.redaction.proposals import KINDS, OPTIONAL


@click.command(
    options_metavar=OPTIONS,
    short_help=tr("Print texts without personal data.", "Imprime textos sin datos personales."),
    help=tr(
        "Print each text with [PERSON 1] and the like in place of what a model for entities takes for a person, or "
        "finds of a type that is not known here, and of e-mail addresses, telephone numbers, IBANs, cards, identity "
        "numbers (DNI, NIE), IP addresses and links with a secret. A model misses names: read what is printed.",
        "Imprime cada texto con [PERSONA 1] y semejantes en lugar de lo que un modelo de entidades toma por una "
        "persona, o halla de un tipo que aquí no se conoce, y de direcciones de correo, teléfonos, IBAN, tarjetas, "
        "DNI, NIE, direcciones IP y enlaces con un secreto. A un modelo se le escapan nombres: lea lo que se imprime.",
    ),
)
@click.argument("texts", nargs=-1, metavar=tr("[TEXT]... | -", "[TEXTO]... | -"))
@FILE
@option("--model", show_default=TASK.model, metavar="M", help=tr("Of the entities.", "De entidades."))
@option("--rules-only", is_flag=True, help=tr("Without a model: no names.", "Sin modelo: sin nombres."))
@option(
    "--also",
    type=click.Choice(OPTIONAL),
    multiple=True,
    help=tr("What else the model finds is to go.", "Qué más de lo que halla el modelo se quita."),
)
@option("--keep", type=click.Choice([*KINDS]), multiple=True, help=tr("What is to stay.", "Qué se deja."))
@field_options(WHERE)
@with_lab
@with_lang
@with_output
@with_force
@click.pass_context
def redact(
    context: click.Context,
    /,
    lab: Path | None,
    output: Path | None,
    force: bool,
    **given: Any,
) -> None:
    from dataclasses import replace

    from llm_tui.cli.progress import result_of
    from llm_tui.foundation.labels_job import Entities
    from llm_tui.redaction.proposals import proposals, redacted
    from llm_tui.redaction.rules import by_form, region

    check_output(output, force)
    folder = lab_folder(context, lab)  # whose course may name the model
    texts = texts_of(given)
    found: tuple[Any, ...] = ((),) * len(texts)
    if not given["rules_only"]:
        how = asking(values_of(WHERE, given), generates=False)
        model = TASK.course_model if given["model"] is None else given["model"]
        job = Entities(texts, how.model(model), how.batch_size)
        found = result_of(job, *open_lab(folder).listeners(job)).texts
    gone = {kind for kind in KINDS if kind not in OPTIONAL} - {*given["keep"]} | {*given["also"]}
    written = []
    for text, entities in zip(texts, found, strict=True):
        proposed = proposals(text, entities, by_form(text, region()))
        taken = [replace(one, taken=one.kind in gone) for one in proposed]
        written.append(f"{redacted(text, taken, i18n.export_language())}\n")
    write("".join(written), output)
