"""From one main screen to another, in one frame and without work that changes nothing.

Textual 8 draws nothing for 50 ms when the mode changes, ready or not. For a screen that is shown for the first time it
reads all stylesheets anew and styles the one that goes, and each time it styles every widget again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pkgutil import resolve_name
from typing import Any
from weakref import WeakKeyDictionary

from textual.app import App
from textual.dom import DOMNode
from textual.screen import Screen

from llm_tui.ahead import Ahead
from llm_tui.delivery import idle
from llm_tui.exercises.registry import handed_in
from llm_tui.modes import BELONGS

MOST = 1.0
"""Seconds after which a screen is drawn as it is."""

SCREENS = {
    "play": "llm_tui.screens.play:PlayScreen",
    **{row.mode: row.screen for row in handed_in()},
    "report": "llm_tui.screens.report:ReportScreen",
    "bias": "llm_tui.screens.bias:BiasScreen",
}
"""The class of each main screen but Home, as `module:name`."""


def made_when_wanted(where: str) -> Callable[[], Screen[None]]:
    """Makes a screen when it is first shown: not imported before the first paint."""

    def make() -> Screen[None]:
        screen: Screen[None] = resolve_name(where)()
        return screen

    return make


class ChangesModes(App[None]):
    """An app whose screens are read, styled and drawn once."""

    _drawing: asyncio.Task[None] | None = None
    _read: Mapping[str, str] | None = None
    """The colours with which the stylesheets were read."""
    _readings = 0
    """How often they were read with others."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._styled: WeakKeyDictionary[Screen[Any], int] = WeakKeyDictionary()
        """After how many readings each screen was styled. Its colours do not say it: where there were others meanwhile
        and they are back, what has changed on it behind was styled with those.
        """
        self.ahead = Ahead(self, [SCREENS[name] for name in sorted(SCREENS, key=BELONGS.__contains__)])

    def delay_update(self, delay: float = 0.05) -> None:
        """Draw the screen in front when all that is on it stands."""
        held = ExitStack()
        held.enter_context(self.batch_update())
        self._drawing = asyncio.create_task(self._draw(held))

    def when_drawn(self, screen: Screen[Any], does: Callable[[], object]) -> None:
        """Call `does` when a person sees `screen`, which may be coming to the front."""
        if self._drawing is None or self._drawing.done():
            screen.call_after_refresh(does)
        else:
            self._drawing.add_done_callback(lambda _: screen.call_after_refresh(does))

    async def _draw(self, held: ExitStack) -> None:
        deadline = time.monotonic() + MOST
        with held:
            await idle(self, deadline)
            await idle(self.screen, deadline)
        for screen in (*self._background_screens, self.screen):  # what has changed behind a window waits as well
            screen.refresh()

    def update_styles(self, node: DOMNode, animate: bool = True) -> None:
        """What is being made is styled when it is mounted."""
        if isinstance(node, App) or node.is_attached:
            super().update_styles(node, animate)

    def _load_screen_css(self, screen: Screen[Any]) -> None:
        """It has just been made, be it a window, and styled with the colours that were read last."""
        self._styled.setdefault(screen, self._readings)
        super()._load_screen_css(screen)

    def refresh_css(self, animate: bool = True) -> None:
        """Where the colours are others; a screen that is new is styled as its widgets are mounted."""
        colours = self.get_css_variables()
        if colours == self._read and self._styled.get(self.screen) == self._readings:
            return
        if self._read is None:  # nothing is drawn yet: what was parsed is kept for the styles that widgets bring
            self.stylesheet.set_variables(colours)
            self.stylesheet.parse()
            self.stylesheet.update(self)
        else:
            super().refresh_css(animate)
            self._readings += colours != self._read
        self._read = colours
        self._styled.update((screen, self._readings) for screen in self.screen_stack)
