"""What the six main screens have in common: the frame, and which of the common keys they answer to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Container
from textual.screen import Screen
from textual.widget import Widget

from llm_tui.i18n import Text
from llm_tui.keys import KEYS
from llm_tui.widgets.bars import JobBar, KeyBar, TopBar
from llm_tui.widgets.host import Host, host

SCREEN_ACTIONS = frozenset(key.action.removeprefix("screen.") for key in KEYS if key.action.startswith("screen."))


class ModeScreen(Screen[None]):
    """A main screen. It has those of the common actions (`run`, `export`, ...) for which it defines `action_...`."""

    ABOUT: ClassVar[Text]
    """What F1 says of this screen, in Markdown."""

    def compose(self) -> ComposeResult:
        yield TopBar()
        with Container(id="body"):
            yield from self.body()
        yield JobBar()
        yield KeyBar()

    def body(self) -> Iterable[Widget]:
        """What stands between the top line and the job bar."""
        return ()

    async def flush(self) -> None:
        """Save what is not saved yet; the app calls it before it quits."""

    @property
    def host(self) -> Host:
        return host(self)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return hasattr(self, f"action_{action}") if action in SCREEN_ACTIONS else True
