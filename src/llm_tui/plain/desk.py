"""An exercise in plain mode: what every one of them has, made of its definition alone."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

from llm_tui import i18n
from llm_tui.errors import UserError
from llm_tui.exercises import heats, spent
from llm_tui.exercises.contract import Exercise
from llm_tui.exercises.next_step import next_step
from llm_tui.exercises.registry import Row
from llm_tui.export.table import Table
from llm_tui.i18n import Text, tr
from llm_tui.plain import words
from llm_tui.plain.here import Here
from llm_tui.plain.menu import Choice, choose
from llm_tui.visible import visible
from llm_tui.widgets.undo import Undo

Edited = Callable[[Any, "Desk", str, str, str], Any]
"""The answers with a cell of the exercise's table as a person wrote it: answers, desk, row, column, text."""


@dataclass(frozen=True, slots=True)
class Part:
    """What an exercise has in plain mode beyond what its definition gives: choices of its own, how a cell of its table
    goes into the answers, what is done before models are asked, and a table that is not the first of the definition.
    """

    choices: Callable[[Desk], Sequence[Choice]] = lambda desk: ()
    edited: Edited | None = None
    before_run: Callable[[Any], Any] = lambda answers: answers
    table: Callable[[Desk], Table] | None = None
    take_over: Callable[[Any, Any], Any] | None = None
    """The answers with what was asked in the playground, by its job, as material."""


class Desk:
    """All that it holds is in `answers`, a value that never changes, and is saved with every change."""

    def __init__(self, here: Here, row: Row):
        self.here, self.row = here, row
        self.exercise: Exercise[Any] = row.exercise()
        self.part: Part = resolve_name(row.plain) if row.plain else Part()
        self.answers: Any = self._read()
        self._undo: Undo[Any] = Undo()
        self.note: dict[str, Any] = {}
        """What a part remembers while the exercise is open."""

    def open(self) -> None:
        choose(self.here.console, self.row.heading, self.head, self.choices)

    # The answers.

    def _read(self) -> Any:
        return self.here.lab.answers_anew(self.row.number, self.exercise.answers)

    def renew(self) -> None:
        """What stands in the lab holds: a command may have written it."""
        self.answers = self._read()

    def change(self, answers: Any) -> None:
        """What the person does; it can be taken back."""
        if answers != self.answers:
            self._undo.keep(self.answers)
            if self._become(answers):
                self.here.console.say(tr("Kept.", "Guardado."))

    def learn(self, more: Callable[[Any], Any]) -> None:
        """What a model or a run has found out."""
        self._undo.map(more)
        if (answers := more(self.answers)) != self.answers:
            self._become(answers)

    def _become(self, answers: Any) -> bool:
        """Whether they are kept in the lab."""
        self.answers = answers
        try:
            self.here.lab.save_answers(self.row.number, answers)
        except UserError:  # told by the lab, and said again at the end
            return False
        return True

    def set(self, **changed: Any) -> None:
        self.change(replace(self.answers, **changed))

    # What is said.

    @property
    def question(self) -> str:
        asked = "" if self.exercise.asked_by_course else tr(" (optional)", " (opcional)")
        return f"{self.exercise.question}{asked}"

    def head(self) -> list[str]:
        """How far it is, and the next step with the word that does it."""
        known = self.here.known()
        state = self.exercise.state(self.answers, known)
        said = [tr("State: ", "Estado: ") + f"{state.said(self.exercise.begun(self.answers))}."]
        if step := next_step(self.row, self.answers, known):
            there = {choice.word for choice in self.choices()}
            way = next((word for key in step.keys if (word := words.OF_KEYS.get(key)) in there), None)
            does = tr(f" The word for it: {way}.", f" La palabra para ello: {way}.") if way else ""
            said.append(tr(f"Next: {step.said}.{does}", f"Lo siguiente: {step.said}.{does}"))
        return said

    def table(self) -> Table:
        if self.part.table:
            return self.part.table(self)
        tables = self.exercise.tables(self.answers, self.here.known(), i18n.export_language())
        return next(iter(tables.values()))

    def choices(self) -> list[Choice]:
        from llm_tui.plain.filling import sheet_choices

        table = Text("read the tables, row by row", "leer las tablas, fila por fila")
        written = Text("print it as it is handed in, in Markdown", "imprimirlo como se entrega, en Markdown")
        edit = Text("write into the table", "escribir en la tabla")
        answer = Text("answer the question: {question}", "responder a la pregunta: {question}")
        export = Text("write the exercise to the lab", "escribir el ejercicio en el laboratorio")
        means = Text("what its words and numbers mean", "qué significan sus palabras y cifras")
        return [
            *sheet_choices(self),
            *self.part.choices(self),
            Choice(words.TABLE, table, self._tables),
            *([Choice(words.EDIT, edit, self._edit)] if self.part.edited else []),
            Choice(words.ANSWER, answer.format(question=visible(self.question)), self._answer),
            Choice(words.EXPORT, export, self._export),
            Choice(words.MARKDOWN, written, lambda: self.here.console.say(self._document())),
            Choice(words.GUIDE, Text("what the exercise asks", "qué pide el ejercicio"),
                   lambda: self.here.read_prose(self.exercise.guide)),
            *([Choice(words.DEFINITIONS, means, lambda: self.here.read_prose(self.exercise.definitions))]
              if self.exercise.definitions else []),
            Choice(words.UNDO, Text("take the last change back", "deshacer el último cambio"), self._back),
            Choice(words.REDO, Text("do it again", "rehacerlo"), self._forth),
        ]  # fmt: skip

    # What is done.

    def _tables(self) -> None:
        known, language = self.here.known(), i18n.export_language()
        first, *others = self.exercise.tables(self.answers, known, language).values()
        self.here.read_table(self.table() if self.part.table else first, *(o for o in others if o.rows))
        if figures := self.exercise.figures(self.answers, known, language):
            self.here.console.say(*(f"{f.title.within(language)}: {f.told().within(language)}" for f in figures))
        self.here.console.say(spent.said(self.exercise.energy(self.answers, known)) or "")

    def _edit(self) -> None:
        assert self.part.edited
        table = self.table()
        if not table.rows or not any(column.editable for column in table.columns):
            raise UserError(tr("There is nothing to write into yet.", "Aún no hay dónde escribir."))
        lines = [". ".join(filter(None, _shown(table, row))) for row in range(len(table.rows))]
        row = self.here.pick(tr("Which row? Its number.", "¿Qué fila? Su número."), lines)
        language = i18n.export_language()
        for place, column in enumerate(table.columns):
            if not column.editable:
                continue
            key = table.keys[row]
            now = table.held.get((key, column.key), column.show(table.rows[row][place]))
            while True:
                said = self.here.console.ask(f"{column.head.within(language)}{_wanted(column)}.", now)
                if not said or _allowed(column, said):
                    break
                self.here.console.say(
                    tr(f"That cannot stand there{_wanted(column)}.", f"Eso no puede ir allí{_wanted(column)}.")
                )
            if said != now:
                self.change(self.part.edited(self.answers, self, key, column.key, said))

    def _answer(self) -> None:
        now = self.answers.answer
        if now.strip():
            self.here.console.say(tr("It says now:", "Ahora dice:"), now)
        text = self.here.console.ask_lines(visible(self.question))
        self.change(self.answers.with_answer(text))

    def _document(self) -> str:
        language = i18n.export_language()
        kept, lost = heats.readable(self.here.lab, self.row.number)
        if lost:
            file = self.here.lab.file(heats.NAME)
            self.here.console.say(
                tr(f"{file} cannot be read: the export is without heat.", f"No se puede leer {file}: va sin mapas.")
            )
        document = self.exercise.document(self.answers, self.here.known(), language)
        return heats.below(document, kept, language)

    def _export(self) -> None:
        if not self.exercise.begun(self.answers):
            raise UserError(tr("There is nothing to export yet.", "Aún no hay nada que exportar."))
        self.here.export(f"{self.row.file}.md", self._document())

    def _back(self) -> None:
        if not self._undo.can_go_back:
            raise UserError(tr("There is nothing to take back.", "No hay nada que deshacer."))
        self._become(self._undo.back(self.answers))
        self.here.console.say(tr("Taken back.", "Deshecho."))

    def _forth(self) -> None:
        if not self._undo.can_go_forth:
            raise UserError(tr("There is nothing to do again.", "No hay nada que rehacer."))
        self._become(self._undo.forth(self.answers))
        self.here.console.say(tr("Done again.", "Rehecho."))

    # What parts ask for.

    def ask_settings(self, fields: Sequence[tuple[str, Text]]) -> None:
        """Fields of the answers that are lines of text, one after the other."""
        self.set(**self.asked(fields))

    def asked(self, fields: Sequence[tuple[str, Text]]) -> dict[str, str]:
        return {name: self.here.console.ask(f"{label}.", getattr(self.answers, name)) for name, label in fields}

    def ask_text(self, name: str, label: object) -> None:
        """A field of the answers that is a long text: typed, or read from a file."""
        if now := getattr(self.answers, name).strip():
            self.here.console.say(tr("It says now:", "Ahora dice:"), now)
        self.set(**{name: self.here.console.ask_lines(f"{label}.")})

    def ask_path(self, question: object) -> Path:
        return Path(os.path.expanduser(self.here.console.ask(question).strip()))  # ~nobody stays as it is


def _shown(table: Table, row: int) -> list[str]:
    cells = zip(table.columns, table.rows[row], strict=True)
    return [" ".join(visible(column.show(cell), keep_newlines=True).split()) for column, cell in cells]


def _wanted(column: Any) -> str:
    if column.most is not None:
        return tr(f", from 0 to {column.most}", f", de 0 a {column.most}")
    if column.among:
        listed = ", ".join(column.among)
        return tr(f", one of {listed}", f", una de {listed}")
    return ""


def _allowed(column: Any, said: str) -> bool:
    if column.most is not None:
        return said.strip() in map(str, range(column.most + 1))
    return not column.among or said in column.among
