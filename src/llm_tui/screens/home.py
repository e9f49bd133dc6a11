"""Home: the exercises, recent runs, and what machine this is."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static
from textual.widgets.option_list import Option
from textual.worker import Worker

from llm_tui import __version__, i18n
from llm_tui.classifier.ag_news_cache import ag_news_fact
from llm_tui.course.in_use import given
from llm_tui.errors import UserError
from llm_tui.exercises.registry import EXERCISES, count, handed_in
from llm_tui.i18n import Text, tr
from llm_tui.keys import CHOOSE, FLOWS, Bar, Key, Place, bindings, spoken
from llm_tui.screens.mode import ModeScreen
from llm_tui.visible import visible
from llm_tui.widgets.exercise_line import exercise_line
from llm_tui.widgets.option_list import OptionList
from llm_tui.widgets.parts import framed

if TYPE_CHECKING:
    from llm_tui.lab.lab import Lab

RECENT = 3

IN_EXERCISES = Place("exercises", Text("The exercises", "Los ejercicios"))


@dataclass
class Looked(Message):
    """What the lab holds: the state of each exercise, and the newest runs, a line each."""

    states: list[str]
    runs: list[str]


class Exercises(OptionList):
    """Its lines are as long as it has room for; a scroll bar of its own or of the screen takes some of it."""

    class Resized(Message):
        pass

    def on_resize(self) -> None:
        self.post_message(self.Resized())


class HomeScreen(ModeScreen):
    NAME = Text("Home", "Inicio")
    KEYS = (
        *(
            Key(f"exercise-{e.number}", e.key, f"exercise({index})", e.title, bar=Bar.NEVER)
            for index, e in enumerate(EXERCISES[:9])  # as many as there are digits
        ),
        replace(FLOWS, bar=Bar.NEVER),
        replace(CHOOSE, label=Text("open the exercise", "abrir el ejercicio"), where=IN_EXERCISES),
    )
    BINDINGS = bindings(KEYS)
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]
    ABOUT = Text(
        "The {n} exercises with their state, and this machine.",
        "Los {n} ejercicios con su estado, y este equipo.",
    ).format(n=count())

    def __init__(self) -> None:
        super().__init__()
        self._states = [""] * len(handed_in())

    def body(self) -> Iterable[Widget]:
        room = self.app.size.width  # about: what it is in a frame is known when it has been laid out
        exercises = Exercises(*(Option(exercise_line(e, "", room)) for e in handed_in()), id="exercises")
        title = _course() or tr("Exercises: a digit goes there", "Ejercicios: una cifra va a cada uno")
        environment = Static(self._facts(), id="environment", markup=False)
        yield framed(exercises, title, flat=True)
        yield framed(Static("", id="recent", markup=False), flat=True)
        with framed(VerticalScroll(id="facts"), tr("Environment", "Entorno"), flat=True):
            yield environment

    def on_mount(self) -> None:
        self.host.changed.subscribe(self, self._on_changed)

    def on_screen_resume(self) -> None:
        self.app.call_after_refresh(self._begin_to_look)  # the screen is shown first

    def _begin_to_look(self) -> None:
        self.host.machine.look()
        self._looking: Worker[None] = self.run_worker(self._look, group="look", exclusive=True)

    def _on_changed(self, what: str) -> None:
        if what == "environment":
            self.query_one("#environment", Static).update(self._facts())
        elif what in ("lab", "away") and self.is_current:  # a job, a scheduler or another program may have brought more
            self.on_screen_resume()
            self.tell_next()

    def _facts(self) -> Content:
        environment = self.host.machine.environment
        facts = [("torch", tr("being loaded…", "cargando…"))] if environment is None else environment.facts()
        facts.append(ag_news_fact())
        facts += [(tr("lab", "laboratorio"), str(self.host.lab.folder)), ("llm-tui", __version__)]
        width = max(len(name) for name, _ in facts)
        lines = [Content.assemble((name.ljust(width), "bold"), "  ", visible(fact)) for name, fact in facts]
        return Content("\n").join(lines)

    async def _look(self) -> None:
        """What was typed last on another screen belongs to what is told of it."""
        await self.host.save()
        try:
            self.post_message(await asyncio.to_thread(_looked, self.host.lab))
        except UserError as error:
            self.notify(str(error), severity="error", markup=False)

    def on_looked(self, message: Looked) -> None:
        self._states = message.states
        self._list()
        recent = self.query_one("#recent", Static)
        recent.border_title = (
            tr("Recent runs", "Ejecuciones recientes") if message.runs else tr("Begin", "Para empezar")
        )
        recent.update("\n".join(message.runs) or _first_steps())

    def on_exercises_resized(self) -> None:
        self._list()

    def _list(self) -> None:
        exercises = self.query_one("#exercises", OptionList)
        room = exercises.scrollable_content_region.width
        for index, (exercise, state) in enumerate(zip(handed_in(), self._states, strict=True)):
            line = exercise_line(exercise, state, room)
            if line != exercises.get_option_at_index(index).prompt:
                exercises.replace_option_prompt_at_index(index, line)
                exercises.refresh(layout=True)  # at once, with what changes below it, and not when it has been drawn

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.action_exercise(event.option_index)

    def action_exercise(self, index: int) -> None:
        self.host.switch_mode(handed_in()[index].mode)


def _looked(lab: Lab) -> Looked:
    """Called on a thread: the lab may be on a slow file system.

    Raises:
        UserError: it cannot be read.
    """
    from llm_tui.report.parts import parts

    found = parts(lab, i18n.export_language())
    return Looked([str(part.state()) for part in found], [run.line() for run in lab.runs.all()[:RECENT]])


def _course() -> Content | None:
    """The course's title, and when it is due."""
    course = given()
    said = str(course.line(date.today())) if course else ""
    return Content(visible(said)) if said else None


def _first_steps() -> str:
    return tr(
        f"1. Press {spoken('train')} for the training; every value is good. Or: {spoken('palette')}, tour.\n"
        f"2. Press {spoken('run')} there to train, and write your notes into the table.\n"
        f"3. Press {spoken('export')} to export the exercise; {spoken('help')} shows all keys.",
        f"1. Pulse {spoken('train')} para entrenar; cada valor es bueno. O bien: {spoken('palette')}, recorrido.\n"
        f"2. Pulse allí {spoken('run')} para entrenar, y escriba sus notas en la tabla.\n"
        f"3. Pulse {spoken('export')} para exportar el ejercicio; {spoken('help')} muestra todas las teclas.",
    )
