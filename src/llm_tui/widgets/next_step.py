"""The one line that says what to do next for the exercise at hand, with its key; gone where there is nothing to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import actions
from textual.content import Content
from textual.screen import Screen

from llm_tui.i18n import tr
from llm_tui.keys import APP_KEYS, Key, common
from llm_tui.modes import MODES
from llm_tui.visible import shortened, visible, width
from llm_tui.widgets.bars import FrameLine, JobBar
from llm_tui.widgets.here import in_field, possible, rows, typed, within
from llm_tui.widgets.host import host

if TYPE_CHECKING:
    from llm_tui.exercises.next_step import Step
    from llm_tui.exercises.registry import Row


@dataclass(frozen=True, slots=True)
class AtHand:
    """A step of an exercise; `here` where the screen is the exercise's own, else `way` is the id of a key of the screen
    that opens it, where it has one.
    """

    exercise: Row
    step: Step
    here: bool
    way: str = ""

    def said(self) -> str:
        """What is to do, without its key; on another screen of which exercise."""
        said = str(self.step.said)
        return f"{said[:1].upper()}{said[1:]}" if self.here else f"{self.exercise.short}: {said}"

    def keys(self, screen: Screen[object]) -> list[str]:
        """The keys that do it from where the person is: several that are pressed one after the other are parted by a
        space. On another screen those that lead to the exercise.
        """
        if not self.here:
            return [self._there(screen)]
        return keys_of(screen, self.step)

    def _there(self, screen: Screen[object]) -> str:
        """How a person gets from here to the exercise: Home has a key for each."""
        if key := next((key for key in rows(screen) if key.id == self.way), None):
            return pressed(screen, [key])
        if self.exercise.mode in (mode.name for mode in MODES):
            return common(self.exercise.mode).spoken
        return f"{common('home').spoken} {self.exercise.key}"


def keys_of(screen: Screen[object], step: Step) -> list[str]:
    """The keys that do a step on its own screen, from where the person is."""
    held = {of.key.id: of.key for of in possible(screen)}
    listed = {key.id: key for node in screen.walk_children(with_self=True) for key in rows(node)}
    listed.update({key.id: key for key in APP_KEYS})
    way = listed.get(step.way)
    found: list[str] = []
    for id in step.keys:
        if (key := held.get(id) or listed.get(id)) is None or _is_there(screen, key):
            continue
        if id == "table" and any(getattr(table, "row_key", None) == step.row for table in screen.query("#table")):
            key = held.get("edit", key)
        found.append(pressed(screen, [key] if way is None or key.id in held else [way, key]))
    return found


def _is_there(screen: Screen[object], key: Key) -> bool:
    """Whether the person writes already where this key leads."""
    _, action, parameters = actions.parse(key.action)
    if action == "table":
        return in_field(screen) and within(screen, "table")
    leads = screen.query(str(parameters[0])) if action == "go" else ()
    return in_field(screen) and any(widget is screen.focused for widget in leads)


def pressed(screen: Screen[object], keys: Sequence[Key]) -> str:
    """Keys one after the other; out of a text field first, where it would take the first one as text."""
    field = screen.focused
    if field is not None and not keys[0].priority and typed(field, keys[0]):
        keys = [common("leave"), *keys]
    return " ".join(key.spoken for key in keys)


class NextStep(FrameLine):
    """Stands in the line of the job bar while that is empty, so that nothing moves when a job begins; above it where
    a job of something else runs. While one of the exercise's own does, it says nothing.
    """

    def __init__(self, working: Callable[[], bool]) -> None:
        super().__init__()
        self._working = working
        self._at_hand: AtHand | None = None
        self.display = False

    def on_mount(self) -> None:
        # From another part of the screen other keys do it.
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self._update())

    def show(self, at_hand: AtHand | None) -> None:
        self._at_hand = at_hand
        self._update()

    def whole(self) -> str:
        """The sentence; empty where there is nothing to do, or it is being done."""
        return "".join(self._parts())

    def line(self) -> Content:
        said, keys = self._parts()
        room = self.size.width - 1 - width(keys)
        if width(said) > room:
            said = f"{shortened(said.rstrip(': '), room - 2)}: "
        return Content.assemble(" ", (said, "$text-muted"), (keys, "bold $accent"))

    def _parts(self) -> tuple[str, str]:
        """What is to do, and its keys; a tour goes before."""
        if tour := host(self).tour:
            return tour.parts(self.screen)
        if self._at_hand is None or self._working():
            return "", ""
        keys = tr(" or ", " o ").join(self._at_hand.keys(self.screen))
        return tr("Next: ", "Siguiente: ") + visible(self._at_hand.said()) + (": " if keys else ""), keys

    def _update(self) -> None:
        if not self.screen.is_current:
            return
        told, jobs = bool(self.whole()), self.screen.query_one(JobBar)
        self.display = told
        jobs.display = not told or bool(jobs.line().plain.strip())
        super()._update()
