"""The tour: a minute in which a person fills exercise 1 with their own keys. It says one thing after the other in the
line of the next step, and looks at what has really happened; who does something else is waited for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from textual.app import App, SystemCommand
from textual.screen import Screen
from textual.signal import Signal

from llm_tui.exercises.next_step import Step
from llm_tui.i18n import Text, tr
from llm_tui.keys import EDIT, common
from llm_tui.widgets.here import in_field, within
from llm_tui.widgets.next_step import keys_of

MODE = "train"


@dataclass(frozen=True, slots=True)
class Stop:
    """`said` is what to do, `key` the id of the key that does it; `done` looks whether it was. What is done on the
    training screen is looked at there alone.
    """

    said: Text
    key: str
    done: Callable[[Tour, Any], bool]
    there: bool = True


def _trained(tour: Tour, screen: Any) -> bool:
    return screen.answers.sweep is not None and not screen.working()


def _noted(tour: Tour, screen: Any) -> bool:
    return any(note.strip() for note in screen.answers.notes.values()) and not in_field(screen)


def _answered(tour: Tour, screen: Any) -> bool:
    return bool(screen.answers.answer.strip()) and not in_field(screen)


def _evaluated(tour: Tour, screen: Any) -> bool:
    return bool(screen.query_one("RunPanes").current == "evaluation")


def _there(tour: Tour, screen: Any) -> bool:
    return True


def _written(tour: Tour, screen: Any) -> bool:
    return tour.wrote


def _seen(tour: Tour, screen: Any) -> bool:
    return tour.mode == "report"


STOPS = (
    Stop(Text("go to the training of exercise 1", "vaya al entrenamiento del ejercicio 1"), MODE, _there),
    Stop(Text("train three batch sizes, in seconds", "entrene tres lotes, en segundos"), "run", _trained),
    Stop(Text("which curve is steadier? See what was confused", "¿qué curva es más estable? Vea qué se confundió"),
         "pane-2", _evaluated),
    Stop(Text("write a note on a batch size", "escriba una nota sobre un lote"), "table", _noted),
    Stop(Text("answer the question of the exercise", "responda la pregunta del ejercicio"), "answer", _answered),
    Stop(Text("write the exercise to a file", "escriba el ejercicio en un archivo"), "export", _written),
    Stop(Text("see what you hand in", "vea lo que se entrega"), "report", _seen, there=False),
)  # fmt: skip


def _is_training(screen: Any) -> bool:
    """Whether it is the screen of exercise 1."""
    return bool(getattr(screen, "NUMBER", None) == 1)


class Tour:
    """`wrote` is set when an exercise was written to a file."""

    def __init__(self, mode: Callable[[], str]):
        self._mode = mode
        self._at = 0
        self.wrote: bool = False

    @property
    def mode(self) -> str:
        return self._mode()

    def parts(self, screen: Screen[object]) -> tuple[str, str]:
        """What to do on a screen as it stands, and its keys: at the end, what leads out."""
        self._look(screen)
        if self._at == len(STOPS):
            return tr("Tour: this is what you hand in; that was all: ", "Recorrido: esto se entrega; eso fue todo: "), (
                common("end-tour").spoken
            )
        stop, number = STOPS[self._at], f"{self._at + 1}/{len(STOPS)}"
        keys = self._keys(screen, stop) if _is_training(screen) or not stop.there else common(MODE).spoken
        said = tr(f"Tour {number}: {stop.said.en}", f"Recorrido {number}: {stop.said.es}")
        return f"{said}: " if keys else said, keys

    def _look(self, screen: Any) -> None:
        """Go on past all that was done; nobody is asked to do it again."""
        there = _is_training(screen) and screen.is_mounted
        while self._at < len(STOPS) and (there or not STOPS[self._at].there) and STOPS[self._at].done(self, screen):
            self._at += 1

    def _keys(self, screen: Any, stop: Stop) -> str:
        if stop.key == "run" and screen.working():
            return ""  # the curves grow, and the job bar says how far it is
        if stop.key == "table" and in_field(screen) and within(screen, "table"):
            return EDIT.spoken
        if stop.key == "answer" and in_field(screen) and within(screen, "answer"):
            return common("leave").spoken
        step = screen.next_step() if _is_training(screen) else None
        row = step.row if step else ""
        return " ".join(keys_of(screen, Step(stop.said, (stop.key,), row=row)))


class Tours(App[None]):
    """The app that the tour leads through."""

    changed: Signal[str]
    tour: Tour | None = None
    begins_with_tour = False
    """Whether this is a person's first start."""

    def on_mount(self) -> None:
        if self.begins_with_tour:
            self.call_after_refresh(self.action_tour)

    def action_tour(self) -> None:
        self.tour = Tour(lambda: self.current_mode)
        self.changed.publish("tour")

    def action_end_tour(self) -> None:
        """Nothing is lost: all of it was the person's own work."""
        self.tour = None
        self.changed.publish("tour")

    def tour_can_end(self) -> bool:
        """Whether escape means the tour: first it leads out of a field, a zoomed panel, a window."""
        return self.tour is not None and not in_field(self.screen) and not self.screen.maximized

    def tour_commands(self) -> Iterator[SystemCommand]:
        yield SystemCommand(
            tr("Program: tour", "Programa: recorrido"),
            tr(
                "Exercise 1 in five minutes, with your own keys.",
                "El ejercicio 1 en cinco minutos, con sus propias teclas.",
            ),
            self.action_tour,
        )
