"""The lab's log on the command line: what was trained, and what was asked of which model."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any

import click

from llm_tui import i18n
from llm_tui.cli.options import OPTIONS, check_output, lab_folder, open_lab, option, table_options, write
from llm_tui.errors import UserError
from llm_tui.export import energy
from llm_tui.export.table import Cell, Column, Table
from llm_tui.i18n import Text, tr

COLUMNS = (
    Column("time", Text("time", "fecha")),
    Column("job", Text("job", "trabajo")),
    Column("model", Text("model", "modelo")),
    Column("revision", Text("revision", "revisión")),
    Column("device", Text("device", "dispositivo")),
    Column("precision", Text("precision", "precisión")),
    Column("seconds", Text("seconds", "segundos"), numeric=True, digits=2),
    energy.COLUMN,
    Column("energy_note", Text("of the energy", "sobre la energía")),
    Column("outcome", Text("outcome", "resultado")),
    Column("settings", Text("settings", "ajustes")),
)


@click.command(
    options_metavar=OPTIONS,
    short_help=tr("Print the lab's log.", "Imprime el registro del laboratorio."),
    help=tr(
        "Print what was trained and what was asked of which model, as the lab's audit.jsonl has it, oldest first. Of "
        "the texts it has the SHA-256; with log_texts = true in lab.toml, from then on the texts. JSON has the "
        "entries as they are in the file.",
        "Imprime qué se entrenó y qué se pidió a qué modelo, según el audit.jsonl del laboratorio, de lo más antiguo a "
        "lo más nuevo. De los textos tiene el SHA-256; con log_texts = true en lab.toml, desde entonces los textos. El "
        "JSON tiene las entradas tal como están en el archivo.",
    ),
)
@option(
    "--job",
    metavar=tr("KIND", "TIPO"),
    help=tr("Of this kind: training, generation, …", "De este tipo: entrenamiento, …"),
)
@option(
    "--model",
    metavar=tr("NAME", "NOMBRE"),
    help=tr("With NAME in the model's name.", "Con NOMBRE en el nombre del modelo."),
)
@option(
    "--outcome",
    type=click.Choice(["finished", "failed", "cancelled"]),
    help=tr("How it ended.", "Cómo terminó."),
)
@option(
    "--since",
    metavar=tr("DATE", "FECHA"),
    help=tr("Ended at or after it: 2026-03-01 or 2026-03-01T09:30.", "Desde entonces: 2026-03-01 o 2026-03-01T09:30."),
)
@option("--last", type=click.IntRange(min=1), metavar="N", help=tr("The newest N of these.", "Los N más recientes."))
@table_options
@click.pass_context
def log(
    context: click.Context, /, lab: Path | None, form: str, output: Path | None, force: bool, **wanted: Any
) -> None:
    check_output(output, force)
    since = _moment(wanted["since"])
    opened = open_lab(lab_folder(context, lab, course=False))
    entries, total, shown = opened.log(), 0, 0
    narrowed = any(wanted[name] for name in ("job", "model", "outcome", "since"))

    def chosen() -> Iterator[Any]:
        nonlocal total
        for entry in entries:
            total += 1
            if not narrowed or _matches(entry, wanted, since):
                yield entry

    def counted(found: Iterable[Any]) -> Iterator[Any]:
        nonlocal shown
        for entry in found:
            shown += 1
            yield entry

    def footer() -> tuple[Text, ...]:
        said = Text("{n} of {total} entries", "{n} de {total} entradas").format(n=shown, total=total)
        lost = Text("lines that could not be read: {n}", "líneas que no se pudieron leer: {n}")
        return (said, lost.format(n=entries.skipped)) if entries.skipped else (said,)

    found = counted(deque(chosen(), maxlen=wanted["last"]) if wanted["last"] else chosen())
    first = list(islice(found, 1))
    if not total and not entries.skipped:
        raise UserError(
            tr(
                f"The lab {opened.folder} has no log yet: train or ask a model first, or choose another with --lab.",
                f"El laboratorio {opened.folder} aún no tiene registro: entrene o pregunte antes a un modelo, o elija "
                "otro con --lab.",
            )
        )
    pieces = _pieces(form, chain(first, found), footer)
    for piece in ("".join(pieces),) if output else pieces:
        write(piece, output)


AT_ONCE = 256
"""Entries that are written together: of a long log, the first are there at once."""


def _pieces(form: str, found: Iterator[Any], footer: Callable[[], tuple[Text, ...]]) -> Iterator[str]:
    """What is written, as far as the format allows one after the other: in Markdown the columns are as wide as the
    widest cell. The `footer` is asked for in the end.
    """
    from llm_tui.export.formats import FORMATS

    language, head = i18n.export_language(), True
    if form == "json":
        yield from _json(found, lambda: [sentence.within(language) for sentence in footer()])
    elif form == "csv":
        while (some := list(islice(found, AT_ONCE))) or head:
            text = FORMATS[form](Table(COLUMNS, tuple(_row(entry, language) for entry in some)), language)
            yield text if head else text.partition("\n")[2]
            head = False
    else:
        rows = tuple(_row(entry, language) for entry in found)
        yield FORMATS[form](Table(COLUMNS, rows, footer()), language)


def _row(entry: Any, language: str) -> tuple[Cell, ...]:
    from llm_tui.lab.audit import OUTCOMES, job_name

    used = entry.energy
    said = {
        "job": job_name(entry.job).within(language),
        "outcome": OUTCOMES[entry.outcome].within(language),
        "energy_wh": energy.cell(used),
        "energy_note": used.said().within(language) if used else None,
    }
    return tuple(said[c.key] if c.key in said else getattr(entry, c.key) for c in COLUMNS)


def _moment(since: str | None) -> datetime | None:
    """A date or a time as a person writes it, here where it names no other place."""
    if since is None:
        return None
    try:
        return datetime.fromisoformat(since.strip()).astimezone()
    except (ValueError, OverflowError):
        raise UserError(
            tr(
                f"--since is “{since}”: write a date or a time such as 2026-03-01 or 2026-03-01T09:30.",
                f"--since es «{since}»: escriba una fecha o una hora, como 2026-03-01 o 2026-03-01T09:30.",
            )
        ) from None


def _matches(entry: Any, wanted: dict[str, Any], since: datetime | None) -> bool:
    job, model, outcome = wanted["job"], wanted["model"], wanted["outcome"]
    moment = entry.moment() if since else None
    return (
        (job is None or job in (entry.job, *_names(entry.job)))
        and (not model or model.lower() in entry.model.lower())
        and (outcome is None or outcome == entry.outcome)
        and (since is None or (moment is not None and moment >= since))
    )


def _names(job: str) -> tuple[str, str]:
    """A kind of job as the table names it: what is read there can be asked for."""
    from llm_tui.lab.audit import job_name

    return job_name(job).en, job_name(job).es


def _json(found: Iterator[Any], footer: Callable[[], list[str]]) -> Iterator[str]:
    """As `FORMATS` has it, but a line for each row; what would not show, or turn the reading direction, is escaped."""
    import msgspec

    before = '{"rows": [\n'
    while some := list(islice(found, AT_ONCE)):
        yield before + ",\n".join(_shown(msgspec.json.encode(entry.fields).decode()) for entry in some)
        before = ",\n"
    ends = f'\n], "footer": {_shown(json.dumps(footer(), ensure_ascii=False))}}}\n'
    yield ends if before.startswith(",") else before + ends


def _shown(line: str) -> str:
    if line.isprintable():
        return line
    return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in line)
