"""What a prompt on the command line can have beside its text: examples before it, a template, a set to measure on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from llm_tui import i18n
from llm_tui.cli.options import PATH, F, check_output, lab_folder, open_lab, option, write
from llm_tui.errors import UserError
from llm_tui.exercises import few_shot
from llm_tui.exercises.few_shot import Trial
from llm_tui.foundation.few_shot import Pair, pairs, typed
from llm_tui.i18n import tr
from llm_tui.playground.prompts import TEMPLATES, PromptTemplate, blanks, template
from llm_tui.playground.task import Given
from llm_tui.playground.tasks.prompt import INSTRUCTION

SAMPLE = "sample"
"""The set that comes with the program, named where a file is."""


def with_prompts(command: F) -> F:
    """Of a command whose task takes examples and templates."""
    for blank in reversed(blanks()):
        names = ", ".join(each.name for each in TEMPLATES if blank in each.blanks)
        said = tr(f"With --template {names}: {blank.help}", f"Con --template {names}: {blank.help}")
        kind = {"type": PATH, "metavar": "F"} if blank.long else {"metavar": tr("TEXT", "TEXTO")}
        command = option(f"--{blank.name}", help=said, **kind)(command)
    command = option(
        "--template",
        type=click.Choice([each.name for each in TEMPLATES]),
        help=tr(
            "Make the prompt from a template; TEXT is its first blank where no option fills that.",
            "Hace la instrucción con una plantilla; TEXTO es su primer hueco si ninguna opción lo rellena.",
        ),
    )(command)
    command = option(
        "--evaluate",
        metavar=f"F|{SAMPLE}",
        help=tr(
            f"Measure the accuracy with 0, 1, 2 and 4 of the examples on a table of texts and answers; {SAMPLE}: the "
            "one that comes with the program.",
            f"Mide la exactitud con 0, 1, 2 y 4 de los ejemplos en una tabla de textos y respuestas; {SAMPLE}: la que "
            "trae el programa.",
        ),
    )(command)
    command = option(
        "--examples",
        type=PATH,
        metavar="F",
        help=tr("Examples from a table: text, answer.", "Ejemplos de una tabla: texto, respuesta."),
    )(command)
    return option(
        "--example",
        multiple=True,
        metavar=tr('"IN => OUT"', '"ENTRADA => RESPUESTA"'),
        help=tr("A solved example before the text; again for more.", "Un ejemplo resuelto antes del texto; se repite."),
    )(command)


def examples(given: Mapping[str, Any]) -> tuple[Pair, ...]:
    """Those of the file, then those that were typed.

    Raises:
        UserError: one is none, or the file cannot be read.
    """
    of_file = few_shot.read_pairs(given["examples"]) if given["examples"] else ()
    return (*of_file, *pairs(map(typed, given["example"])))


def from_template(given: Mapping[str, Any]) -> str | None:
    """The prompt that a template makes; None where none is named.

    Raises:
        UserError: a blank is empty, given without the template that has it, or given twice.
    """
    from llm_tui.exercises.textfile import read_text

    said = {blank.name: given[blank.name] for blank in blanks() if given[blank.name] is not None}
    if not given["template"]:
        if said:
            names = ", ".join(f"--{name}" for name in said)
            raise UserError(tr(f"{names}: name its --template too.", f"{names}: indique también su --template."))
        return None
    chosen = template(given["template"])
    if other := sorted(said.keys() - {blank.name for blank in chosen.blanks}):
        raise UserError(
            tr(
                f"The template {chosen.name} has no blank {other[0]}: leave --{other[0]} out.",
                f"La plantilla {chosen.name} no tiene el hueco {other[0]}: quite --{other[0]}.",
            )
        )
    filled = {name: read_text(value) if isinstance(value, Path) else value for name, value in said.items()}
    if given["texts"] or given["file"]:
        filled |= _first_blank(chosen, given, filled)
    chosen.check(filled)
    return chosen.prompt(filled, chosen.language(filled, i18n.language()))


def _first_blank(chosen: PromptTemplate, given: Mapping[str, Any], filled: Mapping[str, str]) -> dict[str, str]:
    """What TEXT or --file fills it with.

    Raises:
        UserError: an option fills it already, or there are several texts.
    """
    from llm_tui.exercises.textfile import given_text

    texts, name = given["texts"], chosen.blanks[0].name
    if name in filled or len(texts) > 1:
        raise UserError(
            tr(
                f"The template {chosen.name} takes one text: give either --{name}, --file or a single TEXT.",
                f"La plantilla {chosen.name} lleva un solo texto: indique --{name}, --file o un único TEXTO.",
            )
        )
    return {name: given_text(texts[0] if texts else None, given["file"])}


def evaluate(context: click.Context, given: Mapping[str, Any], question: Given, here: bool) -> None:
    """Measure with each number of examples, and write the table.

    Raises:
        UserError: the set cannot be read, the model cannot be asked, or it is not to be asked `here`; or there is
            something else to ask.
    """
    if not here:
        raise UserError(
            tr(
                "A program asks one prompt: leave --evaluate out, and give a text.",
                "Un programa hace una pregunta: quite --evaluate e indique un texto.",
            )
        )
    if beside := _beside_evaluate(given):
        names = ", ".join(beside)
        raise UserError(
            tr(
                f"--evaluate measures on the texts of a table, and asks nothing else: leave {names} out.",
                f"--evaluate mide con los textos de una tabla y no pregunta nada más: quite {names}.",
            )
        )
    from llm_tui.cli.progress import result_of
    from llm_tui.export.formats import FORMATS

    trial = _trial(given, question)
    check_output(given["output"], given["force"])
    lab = open_lab(lab_folder(context, given["lab"]))
    made = []
    for count in trial.counts():
        job = trial.job(count, question.model, question.asking)
        made.append(result_of(job, *lab.listeners(job)))
        if broken := made[-1].broken:  # of half an answer nobody knows whether it is right
            raise UserError(broken)
    form = "md" if given["form"] == "text" else given["form"]
    write(FORMATS[form](trial.table(made, question.asking.settings), i18n.export_language()), given["output"])


def _beside_evaluate(given: Mapping[str, Any]) -> list[str]:
    """What was given that has no place beside --evaluate."""
    options = [name for name in ("file", "template", *(blank.name for blank in blanks()), "why") if given[name]]
    return [*([tr("TEXT", "TEXTO")] if given["texts"] else []), *(f"--{name}" for name in options)]


def _trial(given: Mapping[str, Any], question: Given) -> Trial:
    instruction = question.values[INSTRUCTION]
    if given["evaluate"] != SAMPLE:
        path = Path(given["evaluate"])
        return Trial(few_shot.read_pairs(path), question.examples, instruction, path.name)
    shipped = few_shot.shipped(i18n.language())
    return Trial(shipped.rows, question.examples or shipped.examples, instruction or shipped.instruction, SAMPLE)
