"""What the lab has handed to a scheduler, for an open app: looked at while there is something, taken when it comes."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, cast

from textual.app import App
from textual.timer import Timer

from llm_tui.errors import UserError, reason
from llm_tui.exercises.registry import handed_in
from llm_tui.i18n import tr
from llm_tui.launching.settings import Settings, read_settings
from llm_tui.screens.answers import AnswersScreen
from llm_tui.widgets.host import Host, JobStatus

if TYPE_CHECKING:
    from llm_tui.classifier.job import Training
    from llm_tui.config import Config
    from llm_tui.exercises.sheet import Sheet
    from llm_tui.lab.runs import Run
    from llm_tui.launching.launches import Away, AwaySheet, Launches, Look

LOOK_SECONDS = 2.0

NOTICE_SECONDS = 15.0

NOTHING: tuple[Sequence[object], Sequence[object]] = ([], [])
"""As a screen shows it."""


class Elsewhere:
    """`away` is what is elsewhere; the signal `changed` says “away” when it has changed, or something has come back."""

    def __init__(self, app: App[Any], config: Config | None):
        self._app = app
        self._host = cast(Host, app)
        self.settings, self._problems = read_settings(config) if config else (Settings(), [])
        self.away: Sequence[Away] = ()
        self.sheets: Sequence[AwaySheet] = ()
        self._timer: Timer | None = None
        self._looking = False
        self._handing: set[int | str] = set()
        """The exercises of what is being handed over."""
        self._unseen: set[int | str] = set()
        """The exercises of what was handed over since the last look has begun."""
        self._told = ""
        self._shown: object = NOTHING

    @cached_property
    def launches(self) -> Launches:
        from llm_tui.launching.launches import Launches  # not at the top: not before the first paint

        return Launches(self._host.lab)

    @cached_property
    def possible(self) -> bool:
        """Whether there is a scheduler here."""
        from llm_tui.launching.launchers import slurm_here

        return slurm_here()

    @property
    def anything(self) -> bool:
        return bool(self.away or self.sheets)

    @property
    def farewell(self) -> str:
        """What a person who leaves should know."""
        said = tr(
            "What the scheduler has goes on; it comes into the lab when that is opened again.",
            "Lo que tiene el planificador continúa; llega al laboratorio cuando este se abra otra vez.",
        )
        return said if self.anything else ""

    @property
    def status(self) -> JobStatus | None:
        """For the job bar, while nothing runs here."""
        if not self.anything:
            return None
        standings = [*(run.standing for run in self.away), *(sheet.standing for sheet in self.sheets)]
        running = Counter(standing.phase == "running" for standing in standings)
        what = tr(
            f"Scheduler: {running[True]} running, {running[False]} waiting",
            f"Planificador: {running[True]} en marcha, {running[False]} en espera",
        )
        return JobStatus(what)

    def start(self) -> None:
        for problem in self._problems:
            self._app.notify(problem, severity="warning", timeout=NOTICE_SECONDS, markup=False)
        self.wake()

    def wake(self) -> None:
        """Look from now on, until there is nothing elsewhere any more."""
        if self._timer is None:
            self._timer = self._app.set_interval(LOOK_SECONDS, self._look)
        self._look()

    def _look(self) -> None:
        if not self._looking:
            self._looking = True
            self._app.run_worker(partial(self._take, frozenset(self._unseen)), thread=True, group="elsewhere")

    def _take(self, handed: frozenset[int | str]) -> None:
        """On a thread: the lab and the scheduler may be slow. What was `handed` over before is among what is seen."""
        try:
            look = self.launches.look()
        except (UserError, OSError) as error:
            self._app.call_later(self._failed, reason(error) if isinstance(error, OSError) else str(error))
        else:
            self._app.call_later(self._taken, look, handed)

    def _failed(self, why: str) -> None:
        """It is looked again."""
        self._looking = False
        self._tell(why)

    async def _taken(self, look: Look, handed: frozenset[int | str]) -> None:
        self._unseen -= handed
        self.away = look.away
        self.sheets = [sheet for sheet in look.sheets if not sheet.standing.over]
        for sheet in look.sheets:
            await self._bring(sheet)
        self._looking = False
        for sentence in look.told:
            self._tell(sentence)
        if look.taken:
            self._app.notify(_back(look.taken, len(look.away)))
        shown, self._shown = self._shown, _as_shown(look)
        if look.taken or shown != self._shown:
            self._host.changed.publish("away")
        if not (look.taken or look.sheets or look.away or self._unseen) and self._timer is not None:
            self._timer.stop()
            self._timer = None

    async def _bring(self, sheet: AwaySheet) -> None:
        """Its answers into the screen that has the sheet, else into the lab; what is in the lab is taken."""
        lab = self._host.lab
        if lab.read_only or not (sheet.found or sheet.standing.over):
            return
        row = next((row for row in handed_in() if row.number == sheet.exercise), None)
        if row is None:
            return
        try:
            if self._screen(sheet.exercise) is None:
                await asyncio.to_thread(self.launches.bring, sheet, row.exercise().answers)
            if screen := self._screen(sheet.exercise):  # be it one that has read the lab before they were there
                if not screen.is_mounted:  # nobody knows what it has read: it is put there at the next look
                    return
                screen.learn(sheet.put_into)
                await screen.flush()
            if sheet.exercise in lab.unsaved:
                return
            await asyncio.to_thread(self.launches.brought, sheet)
        except UserError as error:
            self._tell(str(error))
        else:
            self._say_how(sheet)

    def _tell(self, sentence: str) -> None:
        """Once: what went wrong is tried again at every look."""
        if sentence != self._told:
            self._told = sentence
            self._app.notify(sentence, severity="warning", markup=False)

    def _say_how(self, sheet: AwaySheet) -> None:
        name = str(next((row.short for row in handed_in() if row.number == sheet.exercise), sheet.exercise))
        if sheet.standing.phase == "finished":
            self._app.notify(tr(f"{name}: what was asked is back.", f"{name}: ha vuelto lo que se pidió."))
        elif sheet.standing.over:
            self._app.notify(f"{name}: {sheet.standing.said()}", severity="error", markup=False)

    def _screen(self, number: int | str) -> AnswersScreen[Any] | None:
        """That of an exercise, where it is open, or is being made."""
        screens = (screen for stack in self._app._screen_stacks.values() for screen in stack)
        return next((s for s in screens if isinstance(s, AnswersScreen) and number == s.NUMBER), None)

    def has(self, exercise: int | str) -> bool:
        """Whether the sheet of this exercise is filled elsewhere, or something of it is on its way there."""
        return exercise in self._handing | self._unseen or any(sheet.exercise == exercise for sheet in self.sheets)

    async def hand_over_comparison(self, exercise: int | str, run: Run, settings: dict[str, str]) -> None:
        """As one task; why it was not accepted is said."""
        await self._hand_over(exercise, self.launches.compare, run, settings)

    async def hand_over_sheet(self, exercise: int | str, sheet: Sheet, settings: dict[str, str]) -> None:
        """As one task; why it was not accepted is said."""
        await self._hand_over(exercise, self.launches.fill, exercise, sheet, settings)

    async def _hand_over(self, exercise: int | str, how: Callable[..., object], *what: object) -> bool:
        self._handing.add(exercise)
        try:
            await asyncio.to_thread(how, *what, "slurm", self.settings)
        except UserError as error:
            self._app.notify(str(error), severity="error", markup=False)
            return False
        finally:
            self._handing.discard(exercise)
        self._unseen.add(exercise)
        self.wake()
        return True

    async def hand_over(self, exercise: int | str, jobs: Sequence[Training]) -> bool:
        """As one array; False where it was not accepted, which is said."""
        return await self._hand_over(exercise, self.launches.train, jobs)

    def ask_to_stop(self) -> None:
        """Cancel all that is elsewhere? It has waited in a queue, so that a person is asked."""
        from llm_tui.screens.dialogs import ConfirmDialog

        def stop(yes: bool | None) -> None:
            if yes:
                self._app.run_worker(self._stop())

        number = len(self.away) + len(self.sheets)
        question = tr(
            f"Cancel what the scheduler has ({number})? What is done so far is kept.",
            f"¿Cancelar lo que tiene el planificador ({number})? Lo hecho hasta ahora se conserva.",
        )
        self._app.push_screen(ConfirmDialog(question, tr("Cancel it", "Cancelar")), stop)

    async def _stop(self) -> None:
        try:
            await asyncio.to_thread(self.launches.stop)
        except UserError as error:
            self._app.notify(str(error), severity="error", markup=False)
        self.wake()


def _as_shown(look: Look) -> object:
    """Another value where a screen would show it differently."""
    return (
        [(run.id, run.standing, len(run.reports)) for run in look.away],
        [(sheet.task.name, sheet.standing, sheet.number) for sheet in look.sheets],
    )


def _back(taken: int, left: int) -> str:
    runs = tr(f"{taken} runs are back", f"{taken} ejecuciones han vuelto") if taken > 1 else tr(
        "A run is back", "Ha vuelto una ejecución")  # fmt: skip
    one = tr("; one is elsewhere still.", "; otra sigue fuera.")
    several = tr(f"; {left} are elsewhere still.", f"; {left} siguen fuera.")
    return runs + (several if left > 1 else one if left else ".")
