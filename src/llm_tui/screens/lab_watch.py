"""The lab of an open app: whether this program has it, what goes wrong with it, and what to do when it is gone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

from textual.app import App

from llm_tui.errors import UserError
from llm_tui.i18n import tr
from llm_tui.lab.claim import HEARTBEAT
from llm_tui.widgets.host import Host

SECONDS = 15.0
"""How long a notice about the lab stays."""


class LabWatch:
    """Claims the app's lab and keeps the claim; says what the lab tells, once. `leave` ends the app."""

    def __init__(self, app: App[Any], leave: Callable[[], object]):
        self._app = app
        self._host = cast(Host, app)
        self._leave = leave
        self._said = ""
        self._asking = False
        self._host.lab.tell = self._hear  # before any screen reads it

    def start(self) -> None:
        self._app.call_after_refresh(self._claim)
        self._app.set_interval(HEARTBEAT, self._claim)

    def _hear(self, sentence: str) -> None:
        """On any thread."""
        self._app.call_later(self._told, sentence)

    def _claim(self) -> None:
        self._app.run_worker(self._hold(), exclusive=True, group="lab")

    async def _hold(self) -> None:
        """Have the lab, or say once why it can only be read; on a thread: it may be on a slow file system."""
        why = await asyncio.to_thread(self._host.lab.claim)
        if why == self._said:
            return
        self._said = why
        free = tr(
            "The other program has closed the lab; what you write here is saved from now on. Restart llm-tui to see "
            "what it had changed.",
            "El otro programa ha cerrado el laboratorio; desde ahora se guarda lo que escriba aquí. Reinicie llm-tui "
            "para ver lo que aquel cambió.",
        )
        self._say(why or free)

    def _say(self, sentence: str) -> None:
        self._app.notify(sentence, severity="warning", timeout=SECONDS, markup=False)
        self._host.changed.publish("lab")

    async def _told(self, sentence: str) -> None:
        gone = await asyncio.to_thread(self._host.lab.gone)
        if gone is None:
            self._say(sentence)
        elif not self._asking:
            self._ask(str(gone))

    def _ask(self, gone: str) -> None:
        from llm_tui.screens.dialogs import ChoiceDialog

        def chosen(row: int | None) -> None:
            self._asking = False
            if row == 0:
                self._app.run_worker(self._restore(), group="restore", exclusive=True)
            elif row == 1:
                self._leave()

        ways = (
            tr(
                "Write it again where it was, with your answers", "Escribirlo otra vez donde estaba, con sus respuestas"
            ),
            tr("Leave without saving", "Salir sin guardar"),
        )
        self._asking = True
        self._host.changed.publish("lab")
        self._app.push_screen(ChoiceDialog(tr("The lab is gone", "El laboratorio ya no está"), gone, ways), chosen)

    async def _restore(self) -> None:
        lab = self._host.lab
        try:
            await asyncio.to_thread(lab.restore)
        except UserError as error:
            self._say(str(error))
            return
        self._say(
            tr(
                f"The lab is in {lab.folder} again, with your answers; runs, exports and log are not.",
                f"El laboratorio está otra vez en {lab.folder}, con sus respuestas; sin ejecuciones, archivos "
                "exportados ni registro.",
            )
        )
        await self._hold()
