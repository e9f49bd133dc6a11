"""The Textual app: modes, keys, palette. It owns the engine and the lab, and brings events to the screen that waits."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import events
from textual.app import ActionError, App
from textual.driver import Driver
from textual.signal import Signal
from textual.widget import Widget

from llm_tui import keys
from llm_tui.changing import SCREENS, ChangesModes, made_when_wanted
from llm_tui.commands import Commands
from llm_tui.delivery import Delivery
from llm_tui.ending import Ending
from llm_tui.engine.engine import Engine
from llm_tui.engine.events import Event, Failed, Finished, Log, Started
from llm_tui.i18n import tr
from llm_tui.keys import APP_KEYS, bindings, spoken
from llm_tui.outward import Outward
from llm_tui.repaint import Repaints
from llm_tui.screens.elsewhere import Elsewhere
from llm_tui.screens.home import HomeScreen
from llm_tui.screens.lab_watch import SECONDS, LabWatch
from llm_tui.screens.mode import ModeScreen
from llm_tui.serving.told import Told
from llm_tui.survey import Survey
from llm_tui.terminal import OwnTerminal
from llm_tui.typeahead import Typeahead
from llm_tui.visible import visible
from llm_tui.widgets import clipboard, notices
from llm_tui.widgets.here import in_field
from llm_tui.widgets.job_status import followed
from llm_tui.widgets.machine import Machine
from llm_tui.widgets.painted import forget_what_is_gone
from llm_tui.widgets.styles import stylesheet
from llm_tui.widgets.themes import use_themes, without_colours
from llm_tui.work import Work

if TYPE_CHECKING:
    from llm_tui.config import Config
    from llm_tui.engine.job import Job
    from llm_tui.lab.following import OtherWork
    from llm_tui.lab.lab import Lab
    from llm_tui.playground.state import Playground
    from llm_tui.widgets.host import JobEvents, JobStatus

log = logging.getLogger(__name__)


class LabApp(Repaints, ChangesModes, Commands):
    """`lab` is the student's folder, `terminal` the one to give back in the end, `notice` what to say first, `config`
    what the person has set; `engine` is for tests that bring their own.
    """

    TITLE = "llm-tui"
    # The first screen's with the app's own: a sheet that a screen brings along is read after the first paint, and all
    # is laid out again.
    CSS_PATH = [stylesheet(name) for name in ("panels.tcss", "app.tcss", "home.tcss")]
    DEFAULT_MODE = "home"
    MODES = {"home": HomeScreen, **{name: made_when_wanted(where) for name, where in SCREENS.items()}}
    KEYS = APP_KEYS
    BINDINGS = bindings(KEYS)

    def __init__(
        self,
        lab: Lab,
        engine: Engine | None = None,
        terminal: OwnTerminal | None = None,
        notice: str = "",
        config: Config | None = None,
    ):
        super().__init__(driver_class=own_driver() if terminal else None, ansi_color=without_colours() or None)
        use_themes(self, str(config.values.get("theme", "")) if config else "")
        forget_what_is_gone()
        self.lab = lab
        self.terminal = terminal
        self._notices = [notice] if notice else []
        self._follow_config(config)
        self.lab_name = lab.name
        self.engine = engine or Engine()
        self.elsewhere = Elsewhere(self, config)
        self.machine = Machine(self, lambda: self.changed.publish("environment"))
        self.status: JobStatus | None = None
        self.works: Sequence[OtherWork] = ()
        self.changed: Signal[str] = Signal(self, "changed")
        """What it is published for, `Host` says."""
        self.not_fetched: dict[str, str] = {}
        self._told = Told()
        self.playground: Playground | None = None
        self.delivery = Delivery(self, self.engine, self._follow, lambda: self.changed.publish("status"))
        self.outward = Outward(self, self.delivery, config is None or config.bell)
        self._typeahead = Typeahead(self, super().on_event)
        self._work = Work(self, self.engine, self.delivery)
        keep_running = config is None or config.keep_running
        self.ending = Ending(self, lab, self.engine, terminal, self._typeahead.arrived, self._work, keep_running)
        lab.telling.stop = self.delivery.stop
        self._lab_watch = LabWatch(self, self.ending.without_saving)

    def on_mount(self) -> None:
        self.ending.possible()
        self.animation_level = "none"
        self.call_after_refresh(self._painted)
        self._lab_watch.start()
        self.call_after_refresh(self.elsewhere.start)
        for notice in self._notices:
            log.warning("%s", notice)  # several do not fit a small screen, and each goes away
            self.notify(notice, severity="warning", timeout=SECONDS, markup=False)

    def _painted(self) -> None:
        """For the first time: from here on there is time for what was put off."""
        gc.enable()
        self._surveying = asyncio.create_task(self._survey())

    async def _survey(self) -> None:
        """When the screen has read what it shows: while torch's libraries are loaded, a thread that imports what has
        one of its own waits for them with the GIL in its hands, and all others for it.
        """
        await self._work.read()
        self.submit(Survey(), self)

    def _follow_config(self, config: Config | None) -> None:
        """The person's own keys, where they have some; what in the file cannot be followed is said."""
        own: dict[str, str] = {}
        if config is not None:
            self._notices += config.problems
            if config.tables:
                from llm_tui import keymap

                rows = keymap.all_keys()
                own, refused = keymap.own_keys(config, rows)
                self._notices += refused
                self.set_keymap(keymap.for_textual(own, rows))
        keys.use(own)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Nothing blinks on an idle screen: over a slow line that is all that would be sent."""
        if getattr(event.widget, "cursor_blink", False):
            event.widget.cursor_blink = False  # type: ignore[attr-defined]

    async def on_event(self, event: events.Event) -> None:
        """Keys wait for each other."""
        if isinstance(event, events.InputEvent):
            self.ahead.pressed()
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            await self._typeahead.take(event)
        elif isinstance(event, events.MouseEvent):
            await self._take_mouse(event)
        else:
            await super().on_event(event)

    async def run_action(self, *action: Any, **settings: Any) -> bool:
        """A key may reach what has just lost the focus, or is about to go: then nothing comes of it."""
        try:
            return await super().run_action(*action, **settings)
        except ActionError:
            log.info("a key came too late", exc_info=True)
            return False

    async def _take_mouse(self, event: events.MouseEvent) -> None:
        """Textual looks for the widget below, which may be about to go: a click that hits nothing is no error."""
        try:
            await super().on_event(event)
        except Exception:
            log.exception("a movement of the mouse was left out")

    # Jobs: from the screens to the engine, and the events back.

    def submit(self, job: Job, owner: Widget | App[None]) -> int:
        """Queue a job; its events reach `owner` as `JobEvents`. The lab writes down what comes of it."""
        from llm_tui.foundation.models import PlanPull, PullModel

        for sentence in self._told.sentences(job):
            self.notify(sentence, severity="warning", timeout=SECONDS, markup=False)
        keep = () if isinstance(job, Survey) else self.lab.listeners(job)
        if isinstance(job, PlanPull | PullModel):
            keep = (*keep, partial(self._fetching, job.model))
        return self.delivery.submit(job, owner, *keep)

    def works_for(self, owner: Widget) -> bool:
        return self.delivery.works_for(owner)

    def _fetching(self, model: str, event: Event) -> None:
        """Called on any thread."""
        if isinstance(event, Started | Finished):
            self.not_fetched.pop(model, None)
        elif isinstance(event, Failed):
            self.not_fetched[model] = event.message

    def on_woken(self) -> None:
        self.delivery.wake()

    def _follow(self, event: Event) -> None:
        """Keep the job bar's line up to date."""
        self.machine.follow(event)
        running, waiting = self.engine.running(), len(self.engine.waiting())
        before = self.status
        self.status = followed(before, event, running, waiting, self.machine.where(event.job_id))
        if before and before.stoppable and self.status is None:
            self.call_later(self.changed.publish, "lab")  # the screens are told first what has come of it
        self.outward.follow(event, self.status)
        if isinstance(event, Log):
            self.notify(visible(event.text), markup=False, timeout=12)

    def on_job_events(self, message: JobEvents) -> None:
        """The app's own job is the survey of this machine."""
        from llm_tui.environment import Environment

        for event in message.events:
            match event:
                case Finished(result=Environment() as environment):
                    self.machine.found(environment)
                case Failed():
                    self.notify(event.message, severity="error", markup=False)
        self.ahead.begin()

    # Keys, all from the one table.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "stop":
            return self._at_work() or self._lab_watch.can_stop() or self.elsewhere.anything
        if action == "close_notices":
            return notices.shown(self.screen)
        if action == "leave":
            return in_field(self.screen)
        if action == "end_tour":
            return isinstance(self.screen, ModeScreen) and self.tour_can_end()
        return True

    @property
    def escape_to_minimize(self) -> bool:
        """Escape goes out one step at a time: out of the field first, then out of the zoomed panel."""
        return not self.check_action("leave", ())

    def action_leave(self) -> None:
        if isinstance(self.screen, ModeScreen):
            self.screen.leave_field()
        else:
            self.screen.set_focus(None)

    def _at_work(self) -> bool:
        """Whether it does what it was asked to: the survey of its machine is its own affair."""
        running = self.engine.running()
        return bool(self.engine.waiting()) or bool(running and not isinstance(running[1], Survey))

    async def action_stop(self) -> None:
        """What this program does; where it does nothing, what another one does without a terminal, or a scheduler."""
        if self._at_work():
            self.delivery.stop()
        elif self._lab_watch.can_stop():
            await self._lab_watch.stop()
        else:
            self.elsewhere.ask_to_stop()

    def action_help_quit(self) -> None:
        self.notify(tr(f"Press {spoken('quit')} to quit.", f"Pulse {spoken('quit')} para salir."))

    async def action_quit(self) -> None:
        await self.ending.asked()

    async def save(self) -> None:
        await self.ending.save()

    def copy(self, text: str) -> None:
        clipboard.copy(self, text)

    def _handle_exception(self, error: Exception) -> None:
        """A defect of the program: one sentence after the screen has gone, the details in the log.

        Textual would print its traceback, with the values of all local variables.
        """
        log.error("the app stopped", exc_info=error)
        if not self.ending.begun:
            super()._handle_exception(error)

    def _fatal_error(self) -> None:
        self.ending.failed()

    def panic(self, *renderables: object) -> None:
        self.ending.failed()


def own_driver() -> type[Driver] | None:
    if os.name != "posix":
        return None
    from llm_tui.driver import RobustDriver

    return RobustDriver
