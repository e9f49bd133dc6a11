"""Why an answer, on the command line: a text with signed values, drawn on a terminal, or as Markdown, CSV and JSON."""

from __future__ import annotations

import json
import math
import os
import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from llm_tui import i18n
from llm_tui.cli.options import option, write
from llm_tui.export.formats import to_csv
from llm_tui.export.heat import Heat
from llm_tui.export.heat_lines import BARS, Row, bar, heavy_signs, level, wrapped
from llm_tui.export.markdown import to_markdown
from llm_tui.export.table import Column, Table
from llm_tui.i18n import Text, tr
from llm_tui.visible import visible, width

SPOKEN = "llm_tui.spoken"
"""What a command's context has where its answer is read out, line by line."""

WIDTH, WIDEST = 80, 120
"""Columns of a text that goes elsewhere than to a terminal, and those that are read with ease."""

COLOURS = {"+": ("bright_white", "blue"), "-": ("black", "yellow")}
"""Letters and ground of strong words, from the 16 that every terminal has; the sign below says it where there are none.
"""

STRONG = 2
"""The last shade that is not."""

EVERY = (
    Column("heat", Text("explained", "explicado")),
    Column("word", Text("word", "palabra")),
    Column("start", Text("start", "inicio"), numeric=True),
    Column("end", Text("end", "fin"), numeric=True),
    Column("value", Text("value", "valor"), numeric=True),
    Column("unit", Text("unit", "unidad")),
)

with_why = option(
    "--why",
    is_flag=True,
    help=tr(
        "Why this answer: the text with what each word did for it, + or -, and the table.",
        "Por qué esta respuesta: el texto con lo que hizo cada palabra, + o -, y la tabla.",
    ),
)


def write_heats(heats: Sequence[Heat], form: str, output: Path | None) -> None:
    """Write heat as `form` says: `text` (with signs always, and colours on a terminal that has them), `md`, `csv` (a
    row for each word) or `json`.

    Raises:
        UserError: it could not be written.
    """
    language = i18n.export_language()
    if form == "md":
        written = "\n".join(heat.markdown(language) for heat in heats)
    elif form == "csv":
        written = to_csv(every(heats, language), language)
    elif form == "json":
        written = json.dumps({"heats": [_plain(heat, language) for heat in heats]}, ensure_ascii=False, indent=2) + "\n"
    elif output is None and (context := click.get_current_context(silent=True)) and context.meta.get(SPOKEN):
        written = "\n".join("".join(f"{line}\n" for line in spoken(heat)) for heat in heats)
    else:
        terminal = output is None and sys.stdout.isatty()
        room = min(shutil.get_terminal_size((WIDTH, 24)).columns, WIDEST) if terminal else WIDTH
        colours = terminal and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
        written = "\n".join("".join(f"{line}\n" for line in lines(heat, room, colours)) for heat in heats)
    write(written, output)


def spoken(heat: Heat) -> Iterator[str]:
    """A line for each word that had a say, in the order of the text: + word 0.31."""
    yield visible(f"{heat.title} ({heat.unit})." if str(heat.unit) else f"{heat.title}.")
    for mark in heat.marks:
        if math.isfinite(mark.value):
            yield visible(f"{'-' if mark.value < 0 else '+'} {heat.word(mark)} {abs(mark.value):.3g}")
    yield visible(f"+: {heat.plus}. -: {heat.minus}.")
    yield from (visible(str(sentence)) for sentence in heat.caption)


def lines(heat: Heat, room: int, colours: bool) -> Iterator[str]:
    """What a terminal of `room` columns shows, in the language of the screen."""
    yield _styled(visible(str(heat.title)), colours, bold=True)
    largest = heat.largest
    for row in wrapped(heat, room):
        yield "".join(_word(heat, row, number, largest, colours) for number in range(len(row))).rstrip()
        if any(span.mark is not None for span in row):
            yield _below(heat, row, largest).rstrip()
    yield ""
    said = [f"{sign} {means}" for sign, means in (("+", heat.plus), ("-", heat.minus)) if _any(heat, sign)]
    most = f"{largest:.3g} {heat.unit}".strip()
    said.append(tr(f"█ the largest: {most}", f"█ el mayor: {most}"))
    yield visible("  ".join(filter(None, [*said, heavy_signs(heat)])))
    if (table := heat.with_table().beside) and table.rows:
        yield ""
        yield to_markdown(table, i18n.language()).rstrip("\n")
    for sentence in heat.caption:
        yield ""
        yield from textwrap.wrap(visible(str(sentence)), room, break_on_hyphens=False)


def _any(heat: Heat, sign: str) -> bool:
    return any(mark.value > 0 if sign == "+" else mark.value < 0 for mark in heat.marks)


def _word(heat: Heat, row: Row, number: int, largest: float, colours: bool) -> str:
    span = row[number]
    if span.mark is None:
        return span.text
    value = heat.marks[span.mark].value
    if level(value, largest) <= STRONG:
        return span.text
    return _styled(span.text, colours, *COLOURS["+" if value > 0 else "-"])


def _styled(text: str, colours: bool, fg: str | None = None, bg: str | None = None, bold: bool = False) -> str:
    return click.style(text, fg=fg, bg=bg, bold=bold or None) if colours and (fg or bg or bold) else text


def _below(heat: Heat, row: Row, largest: float) -> str:
    parts = []
    for span in row:
        wide = width(span.text)
        if span.mark is None:
            parts.append(" " * wide)
            continue
        value = heat.marks[span.mark].value
        parts.append(bar(value, largest, wide) if span.begins else (BARS[level(value, largest)] or " ") * wide)
    return "".join(parts)


def every(heats: Sequence[Heat], language: str) -> Table:
    """A row for each word of each."""
    return Table(
        EVERY,
        tuple(
            (heat.title.within(language), heat.word(m), m.start, m.end, m.value, heat.unit.within(language))
            for heat in heats
            for m in heat.marks
        ),
    )


def _plain(heat: Heat, language: str) -> dict[str, object]:
    """As JSON has it; a value that is no number is null."""
    return {
        "title": heat.title.within(language),
        "text": heat.text,
        "unit": heat.unit.within(language),
        "words": [
            {
                "word": heat.word(mark),
                "start": mark.start,
                "end": mark.end,
                "value": mark.value if math.isfinite(mark.value) else None,
            }
            for mark in heat.marks
        ],
        "said": [sentence.within(language) for sentence in heat.caption],
    }
