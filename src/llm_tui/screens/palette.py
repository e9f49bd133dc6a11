"""The palette: every command by its name."""

from __future__ import annotations

from textual import on
from textual.await_complete import AwaitComplete
from textual.command import CommandList, CommandPalette
from textual.events import Mount
from textual.widgets import Input
from textual.widgets.option_list import Option

from llm_tui.i18n import tr
from llm_tui.screens.leaving import LeavesOnce
from llm_tui.widgets.line import MOST_LETTERS


class Palette(LeavesOnce[None], CommandPalette):
    """Textual's palette, for hands that are faster than its search."""

    def _on_mount(self, event: Mount) -> None:
        """Another mode may be in front by now: then it stays empty until it is seen again, and left."""
        if self.app.screen is not self:
            event.prevent_default()
        self.query_one(Input).max_length = MOST_LETTERS

    def _gather_commands(self, search_value: str) -> None:  # type: ignore[override]
        if not self._has_left:
            super()._gather_commands(search_value)

    def _start_no_matches_countdown(self, search_value: str) -> None:
        """Textual says it in English alone."""
        self._stop_no_matches_countdown()

        def say() -> None:
            if search_value:
                none = tr("No command is called that.", "Ninguna orden se llama así.")
                self.query_one(CommandList).add_option(Option(none, disabled=True, id=self._NO_MATCHES))
            self._list_visible = bool(search_value)

        self._no_matches_timer = self.set_timer(self._NO_MATCHES_COUNTDOWN, say)

    def dismiss(self, result: None = None) -> AwaitComplete:
        self.workers.cancel_node(self)
        return super().dismiss(result)

    @on(Input.Submitted)
    def wait_for_the_search(self, event: Input.Submitted) -> None:
        """Enter chooses from what was searched for last, not from the list that still stands there."""
        if any(worker.node is self and not worker.is_finished for worker in self.workers):
            event.prevent_default().stop()
            self.set_timer(0.05, lambda: self.post_message(Input.Submitted(event.input, event.value)))

    def _action_command_list(self, action: str) -> None:
        """Move in the list once it has been laid out. To choose from it, it need not be: enter may be faster."""
        if action == "select" or self.query_one(CommandList).size:
            super()._action_command_list(action)
