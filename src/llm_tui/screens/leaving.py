"""Windows that leave once: keys and clicks that come faster than a screen can go must not send it away twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, Screen

T = TypeVar("T")

if TYPE_CHECKING:
    _Base = Screen
else:  # a second Screen among the bases would bring its styles along

    class _Base(Generic[T]):
        pass


class LeavesOnce(_Base[T]):
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
