"""What every part of plain mode stands on: the line, the lab, the jobs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from llm_tui import i18n
from llm_tui.errors import UserError
from llm_tui.exercises.contract import Beside
from llm_tui.fields import Field
from llm_tui.foundation.job import Asking
from llm_tui.i18n import Text, tr
from llm_tui.lab.lab import Lab
from llm_tui.plain.console import Console
from llm_tui.plain.tables import spoken
from llm_tui.plain.words import place
from llm_tui.plain.work import Work
from llm_tui.playground.state import Playground, parse_settings


@dataclass(frozen=True, slots=True)
class Here:
    """`command` runs a command of the command line over this lab, from its words."""

    console: Console
    lab: Lab
    work: Work
    command: Callable[[Sequence[str]], None]

    def known(self) -> Beside:
        """What the lab knows now beside the answers."""
        from llm_tui.report.known import known

        return known(self.lab)

    def playground(self) -> Playground:
        """
        Raises:
            UserError: it cannot be read.
        """
        return self.lab.answers("playground", Playground)

    def asking(self) -> Asking:
        """How models are asked, as the playground's settings say.

        Raises:
            UserError: one of them does not say what it should.
        """
        return parse_settings(self.playground().all_settings())

    def export(self, name: str, document: str | bytes) -> None:
        """Into the lab's exports, and say where.

        Raises:
            UserError: it could not be written.
        """
        path = self.lab.export(self.lab.whose.file_name(name), document)
        self.console.say(tr(f"Written: {path}", f"Escrito: {path}"))

    def ask_fields(self, fields: Sequence[Field[Any]], values: dict[str, str]) -> dict[str, str]:
        """Every field, one after the other, with what stands there on enter; what cannot be is asked for again."""
        return {**values, **{field.name: self.ask_field(field, values.get(field.name, "")) for field in fields}}

    def ask_field(self, field: Field[Any], now: str) -> str:
        among = tr(f" One of: {', '.join(field.choices)}.", f" Puede ser: {', '.join(field.choices)}.")
        while True:
            said = self.console.ask(f"{field.label}. {field.help}{among if field.choices else ''}", now)
            try:
                field.read(said)
            except UserError as error:
                self.console.say(f"Error: {error}")
            else:
                return said

    def pick(self, question: object, lines: Sequence[object], chosen: str = "") -> int:
        """The index of one of some lines, by its number.

        Raises:
            Back: none of them.
        """
        if not chosen and not self.console.ahead:
            self.console.say(*(f"{n}. {line}" for n, line in enumerate(lines, start=1)))
        while True:
            said = self.console.ask(question, chosen).strip()
            if (at := place(said, len(lines))) is not None:
                return at
            self.console.say(tr(f"Type a number from 1 to {len(lines)}, or back.",
                                f"Escriba un número de 1 a {len(lines)}, o atrás."))  # fmt: skip

    def read_prose(self, prose: object) -> None:
        """A guide or definitions, without the signs of Markdown."""
        self.console.say(_MARKDOWN.sub(lambda sign: sign["code"] or "", str(prose)))
        if _KEY.search(str(prose)):
            self.console.say(tr("Keys that it names are those of the screens.",
                                "Las teclas que nombra son las de las pantallas."))  # fmt: skip

    def read_table(self, *tables: object) -> None:
        from llm_tui.export.table import Table

        for table in tables:
            if isinstance(table, Table):
                self.console.say(*spoken(table, i18n.export_language()))


_MARKDOWN = re.compile(r"`(?P<code>[^`\n]*)`|\*\*|^#+ |(?<!\w)\*(?=\S)|(?<=\S)\*(?!\w)", re.MULTILINE)
"""Of Markdown what is heard as signs, and says nothing; in a `code` every sign says something, an asterisk too."""

_KEY = re.compile(r"`(?:ctrl\+|F\d|enter|\S`)")

NUMBER_WANTED = Text("Which one? Its number.", "¿Cuál? Su número.")
