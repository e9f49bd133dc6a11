"""What the app has to say, where a person reads it, and kept."""

from __future__ import annotations

from typing import Any

from textual.actions import SkipAction
from textual.app import App
from textual.notifications import Notify, SeverityLevel

from llm_tui.screens.mode import ModeScreen
from llm_tui.widgets import notices
from llm_tui.widgets.here import in_field


class ShowsNotices(App[None]):
    """An app whose notices cover nothing, and whose errors stay."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.messages = notices.Messages()

    def action_close_notices(self) -> None:
        """Escape takes notices away on its way out of a field or a window; elsewhere it does that alone."""
        self.clear_notifications()
        if in_field(self.screen) or not isinstance(self.screen, ModeScreen):
            raise SkipAction

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """An error stays until it was read: escape closes it. All of it is kept, for the key of the messages."""
        self.messages.add(severity, message)
        if severity == "error":
            timeout = notices.UNTIL_READ
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=markup)

    def on_notify(self, event: Notify) -> None:
        """Before Textual takes it, and lets it go by its time."""
        event.notification.raised_at = notices.UNSEEN

    def _refresh_notifications(self) -> None:
        """Textual has them over a corner of the screen, where they hide what a person reads or writes."""
        if self._screen_stack and not self._disable_notifications:
            notices.show(self.screen_stack, self._notifications)
