"""What widgets and screens know of the app that they are in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from textual.message import Message
from textual.screen import Screen
from textual.signal import Signal
from textual.widget import Widget

if TYPE_CHECKING:
    from llm_tui.classifier.job import Training
    from llm_tui.engine.engine import Engine
    from llm_tui.engine.events import Event
    from llm_tui.engine.job import Job
    from llm_tui.exercises.sheet import Sheet
    from llm_tui.lab.following import OtherWork
    from llm_tui.lab.lab import Lab
    from llm_tui.lab.runs import Run
    from llm_tui.launching.launches import Away
    from llm_tui.launching.settings import Settings
    from llm_tui.playground.state import Playground
    from llm_tui.widgets.machine import Machine

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class JobStatus:
    """What the job bar shows. `total` 0 means that nobody knows how much there is to do. `where` is the GPU that it
    runs on, said at length and in short. One of another program that has a terminal is not `stoppable` here.
    """

    what: str
    done: int = 0
    total: int = 0
    seconds_left: float | None = None
    waiting: int = 0
    where: tuple[str, ...] = ()
    stoppable: bool = True


@dataclass
class JobEvents(Message, bubble=False):
    """What a widget's jobs have told since the last time, in order; to nobody else, or it would be told twice."""

    events: list[Event]


class JobsStopping(Message, bubble=False):
    """A person has stopped all jobs, and with them those of this widget: the end of each is still to be told."""


class Elsewhere(Protocol):
    """What was handed to a scheduler."""

    away: Sequence[Away]
    settings: Settings
    possible: bool
    """Whether there is a scheduler here."""

    @property
    def status(self) -> JobStatus | None:
        """For the job bar, while nothing runs here."""
        ...

    def has(self, exercise: int | str) -> bool:
        """Whether the sheet of this exercise is filled elsewhere, or something of it is on its way there."""
        ...

    async def hand_over_comparison(self, exercise: int | str, run: Run, settings: dict[str, str]) -> None:
        """As one task; why it was not accepted is said."""
        ...

    async def hand_over_sheet(self, exercise: int | str, sheet: Sheet, settings: dict[str, str]) -> None:
        """As one task; why it was not accepted is said."""
        ...

    def wake(self) -> None:
        """Look at what there is."""
        ...

    async def hand_over(self, exercise: int | str, jobs: Sequence[Training]) -> bool:
        """As one array; False where it was not accepted, which is said."""
        ...


class Guide(Protocol):
    """Who leads a person through the program."""

    wrote: bool
    """Whether an exercise was written to a file meanwhile."""

    def parts(self, screen: Screen[object]) -> tuple[str, str]:
        """What to do on `screen` as it stands, and the keys for it."""
        ...


class Host(Protocol):
    """The app."""

    lab: Lab
    lab_name: str
    engine: Engine
    elsewhere: Elsewhere
    machine: Machine
    status: JobStatus | None
    tour: Guide | None
    works: Sequence[OtherWork]
    """What other programs do in the lab."""
    changed: Signal[str]
    """Published with the name of what has changed: `status`, `environment` (what the machine is), `lab` (what it holds,
    and what others do in it), `away` (what a scheduler has) or `tour`.
    """
    drawn: Signal[Screen[Any]]
    """Published when something of a screen was drawn."""
    not_fetched: dict[str, str]
    """Why the last fetch of a model failed, by the model's name, until it is fetched again."""
    playground: Playground | None
    """What stands on the playground's screen, saved or not; None before it is opened."""

    @property
    def current_mode(self) -> str: ...

    def switch_mode(self, mode: str) -> Any: ...

    def when_drawn(self, screen: Screen[Any], does: Callable[[], object]) -> None:
        """Call `does` when a person sees `screen`, which may be coming to the front."""
        ...

    def open_late(self, window: Screen[T], answered: Callable[[T | None], None] | None = None) -> None:
        """Open a window that comes by itself, or a while after its key: not while a person writes."""
        ...

    def submit(self, job: Job, owner: Widget) -> int:
        """Queue a job; its events reach `owner` as `JobEvents`."""
        ...

    async def save(self) -> None:
        """Save what the screens hold and the lab does not have yet."""
        ...

    def works_for(self, owner: Widget) -> bool:
        """Whether a job that `owner` has submitted runs or waits."""
        ...

    def copy(self, text: str) -> None:
        """Send `text` to the terminal's clipboard."""
        ...


def host(widget: Widget) -> Host:
    return cast(Host, widget.app)
