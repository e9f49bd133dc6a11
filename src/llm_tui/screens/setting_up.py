"""The training screen's setup: what is typed is kept, a preset fills it, columns that cannot be told are asked for."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar

from llm_tui.classifier import notebook
from llm_tui.classifier.job import Training
from llm_tui.classifier.setup import DEFAULTS
from llm_tui.i18n import Text, tr
from llm_tui.keys import Key, bindings
from llm_tui.labelled.columns import Choice
from llm_tui.paths.kinds import DATA
from llm_tui.screens.handing_over import HandsOver
from llm_tui.widgets.form import Form
from llm_tui.widgets.setup import Setup

AS_IN_NOTEBOOK = Key("as-in-notebook", "B,shift+b", "as_in_notebook", Text("as in the notebook", "como el cuaderno"),
                     Text("Set the fields as the course's notebook has them.",
                          "Pone los campos como los tiene el cuaderno del curso."))  # fmt: skip


class SetsUp(HandsOver):
    KEYS: ClassVar[tuple[Key, ...]] = (AS_IN_NOTEBOOK,)
    BINDINGS = bindings(KEYS)

    @abstractmethod
    async def action_run(self) -> None:
        """Run what stands in the fields."""

    @property
    def _setup(self) -> Setup:
        return self.query_one(Setup)

    def fill(self) -> None:
        super().fill()
        self._setup.put(self.answers.setup)

    def preset(self) -> Iterable[object]:
        return DEFAULTS.values()

    def on_form_changed(self, message: Form.Changed) -> None:
        self.change(replace(self.answers, setup=message.form.values), typing="setup")

    def action_as_in_notebook(self) -> None:
        self.run_worker(self._as_in_notebook(), group="notebook", exclusive=True)

    async def _as_in_notebook(self) -> None:
        """Whether AG_NEWS can be had is asked for on a thread: a network may be silent, and a person types on."""
        self._setup.border_subtitle = tr("looking for AG_NEWS…", "buscando AG_NEWS…")
        data = None
        while data != self._setup.values["data"]:
            data = self._setup.values["data"]
            values, said = await asyncio.to_thread(notebook.values, data)
        self._setup.fill(values)
        self.change(replace(self.answers, setup=self._setup.values))
        self.notify(said, markup=False)

    def action_open(self) -> None:
        title = tr("Data: a table, or a folder with train and test", "Datos: una tabla, o una carpeta con train y test")
        self.ask_file(title, lambda path: self.run_worker(self._open(path), group="open", exclusive=True), DATA,
                      "~/noticias.csv")  # fmt: skip

    async def _open(self, path: str) -> None:
        from llm_tui.classifier.data import rules, table_of
        from llm_tui.labelled.notes import odd
        from llm_tui.labelled.reader import read
        from llm_tui.screens.columns import Opened, take_table

        table = Opened(table_of(Training(data=path)), rules(), DATA.name, path)

        def of(choice: Choice) -> tuple[int, list[Text]]:
            there = read(table.path, table.rules, choice)
            return len(there.rows), [there.said(), *there.notes, *odd(there.rows)]

        def take(rows: int, choice: Choice) -> None:
            self._setup.fill({"data": path, "text_column": choice.text, "label_column": choice.label})
            self.change(replace(self.answers, setup=self._setup.values), typing="setup")
            self.notify(tr(f"The next sweep learns from {path}: {rows} rows.",
                           f"El próximo barrido aprende de {path}: {rows} filas."), markup=False)  # fmt: skip

        await take_table(self, table, of, take)

    async def ask_columns(self, doubt: str, job: Training) -> None:
        from llm_tui.classifier.data import rules, table_of
        from llm_tui.screens.columns import ask_columns

        def run_with(choice: Choice) -> None:
            self._setup.fill({"text_column": choice.text, "label_column": choice.label})
            self.change(replace(self.answers, setup=self._setup.values), typing="setup")
            self.run_worker(self.action_run())

        await ask_columns(self, doubt, table_of(job), rules(), run_with)
