"""The lab of an open app: whether this program has it, what goes wrong with it, and what to do when it is gone."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from typing import Any, cast

from textual.app import App

from llm_tui.errors import UserError, reason
from llm_tui.i18n import tr
from llm_tui.keys import spoken
from llm_tui.lab.claim import HEARTBEAT
from llm_tui.lab.following import Following, OtherWork, named
from llm_tui.screens.answers import AnswersScreen
from llm_tui.widgets.host import Host

LOOK_SECONDS = 1.5
"""Between two looks at what other programs do in the lab."""

SECONDS = 15.0
"""How long a notice about the lab stays."""


class LabWatch:
    """Claims the app's lab and keeps the claim; says what the lab tells, once. Where another program has the lab, shows
    what that one does and writes, and takes the lab over when it has ended. `leave` ends the app.
    """

    def __init__(self, app: App[Any], leave: Callable[[], object]):
        self._app = app
        self._host = cast(Host, app)
        self._leave = leave
        self._said = ""
        self._asking = False
        self._holding = self._looking = False
        self._following = Following(self._host.lab.folder)
        self._written: Mapping[str, tuple[int, int]] = {}
        """The files of answers as they were seen last: time and size."""
        self._host.lab.tell = self._hear  # before any screen reads it

    def start(self) -> None:
        self._app.call_after_refresh(self._claim)
        self._app.set_interval(HEARTBEAT, self._claim)
        self._app.set_interval(LOOK_SECONDS, self._look)

    def _hear(self, sentence: str) -> None:
        """On any thread."""
        self._app.call_later(self._told, sentence)

    def _claim(self) -> None:
        """One after the other, for each has to come to its end: to what is said, to what is kept beside."""
        if not self._holding:
            self._holding = True
            self._app.run_worker(self._hold(), group="lab")

    async def _hold(self) -> None:
        try:
            await self._have()
        finally:
            self._holding = False

    async def _have(self) -> None:
        """Have the lab, or say once why it can only be read; on a thread: it may be on a slow file system."""
        lab = self._host.lab
        why = await asyncio.to_thread(lab.claim, True)
        if not why and lab.elsewhere:
            await self._take_over()
        if why == self._said:
            return
        before, self._said = self._said, why
        if why:
            works = await asyncio.to_thread(self._following.look)
            unseen = lab.elsewhere and any(not work.working.terminal for work in works)
            self._say(f"{lab.elsewhere} {_going_on()}" if unseen else why)
        elif before:
            self._say(
                tr(
                    "The other program has ended. What it wrote is shown here, and what you write is saved from now "
                    "on.",
                    "El otro programa ha terminado. Lo que escribió se muestra aquí, y desde ahora se guarda lo que "
                    "usted escriba.",
                )
            )

    async def _take_over(self) -> None:
        """What the other program has written holds; what was written here meanwhile and is overtaken is kept beside."""
        lab, beside = self._host.lab, []
        for screen in self._screens():
            await screen.settled()  # what was written here before must not be saved after
        with lab.take_over():
            for screen in self._screens():
                if screen.unsaved and lab.overtaken(screen.NUMBER):
                    beside.append((screen.NUMBER, screen.answers))
                    screen.renew()
                elif not screen.unsaved:
                    screen.renew()
        for number, answers in beside:
            with contextlib.suppress(UserError):  # told by the lab
                await asyncio.to_thread(lab.keep_beside, number, answers)
        await asyncio.to_thread(lab.clean)

    def _screens(self) -> list[AnswersScreen[Any]]:
        """Those that have been opened; one that is just being opened reads the lab by itself."""
        screens = [screen for stack in self._app._screen_stacks.values() for screen in stack]
        return [screen for screen in screens if isinstance(screen, AnswersScreen) and screen.is_mounted]

    # What another program does.

    def _look(self) -> None:
        """One after the other: where a disk is slow a look takes longer than it is until the next one."""
        if not self._looking:
            self._looking = True
            self._app.run_worker(self._follow(), group="follow")

    async def _follow(self) -> None:
        try:
            works, free, written = await asyncio.to_thread(self._seen)
        finally:
            self._looking = False
        if works != self._host.works:
            self._host.works = works
            self._host.changed.publish("status")
            self._app.refresh_bindings()
        if not self._host.lab.elsewhere:
            return
        if free:
            self._claim()
        elif written != self._written:
            self._written = written
            for screen in self._screens():
                if not screen.unsaved:
                    screen.renew()

    def _seen(self) -> tuple[list[OtherWork], bool, dict[str, tuple[int, int]]]:
        """What the others do, whether nobody has the lab, and how the answers stand. Called on a thread."""
        works = self._following.look()
        if not self._host.lab.elsewhere:
            return works, False, {}
        written = {}
        for path in named(self._following.folder / "exercises", "*.json"):
            with contextlib.suppress(OSError):
                status = path.stat()
                written[path.name] = status.st_mtime_ns, status.st_size
        return works, self._following.holder() is None, written

    def can_stop(self) -> bool:
        """Whether another program works that nobody sees."""
        return any(not work.working.terminal for work in self._host.works)

    async def stop(self) -> None:
        """Ask it to."""
        for work in self._host.works:
            if not work.working.terminal:
                try:
                    await asyncio.to_thread(work.ask_to_stop)
                except OSError as error:
                    why = reason(error)
                    self._say(
                        tr(f"It cannot be stopped from here ({why}).", f"No se puede detener desde aquí ({why}).")
                    )
                    return
        self._app.notify(
            tr(
                "The other program was asked to stop; what is done is kept.",
                "Se pidió al otro programa que se detuviera; lo hecho se conserva.",
            )
        )

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
        self._host.open_late(ChoiceDialog(tr("The lab is gone", "El laboratorio ya no está"), gone, ways), chosen)

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


def _going_on() -> str:
    stop = spoken("stop")
    return tr(
        f"Its work goes on without a terminal and is shown here; {stop} stops it. When it is done, this program has "
        "the lab.",
        f"Su trabajo sigue sin terminal y se muestra aquí; {stop} lo detiene. Cuando acabe, este programa tendrá el "
        "laboratorio.",
    )
