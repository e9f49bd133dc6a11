"""The app without a terminal and without a model: driven by keys, answered by what is written here."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable, Coroutine
from typing import Any, Self

from textual.pilot import Pilot

from llm_tui.app import LabApp
from llm_tui.engine.engine import Engine, Listener
from llm_tui.engine.events import Event
from llm_tui.engine.job import Job
from llm_tui.lab.lab import Lab


class StillEngine(Engine):
    """Takes jobs and runs none: who measures tells how they end."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[tuple[int, Job, tuple[Listener, ...]]] = []

    def submit(self, job: Job, *listeners: Listener) -> int:
        number = next(self._ids)
        self.taken.append((number, job, listeners))
        return number

    def end(self, kind: type[Any], ending: Callable[[int, Any], Event]) -> None:
        """End the first of a kind."""
        found = next(one for one in self.taken if isinstance(one[1], kind))
        self.taken.remove(found)
        number, job, listeners = found
        for listener in listeners:
            listener(ending(number, job))


class Driven:
    """An app on a lab, in a context of its own, so that several stand side by side and take turns."""

    def __init__(self, lab: Lab, size: tuple[int, int] = (80, 24)):
        self.engine = StillEngine()
        self._lab = lab
        self._app = LabApp(lab, self.engine)
        self._test = self._app.run_test(size=size)
        self._context = contextvars.copy_context()
        self._runner = asyncio.Runner()
        self.pilot: Pilot[None] = self._run(self._test.__aenter__())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self._test.__aexit__(None, None, None))
        self._runner.close()
        self.engine.close(5)
        self._lab.release()

    def _run(self, what: Coroutine[Any, Any, Any]) -> Any:
        return self._runner.run(what, context=self._context)

    def press(self, *keys: str) -> None:
        """Until there is nothing left to do."""
        self._run(self.pilot.press(*keys))

    def pause(self, seconds: float) -> None:
        self._run(self.pilot.pause(seconds))

    def visit(self, mode: str, selector: str) -> None:
        """To a screen, its focus on the widget of a selector."""

        async def go() -> None:
            await self._app.switch_mode(mode)
            while not self._app.screen.query(selector):
                await self.pilot.pause(0.05)
            await self.pilot.pause(0.5)
            self._app.screen.query_one(selector).focus()
            await self.pilot.pause()

        self._run(go())
