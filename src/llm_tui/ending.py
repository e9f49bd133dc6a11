"""How the app ends: asked by a person, told by a signal, or on an error of its own. Whatever it is, what was typed is
saved, the engine stops, the lab is given back.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
import signal
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol, cast

from textual.app import App

from llm_tui.i18n import tr
from llm_tui.keys import spoken
from llm_tui.signals import Ended, LastResort
from llm_tui.terminal import OwnTerminal, log_path

if TYPE_CHECKING:
    from llm_tui.engine.engine import Engine
    from llm_tui.engine.job import Job
    from llm_tui.lab.lab import Lab
    from llm_tui.work import Work

log = logging.getLogger(__name__)

CLOSE_SECONDS = 0.3
TYPED_SECONDS = 1.0
"""How long what was typed may take to where it is saved, when the app is told to end."""
LOOK_SECONDS = 0.2
"""Between two looks at whether the work is done, without a terminal."""
LOSS_SECONDS = 15.0
"""How long it is said that something cannot be saved."""


class Leaving(Protocol):
    """A driver that may lose its terminal."""

    def leave(self) -> None: ...


class Ending:
    """`terminal` is the one to give back, where the app has one; `typed` waits for what has been typed to arrive. With
    `keep_running` the app goes on without a terminal where there is work. `farewell` is what is to be said in the end.
    """

    def __init__(
        self,
        app: App[None],
        lab: Lab,
        engine: Engine,
        terminal: OwnTerminal | None,
        typed: Callable[[float], Awaitable[None]],
        work: Work,
        keep_running: bool = True,
    ):
        self.farewell = ""
        self._app = app
        self._lab = lab
        self._engine = engine
        self._terminal = terminal
        self._typed = typed
        self._work = work
        self._keep_running = keep_running
        self._hung_up = False
        self._going_on: asyncio.Task[None] | None = None
        self._last_resort = LastResort(self._leave_at_once)
        self._inside: contextvars.Context | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._leaving: asyncio.Task[None] | None = None
        self._told = False
        self._asking = False
        self._loss_said = ""

    @property
    def begun(self) -> bool:
        return self._leaving is not None

    def possible(self) -> None:
        """The app has a screen from now on; to be called by it."""
        self._inside = contextvars.copy_context()
        self._loop = asyncio.get_running_loop()

    async def asked(self) -> None:
        """A person wants to leave: ask about a job that runs, unless that is being asked already."""
        if not self._asking and (jobs := self._work.jobs()):
            self._ask(jobs)
        else:
            await self._leave_saved()

    async def _leave_saved(self) -> None:
        """Leave, having said first where something cannot be saved."""
        await self.save()
        why = next(iter(self._lab.unsaved.values()), "")
        if why and why != self._loss_said and not self._lab.read_only:
            self._loss_said = why
            again = tr(
                f"Press {spoken('quit')} again to leave without saving.",
                f"Pulse {spoken('quit')} otra vez para salir sin guardar.",
            )
            self._app.notify(f"{why} {again}", severity="error", timeout=LOSS_SECONDS, markup=False)
            return
        self._begin(0)
        if self._leaving is not None:
            await self._leaving

    def without_saving(self) -> None:
        """A person leaves a lab that is gone, and has been told so."""
        self._begin(0)

    def _ask(self, jobs: list[Job]) -> None:
        from llm_tui.screens.dialogs import ChoiceDialog

        more = tr(f" (and {len(jobs) - 1} waiting)", f" (y {len(jobs) - 1} en espera)") if len(jobs) > 1 else ""
        choices = [
            tr("Keep waiting", "Seguir esperando"),
            tr("Stop and stay: what is done so far is kept", "Detenerlo y quedarse: lo hecho se conserva"),
            tr(
                f"Leave (or {spoken('quit')} again): what is done is kept",
                f"Salir (o {spoken('quit')} otra vez): lo hecho se conserva",
            ),
        ]

        def answered(choice: int | None) -> None:
            self._asking = False
            if choice == 1:
                self._work.stop()
            elif choice == 2:
                self._app.call_later(self._leave_saved)

        self._asking = True
        title = tr("A job is running", "Hay un trabajo en marcha")
        unseen = tr(
            " Close the terminal or detach tmux instead, and it keeps running.",
            " Si en cambio cierra la terminal, o se separa de tmux, sigue en marcha.",
        )
        said = f"{jobs[0].title()}{more}.{unseen if self._keep_running else ''}"
        self._app.push_screen(ChoiceDialog(title, said, choices), answered)

    def told(self, number: int) -> None:
        """A signal, or a line that drops, ends the app; the line alone does not end its work. May be called on any
        thread, and in a signal's handler.

        Raises:
            Ended: the app has no screen yet.
        """
        if self._inside is None or self._loop is None:
            raise Ended(number)
        if self._told:
            return
        if number == getattr(signal, "SIGHUP", None) and self._keep_running:
            self._hang_up(Ended(number).code)
            return
        self._told = True
        self._say_goodbye(number)
        code = Ended(number).code
        if self._terminal is not None:
            self._last_resort.start(code)
        self._soon(self._begin, code)

    def _say_goodbye(self, number: int) -> None:
        name = signal.Signals(number).name
        self.farewell = tr(f"The app was told to end ({name}).", f"Se pidió a la aplicación que terminara ({name}).")

    def _soon(self, do: Callable[[int], object], code: int) -> None:
        assert self._loop is not None
        try:
            self._loop.call_soon_threadsafe(do, code, context=self._inside)
        except RuntimeError:
            log.info("told to end after the end")

    def _hang_up(self, code: int) -> None:
        """The line has dropped, which a signal and the terminal both tell."""
        if self._hung_up:
            return
        self._hung_up = True
        if self._terminal is not None and not self._work.jobs():
            self._last_resort.start(code)
        self._soon(self._without_line, code)

    def _without_line(self, code: int) -> None:
        self._going_on = asyncio.create_task(self._go_on_unseen(code))

    async def _go_on_unseen(self, code: int) -> None:
        """End at once where there is no work, else when it is done."""
        await self._typed(TYPED_SECONDS)
        if self.begun:
            return
        if not await self._work.goes_on():
            self._told = True
            self._say_goodbye(signal.SIGHUP)
            self._begin(code)
            return
        self._last_resort.call_off()
        log.warning("the line has dropped; the work goes on without a terminal")
        self._work.unseen()
        if self._terminal is not None:
            self._leave_terminal(self._terminal)
        await self.save()
        while not self.begun and await self._work.goes_on():
            await asyncio.sleep(LOOK_SECONDS)
        if not self.begun:
            log.warning("the work is done")
            self._begin(0)

    def _leave_terminal(self, terminal: OwnTerminal) -> None:
        said = tr(
            f"The work goes on without a terminal; llm-tui on {self._lab.folder} shows it.",
            f"El trabajo sigue sin terminal; llm-tui en {self._lab.folder} lo muestra.",
        )
        if driver := cast(Leaving | None, self._app._driver):
            driver.leave()
        terminal.leave(f"{said}\r\n")

    def failed(self) -> None:
        """On an error of the program, which is in the log."""
        self.farewell = tr(
            f"The app stopped on an error of the program; {log_path()} has the details.",
            f"La aplicación se detuvo por un error del programa; los detalles están en {log_path()}.",
        )
        if self._inside is None:
            self._app.exit(return_code=1)
        else:
            self._begin(1)

    def _begin(self, code: int) -> None:
        if self._leaving is None:
            self._leaving = asyncio.create_task(self._leave(code))

    async def _leave(self, code: int) -> None:
        if self._told:  # a letter that the screen shows may be on its way still
            await self._typed(TYPED_SECONDS)
        try:
            await self._work.heard()
        except Exception:
            log.exception("the screens could not be told what has come last")
        await self.save()
        if self.farewell:
            kept = tr(f"What was typed is in {self._lab.folder}.", f"Lo escrito está en {self._lab.folder}.")
            self.farewell += " " + (next(iter(self._lab.unsaved.values()), "") or kept)
        self._last_resort.saved()
        await asyncio.to_thread(self._engine.close, CLOSE_SECONDS)
        await asyncio.to_thread(self._lab.release)
        if self._terminal is not None and not self._told:
            self._last_resort.start(code)
        self._app.exit(return_code=code)

    async def save(self) -> None:
        """Save what is not saved yet; a screen that cannot, for whatever reason, does not keep others from it."""
        for stack in list(self._app._screen_stacks.values()):
            for screen in list(stack):
                if flush := getattr(screen, "flush", None):
                    try:
                        await flush()
                    except Exception:
                        log.exception("a screen could not be saved")

    def _leave_at_once(self) -> None:
        """What is left to do when the app does not come to its end; first what no disk can hold up."""
        assert self._terminal is not None
        self._terminal.restore()
        if self.farewell:
            self._terminal.say(f"{self.farewell}\r\n")
        log.warning("the app did not end in time")
        self._lab.release()
