"""A screen that is laid out once and drawn once when it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.geometry import Size
from textual.screen import Screen

if TYPE_CHECKING:
    _Base = Screen[None]
else:  # a second Screen among the bases would bring its styles along
    _Base = object


class DrawnOnce(_Base):
    def _screen_resized(self, size: Size) -> None:
        """Textual tells a screen its size when it comes to the front, when the app begins, and when it has laid the
        screen out: what it has now, it knows.
        """
        if size != self._compositor.size:
            super()._screen_resized(size)

    def _compositor_refresh(self) -> None:
        """What is drawn while nothing is to be sent would be thrown away."""
        if not self.app._batch_count:
            super()._compositor_refresh()
