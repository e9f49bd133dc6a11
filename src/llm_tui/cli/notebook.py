"""An old course notebook held against today's packages, on the command line."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

import click

from llm_tui import i18n
from llm_tui.cli.options import OPTIONS, PATH, check_output, option, with_force, with_lang
from llm_tui.i18n import number, tr
from llm_tui.visible import shortened, visible

if TYPE_CHECKING:
    from llm_tui.notebooks.mending import Finding, Looked, Unread

WIDTH = 76


@click.command(
    options_metavar=OPTIONS,
    short_help=tr("Mend an old course notebook.", "Repara un cuaderno antiguo del curso."),
    help=tr(
        "Say cell by cell what in an old Jupyter notebook no longer works on today's torch, transformers and "
        "torchtext, and why; write a copy that runs (FILE-mended.ipynb without -o). What cannot be mended is left, and "
        "said. Nothing in the notebook is run.",
        "Dice celda por celda qué ya no funciona de un cuaderno antiguo de Jupyter con torch, transformers y torchtext "
        "actuales, y por qué; escribe una copia que sí funciona (ARCHIVO-mended.ipynb si no se indica -o). Lo que no "
        "se puede reparar se deja, y se dice. Nada del cuaderno se ejecuta.",
    ),
)
@click.argument("file", type=PATH, metavar=tr("FILE.ipynb", "ARCHIVO.ipynb"))
@option(
    "-o",
    "--output",
    type=PATH,
    metavar=tr("COPY.ipynb", "COPIA.ipynb"),
    help=tr("Where the copy goes.", "Dónde se guarda la copia."),
)
@with_force
@with_lang
def notebook(file: Path, output: Path | None, force: bool) -> None:
    from llm_tui.notebooks.file import read_notebook
    from llm_tui.notebooks.mending import look

    found = look(read_notebook(file), i18n.language())
    for line in _lines(found):
        click.echo(line)
    if found.copy is None:
        return
    output = output or file.with_name(f"{file.stem}-mended.ipynb")
    content = found.copy.dump()
    if not (output.is_file() and output.read_bytes() == content):
        from llm_tui.lab.files import write_atomic

        check_output(output, force)
        write_atomic(output, content.decode())
    click.echo(tr(f"The copy: {visible(str(output))}", f"La copia: {visible(str(output))}"))


def _lines(found: Looked) -> Iterator[str]:
    told = [((one.cell, one.line), list(_found(one))) for one in found.findings]
    told += [((one.cell, one.line), [_unread(one)]) for one in found.unread]
    for cell, here in groupby(sorted(told, key=lambda one: one[0]), key=lambda one: one[0][0]):
        yield tr(f"Cell {cell}", f"Celda {cell}")
        for _, lines in here:
            yield from lines
        yield ""
    mended = sum(finding.mended for finding in found.findings)
    left = len(found.findings) - mended
    cells = number(found.cells)
    yield tr(
        f"Cells: {cells}, Markdown ones counted. Places mended: {mended}; left: {left}.",
        f"Celdas: {cells}, contando las de Markdown. Lugares reparados: {mended}; sin reparar: {left}.",
    )


def _found(finding: Finding) -> Iterator[str]:
    row = finding.row
    yield shortened(f"  {finding.line:>4}  {visible(finding.text)}", WIDTH)
    since = tr(f", since {row.since}", f", desde {row.since}") if row.since else ""
    yield from _wrapped(f"{row.what}{since}: {row.why}.")
    if finding.mended:
        yield from _wrapped(tr(f"Mended: {row.mended}.", f"Reparado: {row.mended}."))
    elif row.left:
        yield from _wrapped(tr(f"Left: {row.left}.", f"Sin reparar: {row.left}."))
    else:
        yield from _wrapped(tr("Left as it is.", "Sin reparar."))


def _wrapped(sentence: str) -> list[str]:
    return wrap(sentence, WIDTH, initial_indent=" " * 8, subsequent_indent=" " * 8, break_long_words=False)


def _unread(cell: Unread) -> str:
    if cell.magic:
        return tr(f"  {cell.line:>4}  %%{cell.magic}: no Python; left as it is.",
                  f"  {cell.line:>4}  %%{cell.magic}: no es Python; se deja como está.")  # fmt: skip
    where = f"{cell.line:>4}" if cell.line else "    "
    return tr(f"  {where}  This is not Python that can be read; left as it is.",
              f"  {where}  No es Python legible; se deja como está.")  # fmt: skip
