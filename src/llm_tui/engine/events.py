"""What a job tells while it runs. Plain data: any thread may read it, and nothing here knows of a screen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from llm_tui.engine.devices import Device
    from llm_tui.engine.energy import Energy


@dataclass(frozen=True, slots=True)
class Event:
    """`job_id` is the number that `Engine.submit` gave to the job."""

    job_id: int


@dataclass(frozen=True, slots=True)
class Started(Event):
    """The job has left the queue and runs."""


@dataclass(frozen=True, slots=True)
class Progress(Event):
    """`done` of `total` units (`total` 0: unknown); `what` says what is being done, `seconds_left` how long still."""

    done: int
    total: int
    what: str
    seconds_left: float | None = None


@dataclass(frozen=True, slots=True)
class Placed(Event):
    """The job has its device, and works there from now on; told again where it moves to another."""

    device: Device


@dataclass(frozen=True, slots=True)
class Metric(Event):
    """Numbers measured at `step`; their names are the job's."""

    step: int
    values: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Picture(Event):
    """Something of the job's own kind to look at while it runs; nobody keeps it."""

    what: Any


@dataclass(frozen=True, slots=True)
class Token(Event):
    """A piece of generated text."""

    text: str


@dataclass(frozen=True, slots=True)
class Log(Event):
    """A sentence for the person who waits."""

    text: str


@dataclass(frozen=True, slots=True)
class Finished(Event):
    """The last event of a job that came to its end; `result` is what its `run` returned. `energy`, of every ending, is
    what devices used for it; None where none was at work.
    """

    result: Any
    energy: Energy | None = None


@dataclass(frozen=True, slots=True)
class Failed(Event):
    """The last event of a job that could not go on; `message` is one sentence, `kind` the class of the error."""

    message: str
    kind: str
    energy: Energy | None = None


@dataclass(frozen=True, slots=True)
class Cancelled(Event):
    """The last event of a job that a person stopped, or, `interrupted`, that ended because the program did."""

    interrupted: bool = False
    energy: Energy | None = None


ENDINGS = (Finished, Failed, Cancelled)
