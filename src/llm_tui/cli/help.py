"""The documentation in the terminal: `llm-tui help`, and what it makes of the README's Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from shutil import get_terminal_size
from textwrap import wrap
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from llm_tui import documentation
from llm_tui.cli.options import OPTIONS, with_lang
from llm_tui.cli.why import SPOKEN
from llm_tui.documentation import TOPICS, Topic
from llm_tui.errors import UserError
from llm_tui.i18n import tr
from llm_tui.terminal import why_unfit
from llm_tui.visible import visible

if TYPE_CHECKING:
    from llm_tui.export.blocks import Line

WIDEST = 100
"""Columns of prose."""


def _complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    begun = documentation.bare(incomplete)
    named = [CompletionItem(str(topic.name), help=str(topic.said)) for topic in TOPICS]
    return [item for item in named if item.value.startswith(begun)]


@click.command(
    "help",
    options_metavar=OPTIONS,
    short_help=tr("Print the documentation, part by part.", "Imprime la documentación, parte por parte."),
    help=tr(
        "Print a part of the documentation, or of a command all that it can do; without TOPIC, list the parts. The "
        "names of both languages are understood.",
        "Imprime una parte de la documentación o, de una orden, todo lo que puede hacer; sin TEMA, enumera las "
        "partes. Se entienden los nombres de ambos idiomas.",
    ),
)
@click.argument("topic", nargs=-1, metavar=tr("[TOPIC]", "[TEMA]"), shell_complete=_complete)
@with_lang
@click.pass_context
def help(context: click.Context, topic: Sequence[str]) -> None:
    said = " ".join(topic)
    if not said:
        _say(_list(), context)
    elif found := documentation.topic(said):
        _say(_page(found, context), context)
    elif command := _command(context, said):
        _say(command, context)
    else:
        raise UserError(_unknown(said, context))


def _list() -> str:
    wide = max(len(str(topic.name)) for topic in TOPICS)
    lines = [f"  {topic.name!s:{wide}}  {topic.said}" for topic in TOPICS]
    head = tr("llm-tui help TOPIC prints one of these:", "llm-tui help TEMA imprime una de estas partes:")
    foot = tr("llm-tui COMMAND --help says all of a command.", "llm-tui ORDEN --help lo dice todo de una orden.")
    return "\n".join([head, "", *lines, "", foot, ""])


def _page(topic: Topic, context: click.Context) -> str:
    text = in_terminal(str(topic), min(get_terminal_size().columns, WIDEST))
    names = [name for name in topic.names if name in _commands(context)]
    return text + "".join(
        tr(f"\nllm-tui {name} --help says all of that command.\n",
           f"\nllm-tui {name} --help lo dice todo de esa orden.\n")
        for name in dict.fromkeys(names)
    )  # fmt: skip


def _command(context: click.Context, said: str) -> str:
    """All that a command says of itself; nothing where there is none of this name."""
    within: click.Context = context.find_root()
    for word in said.split():
        group = within.command
        found = group.get_command(within, word) if isinstance(group, click.Group) else None
        if found is None:
            return ""
        within = click.Context(found, within, info_name=word)
    return f"{within.get_help()}\n"


def _commands(context: click.Context) -> list[str]:
    root = context.find_root()
    return root.command.list_commands(root) if isinstance(root.command, click.Group) else []


def _unknown(said: str, context: click.Context) -> str:
    known = dict.fromkeys([*(name for topic in TOPICS for name in topic.names), *_commands(context)])
    near = get_close_matches(documentation.bare(said), known, n=1)
    spoken = ", ".join(str(topic.name) for topic in documentation.speaking_of(said))
    shown = visible(said)
    return " ".join(
        [
            tr(f"There is no part “{shown}” in the documentation.", f"La documentación no tiene la parte «{shown}»."),
            *(tr(f"Did you mean {name}?", f"¿Quiso decir {name}?") for name in near),
            *([tr(f"These have the word: {spoken}.", f"Tienen esa palabra: {spoken}.")] if spoken else []),
            tr("llm-tui help lists them all.", "llm-tui help las enumera todas."),
        ]
    )


def _say(text: str, context: click.Context) -> None:
    """On a terminal that is lower than the text, through the person's pager; without styles where none can be shown."""
    if why_unfit() or context.meta.get(SPOKEN):
        click.echo(click.unstyle(text), nl=False)
    elif text.count("\n") >= get_terminal_size().lines:
        click.echo_via_pager(text)
    else:
        click.echo(text, nl=False)


def in_terminal(markdown: str, width: int) -> str:
    """Markdown as it is read in a terminal or in a pipe: lines of at most `width` columns, but for code and long words;
    tables row by row; headings by an ANSI style that click leaves out where there is no terminal.
    """
    from llm_tui.export.blocks import READER, Paragraph, blocks

    told: list[str] = []
    in_list = False
    for block in blocks(READER.parse(markdown)):
        item = isinstance(block, Paragraph) and block.depth > 0
        told += ["", *_lines(block, width)] if told and not (item and in_list) else _lines(block, width)
        in_list = item
    return "\n".join([*told, ""])


def _lines(block: object, width: int) -> Iterator[str]:
    from llm_tui.export import blocks

    match block:
        case blocks.Heading(level, line):
            said = _said(line)
            yield from (click.style(part, bold=True) for part in _wrapped(said.upper() if level < 3 else said, width))
        case blocks.Paragraph(line, bullet, depth):
            sign = {"": "", "•": "- "}.get(bullet, f"{bullet} ")
            outer = "  " * max(depth - 1, 0)
            yield from _wrapped(_said(line), width, outer + sign, outer + " " * len(sign))
        case blocks.Code(text):
            yield from (f"    {line}" for line in text.splitlines())
        case blocks.Grid(rows):
            yield from _records(rows, width)


def _records(rows: Sequence[Sequence[Line]], width: int) -> Iterator[str]:
    """A table row by row: the first cell, and below it the others, each behind its head where there are several."""
    heads, *others = ([_said(cell) for cell in row] for row in rows)
    for number, (first, *rest) in enumerate(others):
        if number and len(rest) > 1:
            yield ""
        yield from _wrapped(first, width)
        for head, cell in zip(heads[1:], rest, strict=True):
            yield from _wrapped(f"{head}: {cell}" if len(rest) > 1 else cell, width, "    ", "    ")


def _said(line: Line) -> str:
    """A line of Markdown as text, what is code in backticks."""
    return "".join(f"`{run.text}`" if run.code else run.text for run in line)


def _wrapped(text: str, width: int, first: str = "", rest: str = "") -> Iterator[str]:
    yield from wrap(text, width, initial_indent=first, subsequent_indent=rest, break_long_words=False,
                    break_on_hyphens=False)  # fmt: skip
