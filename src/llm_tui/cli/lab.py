"""What the lab holds, and what machine this is, on the command line."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING

import click

from llm_tui import i18n
from llm_tui.classifier.ag_news_cache import ag_news_fact
from llm_tui.cli.holding import held, with_wait
from llm_tui.cli.options import (
    OPTIONS,
    as_data,
    check_output,
    course_file,
    lab_folder,
    open_lab,
    option,
    tasks,
    with_force,
    with_lab,
    with_lang,
    with_output,
    write,
)
from llm_tui.config import read_config
from llm_tui.errors import UserError, reason
from llm_tui.exercises.registry import Row, count, handed_in, row
from llm_tui.i18n import tr
from llm_tui.visible import visible

if TYPE_CHECKING:
    from llm_tui.lab.lab import Lab


FORMAT = click.Choice(["md", "html", "pdf", "docx", "ipynb", "csv", "json"])


@click.command(
    options_metavar=OPTIONS,
    short_help=tr("Write the report, or one exercise.", "Escribe el informe, o un ejercicio."),
    help=tr(
        f"Write the report of all {count()} exercises as the lab has them, or one of them with --exercise. As CSV the "
        "report is a folder with a file for every table, named by -o.",
        f"Escribe el informe de los {count()} ejercicios tal como están en el laboratorio, o uno de ellos con "
        "--exercise. En CSV el informe es una carpeta con un archivo por tabla, indicada con -o.",
    ),
)
@click.option(
    "--exercise",
    type=click.Choice([str(row.number) for row in handed_in()]),
    help=tr("Its number; flows is what stands beside them.", "Su número; flows es lo que está junto a ellos."),
    metavar="N",
)
@with_lab
@with_lang
@option(
    "--format",
    "form",
    type=FORMAT,
    default="md",
    show_default=True,
    help=tr(
        "Markdown, one HTML file, one PDF, one Word document, a Jupyter notebook, CSV or JSON.",
        "Markdown, un solo HTML, un PDF, un documento de Word, un cuaderno de Jupyter, CSV o JSON.",
    ),
)
@with_output
@with_force
@click.pass_context
def export(
    context: click.Context, exercise: str | None, lab: Path | None, form: str, output: Path | None, force: bool
) -> None:
    opened = open_lab(lab_folder(context, lab))
    if exercise is None and form == "csv":
        _write_tables(opened, output, force)
        return
    check_output(output, force)
    write(_report(opened, form) if exercise is None else _exercise(opened, exercise, form), output)


DOCUMENTS = {
    "html": "llm_tui.export.html:to_html",
    "pdf": "llm_tui.export.pdf:to_pdf",
    "docx": "llm_tui.export.word:to_word",
}


def _report(lab: Lab, form: str) -> str | bytes:
    from llm_tui.report.document import Report

    report = Report.of(lab, i18n.export_language())
    made: dict[str, Callable[[], str | bytes]] = {
        "md": report.markdown,
        "html": report.html,
        "pdf": report.pdf,
        "docx": report.word,
        "ipynb": report.notebook,
        "json": report.json,
    }
    return made[form]()


def _exercise(lab: Lab, named: str, form: str) -> str | bytes:
    from llm_tui.report.parts import part

    language = i18n.export_language()
    number = int(named) if named.isdecimal() else named
    found = part(lab, row(number), language)
    if not found.begun:
        raise _nothing_of(found.exercise, lab)
    if form == "md":
        return found.document
    if form == "ipynb":
        from llm_tui.report.document import Report

        return replace(Report.of(lab, language), parts=(found,), appendix={}).notebook()
    if form in DOCUMENTS:
        make: Callable[..., str | bytes] = resolve_name(DOCUMENTS[form])
        return make(found.document, language, lab.name, lab.whose.name, found.figures())
    return as_data(found.tables, form, language)


def _nothing_of(of: Row, lab: Lab) -> UserError:
    """Says what does it, and keeps it in this lab."""
    from llm_tui.cli.exercise import command, is_offered

    what, way = str(of.short).lower(), ("", "")
    if is_offered(of):
        does = command(of)
        name = f"exercise {of.number}" if isinstance(of.number, int) else does.name
        keep = " --keep" if any(param.name == "keep" for param in does.params) else ""
        line = f"llm-tui {name}{keep} --lab {shlex.quote(str(lab.folder))}"
        way = f" or with “{line}”", f" o con «{line}»"
    return UserError(
        tr(
            f"The lab {lab.folder} has nothing of {what} yet: do it in the app{way[0]}, or choose another lab with "
            "--lab.",
            f"El laboratorio {lab.folder} aún no tiene nada ({what}): hágalo en la aplicación{way[1]}, o elija otro "
            "laboratorio con --lab.",
        )
    )


def _write_tables(lab: Lab, folder: Path | None, force: bool) -> None:
    """Every table of the lab as a CSV file of its own."""
    from llm_tui.lab.files import cannot_write, write_atomic
    from llm_tui.report.document import Report

    if folder is None:
        raise UserError(
            tr(
                "The report as CSV is many files: name their folder with -o, or one exercise with --exercise.",
                "El informe en CSV son varios archivos: indique su carpeta con -o, o un ejercicio con --exercise.",
            )
        )
    files = Report.of(lab, i18n.export_language()).csv_files()
    if folder.exists():
        for name in files:
            check_output(folder / name, force)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
    for name, text in files.items():
        write_atomic(folder / name, text)
        click.echo(str(folder / name))


@click.command(
    options_metavar=OPTIONS,
    short_help=tr("Print the environment.", "Imprime el entorno."),
    help=tr(
        "Print the environment: Python, torch, GPU and its memory, transformers, what the caches hold; and of the lab "
        "who may read it and what killed programs have left in it.",
        "Imprime el entorno: Python, torch, GPU y su memoria, transformers, qué hay en las cachés; y del laboratorio, "
        "quién puede leerlo y qué dejaron en él los programas terminados a la fuerza.",
    ),
)
@option(
    "--clean",
    is_flag=True,
    help=tr(
        "Delete from the lab what killed programs have left, and runs whose config.json is broken or lost, with their "
        "weights and model cards.",
        "Borra del laboratorio lo que dejaron programas terminados a la fuerza, y las ejecuciones con config.json "
        "dañado o perdido, con sus pesos y sus fichas.",
    ),
)
@with_wait
@with_lab
@with_lang
@click.pass_context
def doctor(context: click.Context, lab: Path | None, clean: bool, wait: bool) -> None:
    from llm_tui.cli.progress import result_of
    from llm_tui.hub.facts import hub_facts
    from llm_tui.survey import Survey

    folder = lab_folder(context, lab, course=False)
    if clean:
        _clean(folder, wait)
    facts = [
        *result_of(Survey()).facts(),
        *hub_facts(),
        ag_news_fact(),
        *_config_facts(),
        *_course_facts(course_file(context, folder)),
        *_lab_facts(open_lab(folder)),
    ]
    width = max(len(name) for name, _ in facts)
    for name, fact in facts:
        click.echo(f"{name.ljust(width)}  {fact}")


def _config_facts() -> Iterator[tuple[str, str]]:
    """Which configuration file is read, and what in it is not followed."""
    config = read_config()
    name = tr("config", "configuración")
    found = "" if config.found else tr(" (there is none)", " (no existe)")
    yield name, visible(f"{config.path}{found}")
    refused: list[str] = []
    if config.tables:
        from llm_tui import keymap  # with all screens
        from llm_tui.launching.settings import read_settings

        _, refused = keymap.own_keys(config, keymap.all_keys())
        refused += read_settings(config)[1]
    yield from ((name, problem) for problem in (*config.problems, *refused))


def _course_facts(path: Path | None) -> Iterator[tuple[str, str]]:
    """Which course file is read, and all that is wrong in it."""
    from llm_tui.course.reading import read

    name = tr("course", "curso")
    if path is None:
        yield name, tr("no course file", "ningún archivo de curso")
        return
    yield name, visible(str(path))
    try:
        problems = read(path, tasks).lines()
    except UserError as error:
        problems = [str(error)]
    yield from ((name, visible(problem)) for problem in problems)


def _lab_facts(lab: Lab) -> Iterator[tuple[str, str]]:
    from llm_tui.lab.debris import left_behind

    yield tr("lab", "laboratorio"), str(lab.folder)
    if not lab.folder.is_dir():
        return
    yield tr("read by", "lo lee"), _readers(lab.folder)
    for name, paths in (
        (tr("left by a kill", "restos"), left_behind(lab.folder)),
        (tr("unreadable runs", "ilegibles"), _broken_runs(lab)),
    ):
        if found := [visible(str(path.relative_to(lab.folder))) for path in paths]:
            more = f" … ({len(found)})" if len(found) > 3 else ""
            way = tr("llm-tui doctor --clean deletes them", "llm-tui doctor --clean los borra")
            yield name, f"{', '.join(found[:3])}{more}: {way}"
    for path, why in lab.unreadable_runs().items():
        if isinstance(why, OSError):
            said = tr("it cannot be read now, and stays", "ahora no se puede leer, y se conserva")
            yield tr("run not read", "sin leer"), visible(f"{path.relative_to(lab.folder)}: {said} ({reason(why)})")


def _broken_runs(lab: Lab) -> list[Path]:
    """Those of which it is certain: what a disk does not give now may be whole."""
    return [path for path, why in lab.unreadable_runs().items() if not isinstance(why, OSError)]


def _readers(folder: Path) -> str:
    """Who may enter the lab, by its permission bits."""
    bits = folder.stat().st_mode
    if bits & 0o007:
        return tr(f"everybody on this machine (chmod -R go= {folder} makes it yours alone)",
                  f"todos en este equipo (chmod -R go= {folder} lo deja solo para usted)")  # fmt: skip
    return tr("you and its group", "usted y su grupo") if bits & 0o070 else tr("you alone", "solo usted")


def _clean(folder: Path, wait: bool) -> None:
    from llm_tui.lab import debris

    found = list(debris.left_behind(folder))
    with held(folder, wait) as lab:
        for path in [*found, *_broken_runs(lab)]:
            try:
                debris.delete(path)
            except FileNotFoundError:  # by having the lab
                pass
            except OSError as error:
                why = reason(error)
                raise UserError(
                    tr(f"{path} could not be deleted ({why}).", f"No se pudo borrar {path} ({why}).")
                ) from error
            click.echo(tr(f"Deleted: {path}", f"Borrado: {path}"), err=True)
