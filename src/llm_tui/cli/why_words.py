"""What each word of a text had to do with a classifier's answer, on the command line."""

from __future__ import annotations

from typing import Any

import click

from llm_tui.attribution import heats as heats_of
from llm_tui.attribution.job import INTEGRATED, METHODS, Attribute, Explained
from llm_tui.attribution.targets import Asked, question, targets
from llm_tui.cli.options import option
from llm_tui.cli.why_rows import Ask
from llm_tui.errors import UserError
from llm_tui.export.heat import Heat
from llm_tui.i18n import tr

ALL = "all"

with_method = option(
    "--method",
    type=click.Choice([*METHODS, ALL]),
    default=INTEGRATED,
    show_default=True,
    help=tr(
        "With --why: gradient × input, integrated gradients, occlusion by word, or all three.",
        "Con --why: gradiente × entrada, gradientes integrados, oclusión por palabra, o los tres.",
    ),
)


def heats(job: Asked, result: Any, given: dict[str, Any], ask: Ask) -> list[Heat]:
    """Of each text the label that it was given, or each of its entities, by the method that was chosen.

    Raises:
        UserError: there is nothing to explain, or the model is a server's.
    """
    methods = METHODS if given["method"] == ALL else (given["method"],)
    found: list[Heat] = []
    for number in range(len(job.texts)):
        there = targets(job, result, number)
        for target in there if job.kind == "entities" else there[:1]:
            asked: Attribute = question(job, target, methods, number)
            explained: Explained = ask(asked)
            found += [heats_of.heat(asked, explained, by) for by in explained.attributions]
    if not found:
        raise UserError(
            tr(
                "The model found no entity: there is nothing to explain.",
                "El modelo no encontró ninguna entidad: no hay nada que explicar.",
            )
        )
    return found
