"""Home: the seven exercises, recent runs, and what machine this is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from llm_tui import __version__, i18n
from llm_tui.classifier.job import ag_news_fact
from llm_tui.errors import UserError
from llm_tui.exercises import EXERCISES, Exercise
from llm_tui.i18n import Text, tr
from llm_tui.keys import MODES
from llm_tui.screens.mode import ModeScreen
from llm_tui.visible import visible

RECENT = 3


@dataclass
class Looked(Message):
    """What the lab holds: the state of each exercise, and the newest runs, a line each."""

    states: list[str]
    runs: list[str]


class HomeScreen(ModeScreen):
    ABOUT = Text(
        "# Home\n\nThe seven exercises with their state, and this machine. Enter on an exercise goes to its screen.",
        "# Inicio\n\nLos siete ejercicios con su estado, y este equipo. Enter en un ejercicio va a su pantalla.",
    )

    def body(self) -> Iterable[Widget]:
        exercises = OptionList(*(self._option(exercise, "") for exercise in EXERCISES), id="exercises")
        exercises.border_title = tr("Exercises", "Ejercicios")
        environment = Static(self._facts(), id="environment", markup=False)
        runs = Static("", id="recent", markup=False)
        runs.border_title = tr("Recent runs", "Ejecuciones recientes")
        yield exercises
        yield runs
        with VerticalScroll(id="facts") as facts:
            facts.border_title = tr("Environment", "Entorno")
            yield environment

    def on_mount(self) -> None:
        self.host.changed.subscribe(self, self._on_changed)

    def on_screen_resume(self) -> None:
        self.run_worker(self._look, thread=True, exclusive=True)

    def _on_changed(self, what: str) -> None:
        if what == "environment":
            self.query_one("#environment", Static).update(self._facts())

    def _facts(self) -> Content:
        environment = self.host.environment
        facts = [("torch", tr("being loaded…", "cargando…"))] if environment is None else environment.facts()
        facts.append(ag_news_fact())
        facts += [(tr("lab", "laboratorio"), str(self.host.lab.folder)), ("llm-tui", __version__)]
        width = max(len(name) for name, _ in facts)
        lines = [Content.assemble((name.ljust(width), "bold"), "  ", visible(fact)) for name, fact in facts]
        return Content("\n").join(lines)

    def _look(self) -> None:
        """On a thread: the lab may be on a slow file system."""
        from llm_tui.lab.report import parts

        lab = self.host.lab
        try:
            found = parts(lab, i18n.export_language())
            runs = lab.runs.all()
        except UserError as error:
            self.notify(str(error), severity="error", markup=False)
            return
        self.post_message(Looked([str(part.state()) for part in found], [run.line() for run in runs[:RECENT]]))

    def on_looked(self, message: Looked) -> None:
        exercises = self.query_one("#exercises", OptionList)
        for index, exercise in enumerate(EXERCISES):
            state = message.states[index]
            exercises.replace_option_prompt_at_index(index, self._prompt(exercise, state))
        self.query_one("#recent", Static).update("\n".join(message.runs) or _first_steps())

    def _option(self, exercise: Exercise, state: str) -> Option:
        return Option(self._prompt(exercise, state), id=f"exercise-{exercise.number}")

    def _prompt(self, exercise: Exercise, state: str) -> Content:
        key = next(mode.key.upper() for mode in MODES if mode.name == exercise.mode)
        return Content.assemble(
            f"{exercise.number} ", f"{exercise.title}".ljust(43), (key, "bold $accent"), "  ", (state, "$text-muted")
        )

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.host.switch_mode(EXERCISES[event.option_index].screen)


def _first_steps() -> str:
    return tr(
        "1. Press F3 for the training screen; every field has a good value already.\n"
        "2. Press ctrl+r there to train, and write your notes into the table.\n"
        "3. Press ctrl+e to export the exercise; F1 shows all keys.",
        "1. Pulse F3 para ir al entrenamiento; cada campo ya tiene un buen valor.\n"
        "2. Pulse allí ctrl+r para entrenar, y escriba sus notas en la tabla.\n"
        "3. Pulse ctrl+e para exportar el ejercicio; F1 muestra todas las teclas.",
    )
