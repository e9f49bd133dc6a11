"""Windows that leave once: keys and clicks that come faster than a screen can go must not send it away twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from textual.await_complete import AwaitComplete
from textual.events import Event, Mount
from textual.screen import ModalScreen, Screen

T = TypeVar("T")

if TYPE_CHECKING:
    _Base = Screen
else:  # a second Screen among the bases would bring its styles along

    class _Base(Generic[T]):
        pass


class NeverHalf(_Base[T]):
    """Of a screen: it is taken away before all that is on it was there, as when the app ends on a slow machine. Then
    nothing is done that looks for it.
    """

    async def on_event(self, event: Event) -> None:
        # A screen that has not begun when the app ends is not taken away: only its parts are.
        if not (isinstance(event, Mount) and (self._pruning or not self.app.is_running)):
            await super().on_event(event)


class LeavesOnce(NeverHalf[T]):
    """Of a screen: its first `dismiss` counts. When it has left, or is not the one in front, nothing happens; Textual
    would take away whatever is in front then.
    """

    _has_left = False

    def dismiss(self, result: T | None = None) -> AwaitComplete:
        if self._has_left or self.app.screen is not self:
            return AwaitComplete()
        self._has_left = True
        left: AwaitComplete = super().dismiss(result)
        return left


class Dialog(LeavesOnce[T], ModalScreen[T]):
    """A window over a screen, which gives one answer."""
