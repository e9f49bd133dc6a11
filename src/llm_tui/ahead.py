"""What the first visit of a screen needs, got before it while nobody presses a key: its modules and its styles."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from pkgutil import resolve_name

from textual.app import App
from textual.screen import Screen

log = logging.getLogger(__name__)

QUIET = 1.0
"""Seconds without a key: a person looks, and does not write."""


class Ahead:
    """One screen after the other; a key puts off the next."""

    def __init__(self, app: App[None], screens: Sequence[str]):
        """`screens` are the classes, as `module:name`, in the order in which a person may want them."""
        self._app = app
        self.screens = screens
        self._last = time.monotonic()
        self._begun = False

    def pressed(self) -> None:
        """A person is at work."""
        self._last = time.monotonic()

    def begin(self) -> None:
        if not self._begun:
            self._begun = True
            self._app.run_worker(self.get(), group="ahead")

    async def get(self) -> None:
        for where in self.screens:
            await self._quiet()
            try:
                screen: type[Screen[object]] = await asyncio.to_thread(resolve_name, where)
                await self._quiet()
                self._read_styles(screen)
            except Exception:  # the visit itself will say so
                log.exception("%s is not there ahead", where)

    @property
    def rest(self) -> float:
        """Seconds until it is quiet, if no key comes; none are left where it is."""
        return max(0.0, self._last + QUIET - time.monotonic())

    async def _quiet(self) -> None:
        while rest := self.rest:
            await asyncio.sleep(rest)

    def _read_styles(self, screen: type[Screen[object]]) -> None:
        """They name what is on this screen alone, so that nothing of what is shown has to be styled again."""
        sheet, paths = self._app.stylesheet, screen.CSS_PATH or []
        for path in paths if isinstance(paths, list) else [paths]:
            if not sheet.has_source(str(path)):
                sheet.read(path)
        sheet.parse()
