"""What the app knows of its machine: surveyed once, its GPUs looked at again where something may have changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.app import App

from llm_tui.engine.events import ENDINGS, Event, Placed

if TYPE_CHECKING:
    from llm_tui.engine.devices import Device
    from llm_tui.engine.gpus import Gpus
    from llm_tui.environment import Environment


class Machine:
    """`changed` is called when it knows more. An idle screen asks nothing: who shows the GPUs has them looked at."""

    def __init__(self, app: App[None], changed: Callable[[], object]):
        self.environment: Environment | None = None
        self._app = app
        self._changed = changed
        self._placed: dict[int, Device] = {}

    @property
    def device(self) -> tuple[str, ...]:
        """Where what runs has its models, else where they would go, at length and in short; empty before the survey."""
        in_use = next(reversed(self._placed.values()), None)
        return self.environment.device(in_use) if self.environment else ()

    def where(self, job_id: int) -> tuple[str, ...]:
        """The GPU of a job, with why that one and in short; nothing where it runs on the CPU."""
        device = self._placed.get(job_id)
        if device is None or not device.uuid:
            return ()
        return (f"{device.name}: {device.why}", device.name) if device.why else (device.name,)

    def found(self, environment: Environment) -> None:
        self.environment = environment
        self._changed()

    def follow(self, event: Event) -> None:
        """A job that takes a GPU, or gives it back, changes what is free there."""
        if isinstance(event, Placed):
            self._placed[event.job_id] = event.device
            self.look()
        elif isinstance(event, ENDINGS) and event.job_id in self._placed:
            del self._placed[event.job_id]
            self.look()

    @property
    def gpus(self) -> Gpus | None:
        return self.environment.gpus if self.environment else None

    def look(self) -> None:
        """Look at the GPUs again, on a thread; where neither torch nor the driver has told of any, there are none."""
        if self.gpus and (self.gpus.seen or self.gpus.reading.gpus):
            self._app.run_worker(self._look(), group="gpus", exclusive=True)

    async def _look(self) -> None:
        from llm_tui.engine.gpus import look  # not at the top: not before the first paint

        assert self.environment
        gpus = await asyncio.to_thread(look, self.environment.gpus.seen)
        self.found(replace(self.environment, gpus=gpus))
