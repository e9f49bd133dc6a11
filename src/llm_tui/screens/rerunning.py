"""An answer of the log asked for again, which exercise 7 may rest on: chosen, asked, and told of."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from llm_tui import i18n
from llm_tui.engine.events import Event, Failed, Finished
from llm_tui.engine.job import Job
from llm_tui.errors import UserError
from llm_tui.exercises.rerun import Rerun, table
from llm_tui.export.markdown import to_markdown
from llm_tui.i18n import tr
from llm_tui.keys import ADD
from llm_tui.lab.audit import Entry, job_name
from llm_tui.screens.mode import ModeScreen

MOST = 50
"""Answers to choose from, the newest of the log."""


class Rerunning:
    """What of a screen asks again: `submit` gives a job to the engine and returns its number, `keep` is told what came
    of it.
    """

    def __init__(self, screen: ModeScreen, submit: Callable[[Job], int], keep: Callable[[Rerun], None]):
        self._screen = screen
        self._submit = submit
        self._keep = keep
        self._asked: dict[int, Entry] = {}
        self._reads = False

    async def choose(self) -> None:
        """The log is read on a thread: the lab may be on a slow file system. Asked for twice, it is read once."""
        from llm_tui.report.rerun import answers_of
        from llm_tui.screens.dialogs import ChoiceDialog

        if self._reads:
            return
        self._reads = True
        try:
            logged = (await asyncio.to_thread(answers_of, self._screen.host.lab))[:MOST]
        except UserError as error:
            self._screen.notify(str(error), severity="error", markup=False)
            return
        finally:
            self._reads = False
        if not logged:
            self._screen.notify(
                tr(
                    "The log has no answer of a model yet: ask one, in the playground or in a sheet.",
                    "El registro aún no tiene respuestas de modelos: pregunte a uno, en el banco de pruebas o en una "
                    "hoja.",
                )
            )
            return

        def chosen(row: int | None) -> None:
            if row is not None:
                self._screen.run_worker(self._ask(logged[row]))

        title = tr("Ask again", "Preguntar de nuevo")
        said = tr("An answer of the log, the newest first:", "Una respuesta del registro, la más nueva primero:")
        listed = [f"{entry.time[:16].replace('T', ' ')}  {job_name(entry.job)}  {entry.model}" for entry in logged]
        self._screen.host.open_late(ChoiceDialog(title, said, listed), chosen)

    async def _ask(self, entry: Entry) -> None:
        from llm_tui.report.rerun import again

        try:
            job: Any = await asyncio.to_thread(again, self._screen.host.lab, entry)
        except UserError as error:
            self._screen.notify(str(error), severity="error", markup=False)
            return
        self._asked[self._submit(job)] = entry

    def hear(self, event: Event) -> bool:
        """Whether the event is of a job that was asked here."""
        if event.job_id not in self._asked:
            return False
        if isinstance(event, Finished):
            self._show(self._asked.pop(event.job_id), event.result)
        elif isinstance(event, Failed):
            del self._asked[event.job_id]
        return not isinstance(event, Failed)  # which the screen tells of

    def _show(self, entry: Entry, result: object) -> None:
        from llm_tui.report.rerun import held_against
        from llm_tui.screens.dialogs import TextDialog

        found = held_against(entry, result)
        self._keep(found)
        shown = to_markdown(table(found, i18n.language()), i18n.language())
        more = tr(f"{ADD.spoken} adds it as evidence.", f"{ADD.spoken} la añade como evidencia.")
        self._screen.host.open_late(TextDialog(tr("Asked again", "Preguntado de nuevo"), f"{shown}\n\n{more}"))
