"""What a job tells while it runs. Plain data: any thread may read it, and nothing here knows of a screen.

Structs, not dataclasses: they are made before the first paint, where eleven dataclasses take 5 ms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

if TYPE_CHECKING:
    from llm_tui.engine.devices import Device
    from llm_tui.engine.energy import Energy


class Event(Struct, frozen=True):
    """`job_id` is the number that `Engine.submit` gave to the job."""

    job_id: int


class Started(Event, frozen=True):
    """The job has left the queue and runs."""


class Progress(Event, frozen=True):
    """`done` of `total` units (`total` 0: unknown); `what` says what is being done, `seconds_left` how long still."""

    done: int
    total: int
    what: str
    seconds_left: float | None = None


class Placed(Event, frozen=True):
    """The job has its device, and works there from now on; told again where it moves to another."""

    device: Device


class Metric(Event, frozen=True):
    """Numbers measured at `step`; their names are the job's."""

    step: int
    values: dict[str, float] = field(default_factory=dict)


class Picture(Event, frozen=True):
    """Something of the job's own kind to look at while it runs; nobody keeps it."""

    what: Any


class Token(Event, frozen=True):
    """A piece of generated text."""

    text: str


class Log(Event, frozen=True):
    """A sentence for the person who waits."""

    text: str


class Finished(Event, frozen=True):
    """The last event of a job that came to its end; `result` is what its `run` returned. `energy`, of every ending, is
    what devices used for it; None where none was at work.
    """

    result: Any
    energy: Energy | None = None


class Failed(Event, frozen=True):
    """The last event of a job that could not go on; `message` is one sentence, `kind` the class of the error."""

    message: str
    kind: str
    energy: Energy | None = None


class Cancelled(Event, frozen=True):
    """The last event of a job that a person stopped, or, `interrupted`, that ended because the program did."""

    interrupted: bool = False
    energy: Energy | None = None


ENDINGS = (Finished, Failed, Cancelled)
