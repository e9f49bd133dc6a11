"""The benchmarks on the command line."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from llm_tui import i18n
from llm_tui.bench.asked import Asked
from llm_tui.bench.subjects import SUBJECTS
from llm_tui.cli.options import OPTIONS, option, with_lang
from llm_tui.errors import UserError
from llm_tui.i18n import tr

if TYPE_CHECKING:
    from llm_tui.bench.figure import Figure

PAIRS = 5


@click.command(
    options_metavar=OPTIONS,
    short_help=tr("Measure how fast this program is here.", "Mide lo rápido que es el programa aquí."),
    help=tr(
        "Measure how fast the program is on this machine, beside what one knows (fastText, the notebook's loop, an "
        "empty app): ratios, each taken by turns in one run. Without a subject, all of them, which takes an hour. "
        "A terminal of its own and an idle machine give the best figures.",
        "Mide lo rápido que es el programa en este equipo, junto a algo conocido (fastText, el bucle del cuaderno, una "
        "aplicación vacía): razones, cada una medida por turnos en una misma ejecución. Sin tema, todos, lo que lleva "
        "una hora. Las mejores cifras las da un equipo sin otra carga.",
    ),
)
@click.argument("subjects", nargs=-1, type=click.Choice(tuple(SUBJECTS)), metavar=tr("[SUBJECT]...", "[TEMA]..."))
@with_lang
@click.option(
    "--data",
    metavar=tr("DIR", "CARPETA"),
    type=click.Path(exists=True, file_okay=False, resolve_path=True, path_type=Path),
    help=tr(
        "A folder with train.csv and test.csv in AG_NEWS's form; without one, rows are composed.",
        "Una carpeta con train.csv y test.csv en la forma de AG_NEWS; sin ella, las filas se componen.",
    ),
)
@option(
    "--pairs",
    type=click.IntRange(1),
    metavar="N",
    default=PAIRS,
    show_default=True,
    help=tr("Turns of each of two.", "Turnos de cada uno de los dos."),
)
@click.option(
    "--small",
    is_flag=True,
    help=tr(
        "At the smallest sizes, once: that it works, no figure to rely on.",
        "Con los tamaños mínimos, una vez: que funciona, sin cifras de las que fiarse.",
    ),
)
@click.option("--json", "as_json", is_flag=True, help=tr("As JSON.", "En JSON."))
@click.pass_context
def bench(
    context: click.Context, subjects: tuple[str, ...], data: Path | None, pairs: int, small: bool, as_json: bool
) -> None:
    from llm_tui.bench.run import conditions

    asked = Asked(small, 1 if small else pairs, data, Path())
    before, unable, written = conditions(), 0, []
    for name in subjects or SUBJECTS:
        figures, error = _measured(name, asked)
        unable += bool(error)
        if as_json:
            written.append(_plain(name, figures, error))
        else:
            _show(name, figures, error)
    after = conditions()
    if as_json:
        click.echo(json.dumps({"subjects": written, "before": before, "after": after}, ensure_ascii=False, indent=1))
    else:
        _show_conditions(before, after)
    if unable:
        context.exit(1)


def _measured(name: str, asked: Asked) -> tuple[list[Figure], str]:
    """What came, each told on standard error as it does, and why no more did."""
    from llm_tui.bench.run import measured

    figures: list[Figure] = []
    click.echo(tr(f"measuring: {name}", f"midiendo: {name}"), err=True)
    try:
        for figure in measured(name, asked):
            figures.append(figure)
            click.echo(f"{name}: {figure.what}", err=True)
    except UserError as error:
        return figures, str(error)
    return figures, ""


def _show(name: str, figures: list[Figure], error: str) -> None:
    from llm_tui.bench.figure import table
    from llm_tui.export.markdown import to_markdown

    click.echo(f"## {name}: {SUBJECTS[name]}\n")
    if figures:
        click.echo(to_markdown(table(figures, i18n.language()), i18n.language()))
    if error:
        click.echo(error + "\n")


def _plain(name: str, figures: list[Figure], error: str) -> dict[str, Any]:
    rows = [
        {
            **asdict(figure),
            **{key: str(getattr(figure, key)) for key in ("what", "reference", "note")},
            "met": figure.met,
        }
        for figure in figures
    ]
    return {"subject": name, "figures": rows, "error": error}


def _show_conditions(before: dict[str, str], after: dict[str, str]) -> None:
    versions = ", ".join(f"{name} {value}" for name, value in before.items() if name not in ("load", "processors"))
    click.echo(
        tr(
            f"Seconds are those on the wall, in brackets those of the processors. {before['processors']} processors, "
            f"load {before['load']} before and {after['load']} after; {versions}.",
            f"Los segundos son de reloj; entre paréntesis, de procesador. {before['processors']} procesadores, carga "
            f"{before['load']} antes y {after['load']} después; {versions}.",
        )
    )
