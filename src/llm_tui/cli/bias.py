"""Bias in pairs on the command line."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from llm_tui import i18n
from llm_tui.cli.field_options import field_options, values_of
from llm_tui.cli.holding import held, with_wait
from llm_tui.cli.line import goes_on
from llm_tui.cli.options import OPTIONS, PATH, check_output, lab_folder, option, table_options, write
from llm_tui.errors import UserError
from llm_tui.exercises import bias, bias_tables
from llm_tui.exercises.bias import Answers
from llm_tui.exercises.bias_pairs import LANGUAGES, counted, first_said, kind_name, known_kind, read_pairs
from llm_tui.foundation.settings import MODEL, WHERE, asking
from llm_tui.i18n import tr

if TYPE_CHECKING:
    from llm_tui.bias.job import Compare, Compared
    from llm_tui.foundation.job import Asking


@dataclass(frozen=True, slots=True)
class _Some:
    """The answers, of which these kinds alone are asked; all, where none is named."""

    answers: Answers
    kinds: tuple[str, ...]

    def pending(self, asking: Asking) -> Iterator[Compare]:
        return self.answers.pending(asking, self.kinds)

    def with_result(self, job: Compare, result: Compared) -> _Some:
        return replace(self, answers=self.answers.with_result(job, result))

    def with_failure(self, job: Compare, message: str) -> None:
        return None


@click.command(
    "bias",
    options_metavar=OPTIONS,
    short_help=tr("Measure bias in pairs of texts.", "Mide el sesgo en pares de textos."),
    help=tr(
        "Ask a model for moderation or sentiment about pairs of texts that differ in one thing (gender, name, "
        "nationality, accent marks, register, dialect), and print the mean difference of each kind with its interval, "
        "the sign test, and the pairs that differ most. What is measured is kept in the lab: the same command goes on "
        "after a stop, and it is handed in with exercise 7.",
        "Pregunta a un modelo de moderación o de sentimiento por pares de textos que se diferencian en una cosa "
        "(género, nombre, nacionalidad, tildes, registro, dialecto), e imprime la diferencia media de cada tipo con su "
        "intervalo, la prueba de los signos y los pares que más difieren. Lo medido se guarda en el laboratorio: la "
        "misma orden continúa tras una interrupción, y se entrega con el ejercicio 7.",
    ),
)
@option("--task", type=click.Choice(list(bias.TASKS)), default=next(iter(bias.TASKS)), show_default=True,
        help=tr("What the model does.", "Qué hace el modelo."))  # fmt: skip
@option("--language", type=click.Choice(list(LANGUAGES)),
        help=tr("The language of the pairs (else that of the table).",
                "El idioma de los pares (si no, el de la tabla)."))  # fmt: skip
@option("--model", metavar=str(MODEL.metavar), help=str(MODEL.help))
@option("--labels", metavar="A,B,...", help=tr("Of moderation, separated by commas.", "De moderación, con comas."))
@option("--template", metavar="T", help=tr("The hypothesis, {} being the label.", "La hipótesis; {} es la etiqueta."))
@option("--measured", metavar="A", help=tr("The label that is measured.", "La etiqueta que se mide."))
@option("--pairs", type=PATH, metavar=tr("FILE", "ARCHIVO"),
        help=tr("Pairs of your own, kept in the lab: CSV, tabs or JSON lines with a, b and perhaps kind.",
                "Pares propios; quedan en el laboratorio: CSV, tabuladores o JSON con a, b, quizá tipo."))  # fmt: skip
@option("--kind", "kinds", multiple=True, metavar="K",
        help=tr("This kind alone (several times: these); else all, or those of FILE.",
                "Solo este tipo (varias veces: estos); si no, todos, o los de ARCHIVO."))  # fmt: skip
@field_options(WHERE)
@with_wait
@table_options
@click.pass_context
@goes_on
def command(context: click.Context, /, task: str, language: str | None, pairs: Path | None, **given: Any) -> None:
    from llm_tui.cli.progress import fill_in
    from llm_tui.export.formats import FORMATS

    check_output(given["output"], given["force"])
    how, exported = asking(values_of(WHERE, given), generates=False), i18n.export_language()
    with held(lab_folder(context, given["lab"]), given["wait"]) as lab:
        before = lab.answers(bias.NUMBER, Answers).asked(task, language or exported)
        own = read_pairs(pairs, before.language) if pairs else ()
        if own:
            click.echo(first_said(own), err=True)
        stated = {name: given[name] for name in bias.FIELDS if given[name] is not None}
        answers = before.with_own(own).with_fields(stated)
        of_file = (counted(pair).kind for pair in own)
        wanted = tuple(dict.fromkeys(map(known_kind, given["kinds"]))) or tuple(dict.fromkeys(of_file))
        _check(answers, wanted)

        def keep(some: _Some) -> None:
            with contextlib.suppress(UserError):  # told by the lab; the table is printed all the same
                lab.save_answers(bias.NUMBER, some.answers)

        some = fill_in(_Some(answers, wanted), how, lab, keep)
        keep(some)
    answers = some.answers
    if (found := answers.reading) is None:
        raise UserError(tr("There are no pairs: add one.", "No hay pares: añada uno."))
    if given["form"] == "md":
        written: str | bytes = bias_tables.document(answers, exported, found, wanted)
    else:
        written = FORMATS[given["form"]](bias_tables.table(answers, found, exported, wanted), exported)
    write(written, given["output"])


def _check(answers: Answers, wanted: Sequence[str]) -> None:
    """
    Raises:
        UserError: a kind is named of which there are no pairs.
    """
    there = answers.kinds()
    if unknown := next((kind for kind in wanted if kind not in there), None):
        listed = ", ".join(f"{kind} ({kind_name(kind)})" for kind in there)
        raise UserError(
            tr(f"There are no pairs of “{unknown}”: the kinds are {listed}.",
               f"No hay pares de «{unknown}»: los tipos son {listed}.")
        )  # fmt: skip
